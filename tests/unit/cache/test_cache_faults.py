"""What disks do: flip bits, cut files short, run full. No fault may pass for a result, or leave a promise behind."""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cache_kit import key
from sqlalchemy import Engine, text

from film.cache import AssetCache
from film.cache.blobs import Condition
from film.db.migrate import prepare
from film.db.session import make_engine
from film.errors import StoreError
from film.files.digests import sha256_of_file

IMAGE = {"kind": "image", "provider": "fal", "mime": "image/png"}


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Files are the matter here, so one kind of database will do."""
    return f"sqlite:///{tmp_path / 'film.db'}"


def test_a_thousand_flips_and_truncations_are_all_detected(cache: AssetCache) -> None:
    chance = random.Random(7)
    stored = [cache.put(key(str(n)), data=chance.randbytes(chance.randint(1, 4000)), **IMAGE) for n in range(100)]
    whole = [asset.path.read_bytes() for asset in stored]
    detected = 0
    for asset in stored:
        asset.path.chmod(0o600)
    for _ in range(10):
        for asset, data in zip(stored, whole, strict=True):
            if chance.random() < 0.5:
                place, bit = chance.randrange(len(data)), 1 << chance.randrange(8)
                write_at(asset.path, place, bytes([data[place] ^ bit]))
            else:
                os.truncate(asset.path, chance.randrange(len(data)))
        report = cache.verify()
        assert report.checked == 100
        detected += len(report.problems)
        for asset, data in zip(stored, whole, strict=True):
            write_at(asset.path, 0, data)
    assert cache.verify().is_good  # whole blobs are not called bad
    print(f"1000 flips and truncations: detected {detected}")  # noqa: T201
    assert detected == 1000


def write_at(path: Path, place: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        file.write(data)


def put_bytes(cache: AssetCache) -> None:
    cache.put(key("new"), data=b"new bytes", **IMAGE)


def put_file(cache: AssetCache) -> None:
    path = cache.gallery.parent / "made.png"
    path.write_bytes(b"new bytes")
    cache.put(key("new"), path=path, **IMAGE)


def put_again(cache: AssetCache) -> None:
    cache.put(key("old"), data=b"new bytes", **IMAGE)


class Faults:
    """Fails the n-th write call of a kind that reaches the disk."""

    CALLS = ("fsync", "replace", "mkdir", "chmod", "open", "write")

    def __init__(self, monkeypatch: pytest.MonkeyPatch, below: Path) -> None:
        self.seen: list[str] = []
        self.fail_at = -1
        self.errno = errno.ENOSPC
        self._below = str(below)
        for name in self.CALLS:
            monkeypatch.setattr(os, name, self._faulty(name, getattr(os, name)))

    def _faulty(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            is_ours = not isinstance(args[0], (str, Path)) or str(args[0]).startswith(self._below)
            if is_ours:
                self.seen.append(name)
                if len(self.seen) == self.fail_at:
                    raise OSError(self.errno, os.strerror(self.errno), str(args[0]))
            return real(*args, **options)

        return call


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("put", [put_bytes, put_file, put_again])
def test_a_disk_that_fails_leaves_nothing_torn_and_no_row_without_its_blob(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, put: Callable[[AssetCache], None], code: int
) -> None:
    points, torn, rows_without_blob = 0, 0, 0
    while True:
        folder = tmp_path / f"{points}"
        engine = make_engine(f"sqlite:///{folder / 'film.db'}")
        prepare(engine)
        with AssetCache(folder / "gallery", engine=engine) as cache:
            cache.put(key("old"), data=b"old bytes", **IMAGE)
            with monkeypatch.context() as patch:
                faults = Faults(patch, folder / "gallery")
                faults.errno, faults.fail_at = code, points + 1
                try:
                    put(cache)
                    is_done = True
                except StoreError as error:
                    is_done = False
                    assert error.hint
                    assert ("disk is full" in str(error)) == (code == errno.ENOSPC)
            blobs = [path for path in (folder / "gallery" / "blobs").rglob("*") if path.is_file()]
            torn += sum(sha256_of_file(path) != path.name for path in blobs)
            rows_without_blob += len(cache.verify().problems)
            assert cache.get(key("old")) is not None
            assert list((folder / "gallery" / "tmp").glob("*")) == []
            if is_done:
                assert cache.get(key("old" if put is put_again else "new")) is not None
                if faults.fail_at > len(faults.seen):
                    break
            if put is put_file and cache.get(key("new")) is None:
                kept = [path for path in (folder / "made.png", *blobs) if path.exists()]
                assert b"new bytes" in [path.read_bytes() for path in kept]  # what was paid for is not lost
            put(cache)  # and the next run succeeds
            found = cache.get(key("old" if put is put_again else "new"))
            assert found is not None
            assert found.path.read_bytes() == b"new bytes"
        points += 1
    print(f"{errno.errorcode[code]} points {points}: torn {torn}, index without blob {rows_without_blob}")  # noqa: T201
    assert points >= 7
    assert torn == rows_without_blob == 0


def test_a_database_that_fails_leaves_a_blob_without_a_row_which_is_found_again(
    cache: AssetCache, engine: Engine
) -> None:
    with engine.begin() as db:
        db.execute(text("CREATE TRIGGER full BEFORE INSERT ON actions BEGIN SELECT RAISE(ABORT, 'disk full'); END"))
    with pytest.raises(Exception, match="disk full"):
        put_bytes(cache)
    assert cache.verify().checked == 0
    with engine.begin() as db:
        db.execute(text("DROP TRIGGER full"))
    assert cache.get(key("new")) is None
    put_bytes(cache)
    assert cache.get(key("new")) is not None


def test_a_blob_that_cannot_be_read_is_unavailable_and_nothing_is_forgotten(
    cache: AssetCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    import hashlib

    stored = cache.put(key("a"), data=b"data", **IMAGE)

    def unreadable(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(hashlib, "file_digest", unreadable)
        [problem] = cache.verify().problems
        assert cache.repair().problems == (problem,)
        with AssetCache(cache.gallery, engine=cache._engine) as fresh, pytest.raises(StoreError, match="not readable"):
            fresh.use_many([key("a")])
    assert (problem.sha256, problem.condition) == (stored.sha256, Condition.UNREADABLE)
    assert cache.verify().is_good
    assert cache.lost() == []


def test_reads_that_differ_condemn_nothing(cache: AssetCache, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = cache.put(key("a"), data=b"data", **IMAGE)
    wrong = iter(range(1000))

    def flipping(*_: object) -> Any:
        return type("Digest", (), {"hexdigest": lambda _: f"{next(wrong):064x}"})()

    with AssetCache(cache.gallery, engine=cache._engine) as fresh, monkeypatch.context() as patch:
        patch.setattr("hashlib.file_digest", flipping)
        assert [p.condition for p in fresh.repair().problems] == [Condition.UNCERTAIN]
    assert stored.path.exists()
    assert cache.verify().is_good
