"""A library that moves: into another bucket, out of its bucket, to another folder; and nothing is lost on the way."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from cache_kit import House, key

from film.cache import AssetCache, Bucket
from film.errors import StoreError

PRICE = Decimal("0.35")


def put(cache: AssetCache, name: str) -> None:
    cache.put(key(name), kind="video", provider="fal", mime="video/mp4", data=name.encode(), cost=PRICE)


def found(cache: AssetCache, *names: str) -> set[str]:
    there = cache.use_many(map(key, names))
    return {n for n in names if key(n) in there and there[key(n)].path.read_bytes() == n.encode()}


def test_what_a_new_bucket_lacks_is_missing_only_once_somebody_says_that_it_is_gone(
    house: House, tmp_path: Path
) -> None:
    engine = house.database("film")
    with house.machine("one", engine) as one, house.machine("two", engine) as two:
        put(one, "lamp")
        put(two, "attic")
    house.bucket = Bucket((tmp_path / "new bucket").as_uri())
    with house.machine("one", engine) as one:
        pushed = one.push()
        assert (pushed.sent, len(pushed.missing)) == (1, 1)
        with pytest.raises(StoreError, match="not in the shared store yet") as told:
            found(one, "attic")
        assert "film library push --finish" in told.value.hint
        assert one.lost() == []
    with house.machine("one", engine) as one:
        assert one.push(finish=True).missing == pushed.missing
        assert found(one, "lamp", "attic") == {"lamp"}
        assert len(one.lost()) == 1, "put aside, and on record"
    with house.machine("two", engine) as two:
        assert two.push().sent == 1
    with house.machine("one", engine) as one:
        one.repair()
        assert found(one, "lamp", "attic") == {"lamp", "attic"}
        assert one.lost() == []


def test_a_bucket_is_full_when_the_last_machine_has_pushed(house: House, tmp_path: Path) -> None:
    engine = house.database("film")
    with house.machine("one", engine) as one, house.machine("two", engine) as two:
        put(one, "lamp")
        put(two, "attic")
    house.bucket = Bucket((tmp_path / "new bucket").as_uri())
    for name, missing in (("one", 1), ("two", 0)):
        with house.machine(name, engine) as machine:
            assert len(machine.push().missing) == missing
    with house.machine("three", engine) as three:
        assert found(three, "lamp", "attic") == {"lamp", "attic"}


def test_a_gallery_that_is_attached_while_its_bucket_is_set_keeps_the_bucket(house: House) -> None:
    engine = house.database("film")
    with house.machine("one", engine) as one:
        put(one, "lamp")
    shutil.rmtree(house.folder / "one")
    with house.machine("one", engine) as one:
        generation = one.identity.attach()
        assert one.trouble() is None
        assert one.lost() == [], "its files are not gone: the bucket has them"
        assert found(one, "lamp") == {"lamp"}
        ours = one.identity.look().ours
        assert ours is not None
        assert (ours.generation, ours.bucket) == (generation, house.bucket.url)
        put(one, "attic")
    with house.machine("two", engine) as two:
        assert found(two, "lamp", "attic") == {"lamp", "attic"}


def test_a_library_leaves_its_bucket_with_all_that_is_here(house: House) -> None:
    engine = house.database("film")
    with house.machine("one", engine) as one, house.machine("two", engine) as two:
        put(one, "lamp")
        put(two, "attic")
        assert found(one, "lamp", "attic") == {"lamp", "attic"}, "which brings them here"
        put(two, "night")
    with house.machine("one", engine, alone=True) as alone:
        with pytest.raises(StoreError, match="shared store"):
            alone.repair()
        alone.identity.attach()
        assert found(alone, "lamp", "attic", "night") == {"lamp", "attic"}
        assert len(alone.lost()) == 1, "what stayed in the bucket is put aside, and on record"
        put(alone, "morning")
    with house.machine("one", engine) as again:
        assert again.push().missing == ()
        again.repair()
        assert found(again, "lamp", "attic", "night", "morning") == {"lamp", "attic", "night", "morning"}
