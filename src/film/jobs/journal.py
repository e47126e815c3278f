"""The journal's rows: every change of a job's state is one committed transaction, refused to all but its owner.

    look ──► take (an unfinished job, whose lease is free) ──► write … write ──► close | finish
       └──► intend (no job: a new row, before anything is sent)

A key has at most one unfinished job. Owners hold a lease that they renew; when it ran out, or its process is gone,
another may take the job over, and from then on every write of the former owner fails with ``Fenced``. What a former
owner still learns of the world, the vendor's ticket above all, is taken in by ``rescue``.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import CursorResult, Engine, UpdateBase, select, update
from sqlalchemy.orm import Session

from film.db.owner import is_gone
from film.db.session import snapshot
from film.db.sql import one_at_a_time
from film.db.tables import JobRow
from film.jobs.book import Written
from film.jobs.calls import Job, PaidCall, State

OPEN: tuple[State, ...] = ("intent", "submitted", "unknown", "review")
"""The vendor may bill them yet: their money is set aside."""
BARRED: tuple[State, ...] = ("lost", "refused")
"""Finished, and in the way of buying the same again."""
GIVEN_UP: tuple[State, ...] = ("closed", "lost")
"""Finished without a result, and booked as billed."""
SHORTEST_ID = 4
_AT_ONCE = 500


class Fenced(Exception):
    """Another process has taken the job over: nothing was written. Never leaves this package."""


class Journal:
    def __init__(self, engine: Engine, lease: timedelta) -> None:
        self._engine = engine
        self._lease = lease

    # -- finding

    def look(self, key: str) -> Job | None:
        """The job that decides what to do about a key: unfinished, else barred, else done; None when all is open."""
        with self._looking() as session:
            return _deciding(_rows(session, key))

    def jobs(self, states: Collection[str] | None = None, film_id: str | None = None) -> list[Job]:
        query = select(JobRow).order_by(JobRow.created_at, JobRow.id)
        if states is not None:
            query = query.where(JobRow.state.in_(states))
        if film_id is not None:
            query = query.where(JobRow.film_id == film_id)
        with self._looking() as session:
            return [_job(row) for row in session.scalars(query)]

    def get(self, job_id: str) -> Job | None:
        """A job by its id or the beginning of it, four characters at least; None unless exactly one has it."""
        if len(job_id) < SHORTEST_ID:
            return None
        query = select(JobRow).where(JobRow.id.startswith(job_id, autoescape=True)).limit(2)
        with self._looking() as session:
            found = session.scalars(query).all()
            return _job(found[0]) if len(found) == 1 else None

    def paid_by(self, reservation_id: str) -> list[Job]:
        """The jobs that a reservation answers for: one, and those before it that were given up and bought again."""
        query = select(JobRow).where(JobRow.reservation_id == reservation_id)
        with self._looking() as session:
            return [_job(row) for row in session.scalars(query)]

    def orders_for(self, keys: Collection[str]) -> dict[str, Job]:
        """Key → the order that is open for it, or bars its being bought again."""
        found: dict[str, list[JobRow]] = {}
        wanted = list(dict.fromkeys(keys))
        with self._looking() as session:
            for start in range(0, len(wanted), _AT_ONCE):
                some = JobRow.key.in_(wanted[start : start + _AT_ONCE]), JobRow.state.in_((*OPEN, *BARRED))
                for row in session.scalars(select(JobRow).where(*some).order_by(JobRow.created_at, JobRow.id)):
                    found.setdefault(row.key, []).append(row)
            deciding = {key: _deciding(rows) for key, rows in found.items()}
        return {key: job for key, job in deciding.items() if job}

    def tickets_of(self, provider: str) -> set[str]:
        """The vendor's names of all jobs that are known here."""
        with self._looking() as session:
            tickets = session.scalars(select(JobRow.ticket).where(JobRow.provider == provider)).all()
        return {str(ticket.get("job_id")) for ticket in tickets if ticket}

    def ids(self) -> set[str]:
        """The ids of all jobs."""
        with self._looking() as session:
            return set(session.scalars(select(JobRow.id)))

    def given_up(self, key: str) -> Decimal:
        """What jobs of this key cost that were closed without a result, to be bought again."""
        with self._looking() as session:
            return sum((row.billed or Decimal(0) for row in _rows(session, key) if row.state == "closed"), Decimal(0))

    # -- owning

    def intend(
        self,
        call: PaidCall,
        token: str,
        now: datetime,
        *,
        passed_over: str = "",
        account: str = "",
        clock: str = "",
    ) -> Job | None:
        """Write down that ``call`` is about to be sent; None when somebody else's job has come first.

        ``passed_over`` is the finished job that does not count, of which another is wanted; ``account`` and ``clock``
        say whose order it is and when it goes out. Asked again by its owner, whose commit was not confirmed, it is as
        it was.
        """
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            one_at_a_time(session.connection(), call.key)
            rows = _rows(session, call.key)
            known = _deciding(rows)
            if known and known.state == "intent" and known.owner == token:
                return known
            if known and not (known.state == "done" and known.id == passed_over):
                return None
            row = next((row for row in rows if row.state == "unsent"), None)
            if row is None:
                row = JobRow(id=str(uuid.uuid4()), key=call.key, asset_type=call.request.asset_type.value)
                session.add(row)
            row.film_id, row.shot_id = call.film_id, call.shot_id
            row.provider, row.model = call.request.provider, call.request.model
            row.request = call.request.model_dump(mode="json")
            row.state, row.ticket, row.posts, row.error, row.billed = "intent", {}, 1, "", None
            row.reservation_id, row.quoted = call.reservation_id, call.quoted
            row.owner, row.lease_until = token, now + self._lease
            row.account, row.clock, row.second = account, clock, False
            row.created_at = row.updated_at = now
        return _job(row)

    def take(self, key: str, token: str, now: datetime) -> Job | None:
        """The unfinished job of a key, now ours; None when there is none or its owner still works on it."""
        with self._looking() as session:  # most keys have none, and to see that takes no lock
            if not any(row.state in OPEN for row in _rows(session, key)):
                return None
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            one_at_a_time(session.connection(), key)
            row = next((r for r in _rows(session, key) if r.state in OPEN and not r.second), None)
            if row is None or not (row.owner == token or is_free(_job(row), now)):
                return None
            row.owner, row.lease_until = token, now + self._lease
        return _job(row)

    def renew(self, tokens: Collection[str], now: datetime) -> None:
        self._change(update(JobRow).where(JobRow.owner.in_(tokens)).values(lease_until=now + self._lease))

    def let_go(self, token: str) -> None:
        """Leave the job to whoever comes next."""
        self._change(update(JobRow).where(JobRow.owner == token).values(owner=None, lease_until=None))

    # -- writing, as the owner

    def write(self, job: Job, token: str, now: datetime, **values: Any) -> None:
        """Change the job; raises Fenced when it is no longer ours."""
        mine = update(JobRow).where(JobRow.id == job.id, JobRow.owner == token)
        if not self._change(mine.values(updated_at=now, **values)):
            raise Fenced(job.id)

    def hold(self, job: Job, token: str, now: datetime, **values: Any) -> None:
        """Change the job and renew its lease; raises Fenced when it is no longer ours."""
        self.write(job, token, now, lease_until=now + self._lease, **values)

    def adopt(self, job: Job, token: str, tickets: list[dict[str, Any]], now: datetime) -> dict[str, Any] | None:
        """Give the job the first of the vendor's ``tickets`` that no other job here has; None when all are taken."""
        with Session(self._engine) as session, session.begin():
            one_at_a_time(session.connection(), job.provider)
            known = session.scalars(select(JobRow.ticket).where(JobRow.provider == job.provider))
            taken = {ticket.get("job_id") for ticket in known}
            ticket = next((t for t in tickets if t["job_id"] not in taken), None)
            if ticket is None:
                return None
            mine = update(JobRow).where(JobRow.id == job.id, JobRow.owner == token)
            adopted = mine.values(state="submitted", ticket=ticket, updated_at=now)
            if not cast("CursorResult[Any]", session.execute(adopted)).rowcount:
                raise Fenced(job.id)
            return ticket

    def withdraw(self, job: Job, token: str, now: datetime) -> None:
        """Take back an intent that provably became no job at the vendor. Its row stays, and is sent again."""
        self.write(job, token, now, state="unsent", billed=Decimal(0), owner=None, lease_until=None)

    # -- writing, whoever owns it

    def rescue(self, job: Job, token: str, ticket: dict[str, Any], now: datetime) -> bool:
        """A vendor's answer that came after the job was taken over: the bill is real, so it goes on record.

        Where the job is still open and nobody has found its ticket, it is ``token``'s again: True, and the successor
        is fenced off in turn. Where it was given up, and so is booked as billed, the ticket is noted beside that. A
        ticket that a successor found at the vendor is known. Else it is a second purchase, which nothing was set aside
        for: a job of its own, up for review.
        """
        with Session(self._engine) as session, session.begin():
            one_at_a_time(session.connection(), job.key)
            rows = _rows(session, job.key)
            vendor_id = ticket.get("job_id")
            if vendor_id and any((row.ticket or {}).get("job_id") == vendor_id for row in rows):
                return False
            row = next((row for row in rows if row.id == job.id and not row.ticket), None)
            if row and row.state in (*OPEN, *GIVEN_UP):
                row.ticket, row.updated_at = ticket, now
                if row.state in GIVEN_UP:
                    return False
                row.state, row.owner, row.lease_until = "submitted", token, now + self._lease
                return True
            session.add(
                JobRow(
                    id=str(uuid.uuid4()),
                    key=job.key,
                    film_id=job.film_id,
                    shot_id=job.shot_id,
                    asset_type=job.asset_type,
                    provider=job.provider,
                    model=job.model,
                    request=job.request,
                    state="review",
                    ticket=ticket,
                    reservation_id=None,
                    posts=1,
                    error="bought a second time by a process that had been taken for dead",
                    quoted=job.quoted,
                    account=job.account,
                    clock=job.clock,
                    second=True,
                    created_at=now,
                    updated_at=now,
                )
            )
            return False

    def restore(self, order: Written, reservation_id: str | None, state: State) -> None:
        """Enter an order that the order book has and this journal has not."""
        about, end = order.order, order.end
        with Session(self._engine) as session, session.begin():
            if session.get(JobRow, order.job_id):
                return
            session.add(
                JobRow(
                    id=order.job_id,
                    key=about["key"],
                    film_id=about["film"],
                    shot_id=about["shot"],
                    asset_type=about["kind"],
                    provider=about["provider"],
                    model=about["model"],
                    request=about["request"],
                    state=state,
                    ticket=order.ticket,
                    reservation_id=reservation_id,
                    posts=1,
                    error=str(end.get("error") or "rebuilt from the order book"),
                    quoted=order.quoted,
                    billed=order.billed,
                    blob_sha256=end.get("blob"),
                    account=about.get("account", ""),
                    clock=about.get("clock", ""),
                    created_at=order.at,
                    updated_at=order.at,
                )
            )

    def close(self, job_id: str, states: Collection[str], now: datetime, **values: Any) -> bool:
        """Change a job that stands in one of ``states``; False when it no longer does."""
        there = update(JobRow).where(JobRow.id == job_id, JobRow.state.in_(states))
        return self._change(there.values(owner=None, lease_until=None, updated_at=now, **values))

    @contextmanager
    def _looking(self) -> Generator[Session]:
        with snapshot(self._engine) as connection, Session(connection) as session:
            yield session

    def _change(self, statement: UpdateBase) -> bool:
        with self._engine.begin() as connection:
            return connection.execute(statement).rowcount > 0


