"""Readers, writers, collections, damage and time, in any order: nothing that is in use is ever deleted.

The model knows what may go: only what no film names, that nobody used for as long as was said, and that was marked a
day before. The cases are drawn by hypothesis; the long one also kills a process in the middle of its collection.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cache_kit import key, overwrite
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import insert, update

from film.cache import AssetCache, Bucket
from film.db.migrate import prepare
from film.db.session import make_engine
from film.db.tables import Action, AssetRow, Blob
from histories import run_histories

NAMES = st.sampled_from([f"asset {n}" for n in range(4)])
seen: Counter[str] = Counter()


class Upkeep(RuleBasedStateMachine):
    shared = False
    kills = False

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="film-upkeep-"))
        self.url = f"sqlite:///{self.folder / 'film.db'}"
        self.engine = make_engine(self.url)
        prepare(self.engine)
        self.bucket = Bucket((self.folder / "bucket").as_uri()) if self.shared else None
        self.caches = [self._cache("one"), self._cache("two" if self.shared else "one")]
        self.live: dict[str, bytes] = {}
        """What is promised: key → bytes, for all that was put and may not have gone yet."""
        self.pinned: set[bytes] = set()
        """What the library names: bytes, for a name's may be replaced."""
        self.fresh: set[str] = set()
        """Used since the last time that days went by."""
        self.damaged: set[str] = set()
        self.aside: dict[str, bytes] = {}
        """Set aside: the same bytes, whoever puts them, bring it back."""
        for number in range(4):
            self.write(f"asset {number}", number > 2, number % 2)

    def _cache(self, name: str) -> AssetCache:
        return AssetCache(self.folder / name, engine=self.engine, bucket=self.bucket)

    @rule(name=NAMES, twin=st.booleans(), which=st.integers(0, 1))
    def write(self, name: str, twin: bool, which: int) -> None:
        data = b"twin" if twin else name.encode()
        self.caches[which].put(key(name), kind="segment", provider="p", mime="x/y", data=data)
        self.live[name] = data
        self.fresh.add(name)
        self.damaged = {d for d in self.damaged if self.live.get(d) != data}
        self.aside.pop(name, None)
        for other in [n for n, bytes_ in self.aside.items() if bytes_ == data]:
            if self.caches[which].peek_many([key(other)]):
                self.live[other] = self.aside.pop(other)
                seen["brought back"] += 1

    @rule(name=NAMES, which=st.integers(0, 1))
    def read(self, name: str, which: int) -> None:
        found = self.caches[which].use_many([key(name)]).get(key(name))
        self.caches[which].flush()
        if name in self.live and name not in self.damaged:
            assert found is not None, f"{name} was deleted although it was in use"
            assert found.path.read_bytes() == self.live[name]
            self.fresh.add(name)
            seen["read"] += 1
        elif name in self.damaged:
            assert found is None
            self._forget(self.live[name])
        else:
            assert found is None

    @rule(name=NAMES)
    def pin(self, name: str) -> None:
        if name in self.live and name not in self.damaged and self.live[name] not in self.pinned:
            asset = self.caches[0].use_many([key(name)])[key(name)]
            with self.engine.begin() as db:
                db.execute(
                    insert(AssetRow).values(
                        asset_id=f"{name} {len(self.pinned)}", key=asset.key, asset_type="image",
                        provider="p", sha256=asset.sha256,
                    )
                )  # fmt: skip
            self.pinned.add(self.live[name])

    @rule(name=NAMES)
    def damage(self, name: str) -> None:
        if name not in self.live or self.shared:
            return
        place = Path(self.caches[0]._results.blobs.location(_sha(self.live[name])))
        if place.exists():
            overwrite(place, b"rotten " + self.live[name])
            self.damaged |= {n for n, data in self.live.items() if data == self.live[name]}
            seen["damaged"] += 1

    @rule(name=NAMES, which=st.integers(0, 1))
    def lose_the_copy_here(self, name: str, which: int) -> None:
        if name in self.live and self.shared:
            Path(self.caches[which]._results.blobs.location(_sha(self.live[name]))).unlink(missing_ok=True)

    @rule(days=st.sampled_from([2, 40]))
    def days_go_by(self, days: int) -> None:
        ago = timedelta(days=days)
        with self.engine.begin() as db:
            for table, names in ((Action, ("created_at", "last_used_at")), (Blob, ("created_at", "quarantined_at"))):
                for row in db.execute(table.__table__.select()).mappings().all():  # type: ignore[attr-defined]
                    older = {n: row[n] - ago for n in names if row[n]}
                    mine = next(iter(table.__table__.primary_key))
                    db.execute(update(table).where(mine == row[mine.name]).values(**older))
        for file in (f for f in self.folder.rglob("*") if f.is_file() and "blobs" in f.parts):
            past = file.stat().st_mtime - ago.total_seconds()
            with contextlib.suppress(OSError):
                os.utime(file, (past, past))
        self.fresh.clear()

    @rule(which=st.integers(0, 1), cap=st.sampled_from([None, 0, 20]))
    def collect(self, which: int, cap: int | None) -> None:
        report = self.caches[which].collect(size_cap=cap)
        seen["removed"] += report.removed
        self._compare()

    @rule(which=st.integers(0, 1), use=NAMES)
    def a_season_goes_by(self, which: int, use: str) -> None:
        """The way on which things do go, with something being used on it."""
        self.days_go_by(40)
        self.collect(which, None)
        self.days_go_by(2)
        self.read(use, 1 - which)
        self.collect(1 - which, 0)

    @rule()
    def repair(self) -> None:
        found = self.caches[0].repair()
        assert len(found.problems) <= len(self.damaged) or self.shared
        for name in sorted(self.damaged & self.live.keys()):
            if name in self.live:
                self._forget(self.live[name])

    @rule()
    def die_while_collecting(self) -> None:
        if not self.kills:
            return
        program = _DYING.format(url=self.url, gallery=str(self.folder / "one"), after=len(self.live) % 3)
        subprocess.run([sys.executable, "-c", program], check=False, env=dict(os.environ), timeout=600)
        seen["killed"] += 1
        self._compare()

    @invariant()
    def what_is_in_use_is_there(self) -> None:
        if not hasattr(self, "live"):
            return
        wanted = {name for name in self._in_use() if name not in self.damaged}
        found = self.caches[0].peek_many(key(name) for name in wanted)
        lost = {name for name in wanted if key(name) not in found}
        seen["live blobs deleted"] += len(lost)
        assert not lost

    def teardown(self) -> None:
        if hasattr(self, "caches"):
            for cache in self.caches:
                cache.close()
            self.engine.dispose()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _compare(self) -> None:
        """What went may go: it was neither fresh nor pinned."""
        found = self.caches[0].peek_many(map(key, self.live))
        gone = {name for name in self.live if key(name) not in found and name not in self.damaged}
        seen["live blobs deleted"] += len(gone & self._in_use())
        assert not gone & self._in_use(), f"{gone & self._in_use()} were deleted although they are in use"
        for name in gone:
            del self.live[name]
        on_record = {row.key for row in self.caches[0]._results.actions.find_many(map(key, self.damaged))}
        for name in [d for d in self.damaged if key(d) not in on_record]:
            self.live.pop(name, None)
        self.damaged &= self.live.keys()

    def _in_use(self) -> set[str]:
        return {name for name, data in self.live.items() if name in self.fresh or data in self.pinned}

    def _forget(self, data: bytes) -> None:
        """Damaged bytes take all results with them that stood on them."""
        for name in [n for n, other in self.live.items() if other == data]:
            self.aside[name] = self.live.pop(name)
            self.damaged.discard(name)
            self.fresh.discard(name)


