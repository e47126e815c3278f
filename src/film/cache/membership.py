"""Whose bucket it is: one library's, and no other's.

A bucket knows nothing of databases. Two libraries in one place would collect each other's blobs as garbage, and a wrong
address would look like a bucket from which everything has gone, which is bought again. So a library writes its token
into the bucket when it first uses it, and every process compares before it believes an answer.

    database has a token, bucket the same   ──► ours
    neither has one                         ──► the first to write takes it
    anything else                           ──► refused, with the way out

The token is a row of ``actions`` of kind ``store``. It is a note, not a result: as ``failed``, no lookup, statistic or
collection takes it for one.
"""

from __future__ import annotations

import hashlib
import uuid

from sqlalchemy import Engine, select

from film.cache.bucket import Bucket
from film.db.session import snapshot
from film.db.sql import upsert
from film.db.tables import Action
from film.errors import ConfigurationError, StoreError

NOTE = "library"
KEY = hashlib.sha256(b"film/store/1").hexdigest()


class Membership:
    """One library's right to one bucket."""

    def __init__(self, engine: Engine, bucket: Bucket) -> None:
        self._engine, self._bucket = engine, bucket
        self._is_known = False

    def confirm(self) -> None:
        """Ask the bucket now: it is there, and it is ours. What it lacks it really lacks."""
        ours, theirs = self._ours(), self._bucket.note(NOTE)
        if theirs is None:
            raise StoreError(
                f"{self._bucket.url} is not the bucket of this library: it holds none",
                hint="check FILM_STORE_URL; to fill a new bucket, set it and run: film library push",
            )
        if ours != theirs.strip():
            raise self._foreign()
        self._is_known = True

    def ensure(self) -> None:
        """The same once in this process, before anything is read."""
        if not self._is_known:
            self.confirm()

    @property
    def is_new(self) -> bool:
        """Whether neither side has ever heard of the other: nothing can be there."""
        return not self._is_known and self._ours() is None and self._bucket.note(NOTE) is None

    def take(self, *, anew: bool = False) -> None:
        """Before anything is written: make an empty bucket ours. ``anew`` lets a library move to another one."""
        if self._is_known:
            return
        theirs = self._bucket.note(NOTE)
        if theirs is None and (anew or self._ours() is None):
            self._bucket.write_note(NOTE, self._made())
        self.confirm()

    def _ours(self) -> str | None:
        with snapshot(self._engine) as db:
            details = db.scalar(select(Action.details).where(Action.key == KEY))
        return str(details["token"]) if details else None

    def _made(self) -> str:
        """The library's token; of several who make one at once, the first's."""
        with self._engine.begin() as db:
            fresh = {"key": KEY, "kind": "store", "state": "failed", "details": {"token": uuid.uuid4().hex}}
            db.execute(upsert(db, Action).values(**fresh).on_conflict_do_nothing(index_elements=["key"]))
            return str(db.scalars(select(Action.details).where(Action.key == KEY)).one()["token"])

    def _foreign(self) -> ConfigurationError:
        return ConfigurationError(
            f"{self._bucket.url} belongs to another library",
            hint="use that library's database (FILM_DATABASE_URL), or another prefix; if that database is lost for "
            f"good, remove the object {NOTE!r} there",
        )
