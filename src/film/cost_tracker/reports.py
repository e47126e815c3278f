"""The ledger as files for people and spreadsheets, in ``<gallery>/cost_tracking``.

    <film_id>.json   <film_id>.csv     a film so far; a row for each purchase and each reuse
    <YYYY-MM>.json   <YYYY-MM>.csv     a month, all films

Money is written as exact decimal text. Cells that a spreadsheet would take for a formula are defused. Files appear
whole or not at all.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, select

from film.cost_tracker.reservations import OPEN
from film.cost_tracker.summary import get_project_cost_summary, month_summary, within
from film.db.base import now
from film.db.session import engine_for, snapshot
from film.db.tables import LedgerEntry, ReservationRow
from film.models import check_identifier
from film.settings import Settings, load_settings

COLUMNS = (
    "at", "film_id", "shot_id", "asset_type", "provider", "state", "quoted_usd", "billed_usd", "saved_usd", "overrun"
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_reports(
    project_id: str,
    *,
    month: tuple[int, int] | None = None,
    engine: Engine | None = None,
    settings: Settings | None = None,
) -> list[Path]:
    """Write a film's report and that of a month, by default the present one; returns the files."""
    settings = settings or load_settings()
    name = check_identifier(project_id)
    if re.fullmatch(r"\d{4}-\d{2}", name):
        name = f"film-{name}"  # a film of that name and a month are two reports
    year, number = month or (now().year, now().month)
    with snapshot(engine or engine_for(settings.database_url)) as connection:
        of_film = LedgerEntry.film_id == project_id
        film = (
            get_project_cost_summary(connection, project_id),
            [*_done(connection, of_film), *_open(connection, project_id)],
        )
        all_films = (month_summary(connection, year, number), _done(connection, within(year, number)))
    written: list[Path] = []
    for stem, (summary, rows) in ((name, film), (f"{year:04}-{number:02}", all_films)):
        for suffix, content in ((".json", _json(summary)), (".csv", _csv(rows))):
            path = settings.cost_reports / f"{stem}{suffix}"
            _replace(path, content)
            written.append(path)
    return written


def _done(connection: Connection, condition: ColumnElement[bool]) -> list[Sequence[Any]]:
    """What was bought, and what was reused in place of buying."""
    e, r = LedgerEntry, ReservationRow
    rows = connection.execute(
        select(e.at, e.film_id, e.shot_id, e.asset_type, e.provider, e.kind, e.amount, r.estimated, r.overrun)
        .outerjoin(r, r.id == e.reservation_id)
        .where(e.kind.in_(("settle", "saved")), condition)
        .order_by(e.id)
    )
    return [
        (*about, "bought", quoted, amount, None, "yes" if overrun else "")
        if kind == "settle"
        else (*about, "reused", None, None, amount, "")
        for *about, kind, amount, quoted, overrun in rows
    ]


def _open(connection: Connection, project_id: str) -> list[Sequence[Any]]:
    """What is set aside: held, submitted, or unknown."""
    r = ReservationRow
    rows = connection.execute(
        select(r.created_at, r.film_id, r.shot_id, r.asset_type, r.provider, r.state, r.estimated)
        .where(r.film_id == project_id, r.state.in_(OPEN))
        .order_by(r.created_at, r.id)
    )
    return [(*row, None, None, "") for row in rows]


def _json(summary: dict[str, Any]) -> str:
    return json.dumps(summary, indent=2, ensure_ascii=False, default=_text) + "\n"


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else _text(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return str(value)


def _replace(path: Path, content: str) -> None:
    """Write beside it, then rename: a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
