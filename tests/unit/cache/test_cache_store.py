"""What is put into the cache comes out of it: whole, counted, and never through a link."""

from __future__ import annotations

import gc
import os
import stat
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from cache_kit import Put, key, overwrite
from sqlalchemy import Engine

import film.cache.counts
from film.cache import AssetCache, CachedAsset, NewResult
from film.errors import IntegrityError, StoreError
from film.files.digests import sha256_of
from film.settings import Settings


def test_a_result_comes_back_as_it_was_put(cache: AssetCache, put: Put) -> None:
    stored = put("a", b"bytes of a picture")
    found = cache.get(key("a"))
    assert found == stored
    assert found == CachedAsset(
        key=key("a"),
        kind="image",
        provider="fal",
        sha256=sha256_of(b"bytes of a picture"),
        size=18,
        mime="image/png",
        cost=Decimal("0.003"),
        details={"w": 1},
        location=str(cache.gallery / "blobs" / "sha256" / stored.sha256[:2] / stored.sha256[2:4] / stored.sha256),
    )
    assert found.path.read_bytes() == b"bytes of a picture"
    assert stat.S_IMODE(found.path.stat().st_mode) == 0o444
    assert cache.get(key("b")) is None


def test_a_file_is_moved_in_from_the_store_and_from_anywhere(cache: AssetCache, tmp_path: Path) -> None:
    inside, outside = cache.temporary(".mp4"), tmp_path / "clip.mp4"
    assert inside.parent == cache.gallery / "tmp"
    assert inside.suffix == ".mp4"
    for name, path in (("inside", inside), ("outside", outside)):
        path.write_bytes(name.encode() * 1000)
        stored = cache.put(key(name), kind="video", provider="draft", mime="video/mp4", path=path)
        assert stored.path.read_bytes() == name.encode() * 1000
        assert not path.exists()
    assert list((cache.gallery / "tmp").iterdir()) == []


