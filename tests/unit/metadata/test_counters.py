"""What is counted is what is there, whatever was done in whatever order."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from library_kit import asset
from sqlalchemy import Engine, update

from film.db.migrate import prepare
from film.db.session import make_engine
from film.db.tables import LibraryCount, Tag
from film.metadata import AssetQuery, MetadataIndex, recount_library, verify_library

NUMBERS = st.integers(0, 6)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "mood": st.sampled_from(["calm", "Calm", "tense", None]),
        "characters": st.lists(st.sampled_from(["Emma", "emma", "Jack", " "]), max_size=3).map(tuple),
        "cost_usd": st.sampled_from([Decimal(0), Decimal("0.052001"), Decimal(3)]),
        "size": st.integers(0, 2**40),
        "film_id": st.sampled_from(["one", "two", None]),
        "prompt": st.sampled_from(["", "a door", "a window"]),
        "reuse_count": st.integers(0, 3),
    },
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("index"), st.lists(st.tuples(NUMBERS, FIELDS), min_size=1, max_size=4)),
        st.tuples(st.just("use"), st.lists(NUMBERS, max_size=4)),
        st.tuples(st.just("remove"), st.lists(NUMBERS, min_size=1, max_size=3)),
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
def long_lived() -> Iterator[MetadataIndex]:
    """One library for all examples: what an example finds is what those before it left."""
    with TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'film.db'}")
        prepare(engine)
        yield MetadataIndex(engine=engine)
        engine.dispose()


@examples(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_counters_never_drift(long_lived: MetadataIndex, steps: list[tuple[str, Any]]) -> None:
    for step, what in steps:
        if step == "index":
            long_lived.index_assets(asset(n, **fields) for n, fields in what)
        elif step == "use":
            long_lived.count_reuse(f"asset_{n:05d}" for n in what)
        else:
            long_lived.remove_assets(f"asset_{n:05d}" for n in what)
        assert verify_library(long_lived.engine) == []
    found = long_lived.page(limit=100).assets
    stats = long_lived.get_index_stats()
    assert stats["total_assets"] == len(found) == long_lived.count()
    assert stats["total_cost_usd"] == sum((a.cost_usd for a in found), Decimal(0))
    assert stats["saved_usd"] == sum((a.cost_usd * a.reuse_count for a in found), Decimal(0))
    assert stats["total_reuses"] == sum(a.reuse_count for a in found)
    assert stats["total_size_bytes"] == sum(a.size for a in found)
    assert sum(stats["by_provider"].values()) == len(found)


def test_what_is_taken_out_leaves_nothing_behind(index: MetadataIndex, engine: Engine) -> None:
    index.index_assets(asset(n) for n in range(3))
    index.count_reuse(["asset_00000"])
    assert index.remove_assets(["asset_00000", "asset_00001", "asset_00001", "gone"]) == 2
    assert [a.asset_id for a in index.page().assets] == ["asset_00002"]
    assert index.get_asset("asset_00000") is None
    assert (index.count(AssetQuery.of(mood="nostalgic")), index.get_index_stats()["total_reuses"]) == (1, 0)
    assert index.remove_assets([]) == 0
    assert verify_library(engine) == []


def test_a_wrong_count_is_named_and_set_right(index: MetadataIndex, engine: Engine) -> None:
    index.index_assets(asset(n) for n in range(3))
    with engine.begin() as db:
        db.execute(update(Tag).where(Tag.value == "emma").values(n_assets=7))
        db.execute(update(LibraryCount).values(assets=4))
    wrong = verify_library(engine)
    assert wrong[0] == "tag character 'Emma' is counted on 7 assets and is on 3"
    assert "counted as 4 assets" in wrong[1] and "is 3 assets" in wrong[1]
    recount_library(engine)
    assert verify_library(engine) == []
    assert index.get_index_stats()["total_assets"] == 3
