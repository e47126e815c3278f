"""Verify, repair and collect: bad blobs go, garbage goes late, and what anything needs never."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from cache_kit import Put, key, overwrite
from sqlalchemy import Engine, insert, select, update

from film.cache import AssetCache, CachedAsset
from film.cache.blobs import BlobStore, Condition
from film.db.base import now
from film.db.tables import Action, AssetRow, Blob, Film, ShotRow, Stray, Take
from film.errors import StoreError

DAY = timedelta(days=1)


@pytest.fixture
def old(engine: Engine, put: Put) -> CachedAsset:
    """A result that was made and used 40 days ago."""
    stored = put("old", b"an old picture")
    age(engine, stored)
    return stored


def age(engine: Engine, asset: CachedAsset, days: int = 40) -> None:
    """Let a result lie for some days: its rows and its file."""
    then = now() - days * DAY
    with engine.begin() as db:
        db.execute(update(Action).where(Action.key == asset.key).values(created_at=then, last_used_at=then))
        blob = update(Blob).where(Blob.sha256 == asset.sha256)
        db.execute(blob.values(created_at=then))
        db.execute(blob.where(Blob.quarantined_at.is_not(None)).values(quarantined_at=then))
    os.utime(asset.path, (then.timestamp(), then.timestamp()))


def doubtful_for_long(engine: Engine, asset: CachedAsset, days: int = 2) -> None:
    with engine.begin() as db:
        db.execute(update(Blob).where(Blob.sha256 == asset.sha256).values(quarantined_at=now() - days * DAY))


# -- verify, repair


def test_each_kind_of_damage_is_named_and_repaired(cache: AssetCache, put: Put) -> None:
    stored = {name: put(name, name.encode() * 10) for name in ("good", "short", "rotten", "missing", "link")}
    overwrite(stored["short"].path, b"short")
    overwrite(stored["rotten"].path, b"ratten" * 10)
    stored["missing"].path.unlink()
    stored["link"].path.unlink()
    stored["link"].path.symlink_to(stored["good"].path)
    wanted = {
        stored["short"].sha256: Condition.CUT_SHORT,
        stored["rotten"].sha256: Condition.CORRUPT,
        stored["missing"].sha256: Condition.MISSING,
        stored["link"].sha256: Condition.LINK,
    }
    report = cache.verify()
    assert report.checked == 5
    assert {p.sha256: p.condition for p in report.problems} == wanted
    quick = cache.verify(read_all=False)
    assert {p.condition for p in quick.problems} == set(wanted.values()) - {Condition.CORRUPT}
    assert cache.repair() == report
    left = cache.verify()
    assert [p.condition for p in left.problems] == [Condition.LINK], "what cannot be got at stays as it is"
    assert left.lost == 3
    assert cache.get_cache_stats()["total_assets"] == 2
    assert stored["good"].path.read_bytes() == b"good" * 10
    assert all(put(name, name.encode() * 10) == asset for name, asset in stored.items())
    assert cache.verify().is_good


def test_a_store_that_is_gone_for_good_is_given_up_by_a_person_and_by_nobody_else(cache: AssetCache, put: Put) -> None:
    import shutil

    stored = put("a")
    shutil.rmtree(cache.gallery / "blobs")
    for _ in range(2):
        for ask in (cache.repair, cache.collect, lambda: cache.get(key("a")), lambda: cache.peek_many([key("a")])):
            with pytest.raises(StoreError, match="files are not there"):
                ask()
        (cache.gallery / "blobs" / "sha256").mkdir(parents=True, exist_ok=True)  # the mount point of an unplugged disk
    cache.identity.attach()
    report = cache.repair()
    assert (report.is_good, report.lost) == (True, 1)
    assert cache.get(key("a")) is None
    assert cache.lost()[0][0] == stored.sha256
    assert put("a").path.exists()
    assert cache.lost() == []


# -- collect


def test_garbage_is_doubtful_first_and_goes_a_day_later(cache: AssetCache, engine: Engine, old: CachedAsset) -> None:
    first = cache.collect()
    assert (first.doubtful, first.removed) == (1, 0)
    assert cache.peek_many([old.key]) != {}
    assert cache.collect().removed == 0  # not a day later yet
    doubtful_for_long(engine, old)
    last = cache.collect()
    assert (last.removed, last.freed) == (1, old.size)
    assert not old.path.exists()
    assert cache.get(old.key) is None
    assert cache.problems == []
    assert cache.verify().checked == 0


def test_a_hit_makes_the_doubtful_good_again(cache: AssetCache, engine: Engine, old: CachedAsset) -> None:
    cache.collect()
    doubtful_for_long(engine, old)
    assert cache.get(old.key) is not None
    assert cache.collect().rescued == 1
    age(engine, old, days=0)
    assert cache.collect(roots=[], grace=DAY).removed == 0


@pytest.mark.parametrize("days", [0, 20])
def test_a_use_after_the_doubt_saves_even_without_roots(
    cache: AssetCache, engine: Engine, old: CachedAsset, days: int
) -> None:
    """Used since it was marked, though longer ago than the grace period."""
    cache.collect(roots=[])
    doubtful_for_long(engine, old, days=30)
    with engine.begin() as db:
        db.execute(update(Action).values(last_used_at=now() - days * DAY))
    report = cache.collect(roots=[])
    assert (report.removed, report.rescued) == (0, 1)


def test_putting_it_again_makes_it_good_again(cache: AssetCache, engine: Engine, put: Put, old: CachedAsset) -> None:
    cache.collect()
    doubtful_for_long(engine, old)
    put("another name", b"an old picture")
    assert cache.collect().removed == 0
    assert old.path.exists()


def test_what_films_and_the_library_name_stays(cache: AssetCache, engine: Engine, put: Put) -> None:
    names = ("of a take", "of the library", "a finished film", "named by the caller", "unused")
    stored = {name: put(name, name.encode()) for name in names}
    with engine.begin() as db:
        db.execute(insert(Film).values(film_id="f", output_sha256=stored["a finished film"].sha256))
        db.execute(insert(ShotRow).values(id=1, film_id="f", shot_id="s", position=0, spec={}))
        db.execute(insert(Take).values(shot_pk=1, asset_type="image", key=stored["of a take"].key, request={}))
        db.execute(
            insert(AssetRow).values(
                asset_id="a", key="k", asset_type="image", provider="p", sha256=stored["of the library"].sha256
            )
        )
    for asset in stored.values():
        age(engine, asset)
    assert cache.collect().doubtful == 2
    cache.collect(roots=[asset.sha256 for name, asset in stored.items() if name != "unused"])
    for asset in stored.values():
        age(engine, asset)
    cache.collect(roots=[asset.sha256 for name, asset in stored.items() if name != "unused"])
    assert [name for name, asset in stored.items() if not asset.path.exists()] == ["unused"]


def test_the_new_and_what_a_lease_holds_stay_whatever_the_roots(
    cache: AssetCache, engine: Engine, put: Put, old: CachedAsset
) -> None:
    new = put("new", b"new")
    with engine.begin() as db:
        db.execute(update(Action).where(Action.key == old.key).values(state="pending", owner="me"))
    assert cache.collect(roots=[]).doubtful == 0
    assert new.path.exists()
    assert old.path.exists()


def test_recent_use_counts_before_it_is_written(cache: AssetCache, old: CachedAsset) -> None:
    cache.verified_path(old)
    assert cache.collect(roots=[]).doubtful == 0


def lie(engine: Engine, days: int) -> None:
    """Let days go by for what is written down of files without a row."""
    with engine.begin() as db:
        for row in db.execute(select(Stray.sha256, Stray.seen_at, Stray.marked_at)).all():
            marked = row.marked_at - days * DAY if row.marked_at else None
            values = {"seen_at": row.seen_at - days * DAY, "marked_at": marked}
            db.execute(update(Stray).where(Stray.sha256 == row.sha256).values(**values))


def test_files_without_a_row_are_seen_then_marked_then_removed(cache: AssetCache, engine: Engine, put: Put) -> None:
    """Whatever their age on the disk: perhaps the database is at fault."""
    stored = put("a", b"known")
    path = Path(cache._results.blobs.location("0" * 64))
    path.parent.mkdir(parents=True)
    path.write_bytes(b"12345")
    long_ago = time.time() - 400 * DAY.total_seconds()
    os.utime(path, (long_ago, long_ago))
    would = cache.collect(dry_run=True)
    assert [(stray.size, stray.seen) for stray in would.found] == [(5, None)]
    for days in (29, 2, 0, 2):
        report = cache.collect()
        assert (report.orphans, report.strays, report.strays_size) == (0, 1, 5)
        lie(engine, days)
    report = cache.collect()
    assert (report.orphans, report.freed, report.strays) == (1, 5, 0)
    assert not path.exists()
    assert stored.path.exists()


def test_a_file_that_gets_its_row_begins_anew_when_it_loses_it(cache: AssetCache, engine: Engine, put: Put) -> None:
    path = Path(cache._results.blobs.location(hashlib.sha256(b"known").hexdigest()))
    put("b", b"b")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"known")
    cache.collect()
    lie(engine, 40)
    put("a", b"known")
    cache.collect()
    with engine.connect() as db:
        assert db.execute(select(Stray.sha256)).all() == []


def test_marks_of_a_clock_that_was_ahead_are_set_anew(cache: AssetCache, engine: Engine, old: CachedAsset) -> None:
    path = Path(cache._results.blobs.location("0" * 64))
    path.parent.mkdir(parents=True)
    path.write_bytes(b"12345")
    ahead = now() + 365 * DAY
    with engine.begin() as db:
        db.execute(update(Blob).values(quarantined_at=ahead))
        db.execute(insert(Stray).values(sha256="0" * 64, size=5, seen_at=ahead, marked_at=ahead, decided=False))
    assert cache.collect().doubtful == 1
    with engine.connect() as db:
        assert db.scalars(select(Stray.seen_at)).one() <= now()
        assert db.scalars(select(Blob.quarantined_at)).one() <= now()
    assert path.exists() and old.path.exists()


def test_left_over_files_go_with_their_process_or_with_time(cache: AssetCache, engine: Engine, tmp_path: Path) -> None:
    program = """
