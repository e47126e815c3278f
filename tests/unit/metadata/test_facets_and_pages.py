"""Facets, any-of, pages: a library of any size answers what a look at every asset would."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from library_kit import asset, numbers
from sqlalchemy import Engine, delete

from film.db.session import snapshot
from film.db.tables import TagPlaces, UnpackedAsset
from film.errors import InputError
from film.metadata import AssetQuery, Dimension, MetadataIndex, recount_library, verify_library
from film.metadata.postings import pack_blocks, packed_until, unpacked
from film.metadata.words import tags_of
from film.models import Asset, AssetType


def some_assets(count: int, seed: int = 1) -> list[Asset]:
    chance = random.Random(seed)
    return [
        asset(
            n,
            asset_type=chance.choice(list(AssetType)),
            characters=tuple(chance.sample(["Emma", "Jack", "Mia"], chance.randint(0, 2))),
            landscapes=(),
            styles=("everything", *chance.sample(["noir", "pastel"], chance.randint(0, 1))),
            mood=chance.choice(["tense", "calm", "joyful", None]),
            time_of_day=chance.choice(["dawn", "night"]),
            prompt=chance.choice(["rain falls", "the sun shines", "rain and sun"]),
        )
        for n in range(count)
    ]


QUERIES = [
    AssetQuery(),
    AssetQuery.of(mood="tense"),
    AssetQuery.of(styles="everything"),
    AssetQuery.of(characters=["emma", "jack"], time_of_day="dawn"),
    AssetQuery.of(any_of={"mood": ["tense", "calm"]}),
    AssetQuery.of(any_of={"mood": ["tense", "nobody"], "time-of-day": ["dawn", "night"]}, asset_type="image"),
    AssetQuery.of(characters="emma", any_of={"character": ["jack", "mia"]}),
    AssetQuery.of(text="rain", mood="calm"),
    AssetQuery.of(text="rain sun"),
    AssetQuery.of(text="rain", mood="calm", time_of_day="dawn"),
    AssetQuery.of(text="sun", any_of={"mood": ["tense", "calm"]}),
    AssetQuery.of(mood="nobody"),
    AssetQuery.of(any_of={"mood": ["nobody"]}, styles="noir"),
]


def meets(found: Asset, query: AssetQuery) -> bool:
    tags = set(tags_of(found))
    some = {d: {key for key in query.any_of if key[0] == d} for d, _ in query.any_of}
    words = set(found.prompt.split())
    return query.all_of <= tags and all(tags & keys for keys in some.values()) and set(query.text.split()) <= words


def recount(assets: list[Asset], query: AssetQuery, dimension: Dimension) -> dict[str, int]:
    free = query.without(dimension)
    tags = (tags_of(a).items() for a in assets if meets(a, free))
    return Counter(label for items in tags for (name, _), label in items if name == dimension.value)


def look_into_blocks_of(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a library of a million assets does, with few."""
    for module in ("blocks", "postings", "many"):
        monkeypatch.setattr(f"film.metadata.{module}.BLOCK", size)
    monkeypatch.setattr("film.metadata.many.FEW", 0)
    for bound in ("WIDE", "RARE", "COMMON", "TAGS_FIRST"):
        monkeypatch.setattr(f"film.metadata.selection.{bound}", 0)


@pytest.fixture(params=["rows", "blocks"])
def stocked(
    request: pytest.FixtureRequest, index: MetadataIndex, monkeypatch: pytest.MonkeyPatch
) -> tuple[MetadataIndex, list[Asset]]:
    """300 assets, looked up row by row or in packed blocks of 64, some of which have changed since."""
    assets = some_assets(300)
    if request.param == "blocks":
        look_into_blocks_of(64, monkeypatch)
        index.index_assets(assets)
        assert index.pack() == 0, "indexing packs by itself"
        for n in (3, 70, 71, 299):
            assets[n] = assets[n].model_copy(update={"mood": "tense", "characters": ("Mia",)})
        index.index_assets(assets[n] for n in (3, 70, 71, 299))
        index.remove_assets(["asset_00010", "asset_00100"])
        assets = [a for a in assets if a.asset_id not in ("asset_00010", "asset_00100")]
        with snapshot(index.engine) as db:
            assert (packed_until(db), len(unpacked(db))) == (4, 4)
    else:
        index.index_assets(assets)
    return index, assets


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_finding_and_counting_agree_with_a_look_at_every_asset(
    stocked: tuple[MetadataIndex, list[Asset]], query: AssetQuery
) -> None:
    index, assets = stocked
    expected = [n for a in reversed(assets) if meets(a, query) for n in numbers([a])]
    assert numbers(index.page(query, limit=1000).assets) == expected
    assert index.count(query) == len(expected)
    facets = index.facets(query)
    named = query.all_of | query.any_of
    for dimension in Dimension:
        counted = {f.label: f.count for f in facets[dimension] if f.count}
        assert counted == recount(assets, query, dimension), dimension
        chosen = {f.label.casefold() for f in facets[dimension] if f.chosen}
        assert chosen == {value for name, value in named if name == dimension.value}


def test_facets_are_the_most_frequent_and_those_that_are_asked_for(index: MetadataIndex) -> None:
    index.index_assets(asset(n, mood=f"Mood {min(n, 5)}") for n in range(12))
    facets = index.facets(AssetQuery.of(mood="mood 2"), dimensions=[Dimension.MOOD], limit=2)
    assert [(f.label, f.count, f.chosen) for f in facets[Dimension.MOOD]] == [
        ("Mood 5", 7, False),
        ("Mood 0", 1, False),
        ("Mood 2", 1, True),
    ]
    missing = index.facets(AssetQuery.of(mood="mood 2", characters="jack"), dimensions=[Dimension.CHARACTER])
    assert [(f.label, f.count, f.chosen) for f in missing[Dimension.CHARACTER]] == [
        ("Emma", 1, False),
        ("jack", 0, True),
    ]


