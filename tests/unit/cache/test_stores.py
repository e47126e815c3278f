"""What every store promises, wherever it keeps its blobs: a gallery alone, a folder or an S3 bucket behind it."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from cache_kit import key, overwrite
from sqlalchemy import Engine, update

from film.cache import AssetCache, CachedAsset, Made
from film.cache.bucket import Bucket
from film.db.base import now
from film.db.migrate import prepare
from film.db.session import make_engine
from film.db.tables import Action, Blob
from film.testing.s3 import S3Server

DAY = timedelta(days=1)
Open = Callable[[str], AssetCache]


@pytest.fixture
def quick_engine(tmp_path: Path) -> Engine:
    engine = make_engine(f"sqlite:///{tmp_path / 'film.db'}")
    prepare(engine)
    return engine


class Room:
    """A store of one kind; ``lose`` and ``spoil`` do to a blob, in every place it lies in, what fate does."""

    def __init__(self, kind: str, folder: Path, engine: Engine, stack: ExitStack) -> None:
        self.kind, self._folder, self._engine, self._stack = kind, folder, engine, stack
        self.s3 = stack.enter_context(S3Server()) if kind == "s3" else None
        self.cache = self.open("gallery")

    def open(self, gallery: str) -> AssetCache:
        bucket = None
        if self.s3:
            bucket = Bucket(self.s3.url, self.s3.options)
        elif self.kind == "folder":
            bucket = Bucket((self._folder / "bucket").as_uri())
        cache = AssetCache(self._folder / gallery, engine=self._engine, bucket=bucket)
        return self._stack.enter_context(cache)

    def put(self, name: str, data: bytes | None = None) -> CachedAsset:
        return self.cache.put(
            key(name), kind="image", provider="fal", mime="image/png", data=data if data is not None else name.encode()
        )

    def lose(self, asset: CachedAsset) -> None:
        asset.path.unlink(missing_ok=True)
        self.change_far(asset, None)

    def spoil(self, asset: CachedAsset, data: bytes) -> None:
        overwrite(asset.path, data)
        self.change_far(asset, data)

    def change_far(self, asset: CachedAsset, data: bytes | None) -> None:
        name = f"sha256/{asset.sha256[:2]}/{asset.sha256[2:4]}/{asset.sha256}"
        if self.s3 and data is None:
            self.s3.objects.pop(f"library/{name}", None)
        elif self.s3 and data is not None:
            self.s3.objects[f"library/{name}"] = data
        elif self.kind == "folder":
            path = self._folder / "bucket" / name
            if data is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(data)

    def far(self) -> set[str]:
        """The blobs in the bucket."""
        if self.s3:
            return {name.rpartition("/")[2] for name in self.s3.objects if "/sha256/" in name}
        return {path.name for path in (self._folder / "bucket" / "sha256").rglob("*") if path.is_file()}


@pytest.fixture(params=["local", "folder", "s3"])
def room(request: pytest.FixtureRequest, tmp_path: Path, quick_engine: Engine) -> Iterator[Room]:
    with ExitStack() as stack:
        yield Room(request.param, tmp_path, quick_engine, stack)


@pytest.fixture(params=["folder", "s3"])
def shared(request: pytest.FixtureRequest, tmp_path: Path, quick_engine: Engine) -> Iterator[Room]:
    with ExitStack() as stack:
        yield Room(request.param, tmp_path, quick_engine, stack)


# -- the contract


def test_what_is_put_is_found_whole(room: Room) -> None:
    stored = room.put("a")
    found = room.cache.get(key("a"))
    assert found == stored
    assert found is not None
    assert room.cache.verified_path(found).read_bytes() == b"a"
    assert room.cache.peek_many([key("a"), key("b")]) == {key("a"): stored}
    assert room.cache.get(key("b")) is None
    assert room.cache.verify().is_good


def test_a_large_file_is_taken_over_and_comes_back_equal(room: Room) -> None:
    data = os.urandom(11_000_000)
    file = room.cache.temporary(".mp4")
    file.write_bytes(data)
    stored = room.cache.put(key("clip"), kind="video", provider="fal", mime="video/mp4", path=file)
    assert not file.exists()
    assert stored.sha256 == hashlib.sha256(data).hexdigest()
    assert room.cache.verified_path(stored).read_bytes() == data


def test_an_empty_result_is_one(room: Room) -> None:
    room.put("nothing", b"")
    assert room.cache.use_many([key("nothing")])[key("nothing")].size == 0


def test_what_is_lost_everywhere_is_a_miss_that_is_told_and_made_again(room: Room) -> None:
    stored, other = room.put("a"), room.put("b")
    room.lose(stored)
    with room.open("gallery") as fresh:
        assert fresh.get_many([key("a"), key("b")]) == {key("b"): other}
        assert len(fresh.problems) == 1
    assert room.put("a") == stored
    assert room.cache.get(key("a")) == stored


@pytest.mark.parametrize("data", [b"rotten!!", b"short"])
def test_what_is_bad_everywhere_is_put_aside_and_made_again(room: Room, data: bytes) -> None:
    stored = room.put("picture")
    room.spoil(stored, data)
    with room.open("gallery") as fresh:
        assert fresh.use_many([key("picture")]) == {}
        assert fresh.problems
        assert any((fresh.gallery / "quarantine").iterdir())
    assert room.put("picture") == stored
    assert room.cache.verify().is_good


def test_repair_leaves_only_what_is_whole(room: Room) -> None:
    stored = {name: room.put(name) for name in ("good", "lost", "bad")}
    room.lose(stored["lost"])
    room.spoil(stored["bad"], b"dab")
    with room.open("gallery") as fresh:
        assert {p.sha256 for p in fresh.repair().problems} == {stored["lost"].sha256, stored["bad"].sha256}
        assert fresh.verify().is_good
        assert set(fresh.peek_many(map(key, stored))) == {key("good")}


def test_of_many_that_ask_at_once_one_makes(room: Room) -> None:
    made = 0

    async def make() -> Made:
        nonlocal made
        made += 1
        await asyncio.sleep(0.01)
        return Made("image/png", data=b"made")

    async def ask() -> list[bytes]:
        asked = [room.cache.obtain(key("k"), kind="image", provider="fal", make=make) for _ in range(20)]
        return [asset.path.read_bytes() for asset, _ in await asyncio.gather(*asked)]

    assert asyncio.run(ask()) == [b"made"] * 20
    assert made == 1


def test_garbage_goes_from_everywhere_and_nothing_else_does(room: Room, quick_engine: Engine) -> None:
    old, kept = room.put("old"), room.put("kept")
    then = now() - 40 * DAY
    with quick_engine.begin() as db:
        db.execute(update(Action).where(Action.key == old.key).values(created_at=then, last_used_at=then))
        db.execute(update(Blob).where(Blob.sha256 == old.sha256).values(created_at=then))
    assert room.cache.collect().doubtful == 1
    assert room.cache.peek_many([old.key])
    with quick_engine.begin() as db:
        db.execute(update(Blob).where(Blob.quarantined_at.is_not(None)).values(quarantined_at=now() - 2 * DAY))
    assert room.cache.collect().removed == 1
    assert not old.path.exists()
    assert kept.path.exists()
    if room.kind != "local":
        assert room.far() == {kept.sha256}


# -- what a bucket adds


def test_two_machines_share_one_library(shared: Room) -> None:
    """One makes, the other finds: a file of its own, without having been told more than the database's address."""
    stored = {name: shared.put(name, name.encode() * 100) for name in map(str, range(30))}
    other = shared.open("the other machine's gallery")
    assert len(other.peek_many(map(key, stored))) == 30
    assert not (other.gallery / "blobs").exists()
    found = other.get_many(map(key, stored))
    assert {key(n): a.path.read_bytes() for n, a in stored.items()} == {
        k: a.path.read_bytes() for k, a in found.items()
    }
    assert all(a.path.is_relative_to(other.gallery) for a in found.values())
    made = other.put(key("theirs"), kind="image", provider="fal", mime="image/png", data=b"theirs")
    mine = shared.cache.get(key("theirs"))
    assert mine is not None
    assert mine.path.read_bytes() == b"theirs"
    assert mine.path != made.path
    assert shared.cache.verify().is_good
    assert other.problems == []


