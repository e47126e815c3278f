"""How results look in a terminal: data on stdout, everything else on stderr, plain text where nobody watches."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import click

from film.app.wording import counted, file_size
from film.errors import usd

__all__ = [
    "counted",
    "dollars",
    "file_size",
    "length",
    "note",
    "one_line",
    "print_json",
    "print_path",
    "shorten",
    "table",
    "warn",
    "watched",
]


def dollars(amount: Decimal, *, at_most: bool = False) -> str:
    """``$0.27``, ``$0.0008``; a true zero is ``$0``. What is told as ``at_most`` is rounded up."""
    return "$0" if amount == 0 else usd(amount, at_most=at_most)


def length(seconds: Fraction | float | Decimal) -> str:
    """Seconds as ``9.5 s`` or ``2:35``."""
    value = float(seconds)
    if value < 60:
        return f"{value:.1f} s"
    whole = round(value)
    return f"{whole // 60}:{whole % 60:02d}"


def table(rows: Iterable[Sequence[str]], header: Sequence[str], right: Sequence[int] = ()) -> str:
    """Columns aligned with spaces; ``right`` names those of numbers."""
    grid = [list(header), *[[one_line(c) for c in row] for row in rows]]
    widths = [max(len(row[i]) for row in grid) for i in range(len(header))]
    lines = [
        "  ".join(c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True)))
        for row in grid
    ]
    return "\n".join(line.rstrip() for line in lines)


def shorten(text: str, width: int) -> str:
    text = one_line(" ".join(text.split()))
    return text if len(text) <= width else text[: width - 1] + "…"


def print_json(document: Any) -> None:
    """JSON in which nothing moves a cursor or turns text around: such characters stand there as their numbers."""
    text = json.dumps(document, indent=2, ensure_ascii=False, default=str)
    click.echo(_UNUSUAL.sub(_numbered, text))


_UNUSUAL = re.compile(r"[^ -~\n]")


def _numbered(found: re.Match[str]) -> str:
    return found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1]


def print_path(path: object) -> None:
    """A path on stdout: as it is for programs, in one line that moves no cursor for people."""
    click.echo(one_line(str(path)) if sys.stdout.isatty() else str(path))


def note(message: str) -> None:
    """A line for people, beside the data."""
    click.echo(one_line(message), err=True)


def warn(message: str) -> None:
    click.echo(click.style("warning", fg="yellow", bold=True) + f": {one_line(message)}", err=True)


def watched() -> bool:
    """Whether somebody looks at stderr."""
    return sys.stderr.isatty()


def one_line(text: str) -> str:
    """Text for a terminal: whatever it was made of, it is one line and moves no cursor."""
    return "".join(c if c.isprintable() else " " for c in text)
