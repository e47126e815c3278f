"""All vectors of a library in one mapped file: a byte a number, so that a million are looked through in a tenth of a
second.

The file holds three NumPy arrays one behind the other, as ``np.save`` writes them: the vectors as bytes (n × dim), the
rows they belong to (ascending), and what each vector's bytes are multiplied with. A byte is coarse: the file only
proposes, and the database's own vectors decide. It is written under another name and renamed, so that it is whole or
not there; its name says whose vectors it holds and up to which change.
"""

from __future__ import annotations

import mmap
import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from film.errors import StoreError
from film.files.bounds import open_plain
from film.files.own_files import own_folder
from film.search.embedder import Vectors
from film.search.vectors import Ids

Scores = NDArray[np.float32]

_AT_ONCE = 1024
"""Rows turned into floats at a time: they stay in the processor's cache."""

_WORKERS = 4
_WORTH_WORKERS = 50_000

_NAME = re.compile(r"([0-9a-f]{32})-([0-9]+)\.npy")


class Matrix:
    """The mapped file."""

    def __init__(self, change: int, codes: NDArray[np.int8], ids: Ids, scales: Scores) -> None:
        self.change, self.ids, self.codes, self.scales = change, ids, codes, scales

    @property
    def dim(self) -> int:
        return self.codes.shape[1]

    def __len__(self) -> int:
        return len(self.ids)

    def scores(self, wanted: NDArray[np.float32], places: NDArray[np.intp] | None = None) -> Scores:
        """How like ``wanted`` the vectors are, about: all of them, or those in ``places``."""
        count = len(self) if places is None else len(places)
        found = np.empty(count, np.float32)

        def work(start: int, end: int) -> None:
            buffer = np.empty((_AT_ONCE, self.dim), np.float32)
            for number, first in enumerate(range(start, end, _AT_ONCE)):
                last = min(first + _AT_ONCE, end)
                rows = buffer[: last - first]
                np.copyto(rows, self.codes[first:last] if places is None else self.codes[places[first:last]])
                np.dot(rows, wanted, out=found[first:last])
                if number % (32 if places is None else 2) == 0:
                    self._let_go()
            self._let_go()

        workers = min(_WORKERS, os.cpu_count() or 1) if count >= _WORTH_WORKERS else 1
        share = -(-count // workers) if count else 1
        starts = range(0, count, share)
        with ThreadPoolExecutor(workers) as pool:  # NumPy lets go of the interpreter while it works
            list(pool.map(work, starts, [min(start + share, count) for start in starts]))
        found *= self.scales if places is None else self.scales[places]
        return found

    def _let_go(self) -> None:
        """What was looked through need not stay mapped: it would count as this process's memory."""
        mapped = getattr(self.codes, "_mmap", None)
        if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
            cast(mmap.mmap, mapped).madvise(mmap.MADV_DONTNEED)


def quantize(vectors: Vectors) -> tuple[NDArray[np.int8], Scores]:
    """Vectors as bytes, and what to multiply them with."""
    scales = (np.abs(vectors).max(axis=1, initial=0) / 127).astype(np.float32)
    steps = np.divide(vectors, scales[:, None], out=np.zeros_like(vectors), where=scales[:, None] > 0)
    return np.rint(steps).astype(np.int8), scales


def merged(
    held: Matrix, newer: Ids, vectors: Vectors, at_once: int = 20_000
) -> tuple[int, Iterator[tuple[Ids, NDArray[np.int8], Scores]]]:
    """The rows of a file with newer ones in their places: how many, and the rows part by part, by ascending id."""
    order = np.argsort(newer)
    newer, (codes, scales) = newer[order], quantize(vectors[order])
    kept = np.flatnonzero(~np.isin(held.ids, newer))
    ids = np.concatenate([held.ids[kept], newer])
    rank = np.argsort(ids, kind="stable")

    def parts() -> Iterator[tuple[Ids, NDArray[np.int8], Scores]]:
        for start in range(0, len(ids), at_once):
            some = rank[start : start + at_once]
            old = some < len(kept)
            places = kept[some[old]]
            part = np.empty((len(some), held.dim), np.int8)
            lengths = np.empty(len(some), np.float32)
            part[old], part[~old] = held.codes[places], codes[some[~old] - len(kept)]
            lengths[old], lengths[~old] = held.scales[places], scales[some[~old] - len(kept)]
            yield ids[some], part, lengths

    return len(ids), parts()


def open_newest(folder: Path, token: str, change: int) -> Matrix | None:
    """The newest file of a model that is not ahead of the database; None when there is none that can be read."""
    for at, path in sorted(_files(folder, token), reverse=True):
        if at <= change:
            with suppress(OSError, ValueError, EOFError):
                return _open(path, at)
    return None


def in_memory(change: int, parts: Iterable[tuple[Ids, NDArray[np.int8], Scores]]) -> Matrix:
    """The same without a file."""
    ids, codes, scales = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return Matrix(change, codes, ids, scales)


def write(
    folder: Path, token: str, change: int, dim: int, parts: Iterable[tuple[Ids, NDArray[np.int8], Scores]], count: int
) -> Matrix:
    """Write ``count`` rows, by ascending id, and open them; older files of the model are removed."""
    path = folder / f"{token}-{change}.npy"
    new = folder / f".{path.name}.{os.getpid()}"
    ids, scales, written = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)], 0
    try:
        own_folder(folder)
        with new.open("wb") as file:
            header = {"descr": "|i1", "fortran_order": False, "shape": (count, dim)}
            np.lib.format.write_array_header_1_0(file, header)
            for some_ids, codes, some_scales in parts:
                file.write(np.ascontiguousarray(codes).tobytes())
                ids.append(np.array(some_ids))
                scales.append(np.array(some_scales))
                written += len(some_ids)
            np.save(file, np.concatenate(ids))
            np.save(file, np.concatenate(scales).astype(np.float32))
        if written != count:
            raise ValueError(f"{written} vectors came of {count}")
        new.replace(path)
    except BaseException as error:
        with suppress(OSError):
            new.unlink()
        if isinstance(error, OSError):
            raise StoreError(
                f"the vectors of the library cannot be written to {folder}: {error.strerror}",
                hint="free some space, or let the folder be written to",
            ) from error
        raise
    for at, older in _files(folder, token):
        if at != change:
            with suppress(OSError):  # some systems keep a file that is mapped
                older.unlink()
    return _open(path, change)


