"""The cost tracker as the submit journal sees it: reservations by their ids."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from film.cost_tracker import CostTracker, Reservation, ReservationRequest
from film.jobs import Job, PaidCall


class JournalMoney:
    """Each call may come twice, after a crash: the second changes nothing."""

    def __init__(self, costs: CostTracker, still_to_spend: Callable[[], Decimal] = Decimal) -> None:
        """``still_to_spend`` is what the film yet needs beyond what is spent and set aside; nothing unless given."""
        self._costs = costs
        self._still_to_spend = still_to_spend

    def set_aside(self, call: PaidCall, attempt: str, *, is_extra: bool = False) -> str:
        request = call.request
        item = ReservationRequest(
            idem=reservation_name(attempt, call.shot_id, request.asset_type.value),
            amount=call.quoted,
            shot_id=call.shot_id,
            asset_type=request.asset_type.value,
            provider=request.provider,
            key=call.key,
        )
        return self._costs.reserve([item], keep=self._still_to_spend() if is_extra else Decimal(0))[0].id

    def mark_submitted(self, reservation_id: str) -> Reservation:
        return self._costs.mark_submitted(self._costs.find(reservation_id))

    def settle(self, reservation_id: str, actual: Decimal) -> Reservation:
        return self._costs.settle(self._costs.find(reservation_id), actual)

    def release(self, reservation_id: str) -> Reservation:
        return self._costs.release(self._costs.find(reservation_id))

    def mark_unknown(self, reservation_id: str) -> Reservation:
        return self._costs.mark_unknown(self._costs.find(reservation_id))

    def charge_unreserved(self, job: Job, actual: Decimal) -> Reservation:
        bill = ReservationRequest(
            idem=f"unreserved/{job.id}" if job.claimed is None else f"disputed/{job.id}/{actual}",
            amount=actual,
            shot_id=job.shot_id,
            asset_type=job.asset_type,
            provider=job.provider,
            key=job.key,
        )
        return self._costs.charge_unreserved(bill, film_id=job.film_id)


def release_unused(costs: CostTracker, reservation: Reservation) -> None:
    """Free what was set aside and never used: the asset turned out to be there, or the shot ended early."""
    now = costs.find(reservation.id)
    if now.state == "held":
        costs.release(now)


def reservation_name(attempt: str, shot_id: str, asset_type: str, part: int = 0) -> str:
    """What the money for a shot's asset is reserved under, or for one part of a long line."""
    return f"{attempt}/{shot_id}/{asset_type}" + (f"/{part}" if part else "")


def is_journaled(reservation: Reservation) -> bool:
    """Whether a run reserved it, which spends through the journal alone; others may use the ledger without one."""
    attempt = reservation.idem.partition("/")[0]
    whole = reservation_name(attempt, reservation.shot_id, reservation.asset_type)
    return reservation.idem == whole or reservation.idem.removeprefix(f"{whole}/").isdecimal()
