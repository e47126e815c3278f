"""The submit journal: what is paid for is written down before it is sent. See ``film.jobs.jobs``."""

from film.jobs.calls import Decision, Job, JobEvent, Money, OnEvent, PaidCall, PurchaseResult, State, Stored
from film.jobs.clock import Clock, SystemClock
from film.jobs.jobs import Jobs
from film.jobs.limits import Limits

__all__ = [
    "Clock",
    "Decision",
    "Job",
    "JobEvent",
    "Jobs",
    "Limits",
    "Money",
    "OnEvent",
    "PaidCall",
    "PurchaseResult",
    "State",
    "Stored",
    "SystemClock",
]
