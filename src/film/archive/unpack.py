"""One file into the library, beside what is there already: what is known stays as it is, the rest is added.

The file may come from anybody. Nothing in it says where anything is written: names are hashes, and bytes that do not
hash to their name, or that nobody asked for, end the import. What was added before stays, and is whole: a second import
goes on from there. What cannot be checked is that a key's result is what its key asks for; that is a matter of trust in
who exported it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

from pydantic import BaseModel, ValidationError

from film.archive.entries import Entry, plain_json
from film.archive.manifest import ASSETS, BLOBS, HEAD, LONGEST_LINE, RESULTS, Head, Result
from film.archive.tar import Member, members
from film.cache import AssetCache
from film.errors import InputError, IntegrityError, StoreError, disk_error
from film.files.bounds import open_plain
from film.files.digests import sha256_of_file
from film.metadata import MetadataIndex
from film.models import Asset

SPARE = 64_000_000
"""Bytes that an import leaves free on the disk."""
BATCH = 1000

T = TypeVar("T", bound=BaseModel)


@dataclass
class UnpackReport:
    """What came in, and what was there already."""

    results: int = 0
    known_results: int = 0
    assets: int = 0
    known_assets: int = 0
    blobs: int = 0
    size: int = 0


def import_library(file: Path, *, cache: AssetCache, index: MetadataIndex) -> UnpackReport:
    try:
        with open_plain(file) as archive:
            return _Unpacking(cache, index).read(archive)
    except FileNotFoundError as error:
        raise InputError(f"{file} is not there", hint="name a file that film library export wrote") from error
    except OSError as error:
        raise disk_error(error, file) from error


class _Unpacking:
    def __init__(self, cache: AssetCache, index: MetadataIndex) -> None:
        self._cache, self._index = cache, index
        self._report = UnpackReport()
        self._wanted: dict[str, list[Result]] = {}
        self._spoken: set[str] = set()

    def read(self, archive: IO[bytes]) -> UnpackReport:
        rest = members(archive)
        head = _parse(Head, _next(rest, HEAD, 1 << 16).read(1 << 16), "library.json")
        if head.size + SPARE > self._cache.room():
            raise StoreError(
                f"the gallery's disk has no room for {head.size} bytes", hint="free some space and import again"
            )
        self._read_results(_next(rest, RESULTS), head)
        assets = self._read_assets(_next(rest, ASSETS), head)
        for member in rest:
            self._read_blob(member)
        if missing := self._wanted.keys() - self._spoken:
            raise InputError(f"the archive lacks {len(missing)} of its blobs", hint="export it again")
        self._index_assets(assets)
        return self._report

    def _read_results(self, member: Member, head: Head) -> None:
        known: list[Result] = []
        for result in _lines(member, Result, head.results):
            self._wanted.setdefault(result.sha256, [])
            known.append(result)
        for at in range(0, len(known), BATCH):
            some = known[at : at + BATCH]
            there = self._cache.on_record(result.key for result in some)
            for result in some:
                mine = there.get(result.key)
                if mine is None or (mine.sha256 == result.sha256 and not self._cache.is_whole(mine.sha256)):
                    self._wanted[result.sha256].append(result)  # or heals what is here, and not whole
                else:
                    self._report.known_results += 1
        sizes: dict[str, int] = {}
        for result in known:
            if sizes.setdefault(result.sha256, result.size) != result.size:
                raise _hostile(f"blob {result.sha256[:16]} has two lengths")
        if (len(sizes), sum(sizes.values())) != (head.blobs, head.size):
            raise _hostile("its blobs are not as many, or not as large, as it says")

    def _read_assets(self, member: Member, head: Head) -> list[Asset]:
        """Entries whose file is in the archive; the others would promise what nobody has."""
        entries = _lines(member, Entry, head.assets)
        return [Asset.model_validate(entry.model_dump()) for entry in entries if entry.sha256 in self._wanted]

    def _read_blob(self, member: Member) -> None:
        sha256 = member.name.removeprefix(BLOBS)
        if not member.name.startswith(BLOBS) or sha256 not in self._wanted:
            raise _hostile(f"{member.name!r} is nothing that it lists")
        if sha256 in self._spoken:
            raise _hostile(f"blob {sha256[:16]} comes twice")
        self._spoken.add(sha256)
        results = self._wanted[sha256]
        if not results:
            return  # all of its keys are known
        if any(result.size != member.size for result in results):
            raise _hostile(f"blob {sha256[:16]} is of another length than it says")
        for number, result in enumerate(results):
            if number == 0:
                temporary = self._cache.temporary()
                try:
                    with temporary.open("xb") as copy:
                        while piece := member.read(1 << 20):
                            copy.write(piece)
                    if sha256_of_file(temporary) != sha256:
                        raise IntegrityError(
                            f"blob {sha256[:16]} of the archive is not what its name says",
                            hint="copy the archive again; what came before it is imported and whole",
                        )
                    stored = self._cache.put(result.key, path=temporary, details=result.details, **result.fields())
                finally:
                    temporary.unlink(missing_ok=True)
                self._report.blobs += 1
                self._report.size += stored.size
            else:
                copy_of = self._cache.temporary()
                shutil.copyfile(self._cache.verified_path(results[0].key), copy_of)
                self._cache.put(result.key, path=copy_of, details=result.details, **result.fields())
            self._report.results += 1

    def _index_assets(self, assets: list[Asset]) -> None:
        for at in range(0, len(assets), BATCH):
            new: list[Asset] = []
            for asset in assets[at : at + BATCH]:
                if self._index.get_asset(asset.asset_id) is None:
                    new.append(asset)
            self._index.index_assets(new)
            self._report.assets += len(new)
            self._report.known_assets += len(assets[at : at + BATCH]) - len(new)


def _next(rest: Iterator[Member], name: str, most: int | None = None) -> Member:
    member = next(rest, None)
    if member is None or member.name != name or (most is not None and member.size > most):
        raise _hostile(f"{name} is not where it should be")
    return member


def _lines(member: Member, kind: type[T], promised: int) -> Iterator[T]:
    """A line at a time, none longer than any that is ever written, and as many as were promised."""
    pending, count = b"", 0
    while piece := member.read(1 << 16):
        *whole, pending = (pending + piece).split(b"\n")
        for line in whole:
            count += 1
            yield _parse(kind, line, f"{member.name} line {count}")
        if len(pending) > LONGEST_LINE:
            raise _hostile(f"{member.name} line {count + 1} is too long")
    if pending or count != promised:
        raise _hostile(f"{member.name} has {count} lines and not {promised}")


def _parse(kind: type[T], text: bytes, where: str) -> T:
    try:
        return kind.model_validate(plain_json(text))
    except (ValueError, ValidationError, RecursionError):
        raise _hostile(f"{where} is not what it should be") from None


def _hostile(why: str) -> InputError:
    return InputError(f"this is no library archive, or somebody changed it: {why}", hint="export it again")
