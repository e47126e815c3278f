"""The money of a film: quoted before, reserved at the purchase, settled after it, summed up and checked.

estimate      shots × rate card → an upper bound              tracker    CostTracker, the door to all of it
reservations  limits, and the insert-only ledger under them   audit      does it add up?
summary       sums by film and month                          reports    the same as files
spending      sums by everything, of all time                 page       the same as HTML
standing      what is not settled, what was over its quote, and what a run has come to
"""

from film.cost_tracker.audit import verify_ledger
from film.cost_tracker.estimate import ProjectEstimate
from film.cost_tracker.reports import write_reports
from film.cost_tracker.reservations import Reservation, ReservationRequest, Saving
from film.cost_tracker.summary import get_monthly_costs, get_project_cost_summary
from film.cost_tracker.tracker import CostTracker
from film.errors import BudgetExceededError

__all__ = [
    "BudgetExceededError",
    "CostTracker",
    "ProjectEstimate",
    "Reservation",
    "ReservationRequest",
    "Saving",
    "get_monthly_costs",
    "get_project_cost_summary",
    "verify_ledger",
    "write_reports",
]
