"""Words of prompts and dialogue are found the same way on both databases."""

from __future__ import annotations

import pytest
from library_kit import asset, numbers
from sqlalchemy import Engine, delete, update

from film.db.tables import AssetRow
from film.errors import InputError
from film.metadata import AssetQuery, MetadataIndex
from film.metadata.fulltext import parse

PROMPTS = [
    "Two old doors of an attic/loft, painted golden_hour gold",
    "Rain on the street at 5.30, 8K, close-up of a sign: 100% off",
    "Ein Mädchen in der Straße, STRASSENLATERNE im Nebel",
    "東京の夜、雨の中の女性",
    "The lighthouse keeper's lamp; light everywhere, light above, light below",
    "Don't look now",
]


@pytest.fixture
def stocked(index: MetadataIndex) -> MetadataIndex:
    index.index_assets(asset(n, prompt=prompt) for n, prompt in enumerate(PROMPTS))
    index.index_asset(asset(6, prompt="A face", dialogue="Who are you? I was never here."))
    return index


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("door", [0]),  # of doors
        ("DOORS attic", [0]),
        ("loft", [0]),
        ("golden hour", [0]),
        ("golden_hour", [0]),
        ("8k", [1]),
        ("5.30", [1]),
        ("close-up", [1]),
        ("close up", [1]),
        ("100%", [1]),
        ('"street at"', [1]),
        ('"at street"', []),
        ("mädchen", [2]),
        ("madchen", []),
        ("STRAßE", [2]),
        ("stra*", [2]),
        ("light", [4]),
        ("light*", [4]),
        ('"lighthouse keep*', [4]),
        ("女性", [3]),
        ("雨 女性", [3]),
        ("雨 light", []),
        ("don't", [5]),
        ("who are you", [6]),
        ("who", [6]),
        ("never here", [6]),
        ("face never", [6]),
        ("_ - !", []),
        ("", [6, 5, 4, 3, 2, 1, 0]),
        ("'); DROP TABLE assets --", []),
        ('" OR "', []),
        ("light NOT keeper", []),
        ("a:b*c ^(x) NEAR(1)", []),
    ],
)
def test_words_are_found(stocked: MetadataIndex, text: str, found: list[int]) -> None:
    assert numbers(stocked.find_assets(text=text)) == found
    assert stocked.count(AssetQuery.of(text=text)) == len(found)


def test_words_and_tags_and_pages_go_together(index: MetadataIndex) -> None:
    index.index_assets(asset(n, mood=f"mood {n % 3}", prompt=f"light {n}") for n in range(30))
    for mood in range(3):  # tags are on few assets here: they lead
        assert numbers(index.find_assets(text="light", mood=f"mood {mood}")) == [
            n for n in range(29, -1, -1) if n % 3 == mood
        ]
    page = index.page(AssetQuery.of(text="light"), limit=20)
    rest = index.page(AssetQuery.of(text="light"), limit=20, cursor=page.next)
    assert (numbers([*page.assets, *rest.assets]), rest.next) == (list(range(29, -1, -1)), None)


def test_words_lead_where_tags_are_common(index: MetadataIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("film.metadata.selection.TAGS_FIRST", 2)
    index.index_assets(asset(n, mood=f"mood {n % 3}", prompt=f"light {n} 夜") for n in range(30))
    assert numbers(index.find_assets(text="light", mood="mood 1", limit=3)) == [28, 25, 22]
    assert numbers(index.find_assets(text="light 夜", mood="mood 1", before="asset_00007")) == [4, 1]
    assert index.count(AssetQuery.of(text="light", any_of={"mood": ["mood 1", "mood 2"]})) == 20
    assert [h.asset.asset_id for h in index.best(AssetQuery.of(text="light 17", mood="mood 2"))] == ["asset_00017"]


@pytest.mark.parametrize("tags_first", [0, 500])
def test_the_best_match_comes_first(stocked: MetadataIndex, monkeypatch: pytest.MonkeyPatch, tags_first: int) -> None:
    monkeypatch.setattr("film.metadata.selection.TAGS_FIRST", tags_first)
    stocked.index_assets(
        [
            asset(20, prompt="light " + "and many other words about the room " * 5),
            asset(21, prompt="light, light, light"),
            asset(22, prompt="a light here", mood="tense"),
        ]
    )
    hits = stocked.best(AssetQuery.of(text="light"))
    assert numbers(h.asset for h in hits)[0] == 21 and numbers(h.asset for h in hits)[-1] == 20
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True) and hits[-1].score > 0
    assert numbers(h.asset for h in stocked.best(AssetQuery.of(text="light", mood="tense"))) == [22]
    assert stocked.best(AssetQuery.of(text="light", mood="nobody")) == []
    assert stocked.best(AssetQuery.of(text="zebra", mood="tense")) == []
    assert len(stocked.best(AssetQuery.of(text="light"), limit=2)) == 2
    with pytest.raises(InputError, match="no words"):
        stocked.best(AssetQuery.of(mood="tense"))


def test_words_follow_every_change(index: MetadataIndex, engine: Engine) -> None:
    """Whoever changes or deletes a row, the index of words goes with it."""
    index.index_assets([asset(1, prompt="an apple"), asset(2, prompt="a pear")])
    index.index_asset(asset(1, prompt="a plum", dialogue="An orange?"))
    assert numbers(index.find_assets(text="apple")) == []
    assert numbers(index.find_assets(text="plum")) == numbers(index.find_assets(text="orange")) == [1]
    with engine.begin() as db:
        db.execute(update(AssetRow).where(AssetRow.asset_id == "asset_00001").values(prompt="a cherry"))
        db.execute(delete(AssetRow).where(AssetRow.asset_id == "asset_00002"))
    assert numbers(index.find_assets(text="cherry")) == [1]
    assert numbers(index.find_assets(text="plum")) == numbers(index.find_assets(text="pear")) == []
    if engine.dialect.name == "sqlite":
        with engine.begin() as db:
            db.exec_driver_sql("INSERT INTO asset_words(asset_words, rank) VALUES ('integrity-check', 1)")


def test_what_is_written_is_read_as_words_and_nothing_else() -> None:
    query = parse("attic \"low sun\" li* 'x' 夜*")
    assert query.fts5() == '"attic" "low sun" "li"* "x"'
    assert query.tsquery() == "'attic' & 'low' <-> 'sun' & 'li':* & 'x'"
    assert query.pieces == ("夜",)
