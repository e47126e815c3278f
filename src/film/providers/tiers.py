"""Who speaks in a tier that leaves it open: the cheapest that can be bought on the day.

Tier.voices, in their order ──► alive? priced? ──► what a thousand characters cost at most ──► the cheapest first
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal

from film.errors import FilmError
from film.models import AssetType
from film.providers.base import AudioConfig, BaseProvider, ProviderContext
from film.providers.registry import make_provider
from film.rates import RateCard

Voice = tuple[str, str | None]
"""A provider and a model of it; None is the provider's own default."""
_LINE = "All is quiet. " * 71 + "Quiet."
"""A thousand characters."""


def by_price(voices: Sequence[Voice], card: RateCard, today: date) -> tuple[Voice, ...]:
    """``voices`` that can be bought on ``today``, the cheapest first; of equal prices, as they were given.

    What has ended, or has no price on the ``card`` that may be bought by, follows in its order.
    """
    priced = [(price, voice) for voice in voices if (price := _price(voice, card, today)) is not None]
    alive = tuple(voice for _, voice in sorted(priced, key=lambda one: one[0]))
    return alive + tuple(voice for voice in voices if voice not in alive)


def can_be_bought(provider: BaseProvider, config: AudioConfig) -> bool:
    """Whether its model is served today, and has a price that may be bought by."""
    with suppress(FilmError):
        provider.check_alive(config)
        provider.quote(config)
        return True
    return False


def _price(voice: Voice, card: RateCard, today: date) -> Decimal | None:
    provider = make_provider(AssetType.AUDIO, voice[0], ProviderContext(rates=card, today=lambda: today))
    config = AudioConfig(text=_LINE, model=voice[1])
    return provider.estimate_cost(config) if can_be_bought(provider, config) else None
