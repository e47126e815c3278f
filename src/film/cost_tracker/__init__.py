"""The money of a film: quoted before, reserved at the purchase, settled after it, reported.

from film.cost_tracker import CostTracker, get_monthly_costs, BudgetExceededError
"""

from film.cost_tracker.reservations import Reservation, ReservationRequest
from film.cost_tracker.tracker import CostTracker
from film.errors import BudgetExceededError

__all__ = ["BudgetExceededError", "CostTracker", "Reservation", "ReservationRequest"]
