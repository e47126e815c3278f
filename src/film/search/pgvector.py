"""The vectors inside PostgreSQL, where it has pgvector: facets and nearness in one statement.

    embeddings ─(what changed since)─► meaning_<model> (halfvec, HNSW once it is large) ─► nearest

The table is made of ``embeddings`` and catches up with it, as the mapped file does elsewhere. Where the extension is
missing, too old, or may not be created, everything here answers None, and NumPy does the work. Vectors have length 1,
so the inner product is the likeness, also with a vector of zeros.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Connection, Engine, Select, TextClause, column, func, select, table, text
from sqlalchemy.exc import DBAPIError

from film.metadata.selection import Selection, every, matches
from film.search.embedder import Vectors
from film.search.vectors import Ids, VectorModel, changed_since

INDEXED = 20_000
"""From so many vectors on they get an HNSW index; fewer are compared faster than found."""

FEW = 5_000
"""With a tag on no more assets than this, they are compared one by one: the index would leave most of them out."""

_PREFIX = "meaning_"
_OLDEST = (0, 8)
"""The first whose HNSW goes on looking when a filter leaves too little."""


def synchronize(engine: Engine, model: VectorModel) -> bool:
    """Bring the table up to date, made where it is missing; False: there is no pgvector."""
    with engine.connect() as db:
        schema = _schema(db) or _install(db)
    if schema is None:
        return False
    name = _name(model)
    with engine.begin() as db:
        db.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))
        if not _exists(db, name):
            _create(db, name, schema, model)
        last = db.scalar(select(func.max(column("change", BigInteger))).select_from(table(name)))
        ids, vectors = changed_since(db, model, -1 if last is None else last)
        if len(ids):
            _copy(db, name, model, ids, vectors)
        count = db.scalar(select(func.count()).select_from(table(name))) or 0
        if count >= INDEXED and not _exists(db, f"{name}_hnsw"):
            # parallel workers would need as much shared memory, which containers do not have
            db.exec_driver_sql("SET LOCAL maintenance_work_mem = '512MB'")
            db.exec_driver_sql("SET LOCAL max_parallel_maintenance_workers = 0")
            db.exec_driver_sql(f"CREATE INDEX {name}_hnsw ON {name} USING hnsw (vec {schema}.halfvec_ip_ops)")
    return True


def nearest(
    db: Connection, model: VectorModel, wanted: NDArray[np.float32], selection: Selection, limit: int
) -> list[tuple[int, float]] | None:
    """(row id, likeness), the best first; None: ask NumPy."""
    schema, name = _schema(db), _name(model)
    if schema is None or not _exists(db, name):
        return None
    distance = text(f"vec OPERATOR({schema}.<#>) CAST(:wanted AS {schema}.halfvec({model.dim})) AS distance")
    distance = distance.bindparams(wanted=f"[{','.join(map(str, wanted.tolist()))}]")
    rows: list[Any] = []
    few = bool(selection.groups) and selection.groups[0].n <= FEW
    if not few and _exists(db, f"{name}_hnsw"):
        db.exec_driver_sql("SET LOCAL hnsw.ef_search = 200")
        db.exec_driver_sql("SET LOCAL hnsw.iterative_scan = strict_order")
        vectors = table(name, column("asset_id"))
        query = select(vectors.c.asset_id, distance).where(*matches(db, selection, vectors.c.asset_id))
        rows = list(db.execute(query.order_by(text("distance")).limit(limit)))
    if len(rows) < limit:  # a graph is looked through so far and no farther; a comparison misses none
        rows = list(db.execute(_compared(db, name, distance, selection, limit)))
    return [(row.asset_id, -float(row.distance)) for row in rows]


def _compared(db: Connection, name: str, distance: TextClause, selection: Selection, limit: int) -> Select[Any]:
    """Every vector that the selection leaves, by its distance."""
    vectors = table(name, column("asset_id"))
    query = select(vectors.c.asset_id, distance)
    if not selection.is_everything:
        found = every(db, selection).cte("found").prefix_with("MATERIALIZED")
        query = query.where(vectors.c.asset_id.in_(select(found.c.id)))
    compared = query.cte("compared").prefix_with("MATERIALIZED")
    return (
        select(compared.c.asset_id, text("distance"))
        .order_by(text("distance"), compared.c.asset_id.desc())
        .limit(limit)
    )


def _name(model: VectorModel) -> str:
    return _PREFIX + model.token


def _schema(db: Connection) -> str | None:
    """Where pgvector is, quoted; None when there is none that is new enough."""
    found = db.execute(
        text(
            "SELECT quote_ident(nspname) AS name, extversion FROM pg_extension"
            " JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'vector'"
        )
    ).one_or_none()
    if found is None:
        return None
    version = tuple(int(part) for part in found.extversion.split(".")[:2])
    return found.name if version >= _OLDEST else None


def _install(db: Connection) -> str | None:
    """Create the extension where the server has it and we may; it is one of those that need no superuser."""
    if db.scalar(text("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")) is None:
        return None
    try:
        db.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public")
        db.commit()
    except DBAPIError:
        db.rollback()
    return _schema(db)


def _exists(db: Connection, name: str) -> bool:
    return db.scalar(select(func.to_regclass(name))) is not None


def _create(db: Connection, name: str, schema: str, model: VectorModel) -> None:
    older = text(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        " AND starts_with(relname, :prefix)"
    )
    for other in db.scalars(older, {"prefix": _PREFIX}).all():
        db.exec_driver_sql(f"DROP TABLE {other}")
    db.exec_driver_sql(
        f"CREATE TABLE {name} (asset_id bigint PRIMARY KEY REFERENCES embeddings(asset_id) ON DELETE CASCADE,"
        f" change bigint NOT NULL, vec {schema}.halfvec({model.dim}) NOT NULL)"
    )
    db.exec_driver_sql(f"CREATE INDEX ON {name} (change)")


def _copy(db: Connection, name: str, model: VectorModel, ids: Ids, vectors: Vectors) -> None:
    """Write vectors by COPY in PostgreSQL's binary form, a fiftieth of the time that rows of text would take."""
    row = np.dtype(
        [
            ("fields", ">i2"), ("id_size", ">i4"), ("id", ">i8"), ("change_size", ">i4"), ("change", ">i8"),
            ("vec_size", ">i4"), ("dim", ">i2"), ("unused", ">i2"), ("vec", ">f2", (model.dim,)),
        ]
    )  # fmt: skip
    rows = np.zeros(len(ids), row)
    rows["fields"], rows["id_size"], rows["change_size"] = 3, 8, 8
    rows["vec_size"], rows["dim"] = 4 + 2 * model.dim, model.dim
    rows["id"], rows["vec"], rows["change"] = ids, vectors, model.change
    db.exec_driver_sql(f"CREATE TEMP TABLE came (LIKE {name}) ON COMMIT DROP")
    raw = cast(Any, db.connection.driver_connection)
    with raw.cursor() as cursor, cursor.copy("COPY came (asset_id, change, vec) FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + b"\0" * 8)
        for start in range(0, len(rows), 10_000):
            copy.write(rows[start : start + 10_000].tobytes())
        copy.write(b"\xff\xff")
    db.exec_driver_sql(
        f"INSERT INTO {name} SELECT * FROM came ON CONFLICT (asset_id)"  # noqa: S608  # the name is ours
        " DO UPDATE SET change = excluded.change, vec = excluded.vec"
    )
