"""Whether driver and coordinator have one library: asked before anything is ordered, and never concluded from names.

    driver                                          coordinator
    leave: a note in the database, a file in the store
    meet(mark) ───────────────────────────────────► look: the note? the file, byte for byte?
    look, in the same way ◄──────────────────────── leave: a note and a file of its own
    begin

What the coordinator buys it writes down in its database and keeps in its store. Were those others than the driver's,
all would be bought, and nothing found; were only the journal another, it would be bought twice. A name proves nothing:
a copy of a database may have the same one.

A note is a row of ``actions`` that is no result, as the one of ``film.cache.membership`` is; a file is a blob that no
row names. Both go when they have been read. What a killed program leaves of them goes later, the file as garbage.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, and_, delete, insert, select

from film.cache.blobs import BlobStore, Condition
from film.cache.bucket import Bucket
from film.cache.membership import Membership
from film.cache.shared import SharedBlobs
from film.db.address import address
from film.db.base import now
from film.db.tables import Action
from film.errors import ConfigurationError, StoreError, disk_error
from film.hashing import content_key
from film.models import Model
from film.planning.services import Services
from film.settings import Settings

KIND = "proof"
RECIPE = "proof/1"
PATIENCE = 5.0
"""Seconds for a shared folder to show what was written on another machine."""
_FORGOTTEN = timedelta(days=1)
"""After which a note is nobody's any more: who left it was killed."""


class Mark(Model):
    """What one side has left, and what it calls the places."""

    token: str
    side: str
    """Who left it, for people."""
    database: str
    store: str

    @property
    def note(self) -> str:
        return content_key(RECIPE, {"token": self.token})

    @property
    def file(self) -> str:
        """The blob's name."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def data(self) -> bytes:
        return self.token.encode()


class ClusterLibrary:
    """A library as one side sees it: the ``role`` of a program, "coordinator" or another, on a node of that name."""

    def __init__(self, services: Services, role: str, node: str) -> None:
        self._services, self._side = services, f"the {role} on {node}"
        self._blobs = _blobs_of(services)
        self._database, self._store = address(services.engine.url), store_of(services.settings)

    def leave(self) -> Mark:
        """Write what the other side is to find."""
        self._services.cache.identity.write()  # or the file lies in a gallery that does not say whose it is
        mark = Mark(token=uuid.uuid4().hex, side=self._side, database=self._database, store=self._store)
        temporary = self._services.cache.temporary(".proof")
        try:
            temporary.write_bytes(mark.data)
        except OSError as error:
            raise disk_error(error, temporary) from error
        self._blobs.place(self._blobs.seal(temporary))
        with self._services.engine.begin() as db:
            db.execute(delete(Action).where(_notes(), Action.created_at < now() - _FORGOTTEN))
            db.execute(insert(Action).values(key=mark.note, kind=KIND, state="failed", created_at=now()))
        return mark

    def look(self, theirs: Mark) -> None:
        """Find what the other side has left. Raises ConfigurationError where database or store is another one."""
        with suppress(StoreError):  # what is wrong between the two sides is told below
            self._services.cache.identity.write()  # before a copy of their file lies in a new gallery
        with self._services.engine.connect() as db:
            found = db.execute(select(Action.key).where(Action.key == theirs.note)).first()
        if found is None:
            raise self._apart("database", theirs, self._database, theirs.database)
        until = time.monotonic() + PATIENCE
        while missing := self._missing(theirs):
            if time.monotonic() > until:
                raise self._apart("store", theirs, f"{self._store} ({missing})", theirs.store)
            time.sleep(PATIENCE / 20)
        self._blobs.drop(theirs.file)  # our copy, if it was fetched

    def forget(self, mark: Mark) -> None:
        """Take away again what we have left."""
        self._blobs.remove([mark.file])
        with self._services.engine.begin() as db:
            db.execute(delete(Action).where(_notes(), Action.key == mark.note))

    def _missing(self, theirs: Mark) -> str:
        """Why the other side's file cannot be read here; nothing if it can."""
        try:
            condition = self._blobs.check(theirs.file, len(theirs.data))
        except StoreError as error:  # a bucket that is no library's, or out of reach
            return error.message
        return "" if condition is Condition.GOOD else f"its file is {condition.value}"

    def _apart(self, what: str, theirs: Mark, our_place: str, their_place: str) -> ConfigurationError:
        name = "FILM_DATABASE_URL" if what == "database" else "FILM_STORE_URL, or one shared folder as FILM_GALLERY_DIR"
        return ConfigurationError(
            f"two {what}s instead of one: {theirs.side} has {their_place}, {self._side} has {our_place}, and does not"
            " find what the other has written; nothing was ordered",
            hint=f"set {name}, alike where the film is made from and where the coordinator runs; a node reads it when"
            " it is started: ray stop there, then ray start",
        )


def store_of(settings: Settings) -> str:
    """Where a store is, as people are told it: what follows a ``?`` may be a token."""
    if settings.store_url:
        return urlsplit(settings.store_url)._replace(query="", fragment="").geturl()
    return str(settings.gallery)


def _blobs_of(services: Services) -> BlobStore:
    """The files of the store that results go to, without their rows."""
    settings = services.settings
    if not settings.store_url:
        return BlobStore(services.cache.gallery, lambda: KIND)
    bucket = Bucket(
        settings.store_url, {name: value.get_secret_value() for name, value in settings.store_options.items()}
    )
    return SharedBlobs(services.cache.gallery, lambda: KIND, bucket, Membership(services.engine, bucket))


def _notes() -> ColumnElement[bool]:
    return and_(Action.kind == KIND, Action.state == "failed")
