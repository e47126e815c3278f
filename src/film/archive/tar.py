"""The plainest tar there is: regular files, short names, lengths told beforehand.

What is written any tar program reads. What is read comes from anywhere, so only this much is understood: no links, no
folders, no devices, no extended headers that a reader would have to hold in memory, no name that is not expected.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from film.errors import InputError

BLOCK = 512
LARGEST = 8**11 - 1
"""Bytes: what eleven octal digits say."""


def write_member(file: IO[bytes], name: str, source: IO[bytes], size: int) -> None:
    """Append ``size`` bytes of ``source`` as a file called ``name``."""
    if size > LARGEST:
        raise InputError(f"{name} is larger than 8 GiB", hint="such a file cannot travel in a library archive")
    file.write(_header(name, size))
    left = size
    while left:
        piece = source.read(min(left, 1 << 20))
        if not piece:
            raise InputError(f"{name} became shorter while it was written", hint="run film fsck, then try again")
        file.write(piece)
        left -= len(piece)
    file.write(bytes(-size % BLOCK))


def write_end(file: IO[bytes]) -> None:
    file.write(bytes(2 * BLOCK))


class Member:
    """A file in an archive, to be read before the next is asked for."""

    def __init__(self, archive: IO[bytes], name: str, size: int) -> None:
        self._archive, self.name, self.size = archive, name, size
        self._left, self._padding = size, -size % BLOCK

    def read(self, most: int) -> bytes:
        piece = self._archive.read(min(most, self._left))
        if self._left and most and not piece:
            raise _broken(f"{self.name} is cut short")
        self._left -= len(piece)
        return piece

    def skip(self) -> None:
        while self._left:
            self.read(1 << 20)
        if len(self._archive.read(self._padding)) != self._padding:
            raise _broken(f"{self.name} is cut short")
        self._padding = 0


def members(archive: IO[bytes]) -> Iterator[Member]:
    """The files of an archive in their order; InputError where it is anything but what ``write_member`` writes."""
    while True:
        header = archive.read(BLOCK)
        if len(header) < BLOCK:
            raise _broken("it ends in the middle")
        if not header.strip(b"\0"):
            return
        member = _member(archive, header)
        yield member
        member.skip()


def _member(archive: IO[bytes], header: bytes) -> Member:
    name = header[:100].rstrip(b"\0").decode("ascii", "replace")
    try:
        size, told = int(header[124:135], 8), int(header[148:154], 8)
    except ValueError:
        raise _broken("it is no library archive") from None
    if told != _sum(header):
        raise _broken("it is no library archive, or was damaged on its way")
    if header[156:157] not in (b"0", b"\0") or header[345:500].strip(b"\0"):
        raise _broken(f"{name!r} in it is a link, a folder or something stranger")
    return Member(archive, name, size)


def _header(name: str, size: int) -> bytes:
    fields = [
        name.encode("ascii").ljust(100, b"\0"),
        b"0000444\0" + b"0000000\0" * 2,
        f"{size:011o} ".encode(),
        b"00000000000 ",
        b" " * 8,
        b"0",
        bytes(100),
        b"ustar\x0000",
    ]
    header = b"".join(fields).ljust(BLOCK, b"\0")
    return header[:148] + f"{_sum(header):06o}\0 ".encode() + header[156:]


def _sum(header: bytes) -> int:
    return sum(header[:148]) + 8 * ord(" ") + sum(header[156:])


def _broken(why: str) -> InputError:
    return InputError(f"the archive cannot be read: {why}", hint="copy it again, or export it again")
