"""Many rows at once: what is new comes in with its id, what is known stays as it is, every type survives the way."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import pytest
from sqlalchemy import Engine, Table, insert, select

from film.db.session import snapshot
from film.db.sql import insert_integers, insert_new
from film.db.tables import AssetRow, AssetTag, EmbeddingQueue, Tag

ASSETS, LINKS, QUEUE = (cast(Table, kind.__table__) for kind in (AssetRow, AssetTag, EmbeddingQueue))
MOMENT = datetime(2026, 11, 22, 7, 8, 9, 123456, tzinfo=UTC)


def row(name: str, **other: Any) -> dict[str, Any]:
    return {
        "asset_id": name, "key": "k" * 64, "asset_type": "image", "provider": "p", "model": "", "prompt": "",
        "negative_prompt": "", "dialogue": "", "film_id": None, "sha256": "", "size": 1 << 40, "mime": "",
        "cost_micros": Decimal("0.052001"), "reuse_count": 0, "details": {}, "created_at": MOMENT,
    } | other  # fmt: skip


def test_what_is_new_comes_in_and_what_is_known_stays(engine: Engine) -> None:
    with engine.begin() as db:
        first = insert_new(db, ASSETS, [row("a", prompt="first"), row("b")], by="asset_id")
    with engine.begin() as db:
        second = insert_new(db, ASSETS, [row("a", prompt="second"), row("c")], by="asset_id")
    assert (first.keys(), second.keys()) == ({"a", "b"}, {"c"})
    with snapshot(engine) as db:
        found = {
            r.asset_id: (r.id, r.prompt) for r in db.execute(select(AssetRow.asset_id, AssetRow.id, AssetRow.prompt))
        }
    assert found == {"a": (first["a"], "first"), "b": (first["b"], ""), "c": (second["c"], "")}


def test_of_a_name_that_comes_twice_at_once_the_first_stays(engine: Engine) -> None:
    with engine.begin() as db:
        assert len(insert_new(db, ASSETS, [row("a", prompt="first"), row("a", prompt="second")], by="asset_id")) == 1
        assert db.scalar(select(AssetRow.prompt)) == "first"


@pytest.mark.parametrize(
    "other",
    [
        {"prompt": "quotes ' \" \\ and % and %s and ? and :name, {braces}, a\ttab and\na line"},
        {"prompt": "Čeněk 😀 日本語"},
        {"details": {"w": 1, "text": "ü\\ \"'", "none": None, "list": [1, "2", {"deep": True}], "price": 0.25}},
        {"film_id": "f", "cost_micros": Decimal(0)},
        {"cost_micros": Decimal("9000000000.000001")},
    ],
)
def test_every_value_comes_out_as_it_went_in(engine: Engine, other: dict[str, Any]) -> None:
    given = row("a", **other)
    with engine.begin() as db:
        insert_new(db, ASSETS, [given], by="asset_id")
        found = db.execute(select(ASSETS)).mappings().one()
    assert {name: found[name] for name in given} == given


def test_more_rows_than_a_statement_holds(engine: Engine) -> None:
    with engine.begin() as db:
        ids = insert_new(db, ASSETS, [row(f"{n:05}") for n in range(2500)], by="asset_id")
        assert list(ids.values()) == sorted(ids.values())
        tag = db.execute(
            insert(Tag).values(dimension="mood", value="calm", label="calm").returning(Tag.id)
        ).scalar_one()
        links = [(tag, row_id) for row_id in ids.values()]
        insert_integers(db, LINKS, links)
        assert {tuple(found) for found in db.execute(select(LINKS))} == set(links)


def test_whole_numbers_that_are_there_are_left_out_if_asked(engine: Engine) -> None:
    with engine.begin() as db:
        ids = sorted(insert_new(db, ASSETS, [row(name) for name in "abc"], by="asset_id").values())
        insert_integers(db, QUEUE, [(row_id,) for row_id in ids[:2]])
        insert_integers(db, QUEUE, [(row_id,) for row_id in ids], missing=True)
        assert sorted(db.scalars(select(EmbeddingQueue.asset_id))) == ids
