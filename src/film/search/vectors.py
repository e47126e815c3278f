"""The vectors in the database: whose they are, which are missing, which came since.

    embedding_queue ─► prompts ─► embedder ─► embeddings (change = the model's, which grows with every write)

A library has one model at a time. Another one throws its vectors away and queues every asset again. Indexing an asset
only queues it, so nothing that makes films ever waits for a model.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, func, insert, select, update

from film.db.session import snapshot
from film.db.sql import upsert
from film.db.tables import AssetRow, Embedding, EmbeddingModel, EmbeddingQueue
from film.search.embedder import Embedder, Vectors

BATCH = 2000
"""Prompts a transaction."""

Ids = NDArray[np.int64]

_MODELS = cast(Table, EmbeddingModel.__table__)
_HALF = np.dtype("<f2")


@dataclass(frozen=True)
class VectorModel:
    """Whose vectors a library has. ``change`` is the last that was written when it was read."""

    id: int
    dim: int
    token: str
    change: int


def current_model(db: Connection, embedder: Embedder) -> VectorModel | None:
    """The library's model, if it is this embedder's and no other's vectors are there."""
    rows = db.execute(select(_MODELS)).all()
    if len(rows) != 1 or (rows[0].name, rows[0].dim) != (embedder.name, embedder.dim):
        return None
    return VectorModel(rows[0].id, rows[0].dim, rows[0].token, rows[0].change)


def catch_up(engine: Engine, embedder: Embedder, progress: Callable[[int], None] | None = None) -> int:
    """Embed every prompt that waits for it; how many. ``progress`` is told of each batch."""
    with snapshot(engine) as db:
        model = current_model(db, embedder)
    if model is None:
        _begin(engine, embedder)
    done = 0
    while size := _embed_some(engine, embedder):
        done += size
        if progress:
            progress(size)
    return done


def start_again(engine: Engine) -> None:
    """Forget every vector: all prompts wait again."""
    with engine.begin() as db:
        _forget(db)


def count_waiting(db: Connection) -> int:
    return db.scalar(select(func.count()).select_from(EmbeddingQueue)) or 0


def waiting_prompts(db: Connection, model: VectorModel | None, which: Sequence[ColumnElement[bool]]) -> dict[int, str]:
    """The prompts that wait, by row, of those assets; without a model all do."""
    query = select(AssetRow.id, AssetRow.prompt).where(AssetRow.prompt != "", *which)
    if model:
        query = query.join(EmbeddingQueue, EmbeddingQueue.asset_id == AssetRow.id)
    return {row.id: row.prompt for row in db.execute(query)}


def changed_since(db: Connection, model: VectorModel, change: int) -> tuple[Ids, Vectors]:
    """The vectors written after a change."""
    query = select(Embedding.asset_id, Embedding.vec).where(Embedding.model_id == model.id, Embedding.change > change)
    return _arrays(model, [(row.asset_id, row.vec) for row in db.execute(query)])


def count_since(db: Connection, model: VectorModel, change: int) -> int:
    query = select(func.count()).where(Embedding.model_id == model.id, Embedding.change > change)
    return db.scalar(query) or 0


def vectors_of(db: Connection, model: VectorModel, row_ids: Sequence[int]) -> tuple[Ids, Vectors]:
    """The vectors of these assets, of those that have one."""
    found: list[tuple[int, bytes]] = []
    for start in range(0, len(row_ids), 500):
        some = Embedding.asset_id.in_(row_ids[start : start + 500])
        query = select(Embedding.asset_id, Embedding.vec).where(some, Embedding.model_id == model.id)
        found += [(row.asset_id, row.vec) for row in db.execute(query)]
    return _arrays(model, found)


def all_vectors(db: Connection, model: VectorModel, at_once: int) -> Iterator[tuple[Ids, Vectors]]:
    """Every vector, by ascending asset, some at a time."""
    last = -1
    query = select(Embedding.asset_id, Embedding.vec).where(Embedding.model_id == model.id)
    while rows := db.execute(query.where(Embedding.asset_id > last).order_by(Embedding.asset_id).limit(at_once)).all():
        last = rows[-1].asset_id
        yield _arrays(model, [(row.asset_id, row.vec) for row in rows])


def _arrays(model: VectorModel, rows: Sequence[tuple[int, bytes]]) -> tuple[Ids, Vectors]:
    ids = np.array([row_id for row_id, _ in rows], np.int64)
    halves = np.frombuffer(b"".join(vec for _, vec in rows), _HALF).reshape(len(rows), model.dim)
    return ids, halves.astype(np.float32)


def _begin(engine: Engine, embedder: Embedder) -> None:
    """Make this embedder the library's, unless another process has just done so."""
    with engine.begin() as db:
        if db.dialect.name == "postgresql":
            db.exec_driver_sql("LOCK TABLE embedding_models IN SHARE ROW EXCLUSIVE MODE")
        if current_model(db, embedder) is None:
            _forget(db)
            values = {"name": embedder.name, "dim": embedder.dim, "token": uuid.uuid4().hex, "change": 0}
            db.execute(insert(_MODELS), [values])


def _forget(db: Connection) -> None:
    db.execute(delete(Embedding))
    db.execute(delete(_MODELS))
    prompts = select(AssetRow.id).where(AssetRow.prompt != "")
    queue = upsert(db, EmbeddingQueue).from_select(["asset_id"], prompts)
    db.execute(queue.on_conflict_do_nothing(index_elements=["asset_id"]))


def _embed_some(engine: Engine, embedder: Embedder) -> int:
    """Embed a batch; a prompt that changes meanwhile stays in the queue."""
    with snapshot(engine) as db:
        prompts = select(AssetRow.id, AssetRow.prompt).join(EmbeddingQueue, EmbeddingQueue.asset_id == AssetRow.id)
        rows = {row.id: row.prompt for row in db.execute(prompts.order_by(EmbeddingQueue.asset_id).limit(BATCH))}
    if not rows:
        return 0
    vectors = embedder.embed(list(rows.values()))
    halves = dict(zip(rows, vectors.astype(_HALF), strict=True))
    with engine.begin() as db:
        counted = update(_MODELS).where(_MODELS.c.name == embedder.name).values(change=_MODELS.c.change + 1)
        model = db.execute(counted.returning(_MODELS.c.id, _MODELS.c.change)).one_or_none()
        if model is None:  # another embedder has just begun
            return 0
        present = select(AssetRow.id, AssetRow.prompt).where(AssetRow.id.in_(rows)).with_for_update(read=True)
        same = [row.id for row in db.execute(present) if row.prompt == rows[row.id]]
        made = [
            {"asset_id": row_id, "model_id": model.id, "change": model.change, "vec": halves[row_id].tobytes()}
            for row_id in same
        ]
        if made:
            statement = upsert(db, Embedding)
            renewed = {name: statement.excluded[name] for name in ("model_id", "change", "vec")}
            db.execute(statement.on_conflict_do_update(index_elements=["asset_id"], set_=renewed), made)
            db.execute(delete(EmbeddingQueue).where(EmbeddingQueue.asset_id.in_(same)))
    return len(rows)