_DYING = """
import os
from pathlib import Path
from film.cache import AssetCache
from film.cache.blobs import BlobStore
from film.db.session import engine_for
drop, count = BlobStore.drop, 0
def dying(self, sha256):
    global count
    if count >= {after}:
        os._exit(9)
    count += 1
    drop(self, sha256)
BlobStore.drop = dying
AssetCache(Path({gallery!r}), engine=engine_for({url!r})).collect()
os._exit(0)
"""


def _sha(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def _run(tell: Callable[[str], None], name: str, examples: int, **fields: Any) -> None:
    seen.clear()
    run_histories(Upkeep, name, examples, **fields)
    assert seen["removed"] > 0
    assert seen["read"] > 0
    tell(
        f"upkeep, {name}: {examples} histories, {seen['read']} reads, {seen['damaged']} damaged, "
        f"{seen['removed']} removed, {seen['killed']} kills: live blobs deleted {seen['live blobs deleted']}"
    )


def test_no_live_blob_is_deleted(tell: Callable[[str], None]) -> None:
    _run(tell, "gallery alone", 20)


def test_no_live_blob_is_deleted_from_a_bucket_that_two_use(tell: Callable[[str], None]) -> None:
    _run(tell, "two machines", 12, shared=True)


@pytest.mark.long
def test_no_live_blob_is_deleted_when_collections_are_killed(tell: Callable[[str], None]) -> None:
    _run(tell, "with kills", 60, kills=True)
