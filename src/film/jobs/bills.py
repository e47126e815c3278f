"""What is booked of a bill: all of it, unless it is so far over its quote that somebody has to look first.

    bill <= quote                  booked
    bill <= 3 x quote              booked, told at once: the ledger's entry is flagged as an overrun
    more                           disputed: the quote is booked, which was set aside and so fits every limit; the claim
                                   is kept beside it until it is settled by hand

A vendor's wrong number must neither empty a budget nor stop a gallery.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

BELIEVED = 3
"""Times the quote up to which a bill is believed."""
MOST = Decimal(1_000_000_000)
"""Dollars: a larger claim is kept as this."""


@dataclass(frozen=True)
class Bill:
    """``booked`` goes into the ledger; ``claimed`` is what the vendor says where that is disputed, else None."""

    booked: Decimal
    claimed: Decimal | None = None
    over: Decimal = Decimal(0)
    """By how much the claim is over its quote."""


def judge(claimed: Decimal, quoted: Decimal) -> Bill:
    """Both in dollars. What was quoted at nothing and is billed all the same is disputed whole."""
    claimed = min(claimed, MOST) if claimed.is_finite() else MOST
    over = max(claimed - quoted, Decimal(0))
    if claimed <= BELIEVED * quoted:
        return Bill(claimed, over=over)
    return Bill(quoted, claimed, over)
