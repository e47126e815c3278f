"""What ``film fsck`` asks of the database, a check each; files are read by the cache.

    Check(name, look, mend)    look(connection, settings) says what is wrong, a sentence each
                               mend(engine, settings) sets it right without removing anything; None: a person's matter

A further check is a further line in ``CHECKS``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DBAPIError

from film.cost_tracker import verify_ledger
from film.db.session import snapshot
from film.db.sound import dangling, unsound
from film.db.tables import Blob, JobRow
from film.errors import FilmError
from film.metadata import recount_library, verify_library
from film.production.memory import behind_orders, missing_orders, order_book, rebuild
from film.settings import Settings


@dataclass(frozen=True)
class Check:
    name: str
    look: Callable[[Connection, Settings], list[str]]
    mend: Callable[[Engine, Settings], None] | None = None
    is_slow: bool = False
    """Left out of a quick look."""


def _unsound(connection: Connection, _settings: Settings) -> list[str]:
    return unsound(connection)


def _quickly_unsound(connection: Connection, _settings: Settings) -> list[str]:
    return unsound(connection, quick=True)


def _dangling(connection: Connection, _settings: Settings) -> list[str]:
    return dangling(connection)


def _ledger(connection: Connection, _settings: Settings) -> list[str]:
    return verify_ledger(connection)


def _library(connection: Connection, _settings: Settings) -> list[str]:
    return verify_library(connection)


def _recount(engine: Engine, _settings: Settings) -> None:
    recount_library(engine)


def _journal(connection: Connection, settings: Settings) -> list[str]:
    """Orders that were paid, whose file lies here and is not on record: the next repair takes it in."""
    unknown = ~select(Blob.sha256).where(Blob.sha256 == JobRow.blob_sha256).exists()
    jobs = select(JobRow.id, JobRow.provider, JobRow.blob_sha256).where(JobRow.blob_sha256.is_not(None), unknown)
    blobs = settings.gallery / "blobs" / "sha256"
    return [
        f"order {row.id} of {row.provider} was paid, and its file {row.blob_sha256[:16]} lies here without a row"
        for row in connection.execute(jobs)
        if (blobs / row.blob_sha256[:2] / row.blob_sha256[2:4] / row.blob_sha256).is_file()
    ]


def _forgotten(connection: Connection, settings: Settings) -> list[str]:
    """Orders of which the book knows more than the database, and lines of it that are not what was written."""
    missing = missing_orders(connection, settings)
    lines = [
        f"order {order.job_id} of {order.order['provider']} ({order.order['film']}, {order.order['shot']}) stands in "
        f"{missing.book.name} and not in the database"
        for order in missing.orders
    ]
    lines += [
        f"order {order.job_id} of {order.order['provider']} ({order.order['film']}, {order.order['shot']}) is "
        f"{order.state} in {missing.book.name} and under way in the database"
        for order in behind_orders(connection.engine, settings)
    ]
    damaged = order_book(settings).damaged()
    return lines + [f"{missing.book.name} has {damaged} lines that are not what was written"] * bool(damaged)


def _remember(engine: Engine, settings: Settings) -> None:
    rebuild(engine, settings)


CHECKS: tuple[Check, ...] = (
    Check("database", _unsound, is_slow=True),
    Check("references", _dangling),
    Check("library", _library, _recount),
    Check("ledger", _ledger),
    Check("orders", _journal),
    Check("order book", _forgotten, _remember),
)
QUICKLY = Check("database", _quickly_unsound)


def examine(engine: Engine, settings: Settings, *, quick: bool = False) -> dict[str, list[str]]:
    """What each check finds, by its name. One that cannot be carried out is a finding itself."""
    found: dict[str, list[str]] = {}
    for check in CHECKS:
        chosen = QUICKLY if quick and check.is_slow else check
        try:
            with snapshot(engine) as connection:
                found[check.name] = chosen.look(connection, settings)
        except FilmError as error:
            found[check.name] = [f"{check.name} cannot be checked: {error}"]
        except DBAPIError as error:
            found[check.name] = [f"{check.name} cannot be checked: {str(error.orig).splitlines()[0]}"]
    return found


def mend(engine: Engine, settings: Settings, found: dict[str, list[str]]) -> list[str]:
    """Set right what can be; the names of what was."""
    mended: list[str] = []
    for check in CHECKS:
        if found.get(check.name) and check.mend:
            check.mend(engine, settings)
            mended.append(check.name)
    return mended
