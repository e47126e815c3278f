"""Whose bucket it is: one library's, and no other's.

A bucket knows nothing of databases. Two libraries in one place would collect each other's blobs as garbage, and a wrong
address would look like a bucket from which everything has gone, which is bought again. So a library writes its id into
the bucket when it first uses it, and every process compares before it believes an answer.

    the bucket has our id                          ──► ours
    it has none, and we have never had a bucket    ──► it becomes ours with the first file
    it has a higher generation than our database   ──► the database is an older copy: refused
    anything else                                  ──► refused, with the way out

Of several who write the id at once each writes the same: it stands in the database already. While a library moves to
another bucket (``film library push``), that one is *being filled*: what it lacks may lie on a machine that has not
pushed yet, and is not missing.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from sqlalchemy import Engine, select, update

from film.cache.bucket import Bucket
from film.cache.identity import Ours, ensure_ours, older_token, read_ours, taken_for
from film.db.session import snapshot
from film.db.tables import Blob, Library
from film.errors import ConfigurationError, StoreError

NOTE = "library"
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Note:
    """What a bucket says of itself. Older programs wrote the id alone."""

    library: str
    generation: int = 0
    is_filling: bool = False


class Membership:
    """One library's right to one bucket."""

    def __init__(self, engine: Engine, bucket: Bucket) -> None:
        self._engine, self._bucket = engine, bucket
        self._is_known = False
        self._is_behind = False
        self.is_filling = False

    def confirm(self) -> None:
        """Ask the bucket now: it is there, and it is ours. What it lacks it really lacks."""
        theirs = self._note()
        ours = self._judge(theirs)
        assert theirs is not None
        self.is_filling = theirs.is_filling
        self._is_behind = ours is not None and theirs.generation < ours.generation
        self._is_known = True

    def may_take(self) -> None:
        """StoreError where ``take`` would be refused; writes nothing, on either side."""
        if self._is_known:
            return
        theirs = self._note()
        if theirs is not None or self._was_bound():
            self._judge(theirs)

    def _judge(self, theirs: Note | None) -> Ours | None:
        """What the database says, where that and the bucket's word are one library; StoreError where they are not."""
        with snapshot(self._engine) as db:
            ours, older = read_ours(db), older_token(db)
        if theirs is None:
            raise StoreError(
                f"{self._bucket.url} is not the bucket of this library: it holds none, or was emptied",
                hint="check FILM_STORE_URL; to fill a new bucket, set it and run film library push on every machine "
                "that has files",
            )
        if theirs.library != (ours.library if ours else older):
            raise self._foreign()
        if ours and theirs.generation > ours.generation:
            raise StoreError(
                f"the database is an older copy: it is at generation {ours.generation}, and the bucket "
                f"{self._bucket.url} has known generation {theirs.generation}",
                hint="use the newest database; if there is none, run film fsck --rebuild",
            )
        return ours

    def ensure(self) -> None:
        """The same once in this process, before anything is read."""
        if not self._is_known:
            self.confirm()

    def before_removal(self) -> None:
        """StoreError where files are on record and the bucket is not ours: what goes must go on both sides."""
        with snapshot(self._engine) as db:
            has_rows = db.scalar(select(Blob.sha256).limit(1)) is not None
        if has_rows or not self.is_new:
            self.confirm()

    @property
    def is_new(self) -> bool:
        """Whether neither side has ever heard of the other: nothing can be there."""
        return not self._is_known and not self._was_bound() and self._note() is None

    def take(self, *, anew: bool = False) -> None:
        """Before anything is written: make an empty bucket ours. ``anew`` lets a library move to another one."""
        if self._is_known:
            return
        theirs, was_bound = self._note(), self._was_bound()
        if theirs is None and (anew or not was_bound):
            self.write(is_filling=anew)
        self.confirm()
        if self._is_behind:
            self.write(is_filling=self.is_filling)
        with self._engine.begin() as db:
            db.execute(update(Library).where(Library.bucket != self._bucket.url).values(bucket=self._bucket.url))

    def take_over(self) -> None:
        """Take a database that is empty, or an older copy, for the bucket's: it is about to be filled again.

        StoreError where it is another library's.
        """
        theirs = self._note()
        if theirs is None:
            return
        with self._engine.begin() as db:
            ours = taken_for(db, theirs.library)
            if ours.library != theirs.library:
                raise self._foreign()
            if ours.generation < theirs.generation:
                db.execute(update(Library).values(generation=theirs.generation))

    def write(self, *, is_filling: bool) -> None:
        """Say in the bucket whose it is, at which generation, and whether all is in it."""
        with self._engine.begin() as db:
            ours = ensure_ours(db)
        told = {"library": ours.library, "generation": ours.generation, "filling": is_filling}
        self._bucket.write_note(NOTE, json.dumps(told))
        self.is_filling = is_filling

    def _was_bound(self) -> bool:
        with snapshot(self._engine) as db:
            ours = read_ours(db)
            return bool(ours.bucket if ours else None) or older_token(db) is not None

    def _note(self) -> Note | None:
        text = self._bucket.note(NOTE)
        if text is None:
            return None
        if _ID.fullmatch(text.strip()):
            return Note(text.strip())
        try:
            told = json.loads(text)
            return Note(str(told["library"]), int(told["generation"]), bool(told.get("filling")))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise StoreError(
                f"{self._bucket.url} does not say whose it is: the object {NOTE!r} there is not what a library writes",
                hint="check FILM_STORE_URL: another program may use that place",
            ) from None

    def _foreign(self) -> ConfigurationError:
        return ConfigurationError(
            f"{self._bucket.url} belongs to another library",
            hint="use that library's database (FILM_DATABASE_URL), or another prefix; if that database is lost, bring "
            "it back with film restore BACKUP, or make its rows anew with film fsck --rebuild",
        )
