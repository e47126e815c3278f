"""The nearest vectors by comparing them all: what the facets leave is looked at to the last one.

few are left          their vectors are read from the database
many, or everything   the mapped file proposes some hundred, with what changed since it was written laid over;
                      the database's own vectors decide among them
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from film.search import matrix
from film.search.embedder import Vectors
from film.search.matrix import Matrix, Scores
from film.search.vectors import Ids, VectorModel, all_vectors, changed_since, count_since, vectors_of

FEW = 2000
"""Up to so many vectors are read from the database faster than a file is opened and overlaid."""

OVERLAY = 5000
"""When more than this changed since the file was written, it is written again."""

_PROPOSED = 8
"""Times as many as are wanted are proposed by the bytes, and compared exactly."""

_LEAP = 4
"""One row here and there takes as long as so many in a line."""

Ranked = list[tuple[int, float]]


class ExactVectors:
    """Nearest vectors of one library; ``folder`` is where the file lies. ``keep=False`` writes none."""

    def __init__(self, folder: Path, *, keep: bool = True) -> None:
        self._folder, self._keep = folder, keep
        self._matrix: Matrix | None = None

    def nearest(
        self, db: Connection, model: VectorModel, wanted: NDArray[np.float32], limit: int, among: Ids | None
    ) -> Ranked:
        """(row id, likeness), the best first. ``among`` are row ids in ascending order; None: everything."""
        if among is not None and len(among) <= FEW:
            return _best(*vectors_of(db, model, among.tolist()), wanted, limit)
        found = self._matrix_for(db, model)
        if found is None:
            ids, vectors = changed_since(db, model, -1)
            chosen = slice(None) if among is None else np.isin(ids, among)
            return _best(ids[chosen], vectors[chosen], wanted, limit)
        newer, vectors = changed_since(db, model, found.change)
        ids, scores = _proposals(found, wanted, among, newer)
        if len(newer):
            inside = np.ones(len(newer), np.bool_) if among is None else np.isin(newer, among)
            ids = np.concatenate([ids, newer[inside]])
            scores = np.concatenate([scores, vectors[inside] @ wanted])
        return _decide(db, model, wanted, limit, ids, scores)

    def _matrix_for(self, db: Connection, model: VectorModel) -> Matrix | None:
        """The file, caught up where much has changed; None for a library that needs none."""
        held = self._matrix
        if held is None or held.change > model.change:
            held = matrix.open_newest(self._folder, model.token, model.change)
        changed = count_since(db, model, held.change if held else -1)
        if held is None and changed <= OVERLAY:
            return None
        if changed > OVERLAY and (self._keep or held is None):
            held = self._written(db, model, held)
        self._matrix = held
        return held

    def _written(self, db: Connection, model: VectorModel, held: Matrix | None) -> Matrix:
        if held is None or count_since(db, model, held.change) > len(held):
            count = count_since(db, model, -1)
            parts = ((ids, *matrix.quantize(vectors)) for ids, vectors in all_vectors(db, model, 5_000))
        else:
            count, parts = matrix.merged(held, *changed_since(db, model, held.change))
        if not self._keep:
            return matrix.in_memory(model.change, parts)
        matrix.remove(self._folder, but=model.token)
        return matrix.write(self._folder, model.token, model.change, model.dim, parts, count)


def merge(one: Ranked, other: Ranked, limit: int) -> Ranked:
    """The best of two rankings; of equals the newer."""
    return sorted([*one, *other], key=lambda ranked: (-ranked[1], -ranked[0]))[:limit]


def _proposals(found: Matrix, wanted: NDArray[np.float32], among: Ids | None, newer: Ids) -> tuple[Ids, Scores]:
    """The file's rows with their scores, about, without those that were written since."""
    if among is None:
        ids, scores = found.ids, found.scores(wanted)
    else:
        places = np.searchsorted(found.ids, among)
        places = places[places < len(found)]
        there = among[: len(places)] == found.ids[places]
        places = places[there]
        ids = found.ids[places]
        by_leaps = len(places) * _LEAP < len(found)
        scores = found.scores(wanted, places) if by_leaps else found.scores(wanted)[places]
    if len(newer):
        kept = ~np.isin(ids, newer)
        ids, scores = ids[kept], scores[kept]
    return ids, scores


def _decide(
    db: Connection, model: VectorModel, wanted: NDArray[np.float32], limit: int, ids: Ids, scores: Scores
) -> Ranked:
    """The best by the database's vectors. Who is proposed and no longer there makes room for more."""
    proposed = max(limit * _PROPOSED, 100)
    while True:
        top = highest(scores, proposed)
        best = _best(*vectors_of(db, model, ids[top].tolist()), wanted, limit)
        if len(best) == limit or proposed >= len(scores):
            return best
        proposed *= 4


def highest(scores: Scores, count: int) -> NDArray[np.intp]:
    """The places of so many of the highest scores, of equals the newer.

    By the score at the border: a million places put in order would take twice the memory of the scores.
    """
    if count >= len(scores):
        return np.arange(len(scores))
    border = np.partition(scores, -count)[-count]
    above = np.flatnonzero(scores > border)
    return np.concatenate([above, np.flatnonzero(scores == border)[len(above) - count :]])


def _best(ids: Ids, vectors: Vectors, wanted: NDArray[np.float32], limit: int) -> Ranked:
    """The best in order; of equals the newer."""
    scores = vectors @ wanted
    order = np.lexsort((-ids, -scores))[:limit]
    return [(int(ids[at]), float(scores[at])) for at in order]
