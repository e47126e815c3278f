"""``results.log`` in a gallery: what each stored file is, a line each, written before the row in the database is.

    <16 hex digits: the line's own checksum> {"key": …, "kind": …, "sha256": …, "size": …, "cost": …, …}

It is only ever added to. From it rows are made anew that a database has lost (``film fsck --rebuild``), and files
without a row are called by what they are. Pieces of a cut are not in it: they cost nothing to make again. A line that
was cut short, or changed, is passed over.

With a bucket behind the gallery each line also goes there, as an object beside its blob, ``records/<sha256>/<key>``:
what another machine stored lies in the bucket, and its log does not lie here. The names alone tell which results a
database lacks, so that only those are read.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from film.cache.bucket import AT_ONCE, Bucket
from film.cache.disk import NO_LINKS
from film.cache.locks import hold
from film.cache.membership import Membership
from film.db.base import now
from film.errors import disk_error
from film.files.bounds import open_plain
from film.files.own_files import shared_mode

NAME = "results.log"
UNRECORDED = frozenset({"segment", "mix", "film", "store"})
_LONGEST = 1 << 20
_KEY = re.compile(r"[0-9a-f]{64}")


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

    @property
    def name(self) -> tuple[str, str]:
        """What the bucket calls it: its blob's hash, and its key."""
        return self.sha256, self.key if _KEY.fullmatch(self.key) else hashlib.sha256(self.key.encode()).hexdigest()

    def line(self) -> bytes:
        text = json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"), default=str).encode()
        return _checksum(text) + b" " + text + b"\n"


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
        if kind not in UNRECORDED:
            at = now().isoformat()
            self.write(Record(key, kind, provider, sha256, size, mime, str(cost), dict(details), at))

    def write(self, record: Record) -> None:
        line = record.line()
        try:
            handle = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND | NO_LINKS, shared_mode(self.file.parent))
            with os.fdopen(handle, "r+b", buffering=0) as file:
                hold(handle)
                if end := file.seek(0, os.SEEK_END):
                    file.seek(end - 1)
                    if file.read(1) != b"\n":
                        line = b"\n" + line  # after a line that was cut short
                file.write(line)
                if record.price:
                    os.fsync(handle)
        except OSError as error:
            raise disk_error(error, self.file) from error

    def read(self) -> Iterator[Record]:
        """Every whole line, the oldest first; later ones of a key hold."""
        try:
            file = open_plain(self.file)
        except OSError:
            return
        with file:
            while line := file.readline(_LONGEST):
                if record := _parse(line.rstrip(b"\n")):
                    yield record

    def lacking(self, known: Set[str], wanted: Set[str] | None = None) -> dict[str, list[Record]]:
        """Results by key, the newest first, whose keys are not ``known``; of blobs that are ``wanted``, or of all.

        Of the lines here the last of a key holds.
        """
        chosen = (r for r in self.read() if r.key not in known and (wanted is None or r.sha256 in wanted))
        return {record.key: [record] for record in chosen}

    def share(self, records: Iterable[Record]) -> int:
        """Give those who share the library what they lack; how many that were. Nobody does here."""
        return 0


class SharedRecords(Records):
    """The log here, and what all machines have put beside the blobs of their bucket."""

    def __init__(self, gallery: Path, bucket: Bucket, membership: Membership) -> None:
        super().__init__(gallery)
        self._bucket, self._membership = bucket, membership

    def write(self, record: Record) -> None:
        super().write(record)
        self._membership.take()
        self._put(record)

    def share(self, records: Iterable[Record]) -> int:
        """Put into the bucket what it lacks; how many it lacked."""
        there = set(self._bucket.records())
        new = {record.name: record for record in records if record.name not in there}
        with ThreadPoolExecutor(AT_ONCE, "film-records") as pool:
            list(pool.map(self._put, new.values()))
        return len(new)

    def _put(self, record: Record) -> None:
        self._bucket.write_note(_address(record.name), record.line().decode())

    def lacking(self, known: Set[str], wanted: Set[str] | None = None) -> dict[str, list[Record]]:
        found = super().lacking(known, wanted)
        if self._membership.is_new:
            return found
        self._membership.ensure()
        here = {record.name for records in found.values() for record in records}
        away = [
            (sha256, key)
            for sha256, key in self._bucket.records()
            if key not in known and (sha256, key) not in here and (wanted is None or sha256 in wanted)
        ]
        with ThreadPoolExecutor(AT_ONCE, "film-records") as pool:
            for text in pool.map(self._bucket.note, map(_address, away)):
                record = _parse(text.encode().rstrip(b"\n")) if text else None
                if record and record.key not in known:
                    found.setdefault(record.key, []).append(record)
        for records in found.values():
            records.sort(key=lambda record: datetime.fromisoformat(record.at), reverse=True)
        return found


def _address(name: tuple[str, str]) -> str:
    sha256, key = name
    return f"records/{sha256}/{key}"


def _parse(line: bytes) -> Record | None:
    told, _, text = line.partition(b" ")
    if told != _checksum(text):
        return None
    try:
        record = Record(**json.loads(text))
        Decimal(record.cost)
        datetime.fromisoformat(record.at)
    except (ValueError, TypeError, InvalidOperation):
        return None
    return record


def _checksum(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:16].encode()
