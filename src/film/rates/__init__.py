"""What providers charge: dated rate cards, and the price of one purchase by them.

    vendors' rows ─┐
    FILM_RATE_CARD ┴► RateCard.load(settings) ─► .price(provider, model, today) ─► Rate ─► .cost(units)
    (or rates.toml in the gallery, which ``refresh`` and ``write`` bring up to date)

No price is ever guessed: what the card does not know, or knows to have ended, is refused.
"""

from film.rates.card import RateCard, read_card
from film.rates.rate import Rate

__all__ = ["Rate", "RateCard", "read_card"]