def remove(folder: Path, *, but: str = "") -> None:
    """Remove the files of all models but one."""
    for path in folder.glob("*.npy") if folder.is_dir() else ():
        match = _NAME.fullmatch(path.name)
        if match and match[1] != but:
            with suppress(OSError):
                path.unlink()


def _files(folder: Path, token: str) -> list[tuple[int, Path]]:
    found = ((path, _NAME.fullmatch(path.name)) for path in folder.glob(f"{token}-*.npy"))
    return [(int(match[2]), path) for path, match in found if match]


def _open(path: Path, change: int) -> Matrix:
    with open_plain(path) as file:
        codes = _mapped(file, path)
        ids = np.load(file, allow_pickle=False)
        scales = np.load(file, allow_pickle=False)
    if not (len(codes) == len(ids) == len(scales)):
        raise ValueError(f"{path} is not whole")
    return Matrix(change, codes, ids, scales)


def _mapped(file: BinaryIO, path: Path) -> NDArray[np.int8]:
    """The first array, mapped; the file stands behind it then."""
    np.lib.format.read_magic(file)
    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    offset = file.tell()
    rows, dim = shape
    file.seek(offset + rows * dim)
    if not rows:
        return np.zeros((0, dim), np.int8)
    mapped: NDArray[np.int8] = np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=(rows, dim))
    return mapped
