"""What providers charge: dated rate cards, and the price of one purchase by them.

    shipped.toml  ─┐
    FILM_RATE_CARD ┴► RateCard.load(settings) ─► .price(provider, model, today) ─► Rate ─► .cost(units)

No price is ever guessed: what the card does not know, or knows to have ended, is refused.
"""

from film.rates.card import RateCard
from film.rates.rate import Rate

__all__ = ["Rate", "RateCard"]
