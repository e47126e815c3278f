"""When what is sold ends: a model, or its price. Said from 60 days before; refused afterwards, but never for reuse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True)
class Ending:
    """The ``last`` day on which a ``provider``'s ``model``, or its ``price``, can be had.

    ``then`` is what follows: what to use instead, or the next price.
    """

    provider: str
    model: str
    what: Literal["model", "price"]
    last: date
    then: str = ""

    def words(self, today: date) -> str:
        """The sentence for people."""
        is_over = self.last < today
        if self.what == "price":
            return f"the price of {self.provider} {self.model} holds until {self.last}; then it is {self.then}"
        ended = "has ended" if is_over else "ends"
        then = f"; use {self.then}" if self.then else ""
        return f"{self.provider} {self.model} {ended}: its last day {'was' if is_over else 'is'} {self.last}{then}"
