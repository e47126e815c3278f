"""Rows and files joined: a result is there only if both are, and they agree.

Where they do not, it is first asked whether the gallery and the database are one library at all (``identity``), and
whether a whole copy lies elsewhere. Only then it is said once (as a warning, and to whoever listens) and the row is set
aside, so that the result is simply made again; what it was stays on record, and counts again once its file is back.
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
from film.cache.entry import CachedAsset, NewResult
from film.cache.identity import Identity
from film.cache.locks import Fleet, Locks, fleet_beside
from film.cache.membership import Membership
from film.cache.records import Records, SharedRecords
from film.cache.shared import SharedBlobs
from film.cache.upkeep import Problem, Upkeep, UpkeepScope, VerifyReport
from film.db.sql import held_by_all
from film.errors import StoreError

_log = logging.getLogger("film.cache")


class ResultStore:
    def __init__(
        self, gallery: Path, engine: Engine, on_problem: Callable[[str], None] | None, bucket: Bucket | None = None
    ) -> None:
        self.gallery = gallery
        self.membership = Membership(engine, bucket) if bucket else None
        self.identity = Identity(gallery, engine, bucket, *([self.membership.may_take] if self.membership else []))
        self.records = (
            SharedRecords(gallery, bucket, self.membership) if bucket and self.membership else Records(gallery)
        )
        self.locks = Locks(gallery / "locks", _fleet(engine) if bucket else None)
        self.blobs = (
            SharedBlobs(gallery, lambda: self.locks.token, bucket, self.membership)
            if bucket and self.membership
            else BlobStore(gallery, lambda: self.locks.token)
        )
        self.actions = ActionTable(engine, self.blobs.location)
        self.upkeep = Upkeep(engine, self.blobs, self.locks, self.actions, self.identity)
        self.problems: deque[str] = deque(maxlen=100)
        self._on_problem = on_problem

    def find(self, key: str) -> CachedAsset | None:
        """A result whose file is here, at its length."""
        asset = self.actions.find(key)
        if asset is None:
            return self._brought_back((key,)).get(key)
        return asset if self._is_good(asset, self.blobs.at_hand) else None

    def find_whole(self, key: str) -> CachedAsset | None:
        """A result whose every byte has been checked in this process."""
        asset = self.actions.find(key)
        if asset is None:
            return self._brought_back((key,)).get(key)
        return asset if self.is_whole(asset) else None

    def find_many(self, keys: Iterable[str], *, whole: bool = False) -> dict[str, CachedAsset]:
        look = self.blobs.check if whole else self.blobs.at_hand
        keys = list(keys)
        known = list(self.actions.find_many(keys))
        self.blobs.expect(((asset.sha256, asset.size) for asset in known), here=True)
        found = {asset.key: asset for asset in known if self._is_good(asset, look)}
        if len(known) < len(keys):
            on_record = {asset.key for asset in known}
            found |= self._brought_back([key for key in keys if key not in on_record])
        return found

    def peek_many(self, keys: Iterable[str]) -> dict[str, CachedAsset]:
        """The same without healing anything: a plan changes nothing. What cannot be got at is an error, not a miss."""
        found: dict[str, CachedAsset] = {}
        keys = list(keys)
        known = list(self.actions.find_many(keys))
        if len(known) < len(keys):
            on_record = {asset.key for asset in known}
            aside = self.actions.find_aside(key for key in keys if key not in on_record)
            known += [a for a in aside if self.blobs.look_here(a.sha256, a.size) is Condition.GOOD]
        self.blobs.expect((asset.sha256, asset.size) for asset in known)
        for asset in known:
            condition = self.blobs.present(asset.sha256, asset.size)
            if condition is Condition.GOOD:
                found[asset.key] = asset
                continue
            self._refuse_the_unavailable(asset, condition)
            self._report(f"{Problem(asset.sha256, condition)} ({asset.kind} {asset.key[:16]})")
        return found

    def is_whole(self, asset: CachedAsset) -> bool:
        return self._is_good(asset, self.blobs.check)

    def store(self, key: str, made: NewResult, *, kind: str, provider: str, owner: str | None) -> CachedAsset:
        """File first, its record, row last. With an owner, a result that another has published meanwhile stays."""
        self.identity.write()
        if made.data is not None:
            blob = self.blobs.write(made.data)
        else:
            assert made.path is not None
            blob = self.blobs.seal(made.path)
        try:
            with self.locks.adding():
                self.blobs.place(blob)
                self.records.add(
                    key,
                    kind=kind,
                    provider=provider,
                    sha256=blob.sha256,
                    size=blob.size,
                    mime=made.mime,
                    cost=made.cost,
                    details=made.details,
                )
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

    def repair(self, *, read_all: bool, scope: UpkeepScope | None, found: VerifyReport | None) -> VerifyReport:
        """Heal what can be healed, bring back what was set aside and is whole now, and set aside the rest."""
        self.identity.write()
        self.identity.absent()
        self.upkeep.bring_back()
        report = found or self.upkeep.verify(read_all=read_all, scope=scope)
        for problem in report.problems:
            self._report(str(problem))
            self.upkeep.put_aside(problem)
        return report

    def _is_good(self, asset: CachedAsset, look: Callable[[str, int], Condition]) -> bool:
        condition = look(asset.sha256, asset.size)
        if condition is Condition.GOOD:
            return True
        self._refuse_the_unavailable(asset, condition)
        problem = Problem(asset.sha256, condition)
        outcome = self.upkeep.put_aside(problem)
        if outcome == "healed":
            return True
        if outcome == "unavailable":
            raise StoreError(
                f"{problem}, and cannot be put aside: {asset.location}",
                hint="check the rights of its folder, and its disk; film fsck --repair then heals it, or puts it aside",
            )
        self._report(f"{problem} ({asset.kind} {asset.key[:16]}): it will be made again")
        return False

    def _refuse_the_unavailable(self, asset: CachedAsset, condition: Condition) -> None:
        """StoreError unless the file is really missing or damaged, in the right gallery."""
        self.identity.absent()
        if condition.is_unavailable:
            raise unavailable(asset.sha256, condition, asset.location)
        self.blobs.exists()  # of a bucket: it answers, and is ours

    def _brought_back(self, keys: Iterable[str]) -> dict[str, CachedAsset]:
        """Results that were set aside and whose files are whole again."""
        found: dict[str, CachedAsset] = {}
        for asset in self.actions.find_aside(keys):
            if self.blobs.check_here(asset.sha256, asset.size) is Condition.GOOD:
                self.blobs.share(asset.sha256, asset.size)
                self.actions.bring_back(asset.sha256)
                found[asset.key] = asset
        return found

    def _report(self, problem: str) -> None:
        _log.warning("%s", problem)
        self.problems.append(problem)
        if self._on_problem:
            self._on_problem(problem)


def unavailable(sha256: str, condition: Condition, location: str) -> StoreError:
    """A file that is on record and cannot be got at, with the way out."""
    hints = {
        Condition.LINK: "put the file or folder itself in its place: the store follows no link",
        Condition.UNREADABLE: "check the rights of that file, and its disk; film fsck --repair --from BACKUP brings a "
        "whole copy back",
        Condition.UNCERTAIN: "check this machine's memory and disk, or its way to the shared store: two reads of one "
        "file differed",
        Condition.ELSEWHERE: "the shared store is being filled: run film library push on the machines that have the "
        "files; film library push --finish says that what it lacks is gone",
    }
    return StoreError(f"blob {sha256[:16]} is {condition.value}: {location}", hint=hints[condition])


def _fleet(engine: Engine) -> Fleet | None:
    """The lock between all galleries that share a database and a bucket."""
    if engine.dialect.name == "postgresql":
        return lambda alone: held_by_all(engine, "film store", exclusive=alone)
    return fleet_beside(Path(engine.url.database)) if engine.url.database else None
