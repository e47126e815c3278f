"""Is the database itself what it was? Its pages, its indexes, and that every row finds the row that it refers to."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, and_, exists, func, select

from film.db.tables import Base

MOST = 20
"""Lines of one kind: a damaged file has thousands."""


def unsound(connection: Connection, *, quick: bool = False) -> list[str]:
    """What is damaged in the database's file, a sentence each. A server looks after its own."""
    if connection.dialect.name != "sqlite":
        return []
    name = "quick_check" if quick else "integrity_check"
    rows = [str(row[0]) for row in connection.exec_driver_sql(f"PRAGMA {name}({MOST})")]
    return (
        [] if rows == ["ok"] else [f"the database is damaged: {one_line}" for row in rows for one_line in _lines(row)]
    )


def dangling(connection: Connection) -> list[str]:
    """Rows that refer to rows which are not there, counted by table and column."""
    found: list[str] = []
    for table in Base.metadata.sorted_tables:
        for constraint in table.foreign_key_constraints:
            other = constraint.referred_table.alias()
            pairs = [(element.parent, other.c[element.column.name]) for element in constraint.elements]
            missing = and_(
                *(mine.is_not(None) for mine, _ in pairs),
                ~exists().where(*(mine == theirs for mine, theirs in pairs)),
            )
            count = connection.scalar(select(func.count()).select_from(table).where(missing)) or 0
            if count:
                columns = ", ".join(mine.name for mine, _ in pairs)
                found.append(f"{count} rows of {table.name} name a {columns} that is not in {other.element.name}")  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # a FROM clause is a table here
    return found


def _lines(text: str) -> Iterator[str]:
    yield from (line.strip() for line in text.splitlines() if line.strip())
