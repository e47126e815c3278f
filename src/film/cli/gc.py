"""``film gc``: what nothing needs any more goes, late and never while somebody may use it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from film.cli.console import file_size, note, print_json, table, warn
from film.cli.looking import workspace
from film.cli.options import as_json, option
from film.cli.units import Age, Size

if TYPE_CHECKING:
    from film.app.upkeep import CollectedFiles, FreedDisk, StrayLine, UnusedFile

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
    from film.app.upkeep import CollectUnused, collect_unused, free_disk

    if local:
        return _tell_freed(free_disk(workspace(), size_cap=size_cap or 0, dry_run=dry_run), json)
    found = collect_unused(CollectUnused(unused=unused, size_cap=size_cap, dry_run=dry_run), workspace())
    if json:
        print_json(found.model_dump(mode="json"))
        return 0
    if found.going or found.marking:
        _list(found)
    if found.strays:
        _list_strays(found.strays)
    for why, kept in found.kept_because.items():
        note(f"kept: {kept.files} files ({file_size(kept.bytes)}) {why}")
    would = "would remove" if dry_run else "removed"
    strays = found.without_row
    more = f", and {strays.removed} without a row" if strays.removed else ""
    note(f"{would} {found.removed} files ({file_size(found.freed)}){more}")
    if found.marked:
        then = "would be marked, to go" if dry_run else "are marked and go"
        note(f"{found.marked} more ({file_size(found.marked_bytes)}) {then} with the next run after a day")
    if strays.files:
        note(
            f"{strays.files} files ({file_size(strays.bytes)}) have no row in the database: they stay 30 days "
            "from when they were first seen; film fsck says what they are"
        )
    for folder in found.unlisted:
        warn(f"{folder}; what lies there stays")
    if found.waiting:
        note(f"{found.waiting} are marked for less than a day")
    return 0


def _tell_freed(dropped: FreedDisk, json: bool) -> int:
    if json:
        print_json(dropped.model_dump(mode="json"))
        return 0
    would = "would remove" if dropped.dry_run else "removed"
    note(f"{would} copies of {dropped.files} files ({file_size(dropped.freed)}); {file_size(dropped.left)} left here")
    return 0


def _list(found: CollectedFiles) -> None:
    rows = [*_rows("now", found.going), *_rows("in a day", found.marking)]
    click.echo(table(rows[:SHOWN], ("goes", "file", "kind", "size", "cost", "last used"), right=(3, 4)))
    if len(rows) > SHOWN:
        note(f"… and {len(rows) - SHOWN} more: --json lists all")


def _list_strays(strays: Sequence[StrayLine]) -> None:
    rows: list[tuple[str, ...]] = []
    for stray in strays[:SHOWN]:
        seen = f"seen {stray.seen[:10]}" if stray.seen else "not seen before"
        rows.append((seen, stray.sha256[:16], stray.kind or "unknown", file_size(stray.size)))
    click.echo(table(rows, ("without a row", "file", "kind", "size"), right=(3,)))


def _rows(when: str, items: Sequence[UnusedFile]) -> list[tuple[str, ...]]:
    return [(when, i.sha256[:16], i.kind, file_size(i.size), f"${i.cost}", f"{i.last_used:%Y-%m-%d}") for i in items]
