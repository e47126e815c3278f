"""A day's calls as a budget: counted before they are made, refused past the limit, shown like money.

Places count a call whatever becomes of it, and so does this. Days are the place's own: YouTube's begin at midnight in
California.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from film.db.session import snapshot
from film.db.sql import one_at_a_time
from film.db.tables import QuotaCount
from film.errors import QuotaExceeded


@dataclass(frozen=True)
class Standing:
    used: int
    limit: int

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)


class Quota:
    """``limits`` are a day's, by bucket; ``account`` is whose."""

    def __init__(self, engine: Engine, account: str, limits: Mapping[str, int]) -> None:
        self._engine, self._account, self._limits = engine, account, limits

    def charge(self, bucket: str, amount: int) -> None:
        """Count a call that is about to be made. Raises QuotaExceeded, and then nothing is counted."""
        day = pacific_day(datetime.now(UTC)).isoformat()
        with Session(self._engine) as session, session.begin():
            one_at_a_time(session.connection(), f"quota {self._account} {bucket}")
            row = session.get(QuotaCount, (self._account, day, bucket))
            if row is None:
                row = QuotaCount(account=self._account, day=day, bucket=bucket, used=0)
                session.add(row)
                session.flush()
            limit = self._limits[bucket]
            if row.used + amount > limit:
                raise QuotaExceeded(
                    f"today's {bucket} are used up: {row.used} of {limit}, and this takes {amount}",
                    hint="run again after midnight in California: what is sent already stays, and is not sent again",
                )
            here = (QuotaCount.account == self._account, QuotaCount.day == day, QuotaCount.bucket == bucket)
            session.execute(update(QuotaCount).where(*here).values(used=QuotaCount.used + amount))

    def exhausted(self, bucket: str) -> None:
        """The place says that nothing is left, whatever was counted here: somebody else uses the same account."""
        day = pacific_day(datetime.now(UTC)).isoformat()
        with Session(self._engine) as session, session.begin():
            one_at_a_time(session.connection(), f"quota {self._account} {bucket}")
            session.merge(QuotaCount(account=self._account, day=day, bucket=bucket, used=self._limits[bucket]))

    def standing(self) -> dict[str, Standing]:
        """What is used of today's, by bucket."""
        day = pacific_day(datetime.now(UTC)).isoformat()
        counts = select(QuotaCount.bucket, QuotaCount.used).where(
            QuotaCount.account == self._account, QuotaCount.day == day
        )
        with snapshot(self._engine) as connection:
            used = {row.bucket: row.used for row in connection.execute(counts)}
        return {bucket: Standing(used.get(bucket, 0), limit) for bucket, limit in self._limits.items()}


def pacific_day(moment: datetime) -> date:
    """The date in California, by the rule since 2007: no system needs to have a table of time zones for it."""
    year = moment.year
    begins = _sunday(date(year, 3, 1), 2)
    ends = _sunday(date(year, 11, 1), 1)
    summer = datetime(year, 3, begins.day, 10, tzinfo=UTC) <= moment < datetime(year, 11, ends.day, 9, tzinfo=UTC)
    return (moment - timedelta(hours=7 if summer else 8)).date()


def _sunday(first: date, which: int) -> date:
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (which - 1))
