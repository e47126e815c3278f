"""The ledger as files for people and spreadsheets, in ``<gallery>/cost_tracking``.

    <film_id>.json   <film_id>.csv     a film so far; a row for each purchase and each order that is not settled
    <YYYY-MM>.json   <YYYY-MM>.csv     a month, all films

What reuse saved is a row for each film, provider and kind, with the number of ``pieces``: a long film that is made
again and again reuses a thousand assets each time.

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
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, select

from film.cost_tracker.reservations import OPEN
from film.cost_tracker.standing import OverQuote, over_quote
from film.cost_tracker.summary import Part, Reused, month_summary, of_film, of_month, project_summary, purchases, reuses
from film.db.base import now
from film.db.session import engine_for, snapshot
from film.db.tables import LedgerEntry, ReservationRow
from film.files.own_files import check_no_link, own_folder
from film.models import check_identifier
from film.settings import Settings, load_settings

COLUMNS = (
    "at", "film_id", "shot_id", "asset_type", "provider", "state", "quoted_usd", "billed_usd", "saved_usd", "overrun",
    "pieces", "disputed_usd", "job_id",
)  # fmt: skip
_STATES = {"held": "set aside", "submitted": "set aside", "unknown": "under review"}
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
        bills = {bill.reservation_id: bill for bill in over_quote(connection)}
        part = of_film(project_id)
        reused = reuses(connection, part)
        film = (
            project_summary(connection, project_id, reused),
            [
                *_bought(connection, bills, part),
                *_reused(reused),
                *_open(connection, ReservationRow.film_id == project_id),
            ],
        )
        part = of_month(year, number)
        reused = reuses(connection, part)
        all_films = (
            month_summary(connection, year, number, reused),
            [*_bought(connection, bills, part), *_reused(reused), *_open(connection)],
        )
    written: list[Path] = []
    for stem, (summary, rows) in ((name, film), (f"{year:04}-{number:02}", all_films)):
        for suffix, content in ((".json", _json(summary)), (".csv", _csv(rows))):
            path = settings.cost_reports / f"{stem}{suffix}"
            _replace(path, content)
            written.append(path)
    return written


def _bought(connection: Connection, bills: Mapping[str | None, OverQuote], part: Part) -> Iterable[Sequence[Any]]:
    e, r = LedgerEntry, ReservationRow
    rows = connection.execute(
        purchases(
            part, e.at, e.film_id, e.shot_id, e.asset_type, e.provider, e.amount, r.estimated, r.overrun, r.id
        ).order_by(e.id)
    )
    for *about, billed, quoted, overrun, reservation_id in rows:
        bill = bills.get(reservation_id)
        disputed, job_id = (bill.disputed or None, bill.job_id) if bill else (None, None)
        yield *about, "bought", quoted, billed, None, "yes" if overrun else "", 1, disputed, job_id


def _reused(reused: Reused) -> Iterable[Sequence[Any]]:
    """What was reused in place of buying."""
    for at, film_id, asset_type, provider, saved, count in reused:
        yield at, film_id, "", asset_type, provider, "reused", None, None, saved, "", count, None, None


def _open(connection: Connection, *conditions: ColumnElement[bool]) -> Iterable[Sequence[Any]]:
    """What is set aside or under review."""
    r = ReservationRow
    rows = connection.execute(
        select(r.created_at, r.film_id, r.shot_id, r.asset_type, r.provider, r.state, r.estimated)
        .where(r.state.in_(OPEN), *conditions)
        .order_by(r.created_at, r.id)
    )
    for *about, state, quoted in rows:
        yield *about, _STATES[state], quoted, None, None, "", 1, None, None


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
    own_folder(path.parent)
    check_no_link(path.parent)  # a gallery may come from a stranger
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
