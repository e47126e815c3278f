"""SemanticSearch: assets like a text or like another asset, among those that a query leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from film.db.session import snapshot
from film.db.tables import AssetRow
from film.errors import InputError
from film.metadata import AssetQuery, Hit, MetadataIndex
from film.metadata.many import row_ids
from film.metadata.selection import Selection, matches, resolve
from film.search import pgvector
from film.search.embedder import Embedder, load_embedder
from film.search.exact import ExactVectors, Ranked, merge
from film.search.vectors import VectorModel, catch_up, count_waiting, current_model, start_again, waiting_prompts

FOLDER = "search"
"""In the gallery: what searching by meaning keeps beside the database. It may be deleted at any time."""


class SemanticSearch:
    """``folder`` is where the file of vectors lies, beside the database. Without ``embedder`` it is the default one.

    What waits to be embedded is embedded by the search that needs it. ``keep=False`` writes nothing: for those who only
    look, or may do no more.
    """

    def __init__(
        self, index: MetadataIndex, folder: Path, *, embedder: Embedder | None = None, keep: bool = True
    ) -> None:
        self._index, self._embedder, self._keep = index, embedder or load_embedder(), keep
        self._exact = ExactVectors(folder, keep=keep)

    def find(self, like: str, query: AssetQuery | None = None, *, limit: int = 10) -> list[Hit]:
        """The assets whose prompt means most nearly the same, of those that ``query`` leaves.

        A score of 1 is the same meaning, 0 is none in common.
        """
        wanted = self._embedder.embed([like])[0]
        if not like.strip() or not wanted.any():
            raise InputError(f"there is no known word in {like[:60]!r}", hint="describe what is to be seen")
        return self._hits(wanted, query, limit)

    def find_like(self, asset_id: str, query: AssetQuery | None = None, *, limit: int = 10) -> list[Hit]:
        """The assets most like another, which is not among them."""
        asset = self._index.get_asset(asset_id)
        if asset is None:
            raise InputError(f"there is no asset {asset_id[:100]!r}", hint="film assets lists them")
        hits = self.find(asset.prompt, query, limit=limit + 1)
        return [hit for hit in hits if hit.asset.asset_id != asset_id][:limit]

    def waiting(self) -> int:
        """How many prompts are to be embedded before the next search."""
        with snapshot(self._index.engine) as db:
            known = current_model(db, self._embedder) is not None
            return count_waiting(db) if known else self._index.count()

    def catch_up(self, progress: Callable[[int], None] | None = None, *, from_scratch: bool = False) -> int:
        """Embed what waits for it, or everything again; how many. PostgreSQL's own index is brought up to date."""
        engine = self._index.engine
        if from_scratch:
            start_again(engine)
        done = catch_up(engine, self._embedder, progress)
        self._index.pack()
        with snapshot(engine) as db:
            model = current_model(db, self._embedder)
        if model and engine.dialect.name == "postgresql":
            pgvector.synchronize(engine, model)
        return done

    def _hits(self, wanted: NDArray[np.float32], query: AssetQuery | None, limit: int) -> list[Hit]:
        if limit < 1:
            return []
        if self._keep:
            self.catch_up()
        with snapshot(self._index.engine) as db:
            model = current_model(db, self._embedder)
            selection = resolve(db, query or AssetQuery())
            if selection is None:
                return []
            ranked = self._ranked(db, model, wanted, selection, limit) if model else []
            if not self._keep:
                ranked = merge(ranked, self._waiting(db, model, wanted, selection), limit)
            assets = self._index.read(db, [row_id for row_id, _ in ranked])
        return [Hit(asset, score) for asset, (_, score) in zip(assets, ranked, strict=True)]

    def _ranked(
        self, db: Connection, model: VectorModel, wanted: NDArray[np.float32], selection: Selection, limit: int
    ) -> Ranked:
        if db.dialect.name == "postgresql":
            ranked = pgvector.nearest(db, model, wanted, selection, limit)
            if ranked is not None:
                return ranked
        among = None if selection.is_everything else row_ids(db, selection)
        return self._exact.nearest(db, model, wanted, limit, among)

    def _waiting(
        self, db: Connection, model: VectorModel | None, wanted: NDArray[np.float32], selection: Selection
    ) -> Ranked:
        """What is not embedded, by its likeness; nothing of it is kept."""
        prompts = waiting_prompts(db, model, matches(db, selection, AssetRow.id))
        vectors = self._embedder.embed(list(prompts.values()))
        return [(row_id, float(score)) for row_id, score in zip(prompts, vectors @ wanted, strict=True)]
