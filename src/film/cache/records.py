"""``results.log`` in a gallery: what each stored file is, a line each, written before the row in the database is.

    <16 hex digits: the line's own checksum> {"key": …, "kind": …, "sha256": …, "size": …, "cost": …, …}

It is only ever added to. From it rows are made anew that a database has lost (``film fsck --rebuild``), and files
without a row are called by what they are. Pieces of a cut are not in it: they cost nothing to make again. A line that
was cut short, or changed, is passed over.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from film.cache.disk import NO_LINKS
from film.cache.locks import hold
from film.db.base import now
from film.errors import disk_error

NAME = "results.log"
UNRECORDED = frozenset({"segment", "mix", "film", "store"})
_LONGEST = 1 << 20


@dataclass(frozen=True)
class Record:
    """A result, as it was when it was stored."""

    key: str
    kind: str
    provider: str
    sha256: str
    size: int
    mime: str
    cost: str
    details: Mapping[str, Any]
    at: str

    @property
    def price(self) -> Decimal:
        return Decimal(self.cost)


class Records:
    """The log of one gallery."""

    def __init__(self, gallery: Path) -> None:
        self.file = gallery / NAME

    def add(
        self,
        key: str,
        *,
        kind: str,
        provider: str,
        sha256: str,
        size: int,
        mime: str,
        cost: Decimal,
        details: Mapping[str, Any],
    ) -> None:
        """Write a line, on the disk when this returns if it was paid for."""
        if kind in UNRECORDED:
            return
        record = Record(key, kind, provider, sha256, size, mime, str(cost), dict(details), now().isoformat())
        text = json.dumps(asdict(record), ensure_ascii=False, separators=(",", ":"), default=str).encode()
        line = _checksum(text) + b" " + text + b"\n"
        try:
            handle = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND | NO_LINKS, 0o644)
            with os.fdopen(handle, "r+b", buffering=0) as file:
                hold(handle)
                if end := file.seek(0, os.SEEK_END):
                    file.seek(end - 1)
                    if file.read(1) != b"\n":
                        line = b"\n" + line  # after a line that was cut short
                file.write(line)
                if cost:
                    os.fsync(handle)
        except OSError as error:
            raise disk_error(error, self.file) from error

    def read(self) -> Iterator[Record]:
        """Every whole line, the oldest first; later ones of a key hold."""
        try:
            file = self.file.open("rb")
        except OSError:
            return
        with file:
            while line := file.readline(_LONGEST):
                if record := _parse(line.rstrip(b"\n")):
                    yield record


def _parse(line: bytes) -> Record | None:
    told, _, text = line.partition(b" ")
    if told != _checksum(text):
        return None
    try:
        record = Record(**json.loads(text))
        Decimal(record.cost)
    except (ValueError, TypeError, InvalidOperation):
        return None
    return record


def _checksum(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:16].encode()
