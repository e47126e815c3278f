"""The order book: each paid order in an append-only file, beside the database that knows more of it.

    order   written before the POST, once the database has it       a database that lacks it is not this gallery's, or
                                                                    is older than it
    ticket  written first of all when the vendor has answered       a locked database or a full disk loses no clip
    end     written when the order is settled                       what is rebuilt from here is settled, too

A line is one JSON object, a tab and its checksum; it is on the disk before anything is sent that it speaks of. Lines of
several processes never mix, and one that a crash has cut is passed over. Nothing is ever taken back: later lines of an
order count more than earlier ones.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import stat
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from film.errors import StoreError, disk_error
from film.files.bounds import open_plain
from film.files.own_files import own_folder
from film.jobs.calls import Job, State

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

NAME = "orders.log"
SPARE = 64 * 1024
"""Bytes kept free for tickets: on a full disk they are given up, and what the vendor has answered still fits."""
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_ORDERED = re.compile(rb'^\{"at":"[^"]*","event":"order","job":"([0-9a-f-]{36})"', re.MULTILINE)


@dataclass
class Written:
    """What the book says of one order: the newest word of each kind."""

    job_id: str
    order: Mapping[str, Any]
    ticket: dict[str, Any] = field(default_factory=dict[str, Any])
    end: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def state(self) -> State:
        """As the journal would call it."""
        if self.end:
            return cast(State, self.end["state"])
        return "submitted" if self.ticket else "unknown"

    @property
    def quoted(self) -> Decimal:
        return Decimal(str(self.order.get("quoted", "0")))

    @property
    def billed(self) -> Decimal | None:
        billed = self.end.get("billed")
        return None if billed is None else Decimal(str(billed))

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.order["at"])


class OrderBook:
    """The book at ``path``, written by any number of processes. It is made with its first line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._spare = path.with_name(f"{path.name}.spare")

    # -- writing

    def order(self, job: Job) -> None:
        """Write an order down before it is sent; StoreError, and nothing may be sent, where that fails."""
        with _our_disk(self.path):
            self._append(_line("order", job.id, job.created_at, **_facts(job)))
            self._keep_spare()

    def ticket(self, job_id: str, ticket: Mapping[str, Any], at: datetime) -> None:
        """What the vendor has answered."""
        self._append_surely(_line("ticket", job_id, at, ticket=dict(ticket)))

    def end(
        self, job_id: str, state: State, billed: Decimal | None, at: datetime, *, error: str = "", blob: str | None = ""
    ) -> None:
        """How the order ended; ``blob`` is the hash of the file that it brought."""
        said = {"state": state, "billed": None if billed is None else str(billed), "error": error[:500], "blob": blob}
        self._append_surely(_line("end", job_id, at, **said))

    def begin_from(self, jobs: Iterable[Job]) -> None:
        """Make a book that is not there, of all ``jobs`` of a database that is: one that comes from before the book."""
        with _our_disk(self.path):
            own_folder(self.path.parent)
            beside = self.path.with_name(f"{self.path.name}.{uuid.uuid4().hex[:8]}.new")
            with beside.open("xb") as file:
                for job in jobs:
                    file.write(_line("order", job.id, job.created_at, **_facts(job)))
                    if job.ticket:
                        file.write(_line("ticket", job.id, job.updated_at, ticket=job.ticket))
                    if job.state not in ("intent", "submitted", "unknown", "review"):
                        said = {"state": job.state, "billed": None if job.billed is None else str(job.billed)}
                        file.write(_line("end", job.id, job.updated_at, **said, error=job.error, blob=job.blob_sha256))
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):  # another process was quicker
                os.link(beside, self.path)
            beside.unlink()
            _sync(self.path.parent)

    # -- reading

    def exists(self) -> bool:
        return self.path.is_file()

    def order_ids(self) -> set[str]:
        """The ids of all orders in the book, read quickly: no line is checked."""
        return {found.decode() for found in _ORDERED.findall(self._bytes())}

    def ticket_of(self, job_id: str) -> dict[str, Any]:
        """The last ticket that was written for an order; empty where there is none."""
        wanted = job_id.encode()
        ticket: dict[str, Any] = {}
        for line in self._bytes().splitlines():
            if wanted in line and (entry := _read(line)) and (entry["event"], entry["job"]) == ("ticket", job_id):
                ticket = entry["ticket"]
        return ticket

    def orders(self) -> dict[str, Written]:
        """All orders by their ids, oldest first, with the newest that is said of each."""
        found: dict[str, Written] = {}
        for entry in self._entries():
            match entry["event"]:
                case "order":
                    before = found.get(entry["job"])
                    found[entry["job"]] = Written(entry["job"], entry, before.ticket if before else {})
                case "ticket" if entry["job"] in found:
                    found[entry["job"]].ticket = entry["ticket"]
                case "end" if entry["job"] in found:
                    found[entry["job"]].end = entry
                case _:
                    pass
        return found

    def damaged(self) -> int:
        """Lines that are not what was written; the last may be one that a crash has cut."""
        return sum(_read(line) is None for line in self._bytes().splitlines() if line)

    def _entries(self) -> Iterator[dict[str, Any]]:
        for line in self._bytes().splitlines():
            if entry := _read(line):
                yield entry

    def _bytes(self) -> bytes:
        try:
            with open_plain(self.path) as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return b""
        except OSError as error:
            raise disk_error(error, self.path) from error

    # -- inside

    def _append_surely(self, line: bytes) -> None:
        """Append, at the cost of the room that was kept for it."""
        with _our_disk(self.path):
            try:
                self._append(line)
            except OSError as error:
                if error.errno not in _FULL:
                    raise
                with suppress(OSError):
                    self._spare.unlink()
                self._append(line)

    def _append(self, line: bytes) -> None:
        is_new = not self.path.exists()
        if is_new:
            own_folder(self.path.parent)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        handle = os.open(self.path, flags | getattr(os, "O_BINARY", 0), 0o600)
        try:
            if fcntl is not None:
                fcntl.flock(handle, fcntl.LOCK_EX)
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError(errno.EINVAL, "it is a pipe or a device, and no file")
            size = os.fstat(handle).st_size
            if size and _last_byte(handle, size) != b"\n":
                line = b"\n" + line  # a crash has cut the line before
            try:
                _write(handle, line)
                os.fsync(handle)
            except OSError:
                with suppress(OSError):
                    os.ftruncate(handle, size)  # half a line helps nobody
                raise
        finally:
            os.close(handle)
        if is_new:
            _sync(self.path.parent)

    def _keep_spare(self) -> None:
        """The room for a ticket, whatever else fills the disk meanwhile. It is a courtesy: without it, orders go on."""
        if self._spare.exists():
            return
        with suppress(OSError), self._spare.open("xb") as file:
            file.write(bytes(SPARE))
            file.flush()
            os.fsync(file.fileno())


