"""What means the same is found, among what the facets leave, however the vectors are kept."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from meaning_kit import WORDS, TinyEmbedder, asset, ids
from sqlalchemy import Engine, event, inspect, text

from film.errors import InputError, StoreError
from film.metadata import AssetQuery, MetadataIndex
from film.models import AssetType
from film.search import SemanticSearch


@pytest.fixture(params=["few", "file", "pgvector", "pgvector graph"])
def kept(request: pytest.FixtureRequest, index: MetadataIndex, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Each way in which vectors are kept, forced on a library that is small enough for a test."""
    is_postgres = index.engine.dialect.name == "postgresql"
    if request.param.startswith("pgvector") != is_postgres and request.param != "file":
        pytest.skip("the other database's way")
    if request.param == "file":
        monkeypatch.setattr("film.search.pgvector.nearest", lambda *_: None)
        monkeypatch.setattr("film.search.exact.FEW", 0)
        monkeypatch.setattr("film.search.exact.OVERLAY", 3)
    if request.param == "pgvector graph":
        monkeypatch.setattr("film.search.pgvector.FEW", 0)
        monkeypatch.setattr("film.search.pgvector.INDEXED", 1)
    yield request.param


def stock(index: MetadataIndex) -> None:
    index.index_assets(
        [
            asset(1, "a ship on the sea at night", mood="calm"),
            asset(2, "moon over an ocean", mood="tense"),
            asset(3, "forest in the rain", mood="calm"),
            asset(4, "bread in a kitchen", mood="calm", asset_type=AssetType.VIDEO),
            asset(5, "tree and moon", mood="tense", asset_type=AssetType.VIDEO),
            asset(6, "nothing that the model knows"),
            asset(7, ""),
        ]
    )


@pytest.mark.usefixtures("kept")
def test_what_means_the_same_is_found_among_what_the_facets_leave(index: MetadataIndex, search: SemanticSearch) -> None:
    stock(index)
    hits = search.find("night at sea", limit=3)
    assert ids(hits) == [2, 1, 5]
    assert hits[0].score == pytest.approx(1, abs=0.002) and hits[1].score == pytest.approx(2 / 6**0.5, abs=0.002)
    assert ids(search.find("night at sea", AssetQuery.of(mood="calm"), limit=1)) == [1]
    assert ids(search.find("moon", AssetQuery.of(asset_type="video", any_of={"mood": ["tense", "calm"]}))) == [5, 4]
    assert ids(search.find("moon", AssetQuery.of(text="ship"))) == [1]
    assert search.find("moon", AssetQuery.of(mood="nobody")) == []
    assert search.find("moon", limit=0) == []
    assert sorted(ids(search.find("moon", limit=100))) == [1, 2, 3, 4, 5, 6], "without a prompt it means nothing"


def test_the_search_follows_every_change(kept: str, index: MetadataIndex, search: SemanticSearch) -> None:
    stock(index)
    assert ids(search.find("kitchen", limit=1)) == [4]
    index.index_asset(asset(4, "rain", mood="calm"))
    index.index_asset(asset(8, "bread from the kitchen"))
    assert ids(search.find("kitchen", limit=1)) == [8]
    index.index_asset(asset(8, ""))
    index.remove_assets(["asset_00001"])
    index.index_assets(asset(n, "ship") for n in range(20, 40))
    assert ids(search.find("sea", limit=1)) == [2] and 8 not in ids(search.find("kitchen", limit=100))
    if kept != "pgvector graph":  # which knows no order of equals
        assert ids(search.find("ship", limit=3)) == [39, 38, 37], "of equals the newer"


@pytest.mark.usefixtures("kept")
def test_the_nearest_are_those_of_a_look_at_every_vector(
    index: MetadataIndex, search: SemanticSearch, embedder: TinyEmbedder
) -> None:
    chance = random.Random(5)
    prompts = {n: " ".join(chance.choices(WORDS, k=chance.randint(1, 6))) for n in range(400)}
    index.index_assets(asset(n, prompt, mood=f"mood {n % 3}") for n, prompt in prompts.items())
    search.catch_up()
    for n in range(0, 400, 9):  # some changes lie over the file
        prompts[n] = " ".join(chance.choices(WORDS, k=3))
    index.index_assets(asset(n, prompts[n], mood=f"mood {n % 3}") for n in range(0, 400, 9))
    vectors = embedder.embed(list(prompts.values()))
    found = 0
    for wanted in ("sea night rain", "bread forest forest", "ship kitchen moon sea"):
        for mood in (None, "mood 1"):
            scores = vectors @ embedder.embed([wanted])[0]
            left = [n for n in range(400) if mood is None or f"mood {n % 3}" == mood]
            tenth = sorted((scores[n] for n in left), reverse=True)[9]
            hits = search.find(wanted, AssetQuery.of(mood=mood), limit=10)
            found += sum(scores[n] >= tenth - 0.002 for n in ids(hits))
            assert all(hit.score == pytest.approx(scores[n], abs=0.002) for hit, n in zip(hits, ids(hits), strict=True))
    assert found >= 59  # of 60: a graph may miss one in a hundred


