"""``film gc``: what nothing needs any more goes, late and never while somebody may use it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from film.cli.console import file_size, note, print_json, table, warn
from film.cli.looking import library
from film.cli.options import as_json, option
from film.cli.units import Age, Size

if TYPE_CHECKING:
    from film.cache import AssetCache, CollectReport
    from film.cache.keeping import Item

SHOWN = 40
"""Lines of a list for people; ``--json`` has them all."""


@click.command(name="gc")
@option("unused", type=Age(), default="30d", metavar="AGE", help="Keep what was used since: 30d (default), 12h, 8w.")
@option("size_cap", type=Size(), metavar="SIZE", help="Keep at most this much, if films allow: 50GB, 800MB.")
@option("dry_run", is_flag=True, help="Change nothing: list what would go, and say why the rest stays.")
@option("local", is_flag=True, help="Only free this disk: remove copies of what lies in the shared store.")
@as_json
def command(unused: timedelta, size_cap: int | None, dry_run: bool, local: bool, json: bool) -> int:
    """Remove files that no film and nothing in the library uses, in two steps at least a day apart.

    First they are only marked; used once more before the second run, they stay. What was made or used within a day,
    or is being made, is never touched. Files that the database does not know are listed for 30 days from when they are
    first seen, then marked. Where gallery, database and shared store are not one library, nothing is removed.
    """
    from film.planning.services import open_services
    from film.settings import load_settings

    settings = load_settings()
    cache = (library(settings, strict=True) if dry_run else open_services(settings)).cache
    if local:
        return _free_disk(cache, size_cap or 0, dry_run, json)
    report = cache.collect(unused_for=unused, size_cap=size_cap, dry_run=dry_run)
    if json:
        print_json(_document(report, dry_run))
        return 0
    if dry_run and (report.going or report.marked):
        _list(report)
    if dry_run and report.found:
        _list_strays(report, cache)
    for why, (files, size) in report.reasons.items():
        note(f"kept: {files} files ({file_size(size)}) {why.value}")
    would = "would remove" if dry_run else "removed"
    more = f", and {report.orphans} without a row" if report.orphans else ""
    note(f"{would} {report.removed} files ({file_size(report.freed)}){more}")
    if report.doubtful:
        then = "would be marked, to go" if dry_run else "are marked and go"
        note(f"{report.doubtful} more ({file_size(report.doubtful_size)}) {then} with the next run after a day")
    if report.strays:
        note(
            f"{report.strays} files ({file_size(report.strays_size)}) have no row in the database: they stay 30 days "
            "from when they were first seen; film fsck says what they are"
        )
    for folder in cache.unlisted():
        warn(f"{folder}; what lies there stays")
    if report.waiting:
        note(f"{report.waiting} are marked for less than a day")
    return 0


def _free_disk(cache: AssetCache, size_cap: int, dry_run: bool, json: bool) -> int:
    dropped = cache.drop_copies(size_cap=size_cap, dry_run=dry_run)
    if json:
        print_json({"files": dropped.files, "freed": dropped.freed, "left": dropped.left, "dry_run": dry_run})
        return 0
    would = "would remove" if dry_run else "removed"
    note(f"{would} copies of {dropped.files} files ({file_size(dropped.freed)}); {file_size(dropped.left)} left here")
    return 0


def _list(report: CollectReport) -> None:
    rows = [*_rows("now", report.going), *_rows("in a day", report.marked)]
    click.echo(table(rows[:SHOWN], ("goes", "file", "kind", "size", "cost", "last used"), right=(3, 4)))
    if len(rows) > SHOWN:
        note(f"… and {len(rows) - SHOWN} more: --json lists all")


def _list_strays(report: CollectReport, cache: AssetCache) -> None:
    known = cache.recorded(stray.sha256 for stray in report.found[:SHOWN])
    rows: list[tuple[str, ...]] = []
    for stray in report.found[:SHOWN]:
        record = known.get(stray.sha256)
        seen = f"seen {stray.seen:%Y-%m-%d}" if stray.seen else "not seen before"
        rows.append((seen, stray.sha256[:16], record.kind if record else "unknown", file_size(stray.size)))
    click.echo(table(rows, ("without a row", "file", "kind", "size"), right=(3,)))


def _rows(when: str, items: Iterable[Item]) -> list[tuple[str, ...]]:
    return [
        (when, i.sha256[:16], i.kind, file_size(i.size), f"${i.cost}" if i.cost else "$0", f"{i.last:%Y-%m-%d}")
        for i in sorted(items, key=lambda item: item.last)
    ]


def _document(report: CollectReport, dry_run: bool) -> dict[str, Any]:
    document: dict[str, Any] = {
        "dry_run": dry_run,
        "removed": report.removed,
        "freed": report.freed,
        "marked": report.doubtful,
        "waiting": report.waiting,
        "rescued": report.rescued,
        "without_row": {"files": report.strays, "bytes": report.strays_size, "removed": report.orphans},
        "kept": {why.name.lower(): {"files": files, "bytes": size} for why, (files, size) in report.reasons.items()},
    }
    if dry_run:
        document["would_remove"] = [item.sha256 for item in report.going]
        document["would_mark"] = [item.sha256 for item in report.marked]
        document["without_row"]["seen"] = {
            stray.sha256: stray.seen.isoformat() if stray.seen else None for stray in report.found
        }
    return document
