"""A database as an older program left it: for tests of migrations, of backups and of commands that meet one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

LATER_TABLES = ("library", "lost_blobs", "strays", "publications", "quota_counts")
LATER_COLUMNS = (
    *(("jobs", name) for name in ("account", "clock", "second", "claimed_micros")),
    ("reservations", "owner"),
)


def to_third_revision(database: sqlite3.Connection | Callable[[str], Any]) -> None:
    """Take out of a database of today what came after revision 0003; ``database`` executes SQL."""
    execute = database.execute if isinstance(database, sqlite3.Connection) else database
    for table in LATER_TABLES:
        execute(f"DROP TABLE {table}")
    for table, column in LATER_COLUMNS:
        execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    execute("UPDATE alembic_version SET version_num = '0003'")
