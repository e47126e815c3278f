"""When to ask again: poll intervals that fit how long a job usually takes, and pauses after a failure.

A job of a minute is looked at soon after it was sent (a refusal comes at once), then when a third of its usual time is
over, and from then on at intervals that grow with its age: some ten polls, and its end is noticed a twentieth of its
length late on average, a tenth at most, however far it strays from the usual. What is observed in this process counts
more than what the provider declares of itself.
"""

from __future__ import annotations

import random

from film.jobs.limits import MAX_PAUSE

EARLY = 0.35
"""The share of the usual time before which hardly any job ends."""
GROWTH = 0.1
"""The interval, as a share of a job's age."""
LEANING = 0.2
"""How much one observation counts: jobs differ widely, and the next is not like the last."""


class PollPace:
    """Intervals of one kind of job. ``floor`` is the vendor's own least interval, never gone below."""

    def __init__(self, usual: float, floor: float, *, dice: random.Random | None = None) -> None:
        self.usual = max(usual, floor)
        self.floor = floor
        self._dice = dice or random.Random()

    def observed(self, seconds: float) -> None:
        """A job took so long: lean towards it."""
        self.usual = max(self.floor, self.usual + LEANING * (seconds - self.usual))

    def wait(self, elapsed: float) -> float:
        """Seconds to the next poll of a job that was sent ``elapsed`` seconds ago."""
        interval = self.floor if elapsed < self.floor else max(GROWTH * elapsed, EARLY * self.usual - elapsed)
        # Jitter only lengthens: a thousand jobs sent together must not be polled together, nor below the floor.
        return max(self.floor, min(interval, 60.0)) * (1 + 0.1 * self._dice.random())

    @property
    def deadline(self) -> float:
        """Seconds after which a job is given up: ten times the usual, a quarter of an hour at least."""
        return max(10 * self.usual, 900.0)


def backoff(attempt: int, asked: float | None = None) -> float:
    """Seconds to wait after the ``attempt``-th failure (1, 2, …): doubling, never less than the vendor asked for."""
    return min(MAX_PAUSE, max(asked or 0.0, 2.0 ** (attempt - 1)))