def is_free(job: Job, now: datetime, gone: Callable[[str], bool] = is_gone) -> bool:
    """Whether a job may be taken over: nobody's, its lease ran out, or its owner died."""
    return job.owner is None or job.lease_until is None or job.lease_until <= now or gone(job.owner)


def _rows(session: Session, key: str) -> list[JobRow]:
    return list(session.scalars(select(JobRow).where(JobRow.key == key).order_by(JobRow.created_at, JobRow.id)))


def _deciding(rows: list[JobRow]) -> Job | None:
    for states in (OPEN, BARRED, ("done",)):
        if found := [row for row in rows if row.state in states and not (row.second and row.state == "review")]:
            return _job(found[-1])
    return None


def _job(row: JobRow) -> Job:
    return Job(
        id=row.id,
        key=row.key,
        film_id=row.film_id,
        shot_id=row.shot_id,
        asset_type=row.asset_type,
        provider=row.provider,
        model=row.model,
        request=dict(row.request),
        state=cast(State, row.state),
        ticket=dict(row.ticket or {}),
        reservation_id=row.reservation_id,
        owner=row.owner,
        lease_until=row.lease_until,
        posts=row.posts,
        error=row.error,
        quoted=row.quoted,
        billed=row.billed,
        blob_sha256=row.blob_sha256,
        account=row.account or "",
        clock=row.clock or "",
        is_second=bool(row.second) and row.state == "review",
        claimed=row.claimed,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
