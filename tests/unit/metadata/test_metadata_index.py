"""The library: what is put in is found by its tags, on both databases."""

# ruff: noqa: T201  # the description prints

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from library_kit import asset
from sqlalchemy import Engine

from film.errors import InputError
from film.metadata import MetadataIndex, verify_library
from film.metadata.words import tag_value
from film.models import Asset, AssetType
from film.settings import Settings


@pytest.fixture
def index(engine: Engine) -> MetadataIndex:
    return MetadataIndex(engine=engine)


def ids(assets: list[Asset]) -> list[str]:
    return [a.asset_id for a in assets]


def test_an_asset_comes_back_as_it_went_in(index: MetadataIndex) -> None:
    index.index_asset(asset())
    assert index.get_asset("asset_00001") == asset()
    assert index.get_asset("asset_00002") is None


def test_the_descriptions_search_runs_as_written(
    index: MetadataIndex, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FILM_GALLERY_DIR", str(settings.gallery))
    monkeypatch.setenv("FILM_DATABASE_URL", settings.database_url)
    index.index_asset(asset())
    index.count_reuse(["asset_00001"] * 3)

    from film.metadata import MetadataIndex

    index = MetadataIndex()

    assets = index.find_assets(characters=["emma"], landscapes=["attic"], styles=["victorian"], asset_type="image")

    print(f"Found {len(assets)} matching assets")
    for asset_ in assets:
        print(f"- {asset_.asset_id}: {asset_.prompt[:50]}...")
        print(f"  Used {asset_.reuse_count} times, saved ${asset_.cost_usd * asset_.reuse_count}")

    characters = index.get_all_characters()
    print(f"Characters: {characters}")
    landscapes = index.get_all_landscapes()
    print(f"Landscapes: {landscapes}")
    stats = index.get_index_stats()
    print(f"Total assets: {stats['total_assets']}")

    top_assets = index.get_most_reused_assets(limit=10)
    for asset_ in top_assets:
        roi = asset_.cost_usd * (asset_.reuse_count - 1)
        print(f"{asset_.reuse_count}x: {asset_.prompt[:50]}... (ROI: ${roi:.2f})")

    emma_assets = index.find_assets(characters=["emma"], shot_type="close-up")
    new_shot = {
        "shot_id": "shot_reuse_001",
        "enhanced_prompt": emma_assets[0].prompt,
    }

    assert new_shot["enhanced_prompt"] == asset().prompt
    assert capsys.readouterr().out.splitlines() == [
        "Found 1 matching assets",
        "- asset_00001: Emma opens the attic door, take 1, dust in the lig...",
        "  Used 3 times, saved $0.009",
        "Characters: ['Emma']",
        "Landscapes: ['attic', 'interior']",
        "Total assets: 1",
        "3x: Emma opens the attic door, take 1, dust in the lig... (ROI: $0.01)",
    ]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ({}, [4, 3, 2, 1]),
        ({"characters": ["emma"]}, [4, 2, 1]),
        ({"characters": ["EMMA", "jack"]}, [4]),
        ({"characters": "emma"}, [4, 2, 1]),
        ({"landscapes": ["attic"], "styles": ["noir"]}, [2]),
        ({"mood": "Tense"}, [3, 2]),
        ({"mood": "tense", "time_of_day": "golden hour"}, [3]),
        ({"time_of_day": "Golden_Hour"}, [3]),
        ({"shot_type": "close up"}, [4, 2, 1]),
        ({"asset_type": "video"}, [4]),
        ({"provider": "kling", "characters": ["emma"]}, [4]),
        ({"film_id": "second_film"}, [3, 2]),
        ({"characters": ["nobody"]}, []),
        ({"characters": ["emma", "nobody"]}, []),
        ({"mood": ""}, [4, 3, 2, 1]),
        ({"text": "rain STREET"}, [3]),
        ({"text": "rain", "characters": ["emma"]}, []),
        ({"text": "100%"}, [2]),
        ({"text": "_"}, []),
        ({"limit": 2}, [4, 3]),
        ({"limit": 0}, []),
        ({"before": "asset_00003"}, [2, 1]),
        ({"characters": ["emma"], "before": "asset_00004", "limit": 1}, [2]),
    ],
)
def test_all_tags_must_match_and_the_newest_come_first(
    index: MetadataIndex, search: dict[str, Any], found: list[int]
) -> None:
    index.index_assets(
        [
            asset(1),
            asset(2, mood="tense", styles=("noir",), film_id="second_film", prompt="a poster: 100% off"),
            asset(3, mood="tense", time_of_day="golden hour", characters=("Jack",), landscapes=("street",),
                  shot_type="wide", film_id="second_film", prompt="Rain on an empty street"),
            asset(4, characters=("emma", "Jack"), asset_type=AssetType.VIDEO, provider="kling"),
        ]
    )  # fmt: skip
    assert ids(index.find_assets(**search)) == [f"asset_{n:05d}" for n in found]


@pytest.mark.parametrize(
    ("search", "told", "hint"),
    [
        ({"asset_type": "picture"}, "asset_type is 'picture'", "image, video, audio"),
        ({"any_of": {"asset_type": ["image", "clip"]}}, "'clip'", "image, video, audio"),
        ({"any_of": {"colour": ["red"]}}, "assets have no 'colour'", "mood"),
        ({"any_of": {1: ["red"]}}, "assets have no '1'", "mood"),
        ({"any_of": ["red"]}, "any_of is no mapping", "mood"),
        ({"characters": [None]}, "characters holds None", "characters="),
        ({"characters": 7}, "characters holds 7", "characters="),
        ({"mood": ["tense", "calm"]}, "no asset has 2 of mood", 'any_of={"mood": ["calm", "tense"]}'),
        ({"text": 7}, "text is 7", "text="),
    ],
)
def test_what_can_find_nothing_is_refused(index: MetadataIndex, search: dict[str, Any], told: str, hint: str) -> None:
    with pytest.raises(InputError, match=re.escape(told)) as caught:
        index.find_assets(**search)
    assert hint in caught.value.hint


