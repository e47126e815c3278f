"""Rows and files joined: a result is there only if both are, and they agree.

Where they do not, that is said once (as a warning, and to whoever listens) and the row goes away, so that the result is
simply made again.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

from sqlalchemy import Engine

from film.cache.actions import ActionTable
from film.cache.blobs import BlobStore, Condition
from film.cache.bucket import Bucket
from film.cache.entry import CachedAsset, Made
from film.cache.locks import Fleet, Locks, fleet_beside
from film.cache.membership import Membership
from film.cache.shared import SharedBlobs
from film.cache.upkeep import Problem, Scope, Upkeep, VerifyReport
from film.db.sql import held_by_all
from film.errors import StoreError

_log = logging.getLogger("film.cache")


class Shelf:
    def __init__(
        self, gallery: Path, engine: Engine, on_problem: Callable[[str], None] | None, bucket: Bucket | None = None
    ) -> None:
        self.gallery = gallery
        self.membership = Membership(engine, bucket) if bucket else None
        self.locks = Locks(gallery / "locks", _fleet(engine) if bucket else None)
        self.blobs = (
            SharedBlobs(gallery, lambda: self.locks.token, bucket, self.membership)
            if bucket and self.membership
            else BlobStore(gallery, lambda: self.locks.token)
        )
        self.actions = ActionTable(engine, self.blobs.location)
        self.upkeep = Upkeep(engine, self.blobs, self.locks)
        self.problems: deque[str] = deque(maxlen=100)
        self._on_problem = on_problem

    def find(self, key: str) -> CachedAsset | None:
        """A result whose file is here, at its length."""
        asset = self.actions.find(key)
        return asset if asset and self._is_good(asset, self.blobs.at_hand) else None

    def find_whole(self, key: str) -> CachedAsset | None:
        """A result whose every byte has been checked in this process."""
        asset = self.actions.find(key)
        return asset if asset and self.is_whole(asset) else None

    def find_many(self, keys: Iterable[str], *, whole: bool = False) -> dict[str, CachedAsset]:
        look = self.blobs.check if whole else self.blobs.at_hand
        found = list(self.actions.find_many(keys))
        self.blobs.expect(((asset.sha256, asset.size) for asset in found), here=True)
        return {asset.key: asset for asset in found if self._is_good(asset, look)}

    def peek_many(self, keys: Iterable[str]) -> dict[str, CachedAsset]:
        """The same without healing anything: a plan changes nothing."""
        found: dict[str, CachedAsset] = {}
        known = list(self.actions.find_many(keys))
        self.blobs.expect((asset.sha256, asset.size) for asset in known)
        for asset in known:
            condition = self.blobs.present(asset.sha256, asset.size)
            if condition is Condition.GOOD:
                found[asset.key] = asset
            else:
                self._report(f"{Problem(asset.sha256, condition)} ({asset.kind} {asset.key[:16]})")
        return found

    def is_whole(self, asset: CachedAsset) -> bool:
        return self._is_good(asset, self.blobs.check)

    def store(self, key: str, made: Made, *, kind: str, provider: str, owner: str | None) -> CachedAsset:
        """File first, row second. With an owner, a result that another has published meanwhile stays."""
        if made.data is not None:
            blob = self.blobs.write(made.data)
        else:
            assert made.path is not None
            blob = self.blobs.seal(made.path)
        try:
            with self.locks.adding():
                self.blobs.place(blob)
                is_ours = self.actions.write(
                    key,
                    blob,
                    kind=kind,
                    provider=provider,
                    mime=made.mime,
                    cost=made.cost,
                    details=made.details,
                    owner=owner,
                )
        finally:
            if blob.temporary != made.path:  # the maker's own file is left to the maker: it was paid for
                blob.temporary.unlink(missing_ok=True)
        if not is_ours and (published := self.actions.find(key)):
            return published
        place = self.blobs.location(blob.sha256)
        return CachedAsset(key, kind, provider, blob.sha256, blob.size, made.mime, made.cost, made.details, place)

    def repair(self, *, read_all: bool, scope: Scope | None = None) -> VerifyReport:
        report = self.upkeep.verify(read_all=read_all, scope=scope)
        for problem in report.problems:
            self._report(str(problem))
            self.upkeep.discard(problem)
        return report

    def _is_good(self, asset: CachedAsset, look: Callable[[str, int], Condition]) -> bool:
        condition = look(asset.sha256, asset.size)
        if condition is Condition.GOOD:
            return True
        if not self.blobs.exists():
            raise StoreError(
                f"the gallery's files are not there: {self.gallery / 'blobs' / 'sha256'}",
                hint="plug its drive in, or set FILM_GALLERY_DIR; if they are gone for good, make that folder, empty",
            )
        problem = Problem(asset.sha256, condition)
        self._report(f"{problem} ({asset.kind} {asset.key[:16]}): it will be made again")
        self.upkeep.discard(problem)
        return False

    def _report(self, problem: str) -> None:
        _log.warning("%s", problem)
        self.problems.append(problem)
        if self._on_problem:
            self._on_problem(problem)


def _fleet(engine: Engine) -> Fleet | None:
    """The lock between all galleries that share a database and a bucket."""
    if engine.dialect.name == "postgresql":
        return lambda alone: held_by_all(engine, "film store", exclusive=alone)
    return fleet_beside(Path(engine.url.database)) if engine.url.database else None