def test_like_an_asset_is_every_other_that_is_like_it(index: MetadataIndex, search: SemanticSearch) -> None:
    stock(index)
    assert ids(search.find_like("asset_00002", limit=2)) == [1, 5]
    with pytest.raises(InputError, match="no asset 'gone'"):
        search.find_like("gone")
    with pytest.raises(InputError, match="no known word in 'xyzzy'"):
        search.find("xyzzy")


def test_prompts_are_embedded_once_and_again_when_they_or_the_model_change(
    index: MetadataIndex, search: SemanticSearch, embedder: TinyEmbedder, folder: Path
) -> None:
    stock(index)
    assert search.waiting() > 0
    assert (search.catch_up(), search.catch_up(), embedder.asked, search.waiting()) == (6, 0, 6, 0)
    index.index_asset(asset(1, "a ship on the sea at night", mood="furious"))
    assert search.catch_up() == 0, "the prompt is the same"
    index.index_asset(asset(1, "rain"))
    assert search.catch_up() == 1
    assert search.catch_up(from_scratch=True) == 6
    other = TinyEmbedder("tiny/2", 32)
    newer = SemanticSearch(index, folder, embedder=other)
    assert newer.waiting() == 7 and newer.catch_up() == 6
    assert ids(newer.find("moon over the ocean", limit=1)) == [2]
    assert ids(search.find("moon over the ocean", limit=1)) == [2], "and back"


def test_a_prompt_that_changes_while_it_is_embedded_stays_in_the_queue(
    index: MetadataIndex, search: SemanticSearch, embedder: TinyEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock(index)
    real, changed = embedder.embed, False

    def embed(texts: list[str]) -> np.ndarray:
        nonlocal changed
        if not changed:
            changed = True
            index.index_asset(asset(4, "ship ship ship"))
        return real(texts)

    monkeypatch.setattr(embedder, "embed", embed)
    search.catch_up()
    assert ids(search.find("ship", limit=1)) == [4]


def test_who_only_looks_finds_the_same_and_writes_nothing(
    index: MetadataIndex, engine: Engine, search: SemanticSearch, embedder: TinyEmbedder, folder: Path
) -> None:
    stock(index)
    looking = SemanticSearch(index, folder / "none", embedder=embedder, keep=False)
    wrote: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def see(_db: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "BEGIN", "SET LOCAL", "WITH")):
            wrote.append(statement)

    assert ids(looking.find("night at sea", AssetQuery.of(mood="tense"), limit=1)) == [2]
    assert looking.waiting() == 7 and wrote == []
    event.remove(engine, "before_cursor_execute", see)
    search.catch_up()
    index.index_asset(asset(9, "night sea"))
    event.listen(engine, "before_cursor_execute", see)
    assert ids(looking.find("night at sea", limit=2)) == [9, 2]
    assert wrote == [] and not (folder / "none").exists()
    event.remove(engine, "before_cursor_execute", see)


@pytest.mark.postgres
def test_without_pgvector_numpy_does_the_work(
    index: MetadataIndex, search: SemanticSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    if index.engine.dialect.name != "postgresql":
        pytest.skip("SQLite never has it")
    monkeypatch.setattr("film.search.pgvector._OLDEST", (99, 0))
    stock(index)
    assert ids(search.find("night at sea", limit=2)) == [2, 1]
    assert not [name for name in inspect(index.engine).get_table_names() if name.startswith("meaning_")]


@pytest.mark.postgres
def test_the_table_of_another_model_goes(index: MetadataIndex, search: SemanticSearch, folder: Path) -> None:
    if index.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has none")
    stock(index)
    search.catch_up()
    SemanticSearch(index, folder, embedder=TinyEmbedder("tiny/2", 32)).catch_up()
    (name,) = [name for name in inspect(index.engine).get_table_names() if name.startswith("meaning_")]
    with index.engine.connect() as db:
        assert db.scalar(text(f"SELECT count(*) FROM {name}")) == 6
    index.remove_assets(["asset_00001"])
    with index.engine.connect() as db:
        assert db.scalar(text(f"SELECT count(*) FROM {name}")) == 5


def test_a_folder_that_cannot_be_written_is_named(
    index: MetadataIndex, embedder: TinyEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("film.search.pgvector.nearest", lambda *_: None)
    monkeypatch.setattr("film.search.exact.OVERLAY", 3)
    stock(index)
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="vectors of the library cannot be written"):
        SemanticSearch(index, tmp_path / "file" / "folder", embedder=embedder).find("sea")