@contextmanager
def _our_disk(path: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise disk_error(error, path) from error


def in_book(book: OrderBook | None, write: Callable[[OrderBook], None]) -> StoreError | None:
    """Write into the book if there is one; the error where that fails, for those who have another place for it."""
    if book is None:
        return None
    try:
        write(book)
    except StoreError as error:
        return error
    return None


def _facts(job: Job) -> dict[str, Any]:
    return {
        "key": job.key,
        "film": job.film_id,
        "shot": job.shot_id,
        "kind": job.asset_type,
        "provider": job.provider,
        "model": job.model,
        "account": job.account,
        "clock": job.clock,
        "quoted": str(job.quoted),
        "request": job.request,
    }


def _line(event: str, job_id: str, at: datetime, **facts: Any) -> bytes:
    entry = {"at": at.isoformat(), "event": event, "job": job_id, **facts}
    text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"), default=str).encode("utf-8", "surrogatepass")
    return text + b"\t" + _sum(text) + b"\n"


def _read(line: bytes) -> dict[str, Any] | None:
    text, _, checksum = line.rpartition(b"\t")
    if not text or _sum(text) != checksum:
        return None
    try:
        entry = json.loads(text.decode("utf-8", "surrogatepass"))
    except ValueError:
        return None
    whole = isinstance(entry, dict) and "event" in entry and "job" in entry
    return cast("dict[str, Any]", entry) if whole else None


def _sum(text: bytes) -> bytes:
    return hashlib.blake2b(text, digest_size=8).hexdigest().encode()


def _last_byte(handle: int, size: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(handle, 1, size - 1)
    os.lseek(handle, size - 1, os.SEEK_SET)  # Windows
    return os.read(handle, 1)


def _write(handle: int, line: bytes) -> None:
    left = memoryview(line)
    while left:
        left = left[os.write(handle, left) :]


def _sync(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
