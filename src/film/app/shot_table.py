"""Shots from a table: a CSV file, as spreadsheets save it.

    UTF-8 with or without a mark, UTF-16, or what Windows writes ─► , ; or tab ─► header ─► a shot a row, each checked

Columns are called like the fields of shots.json, with or without underscores, in any case; some have a plainer name,
too. Lists (characters, landscapes, styles) are written with ``;`` or ``|`` between. Empty cells say nothing, empty rows
are no shots, and a row without an id is numbered.
"""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from film.errors import InputError
from film.files.bounds import read_plain
from film.models import Shot
from film.shots.fields import at, explain

PLAINER: Mapping[str, str] = {
    "id": "shot_id",
    "shot": "shot_id",
    "number": "shot_number",
    "prompt": "enhanced_prompt",
    "picture": "enhanced_prompt",
    "description": "enhanced_prompt",
    "line": "dialogue",
    "text": "dialogue",
    "seconds": "duration",
    "length": "duration",
    "people": "characters",
    "place": "landscapes",
    "places": "landscapes",
    "landscape": "landscapes",
    "time": "time_of_day",
    "type": "shot_type",
    "style": "styles",
}
LISTS = frozenset(("characters", "landscapes", "styles"))
NUMBERS = frozenset(("duration", "shot_number", "seed", "take", "transition_seconds"))
COLUMNS = (
    "shot_id", "shot_number", "shot_type", "enhanced_prompt", "negative_prompt", "duration", "dialogue", "characters",
    "landscapes", "styles", "mood", "time_of_day", "seed", "take", "voice", "camera", "transition",
    "transition_seconds", "fit", "template",
)  # fmt: skip
"""Fields of a shot that a table may have."""


def read_table(path: Path) -> list[dict[str, Any]]:
    """The shots, as shots.json has them. Raises InputError with the row and column of what cannot be."""
    text = _text(read_plain(path, "shots.json", hint="give a CSV file"), path)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise InputError("has no header", hint="its first row names the columns: prompt, dialogue, …", file=path)
    columns = [_column(cell, path) for cell in rows[0]]
    if twice := next((name for name in columns if name and columns.count(name) > 1), None):
        raise InputError(f"has two columns for {twice}", hint="take one of them away", file=path, line=1)
    if "enhanced_prompt" not in columns:
        raise InputError("has no column prompt", hint="call what is seen in a shot prompt", file=path, line=1)
    shots: list[dict[str, Any]] = []
    for number, row in enumerate(rows[1:], 2):
        shot = {name: _value(name, cell) for name, cell in zip(columns, row, strict=False) if name and cell.strip()}
        if not shot:
            continue
        shots.append({"shot_id": f"shot_{len(shots) + 1:03}", **shot})
        _check(shots[-1], path, number)
    if not shots:
        raise InputError("has no shots", hint="write one in each row below the header", file=path)
    ids = [shot["shot_id"] for shot in shots]
    if twice := next((name for name in ids if ids.count(name) > 1), None):
        raise InputError(f"has two shots {twice}", hint="give each an id of its own, or none", file=path)
    return shots


def _text(data: bytes, path: Path) -> str:
    is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError("is no text", hint="save the table as CSV UTF-8", file=path)


def _delimiter(text: str) -> str:
    """What stands most often in the header; Excel writes ; where the decimal sign is a comma."""
    if text.startswith("sep="):
        return text[4:5]
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def _column(cell: str, path: Path) -> str:
    name = "_".join(cell.strip().lower().replace("-", " ").split())
    if not name:
        return ""
    found = PLAINER.get(name, name)
    if found in COLUMNS:
        return found
    near = difflib.get_close_matches(found, (*COLUMNS, *PLAINER), n=1)
    raise InputError(
        f"there is no column {cell.strip()[:40]!r}",
        hint=f"write {near[0]}" if near else f"columns are {', '.join(COLUMNS)}; take others away",
        file=path,
        line=1,
    )


def _value(name: str, cell: str) -> Any:
    text = cell.strip()
    if name in LISTS:
        return [part.strip() for part in text.replace("|", ";").split(";") if part.strip()]
    if name in NUMBERS:
        number = text.replace(",", ".")
        try:
            return int(number) if number.lstrip("-").isdigit() else float(number)
        except ValueError:
            return text
    return text


def _check(shot: Mapping[str, Any], path: Path, row: int) -> None:
    try:
        Shot.model_validate(shot)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = next((str(name) for name in first["loc"] if isinstance(name, str)), "")
        message, hint = explain(first, field, at(first["loc"], dict(shot)), Shot)
        raise InputError(message, hint=hint, file=path, line=row, field=field) from error