def test_what_may_find_something_is_asked(index: MetadataIndex) -> None:
    index.index_assets([asset(1), asset(2, mood="tense")])
    assert ids(index.find_assets(asset_type=AssetType.IMAGE, mood=["Tense", "tense"], provider="fal")) == [
        "asset_00002"
    ]
    assert len(index.find_assets(any_of={"characters": ["emma"], "Film-ID": "first film"})) == 2
    assert index.find_assets(provider="nobody") == [] == index.find_assets(characters="nobody")


def test_a_page_after_an_unknown_asset_is_refused(index: MetadataIndex) -> None:
    with pytest.raises(InputError, match="no asset"):
        index.find_assets(before="gone")


def test_unicode_forms_and_case_are_one_word_and_the_first_spelling_is_shown(index: MetadataIndex) -> None:
    index.index_assets(
        [asset(1, characters=("Zoé",)), asset(2, characters=("ZOE\u0301",)), asset(3, characters=("Straße",))]
    )
    assert ids(index.find_assets(characters=["zoe\u0301"])) == ["asset_00002", "asset_00001"]
    assert ids(index.find_assets(characters=["STRASSE"])) == ["asset_00003"]
    assert index.get_all_characters() == ["Straße", "Zoé"]


def test_indexing_again_changes_the_asset_and_counts_nothing_twice(index: MetadataIndex, engine: Engine) -> None:
    index.index_asset(asset(1))
    index.count_reuse(["asset_00001"])
    index.index_asset(asset(1))
    index.index_asset(asset(1, mood="tense", characters=(), film_id="second_film", prompt="another"))
    again = index.get_asset("asset_00001")
    assert again is not None
    assert (again.mood, again.characters, again.prompt, again.reuse_count) == ("tense", (), "another", 1)
    assert again.film_id == "first_film"  # where it came about
    assert index.get_all_characters() == []
    assert index.get_all_moods() == ["tense"]
    assert index.get_index_stats()["total_assets"] == 1
    for film in ("first_film", "second_film"):  # both films use it
        assert ids(index.find_assets(film_id=film)) == ["asset_00001"]
    assert verify_library(engine) == []


def test_one_call_may_name_an_asset_twice(index: MetadataIndex, engine: Engine) -> None:
    index.index_assets([asset(1), asset(2), asset(1, mood="calm")])
    found = index.get_asset("asset_00001")
    assert found is not None
    assert found.mood == "calm"
    assert index.get_index_stats()["total_assets"] == 2
    assert verify_library(engine) == []


def test_lists_name_only_what_is_there(index: MetadataIndex) -> None:
    index.index_assets([asset(1), asset(2, shot_type="wide", mood=None, time_of_day="dawn", styles=())])
    assert index.get_all_landscapes() == ["attic", "interior"]
    assert index.get_all_styles() == ["cinematic", "victorian"]
    assert index.get_all_moods() == ["nostalgic"]
    assert index.get_all_times_of_day() == ["afternoon", "dawn"]
    assert index.get_all_shot_types() == ["close-up", "wide"]


def test_statistics_are_sums_to_the_last_digit(index: MetadataIndex) -> None:
    assert index.get_index_stats()["total_cost_usd"] == 0
    index.index_assets(
        [asset(n, cost_usd=Decimal("0.052001"), provider="kling" if n % 3 == 0 else "fal") for n in range(300)]
    )
    index.count_reuse(["asset_00001", "asset_00001", "asset_00002"])
    stats = index.get_index_stats()
    assert stats["total_assets"] == 300
    assert stats["by_type"] == {"image": 300}
    assert stats["by_provider"] == {"fal": 200, "kling": 100}
    assert stats["total_cost_usd"] == Decimal("15.600300")
    assert stats["total_size_bytes"] == 300_000
    assert (stats["total_reuses"], stats["saved_usd"]) == (3, Decimal("0.156003"))


def test_the_most_reused_come_first_and_the_unused_not_at_all(index: MetadataIndex) -> None:
    index.index_assets([asset(n) for n in range(1, 6)])
    index.count_reuse(["asset_00003"] * 4 + ["asset_00002"] + ["asset_00005"] + ["gone"])
    index.count_reuse([])
    assert [(a.asset_id, a.reuse_count) for a in index.get_most_reused_assets(limit=2)] == [
        ("asset_00003", 4),
        ("asset_00005", 1),
    ]
    assert len(index.get_most_reused_assets()) == 3


def test_writers_at_the_same_time_keep_the_counters_exact(engine: Engine) -> None:
    def work(first: int) -> None:
        own = MetadataIndex(engine=engine)
        for n in range(first, first + 30):
            own.index_asset(asset(n % 40, mood=f"mood {n % 3}", characters=(f"c{n % 5}", f"c{n % 7}")))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, [0, 10, 20, 30]))
    assert verify_library(engine) == []
    assert MetadataIndex(engine=engine).get_index_stats()["total_assets"] == 40


@examples(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_the_form_in_which_words_are_compared_is_stable(word: str) -> None:
    assert tag_value(tag_value(word)) == tag_value(word)
    assert tag_value(f" {word} ") == tag_value(word)