def test_a_row_is_written_only_once_the_bucket_has_its_blob(shared: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[str]] = []
    write = shared.cache._shelf.actions.write

    def watched(*args: object, **kwargs: object) -> bool:
        seen.append(shared.far())
        return write(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(shared.cache._shelf.actions, "write", watched)
    stored = shared.put("a")
    assert seen == [{stored.sha256}]


def test_a_copy_may_go_at_any_time_and_a_bad_one_is_replaced(shared: Room) -> None:
    gone, bad = shared.put("gone"), shared.put("bad")
    gone.path.unlink()
    overwrite(bad.path, b"dab")
    with shared.open("gallery") as fresh:
        assert set(fresh.use_many([key("gone"), key("bad")])) == {key("gone"), key("bad")}
        assert fresh.problems == []
    assert (gone.path.read_bytes(), bad.path.read_bytes()) == (b"gone", b"bad")


def test_a_bad_object_is_said_where_it_is_needed_and_healed_by_who_has_it(shared: Room) -> None:
    stored = shared.put("a picture")
    shared.change_far(stored, b"short")
    with shared.open("gallery") as fresh:
        report = fresh.repair()
        assert [str(p.condition.value) for p in report.problems] == ["not in the shared store"]
        assert fresh.verify().is_good
    with shared.open("elsewhere") as other:
        assert other.verified_path(key("a picture")).read_bytes() == b"a picture"


def test_a_bucket_of_another_library_is_refused(shared: Room, tmp_path: Path) -> None:
    from film.errors import ConfigurationError

    shared.put("a")
    engine = make_engine(f"sqlite:///{tmp_path / 'stranger.db'}")
    prepare(engine)
    bucket = shared.cache._bucket
    with AssetCache(tmp_path / "stranger", engine=engine, bucket=bucket) as stranger:
        for _ in range(2):
            with pytest.raises(ConfigurationError, match="another library"):
                stranger.put(key("b"), kind="image", provider="p", mime="image/png", data=b"b")
        with pytest.raises(ConfigurationError, match="another library"):
            stranger.collect()
    assert len(shared.far()) == 1


# -- what can go wrong on the way (S3)


@pytest.fixture
def wire(tmp_path: Path, quick_engine: Engine) -> Iterator[Room]:
    with ExitStack() as stack:
        yield Room("s3", tmp_path, quick_engine, stack)


def _server(room: Room) -> S3Server:
    assert room.s3
    return room.s3


def test_a_bucket_that_refuses_or_is_gone_is_an_error_and_never_a_miss(wire: Room) -> None:
    from film.errors import StoreError

    stored, s3 = wire.put("a"), _server(wire)
    stored.path.unlink()
    with wire.open("gallery") as fresh:
        s3.refuse = 403
        for ask in (fresh.get, lambda k: fresh.peek_many([k]), lambda k: fresh.use_many([k])):
            with pytest.raises(StoreError, match="credentials"):
                ask(key("a"))
        s3.refuse = None
        emptied, s3.objects = s3.objects, {}  # another bucket under the same address
        with pytest.raises(StoreError, match="not the bucket of this library"):
            fresh.get(key("a"))
        s3.objects = emptied
        assert fresh.get(key("a")) == stored
        assert fresh.problems == []


def test_a_bucket_that_is_emptied_while_we_work_is_noticed(wire: Room) -> None:
    from film.errors import StoreError

    stored, s3 = wire.put("a"), _server(wire)
    with wire.open("elsewhere") as fresh:
        fresh.put(key("b"), kind="image", provider="fal", mime="image/png", data=b"b")
        s3.objects.clear()
        with pytest.raises(StoreError, match="not the bucket"):
            fresh.get(key("a"))
    assert wire.cache.get(key("a")) == stored


def test_a_download_that_was_cut_goes_on_where_it_stopped(wire: Room) -> None:
    data = os.urandom(3_000_000)
    stored, s3 = wire.put("clip", data), _server(wire)
    with wire.open("elsewhere") as other:
        (other.gallery / "tmp").mkdir(parents=True)
        part = other.gallery / "tmp" / f"{stored.sha256}-part"
        part.write_bytes(data[:1_700_000])
        s3.log.clear()
        assert other.verified_path(key("clip")).read_bytes() == data
        assert [status for method, name, status in s3.log if method == "GET" and "sha256" in name] == [206]
        assert not part.exists()


def test_a_left_over_that_is_bad_is_fetched_anew(wire: Room) -> None:
    data = os.urandom(300_000)
    stored = wire.put("clip", data)
    with wire.open("elsewhere") as other:
        (other.gallery / "tmp").mkdir(parents=True)
        (other.gallery / "tmp" / f"{stored.sha256}-part").write_bytes(b"x" * 100_000)
        assert other.verified_path(key("clip")).read_bytes() == data
        assert other.problems == []


def test_two_that_want_one_blob_fetch_it_once(wire: Room) -> None:
    from concurrent.futures import ThreadPoolExecutor

    data = os.urandom(2_000_000)
    wire.put("clip", data)
    s3 = _server(wire)
    with wire.open("elsewhere") as one, wire.open("elsewhere") as two:
        s3.log.clear()
        with ThreadPoolExecutor(8) as pool:
            paths = list(pool.map(lambda n: (one, two)[n % 2].verified_path(key("clip")), range(8)))
        assert {path.read_bytes() == data for path in paths} == {True}
        assert len([1 for method, name, _ in s3.log if method == "GET" and "sha256" in name]) == 1


def test_a_signed_address_opens_one_blob_for_a_while(wire: Room) -> None:
    import urllib.error
    import urllib.request

    stored = wire.put("a", b"a picture")
    url = wire.cache.signed_url(stored)
    assert url is not None
    assert urllib.request.urlopen(url).read() == b"a picture"
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(url.replace("X-Amz-Expires=3600", "X-Amz-Expires=99999"))


def test_what_lay_in_the_gallery_before_there_was_a_bucket_is_pushed(tmp_path: Path, quick_engine: Engine) -> None:
    with ExitStack() as stack:
        alone = Room("local", tmp_path, quick_engine, stack)
        stored = [alone.put(name) for name in "abc"]
        room = Room("s3", tmp_path, quick_engine, stack)
        pushed = room.cache.push()
        assert (pushed.sent, pushed.already, len(pushed.missing)) == (3, 0, 0)
        assert room.far() == {asset.sha256 for asset in stored}
        assert room.cache.push().sent == 0
        with room.open("elsewhere") as other:
            assert other.verified_path(key("b")).read_bytes() == b"b"


def test_copies_here_are_dropped_only_when_old_and_safe_in_the_bucket(wire: Room, quick_engine: Engine) -> None:
    old, lonely, new = wire.put("old"), wire.put("lonely"), wire.put("new")
    wire.change_far(lonely, None)
    then = now() - 3 * DAY
    with quick_engine.begin() as db:
        db.execute(
            update(Action).where(Action.key.in_([old.key, lonely.key])).values(created_at=then, last_used_at=then)
        )
    past = time.time() - 3 * DAY.total_seconds()
    os.utime(old.path, (past, past))
    os.utime(lonely.path, (past, past))
    with wire.open("gallery") as fresh:
        dropped = fresh.drop_copies()
        assert (dropped.files, dropped.freed) == (1, 3)
        assert [a.path.exists() for a in (old, lonely, new)] == [False, True, True]
        assert fresh.verified_path(old.key).read_bytes() == b"old"
