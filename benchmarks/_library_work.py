"""One library of the benchmark in a process of its own: ``build`` fills it, ``ask`` searches it; JSON on stdout.

Apart from each other, so that the memory of searching is that of searching.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, text

from benchmarks._studio_library import StudioLibrary
from film.db.migrate import prepare
from film.db.session import make_engine, snapshot
from film.metadata import AssetQuery, MetadataIndex
from film.models import Asset
from film.search import SemanticSearch, load_embedder
from film.search.vectors import all_vectors, current_model

AT_ONCE = 20_000
LOOKED_LIKE = 40
"""Searches whose ten nearest are compared with a look at every vector."""


class Work:
    def __init__(self, url: str, folder: Path, size: int) -> None:
        self.engine, self.size = make_engine(url), size
        prepare(self.engine)
        self.index = MetadataIndex(engine=self.engine)
        self.search = SemanticSearch(self.index, folder)
        self.studio = StudioLibrary()
        self.chance = random.Random(7)

    # -- build

    def build(self) -> dict[str, float]:
        assets, indexing = iter(self.studio.assets(self.size)), 0.0
        while some := list(islice(assets, AT_ONCE)):
            indexing += _seconds(lambda some=some: self.index.index_assets(some))
        embedding = _seconds(self.search.catch_up)
        opening = _seconds(lambda: self.search.find("a quiet night", limit=1))  # writes the mapped file
        if self.engine.dialect.name == "postgresql":
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
                db.exec_driver_sql("VACUUM ANALYZE")
        return {
            "bulk indexing": self.size / indexing,
            "embedding": self.size / embedding,
            "first search by meaning": opening,
        }

    # -- ask

    def ask(self, rounds: int) -> dict[str, Any]:
        self._read_through()
        times = {
            "get": self._times(rounds * 10, lambda asset: self.index.get_asset(asset.asset_id)),
            "three-facet find": self._times(rounds, lambda asset: self.index.page(self._three_facets(asset))),
            "facets that hardly meet": self._times(
                rounds // 10, lambda asset: self.index.page(self._hardly_met(asset))
            ),
            "facet counts": self._times(rounds // 10, lambda asset: self.index.facets(self._three_facets(asset))),
            "facet counts of a wide facet": self._times(
                rounds // 20, lambda asset: self.index.facets(AssetQuery.of(asset_type=asset.asset_type))
            ),
            "words": self._times(rounds, lambda _: self.index.page(AssetQuery.of(text=self._words()))),
            "words + two facets": self._times(
                rounds // 2,
                lambda asset: self.index.page(
                    AssetQuery.of(mood=asset.mood, asset_type=asset.asset_type, text=self._words())
                ),
            ),
            "words + a place": self._times(
                rounds // 2,
                lambda asset: self.index.page(AssetQuery.of(landscapes=asset.landscapes, text=self._words())),
            ),
            "words, best first": self._times(
                rounds // 5, lambda _: self.index.best(AssetQuery.of(text=self._words()), limit=20)
            ),
            "meaning + facets": self._times(
                rounds // 2, lambda asset: self.search.find(self._meant(), self._three_facets(asset))
            ),
            "meaning + a wide facet": self._times(
                rounds // 20, lambda asset: self.search.find(self._meant(), AssetQuery.of(asset_type=asset.asset_type))
            ),
            "meaning alone": self._times(rounds // 20, lambda _: self.search.find(self._meant())),
            "plain SQL: get": self._plain(rounds * 10, self._plain_get),
            "plain SQL: three-facet find": self._plain(rounds, self._plain_find),
            "plain SQL: facet counts": self._plain(rounds // 10, self._plain_facets),
        }
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        if self._leave_to_the_disk():
            times["get, from the disk"] = self._times(rounds, lambda asset: self.index.get_asset(asset.asset_id))
        return {
            "times": times,
            "memory": memory,
            "recall": self._recall(),
        }

    def _times(self, rounds: int, ask: Callable[[Asset], object]) -> list[float]:
        """Milliseconds, sorted; the first time, which fills caches that a server has filled, is not among them."""
        ask(self._some_asset())
        asked = [self._some_asset() for _ in range(max(rounds, 5))]
        return sorted(1000 * _seconds(lambda asset=asset: ask(asset)) for asset in asked)

    def _some_asset(self) -> Asset:
        return self.studio.asset(self.chance.randrange(self.size))

    def _three_facets(self, asset: Asset) -> AssetQuery:
        """What somebody looks for who has this asset in mind: sometimes rare, sometimes common words."""
        kind = self.chance.randrange(3)
        if kind == 0:
            return AssetQuery.of(asset.characters[0], asset.landscapes, asset.styles[0])
        if kind == 1:
            return AssetQuery.of(styles=asset.styles[0], mood=asset.mood, asset_type=asset.asset_type)
        return AssetQuery.of(landscapes=asset.landscapes, time_of_day=asset.time_of_day, shot_type=asset.shot_type)

    def _hardly_met(self, asset: Asset) -> AssetQuery:
        """Frequent words of which one rules the others out: a walk through either goes on to the end."""
        maker = self.chance.choice(("openai", "elevenlabs"))  # of speech alone
        return AssetQuery.of(asset_type="image", provider=maker, mood=asset.mood)

    def _words(self) -> str:
        """One or two words: of the forty that are everywhere, or of those that are hardly anywhere."""
        common, rare = self.studio.words[:40], self.studio.words[40:5000]
        return " ".join(
            self.chance.choice(self.chance.choice((common, rare))) for _ in range(self.chance.randint(1, 2))
        )

    def _meant(self) -> str:
        actions = "plays music|is afraid|waits for somebody|eats|runs away|reads|looks at the ocean|sleeps".split("|")
        places = "church|house|town|wood|shop|ship|school|cave".split("|")
        return f"someone {self.chance.choice(actions)} in a {self.chance.choice(places)} at night"

    # -- the limit: the same statements, bare

    def _plain(self, rounds: int, ask: Callable[[Connection, Asset], Callable[[], object]]) -> list[float]:
        found: list[float] = []
        with snapshot(self.engine) as db:
            for _ in range(max(rounds, 5)):
                found.append(1000 * _seconds(ask(db, self._some_asset())))
        return sorted(found)

    def _plain_get(self, db: Connection, asset: Asset) -> Callable[[], object]:
        return self._bare(db, "SELECT * FROM assets WHERE asset_id = ?", asset.asset_id)

    def _plain_find(self, db: Connection, asset: Asset) -> Callable[[], object]:
        first, second, third = self._tag_ids(db, self._three_facets(asset))
        return self._bare(
            db,
            "SELECT a.* FROM asset_tags t JOIN assets a ON a.id = t.asset_id WHERE t.tag_id = ?"
            " AND EXISTS (SELECT 1 FROM asset_tags u WHERE u.tag_id = ? AND u.asset_id = t.asset_id)"
            " AND EXISTS (SELECT 1 FROM asset_tags v WHERE v.tag_id = ? AND v.asset_id = t.asset_id)"
            " ORDER BY t.asset_id DESC LIMIT 51",
            first, second, third,
        )  # fmt: skip

    def _plain_facets(self, db: Connection, asset: Asset) -> Callable[[], object]:
        first, second, third = self._tag_ids(db, self._three_facets(asset))
        return self._bare(
            db,
            "SELECT l.tag_id, count(*) FROM asset_tags t JOIN asset_tags l ON l.asset_id = t.asset_id"
            " WHERE t.tag_id = ? AND EXISTS (SELECT 1 FROM asset_tags u WHERE u.tag_id = ? AND u.asset_id = t.asset_id)"
            " AND EXISTS (SELECT 1 FROM asset_tags v WHERE v.tag_id = ? AND v.asset_id = t.asset_id) GROUP BY l.tag_id",
            first, second, third,
        )  # fmt: skip

    def _tag_ids(self, db: Connection, query: AssetQuery) -> list[int]:
        """The rarest first."""
        by_key = text("SELECT id, n_assets FROM tags WHERE dimension = :d AND value = :v")
        rows = [db.execute(by_key, {"d": d, "v": v}).one() for d, v in query.all_of]
        return [row.id for row in sorted(rows, key=lambda row: row.n_assets)]

    def _bare(self, db: Connection, statement: str, *values: object) -> Callable[[], object]:
        cursor: Any = db.connection.cursor()
        if self.engine.dialect.name == "postgresql":
            statement = statement.replace("?", "%s")

        def work() -> object:
            cursor.execute(statement, values)
            return cursor.fetchall()

        return work

    # -- where the file lies

    def _read_through(self) -> None:
        """A library in use lies in the system's page cache, as one that was just built does; one kept from another day
        may have left it."""
        if file := database_file_of(self.engine):
            with file.open("rb", buffering=0) as whole:
                while whole.read(1 << 20):
                    pass

    def _leave_to_the_disk(self) -> bool:
        """Have the system forget the file, as after a restart; whether it could be asked to."""
        file = database_file_of(self.engine)
        if not file or not hasattr(os, "posix_fadvise"):
            return False
        self.engine.dispose()
        with file.open("rb") as whole:
            os.posix_fadvise(whole.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return True

    # -- recall

    def _recall(self) -> float:
        """The share of the ten nearest of all that a search finds; who is as near as the tenth counts."""
        asked = [self._meant() for _ in range(LOOKED_LIKE)]
        wanted = load_embedder().embed(asked)
        top = np.full((LOOKED_LIKE, 10), -1.0, np.float32)
        for vectors in self._all_vectors():
            scores = np.concatenate([top, wanted @ vectors.T], axis=1)
            top = np.partition(scores, -10, axis=1)[:, -10:]
        found = 0
        for like, tenth in zip(asked, top.min(axis=1), strict=True):
            found += sum(hit.score >= tenth - 1e-3 for hit in self.search.find(like, limit=10))
        return found / (LOOKED_LIKE * min(10, self.size))

    def _all_vectors(self) -> Iterator[np.ndarray[Any, Any]]:
        with snapshot(self.engine) as db:
            model = current_model(db, load_embedder())
            assert model is not None
            for _, vectors in all_vectors(db, model, AT_ONCE):
                yield vectors


def database_file_of(engine: Engine) -> Path | None:
    """Of SQLite; a server's files are its own."""
    return Path(str(engine.url.database)) if engine.dialect.name == "sqlite" else None


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    what, url, folder, size, rounds = sys.argv[1:]
    work = Work(url, Path(folder), int(size))
    print(json.dumps(work.build() if what == "build" else work.ask(int(rounds))))


if __name__ == "__main__":
    main()