@pytest.mark.parametrize("block", [None, 16])
@pytest.mark.parametrize(
    "query",
    [
        AssetQuery(),
        AssetQuery.of(mood="calm"),
        AssetQuery.of(any_of={"mood": "calm joyful".split()}),
        AssetQuery.of(asset_type="image", any_of={"mood": "calm joyful".split()}),
        AssetQuery.of(time_of_day="dawn", text="rain"),
    ],
    ids=range(5),
)
def test_pages_show_everything_once_whatever_happens_meanwhile(
    index: MetadataIndex, query: AssetQuery, block: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if block:
        look_into_blocks_of(block, monkeypatch)
    assets = some_assets(60)
    index.index_assets(assets)
    expected = numbers(index.page(query, limit=100).assets)
    seen: list[int] = []
    page = index.page(query, limit=7)
    while page.next:
        seen += numbers(page.assets)
        new = asset(1000 + len(seen), mood="calm", styles=(), time_of_day="dawn", prompt="rain")
        index.index_asset(new)  # on top
        index.remove_assets([page.assets[-1].asset_id])  # what the cursor stands behind
        page = index.page(query, limit=7, cursor=page.next)
    assert seen + numbers(page.assets) == expected


@pytest.mark.parametrize("cursor", ["", "n", "x12", "n12; DROP", "n" + "f" * 17, "n-1"])
def test_a_cursor_that_is_none_is_refused(index: MetadataIndex, cursor: str) -> None:
    if cursor:
        with pytest.raises(InputError, match="no place in a list"):
            index.page(cursor=cursor)
    assert index.page(cursor="n" + "f" * 16).assets == ()


def test_what_assets_do_not_have_is_refused() -> None:
    with pytest.raises(InputError, match="no 'colour'") as caught:
        AssetQuery.of(any_of={"colour": ["red"]})
    assert "time_of_day" in caught.value.hint
    with pytest.raises(InputError, match="201 words"):
        AssetQuery.of(characters=[f"c{n}" for n in range(201)])


def test_two_hundred_words_are_one_statement(index: MetadataIndex) -> None:
    index.index_assets(asset(n, mood=f"mood {n}", characters=(f"c{n % 2}",)) for n in range(199))
    moods = [f"mood {n}" for n in range(199)]
    assert len(index.find_assets(characters="c1", any_of={"mood": moods}, limit=500)) == 99
    assert len(index.find_assets(any_of={"mood": moods}, limit=500)) == 199


def test_blocks_are_packed_while_assets_come_and_again_when_many_have_changed(
    index: MetadataIndex, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_into_blocks_of(32, monkeypatch)
    monkeypatch.setattr("film.metadata.postings.CHANGED", 5)
    index.index_assets(some_assets(70))
    for number in range(70, 100):
        index.index_asset(asset(number, mood="calm"))
    assert pack_blocks(engine) == 0, "indexing packs by itself"
    index.index_assets(asset(n, mood="furious") for n in range(4))
    assert index.count(AssetQuery.of(mood="furious", any_of={"asset_type": ["image"]})) == 4
    assert pack_blocks(engine) == 0, "few changes are looked up beside the blocks"
    index.index_assets(asset(n, mood="furious") for n in range(40, 44))
    assert pack_blocks(engine) == 2
    assert index.count(AssetQuery.of(mood="furious", any_of={"asset_type": ["image"]})) == 8
    index.index_assets(asset(n, mood="calm") for n in range(2))
    assert verify_library(engine) == []
    with engine.begin() as db:
        db.execute(delete(UnpackedAsset))
    assert verify_library(engine) == ["block 0 of the library is packed wrong"]
    recount_library(engine)
    assert pack_blocks(engine) == 3 and verify_library(engine) == []
    with engine.begin() as db:
        db.execute(delete(TagPlaces).where(TagPlaces.block == 1, TagPlaces.tag_id == 1))
    assert verify_library(engine) == ["block 1 of the library is packed wrong"], "what finding reads counts, too"


def test_blocks_that_are_packed_while_others_write_are_right(
    index: MetadataIndex, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_into_blocks_of(8, monkeypatch)
    monkeypatch.setattr("film.metadata.postings.CHANGED", 3)
    done = threading.Event()

    def pack() -> None:
        while not done.is_set():
            pack_blocks(engine)
            time.sleep(0.01)

    def write(first: int) -> None:
        own, chance = MetadataIndex(engine=engine), random.Random(first)
        for n in range(first, first + 16):
            own.index_asset(asset(n, mood=chance.choice(["calm", "tense"])))
            own.index_asset(asset(chance.randrange(40), mood="joyful"))
            own.remove_assets([f"asset_{chance.randrange(40):05d}"])

    with ThreadPoolExecutor(4) as pool:
        packing = pool.submit(pack)
        for work in [pool.submit(write, first) for first in (0, 12, 24)]:
            work.result()
        done.set()
        packing.result()
    assert verify_library(engine) == []
    found = index.page(limit=1000).assets
    for mood in ("calm", "tense", "joyful"):
        counted = index.count(AssetQuery.of(mood=mood, any_of={"character": ["emma", "jack"]}))
        assert counted == sum(a.mood == mood for a in found)
