"""A library in a bucket: what another machine recorded is known to whoever makes the rows of a lost database anew."""

from __future__ import annotations

from decimal import Decimal

import pytest
from cache_kit import House, key
from sqlalchemy import Engine, delete, update

from film.cache import AssetCache
from film.cache.adopt import AdoptReport
from film.db.base import now
from film.db.tables import Action, Blob, Library, Stray
from film.errors import ConfigurationError, StoreError

PRICE = Decimal("0.35")


def put(cache: AssetCache, name: str, data: bytes = b"", kind: str = "video") -> str:
    return cache.put(
        key(name), kind=kind, provider="fal", mime="video/mp4", data=data or name.encode(), cost=PRICE
    ).sha256


def rebuilt(cache: AssetCache) -> AdoptReport:
    cache.take_over()
    return cache.adopt()


def test_a_lost_database_gets_the_rows_of_every_machine(house: House) -> None:
    engine = house.database("film")
    with house.machine("one", engine) as one, house.machine("two", engine) as two:
        put(one, "lamp")
        put(two, "attic")
        put(two, "piece", kind="segment")
        put(one, "night")
    fresh = house.database("rebuilt")
    with house.machine("one", fresh) as one:
        with pytest.raises(StoreError):
            one.put(key("x"), kind="image", provider="p", mime="image/png", data=b"x")
        report = rebuilt(one)
        assert {record.key for record in report.adopted} == {key("lamp"), key("attic"), key("night")}
        assert {record.price for record in report.adopted} == {PRICE}
        assert report.gone == 0
        found = one.use_many(map(key, ("lamp", "attic", "night")))
        assert {asset.path.read_bytes() for asset in found.values()} == {b"lamp", b"attic", b"night"}
        assert {asset.cost for asset in found.values()} == {PRICE}
        assert len(one.strays()) == 1, "a piece of a cut costs nothing to make again"
        put(one, "morning")
    with house.machine("two", fresh) as two:
        assert two.trouble() is None
        assert set(two.use_many(map(key, ("attic", "morning")))) == {key("attic"), key("morning")}
        assert rebuilt(two).adopted == []


def test_a_machine_without_a_gallery_makes_the_rows_anew_from_the_bucket(house: House) -> None:
    engine = house.database("film")
    with house.machine("one", engine) as one:
        put(one, "lamp")
    fresh = house.database("rebuilt")
    with house.machine("new", fresh) as new:
        assert [record.key for record in rebuilt(new).adopted] == [key("lamp")]
        assert new.verified_path(key("lamp")).read_bytes() == b"lamp"
    with house.machine("one", fresh) as one:
        assert one.trouble() is None


def test_an_older_database_gets_only_what_it_lacks(house: House) -> None:
    engine = house.database("film")
    with house.machine("one", engine) as one, house.machine("two", engine) as two:
        put(one, "lamp")
        put(two, "attic")
        put(two, "lamp", b"another take")
    with engine.begin() as db:  # as it was when only the first take was there
        db.execute(delete(Action).where(Action.key == key("attic")))
        db.execute(update(Library).values(generation=1))
    with house.machine("one", engine) as one:
        assert [record.key for record in rebuilt(one).adopted] == [key("attic")]


def test_of_two_results_of_a_key_the_newest_that_is_whole_counts(house: House) -> None:
    engine = house.database("film")
    with house.machine("one", engine) as one, house.machine("two", engine) as two:
        first = put(one, "lamp", b"first take")
        second = put(two, "lamp", b"second take")
    for number, (gone, left) in enumerate([("", second), (second, first)]):
        fresh = house.database(f"rebuilt{number}")
        with house.machine("one", fresh) as one:
            if gone:
                house.bucket.remove([gone])
            assert [record.sha256 for record in rebuilt(one).adopted] == [left]


def forget(engine: Engine) -> None:
    """All that it knows of files."""
    with engine.begin() as db:
        db.execute(delete(Action))
        db.execute(delete(Blob))


def test_what_a_collection_was_about_to_remove_is_not_taken_in(house: House) -> None:
    engine = house.database("film")
    with house.machine("two", engine) as two:
        sha256 = put(two, "lamp")
    forget(engine)
    with engine.begin() as db:
        db.execute(Stray.__table__.insert().values(sha256=sha256, size=4, seen_at=now(), decided=True))  # type: ignore[attr-defined]
    with house.machine("one", engine) as one:
        assert rebuilt(one).adopted == []


def test_push_brings_the_records_of_what_was_stored_before_there_was_a_bucket(house: House) -> None:
    engine = house.database("film")
    with house.machine("one", engine, alone=True) as alone:
        put(alone, "lamp")
    assert list(house.bucket.records()) == []
    with house.machine("one", engine) as one:
        one.push()
        one.push()
    assert [name for _, name in house.bucket.records()] == [key("lamp")]
    fresh = house.database("rebuilt")
    with house.machine("two", fresh) as two:
        assert [record.price for record in rebuilt(two).adopted] == [PRICE]


def test_a_record_that_was_changed_is_passed_over_and_no_other(house: House) -> None:
    engine = house.database("film")
    with house.machine("one", engine) as one:
        put(one, "lamp")
        put(one, "attic")
    name = next(f"records/{sha256}/{name}" for sha256, name in house.bucket.records() if name == key("lamp"))
    text = house.bucket.note(name)
    assert text is not None
    house.bucket.write_note(name, text.replace("0.35", "0.00"))
    with house.machine("two", house.database("rebuilt")) as two:
        assert [record.key for record in rebuilt(two).adopted] == [key("attic")]


def test_files_without_a_row_are_called_by_what_another_machine_recorded(house: House) -> None:
    engine = house.database("film")
    with house.machine("two", engine) as two:
        sha256 = put(two, "lamp")
    forget(engine)
    with house.machine("one", engine) as one:
        assert [stray.sha256 for stray in one.strays()] == [sha256]
        assert one.recorded([sha256])[sha256].price == PRICE


def test_another_librarys_bucket_is_not_taken_over(house: House) -> None:
    with house.machine("one", house.database("film")) as one:
        put(one, "lamp")
    strange = house.database("strange")
    with house.machine("strange", strange, alone=True) as alone:
        put(alone, "attic")
    with house.machine("strange", strange) as stranger, pytest.raises(ConfigurationError, match="another library"):
        rebuilt(stranger)
    with strange.begin() as db:
        assert db.scalar(Action.__table__.select().with_only_columns(Action.key)) == key("attic")  # type: ignore[attr-defined]


def test_a_bucket_that_fails_between_blob_and_record_leaves_no_row(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = house.database("film")
    with house.machine("one", engine) as one:
        put(one, "lamp")
        write, failed = house.bucket.write_note, list[str]()

        def fail(name: str, text: str) -> None:
            if name.startswith("records/") and not failed:
                failed.append(name)
                raise StoreError("the store is away", hint="run again")
            write(name, text)

        monkeypatch.setattr(house.bucket, "write_note", fail)
        with pytest.raises(StoreError, match="away"):
            put(one, "attic")
        assert one.peek_many([key("attic")]) == {}
        put(one, "attic")
        assert key("attic") in one.peek_many([key("attic")])
    with house.machine("two", house.database("rebuilt")) as two:
        assert {record.key for record in rebuilt(two).adopted} == {key("lamp"), key("attic")}
