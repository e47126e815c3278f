"""Bills that were higher than their quote."""

from __future__ import annotations

from decimal import Decimal

from film.app.models import UseCaseResult
from film.cost_tracker.standing import OverQuote


class BillOverQuote(UseCaseResult):
    """A bill that was higher than its quote; ``claimed_usd`` is what the vendor wants where that is disputed."""

    job_id: str
    film_id: str
    shot_id: str
    asset_type: str
    provider: str
    quoted_usd: Decimal
    billed_usd: Decimal
    claimed_usd: Decimal | None
    disputed_usd: Decimal
    at: str
    """ISO 8601, UTC."""


def bill_over_quote(bill: OverQuote) -> BillOverQuote:
    return BillOverQuote.model_validate(bill.document())