import os, sys
from pathlib import Path
from film.cache import AssetCache
from film.db.session import engine_for
AssetCache(Path(sys.argv[1]), engine=engine_for(sys.argv[2])).temporary(".png").write_bytes(b"half")
os._exit(9)
"""
    subprocess.run([sys.executable, "-c", program, str(cache.gallery), f"sqlite:///{tmp_path / 'its.db'}"], check=False)
    mine, other = cache.temporary(), cache.gallery / "tmp" / "of-someone-else"
    ancient = cache.gallery / "tmp" / "ancient"
    for path in (mine, other, ancient):
        path.write_bytes(b"half")
    long_ago = time.time() - 2 * DAY.total_seconds()
    os.utime(ancient, (long_ago, long_ago))
    assert cache.collect().temporaries == 2
    assert sorted((cache.gallery / "tmp").iterdir()) == sorted([mine, other])
    assert [path.name for path in (cache.gallery / "locks").iterdir()] == [mine.name.partition("-")[0]]


def test_what_was_put_aside_lies_there_from_that_moment_on(cache: AssetCache, put: Put) -> None:
    stored = put("a")
    overwrite(stored.path, b"rotten")
    long_ago = time.time() - 300 * DAY.total_seconds()
    os.utime(stored.path, (long_ago, long_ago))
    cache.repair()
    [aside] = (cache.gallery / "quarantine").iterdir()
    assert cache.collect().temporaries == 0
    aside.rename(aside.with_name(f"{stored.sha256}-{int(time.time() - 31 * DAY.total_seconds())}-0"))
    assert cache.collect().temporaries == 1


def test_what_was_put_aside_and_is_whole_goes_back_to_its_place(cache: AssetCache, engine: Engine, put: Put) -> None:
    """A reader was at fault, and not the file."""
    stored = put("a", b"a picture")
    (cache.gallery / "quarantine").mkdir()
    stored.path.rename(cache.gallery / "quarantine" / f"{stored.sha256}-1000000000-0")
    cache._results.actions.set_aside(stored.sha256, "corrupt")
    with AssetCache(cache.gallery, engine=engine) as fresh:
        assert fresh.collect().temporaries == 0
        assert fresh.get(key("a")) == stored
    assert cache.lost() == []


def test_money_is_not_collected(cache: AssetCache, engine: Engine, old: CachedAsset) -> None:
    cache.get(old.key)
    cache.flush()
    age(engine, old)
    cache.collect()
    doubtful_for_long(engine, old)
    cache.collect()
    doubtful_for_long(engine, old)
    cache.collect(roots=[])
    assert cache.get_cache_stats()["total_cost_saved_usd"] == Decimal("0.003")


def test_much_garbage_goes_at_once_and_a_collection_that_was_cut_short_is_finished_by_the_next(
    cache: AssetCache, engine: Engine, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = [put(str(number), str(number).encode()) for number in range(24)]
    for asset in stored:
        age(engine, asset)
    assert cache.collect().doubtful == 24
    for asset in stored:
        doubtful_for_long(engine, asset)
    kept, broken = stored[0], {asset.sha256 for asset in stored[1:10]}
    assert cache.get(kept.key) is not None
    real = type(cache._results.blobs).drop

    def drop(self: BlobStore, sha256: str) -> None:
        if sha256 in broken:
            raise StoreError("the disk failed")
        real(self, sha256)

    with monkeypatch.context() as patch:
        patch.setattr(BlobStore, "drop", drop)
        with pytest.raises(StoreError, match="the disk failed"):
            cache.collect()
    assert {asset.sha256 for asset in stored if asset.path.exists()} == {*broken, kept.sha256}
    assert cache.verify().checked == 1
    assert cache.collect().orphans == len(broken)
    assert [asset for asset in stored if asset.path.exists()] == [kept]


def test_garbage_behind_a_link_is_left_to_whom_it_belongs(
    cache: AssetCache, engine: Engine, old: CachedAsset, tmp_path: Path
) -> None:
    cache.collect()
    doubtful_for_long(engine, old)
    folder, elsewhere = old.path.parents[1], tmp_path / "elsewhere"
    folder.rename(elsewhere)
    folder.symlink_to(elsewhere)
    with AssetCache(cache.gallery, engine=engine) as fresh:
        assert fresh.collect().removed == 1
    assert (elsewhere / old.path.parent.name / old.path.name).read_bytes() == b"an old picture"
