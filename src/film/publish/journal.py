"""The rows of publications: what was about to be sent, what the place answered, what is there now.

    claim ──► intent ──save──► sending ──save──► sent ──► done
                 │                │
                 │                ├─► review    it may be out: a person says --adopt ID or --again WHY
                 │                └─► refused   the place declined
                 └── gone: a person said so; the next attempt has a row of its own

A row has one owner at a time. Its lease is renewed while bytes go out; on one machine a killed process is seen to be
gone, and the next goes on at once. What a former owner writes after that is refused (``Fenced``), so that an upload's
address that came too late is never used.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from film.db.base import now
from film.db.owner import is_gone, new_token
from film.db.session import snapshot
from film.db.sql import one_at_a_time
from film.db.tables import PublicationRow
from film.errors import PublishError
from film.hashing import content_key
from film.models import Model

State = Literal["intent", "sending", "sent", "done", "review", "refused", "gone"]
LEASE = timedelta(minutes=2)
RENEW_SECONDS = 20.0


class Fenced(PublishError):
    """Another process has taken the publication over: nothing was written, and nothing more is sent."""

    def __init__(self) -> None:
        super().__init__("another process goes on with this publication", hint="wait for it, then run again")


class Publication(Model):
    """A row as it is read."""

    id: str
    key: str
    attempt: int
    film_id: str
    film_sha256: str
    target: str
    place: str
    state: State
    remote_id: str = ""
    url: str = ""
    metadata_hash: str = ""
    said: dict[str, Any] = Field(default_factory=dict[str, Any])
    memo: dict[str, Any] = Field(default_factory=dict[str, Any])
    reason: str = ""
    error: str = ""

    @property
    def marker(self) -> str:
        """16 hex digits that stand with the film at its place, by which it is found again."""
        return content_key("marker/1", {"key": self.key, "attempt": self.attempt})[:16]

    @property
    def is_out(self) -> bool:
        return bool(self.remote_id)


def key_of(film_sha256: str, target: str, place: str) -> str:
    """A film, to the byte, at a place: once."""
    return content_key("publication/1", {"film": film_sha256, "target": target, "place": place})


class PublicationJournal:
    def __init__(self, engine: Engine, lease: timedelta = LEASE) -> None:
        self._engine = engine
        self._lease = lease

    def of(self, key: str) -> Publication | None:
        """The newest attempt."""
        with snapshot(self._engine) as connection, Session(connection) as session:
            row = session.scalars(_newest(key)).first()
            return _read(row) if row else None

    def of_film(self, film_id: str = "") -> list[Publication]:
        """Every publication of a film, or of all, oldest first."""
        query = select(PublicationRow).order_by(PublicationRow.created_at, PublicationRow.id)
        if film_id:
            query = query.where(PublicationRow.film_id == film_id)
        with snapshot(self._engine) as connection, Session(connection) as session:
            return [_read(row) for row in session.scalars(query)]

    def claim(
        self, *, film_id: str, film_sha256: str, target: str, place: str, again: str = ""
    ) -> tuple[Publication, str]:
        """The publication and the token of its new owner; ``again`` is why the one that is there does not count.

        Raises PublishError where another process is at it.
        """
        key, token = key_of(film_sha256, target, place), new_token()
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            one_at_a_time(session.connection(), key)
            row = session.scalars(_newest(key)).first()
            if row and row.owner and not _is_free(row):
                raise PublishError(
                    f"another process is publishing {film_id} to {target}", hint="wait for it, then run again"
                )
            if row is None or again:
                if row is not None:
                    row.state, row.owner, row.error = "gone", None, again
                attempt = row.attempt + 1 if row else 1
                row = PublicationRow(
                    id=str(uuid.uuid4()), key=key, attempt=attempt, film_id=film_id, film_sha256=film_sha256
                )
                row.target, row.place, row.state, row.reason = target, place, "intent", again
                session.add(row)
            row.owner, row.lease_until = token, now() + self._lease
            session.flush()
            return _read(row), token

    def save(self, publication: Publication, token: str, **changes: Any) -> Publication:
        """Write what changed, as its owner, and read it back. Raises Fenced."""
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            values = {**changes, "lease_until": now() + self._lease, "updated_at": now()}
            mine = PublicationRow.id == publication.id, PublicationRow.owner == token
            done = session.execute(update(PublicationRow).where(*mine).values(**values).returning(PublicationRow.id))
            if done.first() is None:
                raise Fenced
            row = session.get_one(PublicationRow, publication.id, populate_existing=True)
            return _read(row)

    def release(self, publication: Publication, token: str) -> None:
        """Let the next one have it; nothing happens where somebody has."""
        with self._engine.begin() as connection:
            mine = PublicationRow.id == publication.id, PublicationRow.owner == token
            connection.execute(update(PublicationRow).where(*mine).values(owner=None, lease_until=None))


class Memo:
    """A publication in its owner's hands, as a target sees it: what is known, and a way to commit more."""

    def __init__(self, journal: PublicationJournal, publication: Publication, token: str) -> None:
        self._journal, self._token = journal, token
        self.publication = publication

    def __getitem__(self, name: str) -> Any:
        return self.publication.memo.get(name)

    @property
    def marker(self) -> str:
        return self.publication.marker

    @property
    def remote_id(self) -> str:
        return self.publication.remote_id

    def note(self, **facts: Any) -> None:
        """Commit facts of the target's own; None forgets one. When it returns they are on the disk."""
        kept = {k: v for k, v in {**self.publication.memo, **facts}.items() if v is not None}
        self.publication = self._journal.save(self.publication, self._token, memo=kept)

    def set(self, **columns: Any) -> None:
        """Commit columns of the row."""
        self.publication = self._journal.save(self.publication, self._token, **columns)

    def is_out(self, remote_id: str, url: str) -> None:
        """The place has the film: from here on nothing sends it again."""
        self.set(remote_id=remote_id, url=url, state="sent")

    def hold(self) -> None:
        """Renew the lease."""
        self.publication = self._journal.save(self.publication, self._token)

    def release(self) -> None:
        self._journal.release(self.publication, self._token)


def _newest(key: str) -> Any:
    return select(PublicationRow).where(PublicationRow.key == key).order_by(PublicationRow.attempt.desc()).limit(1)


def _is_free(row: PublicationRow) -> bool:
    return row.owner is None or is_gone(row.owner) or row.lease_until is None or row.lease_until <= now()


def _read(row: PublicationRow) -> Publication:
    values: Mapping[str, Any] = {name: getattr(row, name) for name in Publication.model_fields}
    return Publication.model_validate(values)
