"""A library of the first revision keeps every row, and is then found, counted and searched like a new one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from alembic import command
from sqlalchemy import Connection, text

from film.db.migrate import alembic_config, prepare
from film.db.session import make_engine, snapshot
from film.metadata import AssetQuery, MetadataIndex, verify_library
from film.models import Asset, AssetType
from film.search.vectors import count_waiting
from film.testing.older_schema import to_third_revision

ASSETS = (
    "INSERT INTO assets (id, asset_id, key, asset_type, provider, model, prompt, negative_prompt, film_id, sha256,"
    " size, mime, cost_micros, reuse_count, details, created_at) VALUES"
    " (:id, :asset_id, :key, 'image', 'fal', 'flux', :prompt, 'blurry', 'attic', '', 1000, 'image/png', :cost, :uses,"
    """ '{"width": 1280}', '2026-11-01 10:00:00+00')"""
)


def fill(db: Connection) -> None:
    tags = [("character", "emma", "Emma", 2), ("mood", "calm", "calm", 1), ("asset_type", "image", "image", 2)]
    for number, (dimension, value, label, count) in enumerate(tags, 1):
        values = {"id": number, "d": dimension, "v": value, "l": label, "n": count}
        db.execute(
            text("INSERT INTO tags (id, dimension, value, label, n_assets) VALUES (:id, :d, :v, :l, :n)"), values
        )
    for number, prompt in ((1, "Emma's 100% old door"), (7, "Ein Mädchen im Nebel")):
        values = {"id": number, "asset_id": f"asset_{number}", "key": f"{number}", "prompt": prompt}
        db.execute(text(ASSETS), values | {"cost": 3001 * number, "uses": number})
    for tag, asset in ((1, 1), (1, 7), (2, 7), (3, 1), (3, 7)):
        db.execute(text("INSERT INTO asset_tags (tag_id, asset_id) VALUES (:t, :a)"), {"t": tag, "a": asset})


def test_a_library_of_the_first_revision(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.begin() as db:
        command.upgrade(alembic_config(db), "0001")
        fill(db)
        if db.dialect.name == "postgresql":
            db.execute(text("SELECT setval('assets_id_seq', 7), setval('tags_id_seq', 3)"))
    prepare(engine)
    index = MetadataIndex(engine=engine)
    door, girl = index.get_asset("asset_1"), index.get_asset("asset_7")
    assert door and girl
    assert (door.prompt, door.dialogue, door.cost_usd, door.reuse_count) == (
        "Emma's 100% old door", "", Decimal("0.003001"), 1,
    )  # fmt: skip
    assert (girl.characters, girl.mood, dict(girl.details)) == (("Emma",), "calm", {"width": 1280})
    assert girl.created_at == "2026-11-01T10:00:00+00:00"
    for words, found in (("doors", ["asset_1"]), ("mädchen", ["asset_7"]), ("100%", ["asset_1"])):
        assert [a.asset_id for a in index.find_assets(text=words)] == found
    stats = index.get_index_stats()
    assert (stats["total_assets"], stats["total_size_bytes"], stats["total_reuses"]) == (2, 2000, 8)
    assert stats["total_cost_usd"] == Decimal("0.024008") and stats["saved_usd"] == Decimal("0.150050")
    assert verify_library(engine) == []
    with snapshot(engine) as db:
        assert count_waiting(db) == 2, "both prompts wait to be embedded"
    index.index_asset(girl.model_copy(update={"asset_id": "asset_8", "prompt": "another"}))
    index.remove_assets(["asset_1"])
    assert index.count(AssetQuery.of(characters="emma")) == 2 and index.find_assets(text="door") == []
    assert verify_library(engine) == []


def test_packed_blocks_of_the_second_revision(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("blocks", "postings", "many"):
        monkeypatch.setattr(f"film.metadata.{module}.BLOCK", 8)
    engine = make_engine(database_url)
    prepare(engine)
    index = MetadataIndex(engine=engine)
    index.index_assets(
        Asset(asset_id=f"a{n}", key=f"{n}", asset_type=AssetType.IMAGE, provider="p", mood=["calm", "tense"][n % 2])
        for n in range(20)
    )
    index.index_asset(Asset(asset_id="a3", key="3", asset_type=AssetType.IMAGE, provider="p", mood="calm"))
    with engine.begin() as db:
        to_third_revision(lambda statement: db.execute(text(statement)))
        db.execute(text("DROP TABLE tag_places"))
        db.execute(text("UPDATE alembic_version SET version_num = '0002'"))
    prepare(engine)
    with snapshot(engine) as db:
        assert db.scalars(text("SELECT DISTINCT block FROM tag_places ORDER BY block")).all() == [0, 1]
    assert verify_library(engine) == [], "what was packed is packed by tag as well"
