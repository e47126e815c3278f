"""What every store promises, wherever it keeps its rows and its blobs.

    rows    SQLite, PostgreSQL
    blobs   a gallery alone, a folder behind it, an S3 bucket behind it (``film.testing.s3``: the protocol over HTTP,
            signatures checked)

Each promise is held to in every combination in which it means anything.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from cache_kit import key, overwrite
from sqlalchemy import Engine, delete, insert, select, update

from film.archive import back_up, export_library, import_library
from film.cache import AssetCache, CachedAsset, NewResult
from film.cache.bucket import Bucket
from film.db.base import now
from film.db.migrate import prepare
from film.db.session import make_engine
from film.db.tables import Action, Blob, Stray
from film.errors import ConfigurationError, StoreError
from film.metadata import MetadataIndex
from film.models import Asset, AssetType
from film.settings import Settings
from film.testing.s3 import S3Server

DAY = timedelta(days=1)
Open = Callable[[str], AssetCache]


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


class Studio:
    """Makes one picture, which takes a while, and counts how often it is asked to."""

    made = 0

    async def make(self) -> NewResult:
        self.made += 1
        await asyncio.sleep(0.05)
        return NewResult("image/png", data=b"made")


@pytest.fixture(params=["local", "folder", "s3"])
def room(request: pytest.FixtureRequest, tmp_path: Path, library_engine: Engine) -> Iterator[Room]:
    with ExitStack() as stack:
        yield Room(request.param, tmp_path, library_engine, stack)


@pytest.fixture(params=["folder", "s3"])
def shared(request: pytest.FixtureRequest, tmp_path: Path, library_engine: Engine) -> Iterator[Room]:
    with ExitStack() as stack:
        yield Room(request.param, tmp_path, library_engine, stack)


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
    studio = Studio()

    async def ask() -> list[bytes]:
        asked = [room.cache.obtain(key("k"), kind="image", provider="fal", make=studio.make) for _ in range(20)]
        return [asset.path.read_bytes() for asset, _ in await asyncio.gather(*asked)]

    assert asyncio.run(ask()) == [b"made"] * 20
    assert studio.made == 1


def test_garbage_goes_from_everywhere_and_nothing_else_does(room: Room, library_engine: Engine) -> None:
    old, kept = room.put("old"), room.put("kept")
    _let_lie(library_engine, [old])
    assert room.cache.collect().doubtful == 1
    assert room.cache.peek_many([old.key])
    _doubt_for_long(library_engine)
    assert room.cache.collect().removed == 1
    assert not old.path.exists()
    assert kept.path.exists()
    if room.kind != "local":
        assert room.far() == {kept.sha256}


def test_of_several_that_claim_a_key_one_has_it_until_it_lets_go(room: Room) -> None:
    claim = {"kind": "image", "provider": "fal"}
    with room.open("gallery") as other:
        with ThreadPoolExecutor(8) as pool:
            asked = pool.map(lambda n: (room.cache, other)[n % 2].claim(key("k"), owner=str(n), **claim), range(8))
            got = list(asked)
        assert sorted(got) == ["mine"] + ["wait"] * 7
        winner = str(got.index("mine"))
        assert other.renew(key("k"), owner=winner)
        assert not other.renew(key("k"), owner="thief")
        made = room.cache.publish(key("k"), NewResult("image/png", data=b"made"), owner=winner, **claim)
        assert other.claim(key("k"), owner="late", **claim) == "ready"
        assert other.publish(key("k"), NewResult("image/png", data=b"late"), owner="late", **claim) == made
        assert other.get(key("k")) == made


@pytest.mark.parametrize("how", ["its process is gone", "its lease is over"])
def test_the_work_of_a_dead_owner_is_taken_over(room: Room, how: str) -> None:
    token = "d" * 16
    lease = timedelta(hours=1)
    if how == "its lease is over":
        lease = timedelta(seconds=-1)
    else:
        locks = room.cache.gallery / "locks"
        locks.mkdir(parents=True)
        (locks / token).touch()  # and nobody holds it
    assert room.cache.claim(key("k"), owner=f"{token}-1", lease=lease, kind="image", provider="fal") == "mine"
    asset, is_hit = asyncio.run(room.cache.obtain(key("k"), kind="image", provider="fal", make=Studio().make))
    assert not is_hit
    assert asset.path.read_bytes() == b"made"
    assert not room.cache.renew(key("k"), owner=f"{token}-1")


def test_the_new_the_leased_and_the_named_are_no_garbage(room: Room, library_engine: Engine) -> None:
    stored = {name: room.put(name) for name in ("new", "leased", "named", "used", "old")}
    _let_lie(library_engine, [asset for name, asset in stored.items() if name != "new"])
    with library_engine.begin() as db:
        db.execute(update(Action).where(Action.key == key("leased")).values(state="pending", owner="somebody"))
    for _ in range(2):
        room.cache.collect([stored["named"].sha256])
        _doubt_for_long(library_engine)
        assert room.cache.get(key("used"))
    room.cache.collect([stored["named"].sha256])
    with library_engine.begin() as db:
        left = set(db.scalars(select(Blob.sha256)))
    assert left == {asset.sha256 for name, asset in stored.items() if name != "old"}
    assert all(asset.path.exists() == (name != "old") for name, asset in stored.items())
    assert room.cache.verify().is_good


def test_what_a_killed_collection_left_is_collected_by_the_next(room: Room, library_engine: Engine) -> None:
    """Its rows had gone, its files had not."""
    stored, kept = room.put("old"), room.put("kept")
    _let_lie(library_engine, [stored])
    with library_engine.begin() as db:
        db.execute(delete(Action).where(Action.key == stored.key))
        db.execute(delete(Blob).where(Blob.sha256 == stored.sha256))
        db.execute(insert(Stray).values(sha256=stored.sha256, size=stored.size, seen_at=now(), decided=True))
    room.cache.collect()
    assert not stored.path.exists()
    assert kept.path.exists()
    if room.kind != "local":
        assert room.far() == {kept.sha256}


def test_a_library_goes_out_of_one_store_and_into_another(
    room: Room, library_engine: Engine, tmp_path: Path, sqlite_template: Path
) -> None:
    shutil.copyfile(sqlite_template, tmp_path / "their.db")
    theirs = make_engine(f"sqlite:///{tmp_path / 'their.db'}")
    asset = Asset(
        asset_id="image_a", key=key("a"), asset_type=AssetType.IMAGE, provider="fal", prompt="A harbour",
        characters=("Mara",), created_at="2026-11-22T07:08:09+00:00",
    )  # fmt: skip
    mine = MetadataIndex(engine=library_engine)
    stored = {name: room.put(name, name.encode() * 1000) for name in ("a", "b")}
    mine.index_asset(asset.model_copy(update={"sha256": stored["a"].sha256, "size": stored["a"].size}))
    if room.kind != "local":
        stored["b"].path.unlink()  # it lies in the bucket
    out = export_library(tmp_path / "out.tar", cache=room.cache, engine=library_engine, index=mine)
    assert (out.results, out.assets, out.blobs) == (2, 1, 2)
    with AssetCache(tmp_path / "theirs", engine=theirs) as cache:
        index = MetadataIndex(engine=theirs)
        assert import_library(tmp_path / "out.tar", cache=cache, index=index).blobs == 2
        assert index.get_asset("image_a") == mine.get_asset("image_a")
        cache.put(key("c"), kind="image", provider="fal", mime="image/png", data=b"c")
        export_library(tmp_path / "back.tar", cache=cache, engine=theirs, index=index)
    back = import_library(tmp_path / "back.tar", cache=room.cache, index=mine)
    assert (back.results, back.known_results, back.known_assets) == (1, 2, 1)
    assert {name: room.cache.verified_path(key(name)).read_bytes() for name in "abc"} == {
        "a": b"a" * 1000, "b": b"b" * 1000, "c": b"c",
    }  # fmt: skip
    if room.kind != "local":
        assert len(room.far()) == 3


def test_a_backup_has_every_blob_wherever_it_lies(
    room: Room, library_engine: Engine, library_url: str, tmp_path: Path
) -> None:
    stored = {name: room.put(name) for name in ("here", "dropped")}
    if room.kind != "local":
        stored["dropped"].path.unlink()
    settings = Settings(gallery=room.cache.gallery, database_url=library_url)
    report = back_up(tmp_path / "backup", settings=settings, cache=room.cache, engine=library_engine)
    assert (report.blobs, report.copied, report.lost) == (2, 2, ())
    assert report.database is not None and report.database.is_file(), "a server's rows, too, in a file of SQLite"
    copies = {path.name: path.read_bytes() for path in (tmp_path / "backup" / "blobs").rglob("*") if path.is_file()}
    assert copies == {asset.sha256: name.encode() for name, asset in stored.items()}


def _let_lie(engine: Engine, assets: list[CachedAsset]) -> None:
    """For forty days."""
    then = now() - 40 * DAY
    with engine.begin() as db:
        keys, hashes = [asset.key for asset in assets], [asset.sha256 for asset in assets]
        db.execute(update(Action).where(Action.key.in_(keys)).values(created_at=then, last_used_at=then))
        db.execute(update(Blob).where(Blob.sha256.in_(hashes)).values(created_at=then))
    for asset in assets:
        os.utime(asset.path, (then.timestamp(), then.timestamp()))


def _doubt_for_long(engine: Engine) -> None:
    with engine.begin() as db:
        db.execute(update(Blob).where(Blob.quarantined_at.is_not(None)).values(quarantined_at=now() - 2 * DAY))


# -- what a bucket adds


def test_two_machines_that_want_one_result_make_it_once(shared: Room) -> None:
    studio = Studio()

    async def ask() -> list[tuple[CachedAsset, bool]]:
        with shared.open("the other machine's gallery") as other:
            asked = [
                cache.obtain(key("k"), kind="image", provider="fal", make=studio.make)
                for cache in (shared.cache, other) * 4
            ]
            return list(await asyncio.gather(*asked))

    got = asyncio.run(ask())
    assert studio.made == 1
    assert sorted(is_hit for _, is_hit in got) == [False] + [True] * 7
    assert {asset.path.read_bytes() for asset, _ in got} == {b"made"}
    assert len({asset.path for asset, _ in got}) == 2


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
    write = shared.cache._results.actions.write

    def watched(*args: object, **kwargs: object) -> bool:
        seen.append(shared.far())
        return write(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(shared.cache._results.actions, "write", watched)
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


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("s3://AKIA:hunter2@films/library", "holds a password"),
        ("elsewhere://films/library?token=hunter2", "cannot be used: .*elsewhere://films/library"),
        ("s3://AKIA:hunter2@[films/library", "is no URL"),
    ],
)
def test_nothing_secret_of_a_buckets_address_is_told(url: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told) as caught:
        Bucket(url).size("0" * 64)
    assert "hunter2" not in f"{caught.value} {caught.value.hint} {caught.value.__cause__}"


def test_a_token_in_a_buckets_address_is_not_shown() -> None:
    assert Bucket("https://account.blob.core.windows.net/films?sig=hunter2").url.endswith("windows.net/films")


# -- what can go wrong on the way (S3)


@pytest.fixture
def wire(tmp_path: Path, library_engine: Engine) -> Iterator[Room]:
    with ExitStack() as stack:
        yield Room("s3", tmp_path, library_engine, stack)


def _server(room: Room) -> S3Server:
    assert room.s3
    return room.s3


def test_a_bucket_that_refuses_or_is_gone_is_an_error_and_never_a_miss(wire: Room) -> None:
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


def test_an_upload_that_fails_leaves_no_row_and_what_was_made(wire: Room, tmp_path: Path) -> None:
    wire.put("first")
    s3 = _server(wire)
    made = wire.cache.temporary(".mp4")
    made.write_bytes(os.urandom(11_000_000))
    s3.refuse = 403
    with pytest.raises(StoreError, match="credentials"):
        wire.cache.put(key("clip"), kind="video", provider="fal", mime="video/mp4", path=made)
    s3.refuse = None
    assert made.exists()
    assert wire.cache.get(key("clip")) is None
    stored = wire.cache.put(key("clip"), kind="video", provider="fal", mime="video/mp4", path=made)
    assert s3.parts == {}
    assert stored.sha256 in wire.far()


def test_a_left_over_that_is_bad_is_fetched_anew(wire: Room) -> None:
    data = os.urandom(300_000)
    stored = wire.put("clip", data)
    with wire.open("elsewhere") as other:
        (other.gallery / "tmp").mkdir(parents=True)
        (other.gallery / "tmp" / f"{stored.sha256}-part").write_bytes(b"x" * 100_000)
        assert other.verified_path(key("clip")).read_bytes() == data
        assert other.problems == []


def test_two_that_want_one_blob_fetch_it_once(wire: Room) -> None:
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


def test_what_lay_in_the_gallery_before_there_was_a_bucket_is_pushed(tmp_path: Path, library_engine: Engine) -> None:
    with ExitStack() as stack:
        alone = Room("local", tmp_path, library_engine, stack)
        stored = [alone.put(name) for name in "abc"]
        room = Room("s3", tmp_path, library_engine, stack)
        pushed = room.cache.push()
        assert (pushed.sent, pushed.already, len(pushed.missing)) == (3, 0, 0)
        assert room.far() == {asset.sha256 for asset in stored}
        assert room.cache.push().sent == 0
        with room.open("elsewhere") as other:
            assert other.verified_path(key("b")).read_bytes() == b"b"


def test_copies_here_are_dropped_only_when_old_and_safe_in_the_bucket(wire: Room, library_engine: Engine) -> None:
    old, lonely, new = wire.put("old"), wire.put("lonely"), wire.put("new")
    wire.change_far(lonely, None)
    then = now() - 3 * DAY
    with library_engine.begin() as db:
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
