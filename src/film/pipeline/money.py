"""The cost tracker as the submit journal sees it: reservations by their ids."""

from __future__ import annotations

from decimal import Decimal

from film.cost_tracker import CostTracker, Reservation


class JournalMoney:
    """Each call may come twice, after a crash: the second changes nothing."""

    def __init__(self, costs: CostTracker) -> None:
        self._costs = costs

    def mark_submitted(self, reservation_id: str) -> Reservation:
        return self._costs.mark_submitted(self._costs.find(reservation_id))

    def settle(self, reservation_id: str, actual: Decimal) -> Reservation:
        return self._costs.settle(self._costs.find(reservation_id), actual)

    def release(self, reservation_id: str) -> Reservation:
        return self._costs.release(self._costs.find(reservation_id))

    def mark_unknown(self, reservation_id: str) -> Reservation:
        return self._costs.mark_unknown(self._costs.find(reservation_id))


def release_unused(costs: CostTracker, reservation: Reservation) -> None:
    """Free what was set aside and never used: the asset turned out to be there, or the shot ended early."""
    now = costs.find(reservation.id)
    if now.state == "held":
        costs.release(now)
