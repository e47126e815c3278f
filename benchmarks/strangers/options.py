"""What may be asked of an attack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from benchmarks.strangers.databases import Database, Sqlite


@dataclass(frozen=True)
class Options:
    """What the command line says of all cases.

    Parameters:
        command: The film command.
        parallel: How many cases at once.
        keep: Where cases are kept in which something was found.
        factors: Limits, as multiples of the quote.
        minutes: After so many no new case is begun.
        label: Stands before what is told of a case.
        database: Makes the database of a gallery, whose folder it is given; SQLite's file unless given.
    """

    command: str = "film"
    parallel: int = 2
    keep: Path | None = None
    factors: tuple[Decimal, ...] = (Decimal(1), Decimal("1.5"))
    minutes: float = float("inf")
    label: str = ""
    database: Callable[[Path], Database] = Sqlite