def test_a_file_of_another_disk_is_copied_and_then_taken_away(
    cache: AssetCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere.mp4"
    elsewhere.write_bytes(b"x" * 5000)
    real = os.fstat

    def fstat(handle: int) -> os.stat_result:
        found = real(handle)
        if found.st_ino != elsewhere_inode:
            return found
        return os.stat_result([*found[:2], found.st_dev + 1, *found[3:]])

    elsewhere_inode = elsewhere.stat().st_ino
    monkeypatch.setattr(os, "fstat", fstat)
    stored = cache.put(key("a"), kind="video", provider="draft", mime="video/mp4", path=elsewhere)
    assert stored.path.read_bytes() == b"x" * 5000
    assert not elsewhere.exists()
    assert list((cache.gallery / "tmp").iterdir()) == []


def test_equal_bytes_are_kept_once(cache: AssetCache, put: Put) -> None:
    assert put("a", b"same").path == put("b", b"same").path
    stats = cache.get_cache_stats()
    assert (stats["total_assets"], stats["total_blobs"], stats["total_size_bytes"]) == (2, 1, 4)


def test_a_later_result_replaces_an_earlier_one(cache: AssetCache, put: Put) -> None:
    put("a", b"first", cost="1")
    put("a", b"second", cost="2")
    found = cache.get(key("a"))
    assert found is not None
    assert (found.path.read_bytes(), found.cost) == (b"second", Decimal(2))


def test_many_lookups_are_one_lookup_each(cache: AssetCache, put: Put) -> None:
    names = [str(n) for n in range(0, 1200, 100)]
    for name in names:
        put(name, name.encode())
    asked = [key(str(n)) for n in range(1200)]
    peeked = cache.peek_many(asked)
    assert cache.get_cache_stats()["hits"] + cache.get_cache_stats()["misses"] == 0
    got = cache.get_many(asked + asked, kind="image", provider="fal")
    assert got == peeked
    assert {k: a.path.read_bytes() for k, a in got.items()} == {key(n): n.encode() for n in names}
    stats = cache.get_cache_stats()
    assert (stats["hits"], stats["misses"]) == (12, 1188)


def test_made_is_bytes_or_a_file_and_not_both(tmp_path: Path) -> None:
    for fields in ({}, {"data": b"", "path": tmp_path}):
        with pytest.raises(TypeError, match="exactly one"):
            NewResult("image/png", **fields)


@pytest.mark.parametrize("suffix", ["/../x.png", "\0", "x" * 50, "a b"])
def test_a_suffix_is_no_path(cache: AssetCache, suffix: str) -> None:
    with pytest.raises(StoreError, match="suffix"):
        cache.temporary(suffix)


# -- what the disk does


def test_a_missing_blob_is_a_miss_that_is_reported_once_and_heals(
    engine: Engine, gallery: Path, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[str] = []
    with AssetCache(gallery, engine=engine, on_problem=heard.append) as cache:
        stored = cache.put(key("a"), kind="image", provider="fal", mime="image/png", data=b"gone")
        cache.put(key("b"), kind="image", provider="fal", mime="image/png", data=b"here")
        stored.path.unlink()
        assert cache.get(key("a")) is None
        assert cache.get(key("a")) is None
        assert len(heard) == 1
        assert "missing" in heard[0]
        assert heard == cache.problems
        assert stored.sha256[:16] in caplog.text
        stats = cache.get_cache_stats()
        assert (stats["total_assets"], stats["misses"]) == (1, 2)
        cache.put(key("a"), kind="image", provider="fal", mime="image/png", data=b"gone")
        assert cache.get(key("a")) is not None


def test_a_short_blob_is_a_miss_even_without_reading_it(cache: AssetCache, put: Put) -> None:
    overwrite(put("a", b"whole picture").path, b"whole pic")
    assert cache.peek_many([key("a")]) == {}
    assert cache.get_many([key("a")]) == {}
    assert put("a", b"whole picture").path.read_bytes() == b"whole picture"


def test_a_plan_heals_nothing(cache: AssetCache, put: Put) -> None:
    put("a").path.unlink()
    assert cache.peek_many([key("a")]) == {}
    assert cache.get_cache_stats()["total_assets"] == 1


def test_changed_bytes_are_put_aside_at_their_first_use(cache: AssetCache, put: Put, engine: Engine) -> None:
    stored = put("a", b"a picture")
    assert cache.verified_path(stored).read_bytes() == b"a picture"
    overwrite(stored.path, b"a pikture")
    with pytest.raises(IntegrityError, match="damaged"):
        cache.verified_path(stored)
    assert cache.get(key("a")) is None
    assert not stored.path.exists()
    [aside] = (cache.gallery / "quarantine").iterdir()
    assert aside.read_bytes() == b"a pikture"


def test_another_process_reads_before_it_believes(cache: AssetCache, put: Put, engine: Engine) -> None:
    stored = put("a", b"a picture")
    times = stored.path.stat()
    overwrite(stored.path, b"a pikture")
    os.utime(stored.path, ns=(times.st_atime_ns, times.st_mtime_ns))
    with AssetCache(cache.gallery, engine=engine) as second:
        assert second.use_many([key("a")]) == {}


def test_a_verified_blob_is_read_once(cache: AssetCache, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    import hashlib

    stored = put("a")
    with AssetCache(cache.gallery, engine=cache._engine) as second:
        second.verified_path(stored)
        monkeypatch.setattr(hashlib, "file_digest", None)
        assert second.verified_path(key("a")) == stored.path
        with second.open(stored) as file:
            assert file.read() == b"a picture"


def test_verifying_what_was_never_stored_says_so(cache: AssetCache) -> None:
    with pytest.raises(StoreError, match="nothing is stored"):
        cache.verified_path(key("a"))


def test_a_store_that_is_gone_as_a_whole_is_an_unplugged_drive_and_not_a_thousand_misses(
    cache: AssetCache, put: Put
) -> None:
    put("a")
    blobs = cache.gallery / "blobs"
    blobs.rename(cache.gallery / "elsewhere")
    with pytest.raises(StoreError, match="not there"):
        cache.get(key("a"))
    (cache.gallery / "elsewhere").rename(blobs)
    assert cache.get(key("a")) is not None


# -- links


def test_a_link_in_place_of_a_blob_is_not_followed(cache: AssetCache, put: Put, tmp_path: Path) -> None:
    stored = put("a", b"a picture")
    secret = tmp_path / "secret"
    secret.write_bytes(b"a picture")
    stored.path.unlink()
    stored.path.symlink_to(secret)
    with pytest.raises(StoreError, match="is a link"):
        cache.get(key("a"))
    assert secret.read_bytes() == b"a picture"
    put("a", b"a picture")
    assert not stored.path.is_symlink()
    assert cache.get(key("a")) is not None


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_a_link_in_place_of_a_folder_is_not_followed(
    cache: AssetCache, put: Put, engine: Engine, tmp_path: Path, depth: int
) -> None:
    stored = put("a", b"a picture")
    folder = stored.path.parents[depth]
    elsewhere = tmp_path / "elsewhere"
    folder.rename(elsewhere)
    folder.symlink_to(elsewhere)
    before = sorted(elsewhere.rglob("*"))
    with AssetCache(cache.gallery, engine=engine) as second:
        for ask in (second.get, lambda k: second.peek_many([k]), lambda k: second.use_many([k])):
            with pytest.raises(StoreError, match="link"):
                ask(key("a"))
        with pytest.raises(StoreError, match="link"):
            second.put(key("a"), kind="image", provider="fal", mime="image/png", data=b"a picture")
    assert sorted(elsewhere.rglob("*")) == before
    folder.unlink()
    elsewhere.rename(folder)
    assert cache.get(key("a")) == stored, "undone, everything is as it was"


def test_a_link_is_not_taken_in(cache: AssetCache, tmp_path: Path) -> None:
    secret, link = tmp_path / "secret", tmp_path / "link"
    secret.write_bytes(b"secret")
    link.symlink_to(secret)
    with pytest.raises(StoreError, match="link"):
        cache.put(key("a"), kind="image", provider="fal", mime="image/png", path=link)
    assert secret.exists()
    assert cache.get(key("a")) is None


# -- statistics


def test_the_descriptions_statistics_run_as_written(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, put: Put, cache: AssetCache
) -> None:
    put("a", cost="0.05")
    cache.get(key("a"))
    cache.flush()
    monkeypatch.setenv("FILM_GALLERY_DIR", str(settings.gallery))
    monkeypatch.setenv("FILM_DATABASE_URL", settings.database_url)

    from film.cache import AssetCache

    cache = AssetCache()
    stats = cache.get_cache_stats()
    assert f"Hit rate: {stats['hit_rate_percent']}%" == "Hit rate: 100.0%"
    assert f"Saved: ${stats['total_cost_saved_usd']}" == "Saved: $0.05"


def test_hits_misses_and_savings_are_exact(cache: AssetCache, put: Put) -> None:
    put("a", b"a", cost="0.052001")
    put("b", b"b", cost="0.003")
    for _ in range(300):
        cache.get(key("a"))
    for name in ("b", "c", "d"):
        cache.get(key(name), kind="video", provider="kling")
    stats = cache.get_cache_stats()
    assert stats["hits"] == 301
    assert stats["misses"] == 2
    assert stats["hit_rate_percent"] == 99.3
    assert stats["total_cost_saved_usd"] == Decimal("15.603300")
    assert stats["by_kind"] == {"image": 2}
    assert stats["by_provider"]["kling"]["misses"] == 2
    assert stats["by_provider"]["fal"]["hits"] == 301
    assert stats["by_provider"]["fal"]["cost_saved_usd"] == Decimal("15.603300")


def test_an_empty_cache_has_statistics_too(cache: AssetCache) -> None:
    stats = cache.get_cache_stats()
    assert (stats["hit_rate_percent"], stats["total_cost_saved_usd"], stats["total_assets"]) == (0.0, 0, 0)


def test_much_that_is_counted_is_written_in_between(
    cache: AssetCache, put: Put, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(film.cache.counts, "MOST_KEPT", 3)
    for name in "abc":
        put(name, name.encode())
        cache.get(key(name))
    cache._executor().shutdown()
    assert film.cache.counts.read_stats(engine)["hits"] == 3
    cache._pool = None


def test_statistics_that_cannot_be_written_are_kept_for_the_next_time(
    cache: AssetCache, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("a")
    cache.get(key("a"))
    cache.get(key("b"))
    with monkeypatch.context() as broken:
        broken.setattr(type(cache._counts), "_write", _fail)
        with pytest.raises(RuntimeError):
            cache.flush()
    cache.get(key("a"))
    stats = cache.get_cache_stats()
    assert (stats["hits"], stats["misses"], stats["total_cost_saved_usd"]) == (2, 1, Decimal("0.006"))


def _fail(*_: object) -> None:
    raise RuntimeError


def test_a_cache_that_is_dropped_or_a_program_that_ends_loses_no_statistics(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from film.cache import AssetCache
from film.db.session import engine_for
cache = AssetCache(Path(sys.argv[1]), engine=engine_for(sys.argv[2]))
cache.put("a" * 64, kind="image", provider="fal", mime="image/png", data=b"x")
for _ in range(7):
    cache.get("a" * 64)
"""
    url = f"sqlite:///{tmp_path / 'film.db'}"
    subprocess.run([sys.executable, "-c", program, str(tmp_path), url], check=True)
    from film.db.session import engine_for

    cache = AssetCache(tmp_path, engine=engine_for(url))
    assert cache.get_cache_stats()["hits"] == 7
    cache.get("a" * 64)
    del cache
    gc.collect()
    assert AssetCache(tmp_path, engine=engine_for(url)).get_cache_stats()["hits"] == 8


def test_opening_a_cache_touches_no_file(engine: Engine, gallery: Path) -> None:
    AssetCache(gallery, engine=engine).peek_many([key("a")])
    assert not gallery.exists()


# -- as the cut sees it


def test_the_cut_keeps_its_segments_here(cache: AssetCache) -> None:
    store = cache.segments()
    assert store.peek([key("s1"), key("s2")]) == {}
    temporary = store.temporary(".mp4")
    temporary.write_bytes(b"a segment")
    path = store.put_file(key("s1"), temporary, mime="video/mp4")
    assert store.peek([key("s1"), key("s2")]) == {key("s1"): path}
    assert path.read_bytes() == b"a segment"
    stats = cache.get_cache_stats()
    assert stats["by_kind"] == {"segment": 1}
    assert stats["hits"] + stats["misses"] == 0


def test_a_rotten_segment_is_not_cut_into_a_film(cache: AssetCache) -> None:
    store = cache.segments()
    temporary = store.temporary(".mp4")
    temporary.write_bytes(b"a segment")
    overwrite(store.put_file(key("s1"), temporary, mime="video/mp4"), b"a sagment")
    assert store.peek([key("s1")]) == {}
