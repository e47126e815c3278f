"""The library into one file: everything that was made or paid for and can be used again, each byte checked.

Pieces of the cut are left out: they are made anew for nothing. So is the ledger: money was spent where it was spent.
The file takes its name once it is whole.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import Engine, select

from film.archive.manifest import ASSETS, BLOBS, HEAD, RESULTS, Head, Result
from film.archive.tar import write_end, write_member
from film.cache import AssetCache
from film.cache.locks import hold, is_free
from film.db.base import now
from film.db.session import snapshot
from film.db.tables import Action, Blob
from film.errors import InputError, IntegrityError, disk_error
from film.metadata import MetadataIndex
from film.models import Asset

REMADE = ("segment", "mix", "film")
"""Kinds that cost nothing to make again of the others."""
PAGE = 1000
LEFT_OVER = ".film-part"


@dataclass(frozen=True)
class PackReport:
    results: int
    assets: int
    blobs: int
    size: int


def _own(path: str, flags: int) -> int:
    """Prompts and prices are in it: whoever it is meant for is given it."""
    return os.open(path, flags, 0o600)


def export_library(file: Path, *, cache: AssetCache, engine: Engine, index: MetadataIndex) -> PackReport:
    """Write the library to ``file``, which must not exist yet. IntegrityError when a blob of it is not whole."""
    if file.exists():
        raise InputError(f"{file} is there already", hint="name another file, or remove it first")
    part = file.with_name(f".{file.name}-{uuid.uuid4().hex[:12]}{LEFT_OVER}")
    try:
        file.absolute().parent.mkdir(parents=True, exist_ok=True)
        _clear_left_overs(file.absolute().parent)
        try:
            with open(part, "xb", opener=_own) as archive:
                hold(archive.fileno())
                report = _write(archive, cache, engine, index)
                archive.flush()
                os.fsync(archive.fileno())
            _name(part, file)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise disk_error(error, file) from error
    return report


def _name(part: Path, file: Path) -> None:
    """Never in place of a file that has come meanwhile."""
    try:
        os.link(part, file)
    except FileExistsError:
        raise InputError(f"{file} is there already", hint="name another file, or remove it first") from None
    except OSError:  # a filesystem without links
        part.replace(file)


def _clear_left_overs(folder: Path) -> None:
    """What exports that were killed have left here; one at work holds its own."""
    for left_over in folder.glob(f".*{LEFT_OVER}"):
        with suppress(OSError):
            if not left_over.is_symlink() and is_free(left_over):
                left_over.unlink()


def _write(archive: IO[bytes], cache: AssetCache, engine: Engine, index: MetadataIndex) -> PackReport:
    with tempfile.TemporaryFile() as results, tempfile.TemporaryFile() as assets:
        sizes: dict[str, int] = {}
        n_results = n_assets = 0
        for result in _results(engine):
            results.write(result.model_dump_json().encode() + b"\n")
            sizes[result.sha256] = result.size
            n_results += 1
        for asset in _assets(index):
            if asset.sha256 in sizes:
                assets.write(asset.model_dump_json().encode() + b"\n")
                n_assets += 1
        total = sum(sizes.values())
        head = Head(created=now(), results=n_results, assets=n_assets, blobs=len(sizes), size=total)
        with tempfile.TemporaryFile() as told:
            told.write(head.model_dump_json(indent=1).encode())
            for name, source in ((HEAD, told), (RESULTS, results), (ASSETS, assets)):
                size = source.tell()
                source.seek(0)
                write_member(archive, name, source, size)
    for sha256, size in sorted(sizes.items()):
        with cache.open_blob(sha256, size) as blob:
            reader = _Hashing(blob)
            write_member(archive, BLOBS + sha256, reader, size)  # type: ignore[arg-type]  # only its read is used
            if reader.hexdigest() != sha256:
                raise IntegrityError(f"blob {sha256[:16]} changed while it was read", hint="run: film fsck --repair")
    write_end(archive)
    return PackReport(n_results, n_assets, len(sizes), total)


class _Hashing:
    """Reads a file and knows the hash of what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._digest = file, hashlib.sha256()

    def read(self, most: int) -> bytes:
        piece = self._file.read(most)
        self._digest.update(piece)
        return piece

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def _results(engine: Engine) -> Iterator[Result]:
    columns = (Action.key, Action.kind, Action.provider, Blob.sha256, Blob.size, Blob.mime, Action.cost, Action.details)
    ready = (
        select(*columns)
        .join(Blob, Blob.sha256 == Action.blob_sha256)
        .where(Action.state == "ready", Action.kind.not_in(REMADE))
        .order_by(Action.key)
    )
    names = Result.model_fields.keys()
    with snapshot(engine) as db:
        for row in db.execute(ready):
            yield Result.model_validate(dict(zip(names, row, strict=True)))


def _assets(index: MetadataIndex) -> Iterator[Asset]:
    cursor: str | None = None
    while True:
        page = index.page(limit=PAGE, cursor=cursor)
        yield from page.assets
        cursor = page.next
        if cursor is None:
            return
