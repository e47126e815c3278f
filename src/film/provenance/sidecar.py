"""A film's signed manifest as a file of its own: what stands in the film, taken out as it is.

C2PA puts it into an MP4 as a ``uuid`` box at the top: its id, four bytes of version and flags, the word "manifest" and
a zero, eight bytes of an offset, and then the manifest store, which is what a ``.c2pa`` file holds.
"""

from __future__ import annotations

import os
from pathlib import Path

from film.files.bounds import BOUNDS, open_plain

_ID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_PURPOSE = b"manifest\0"
_HEAD = len(_ID) + 4 + len(_PURPOSE) + 8


def manifest_store(film: Path) -> bytes | None:
    """The bytes of a ``.c2pa`` file; None where the film carries no manifest. Raises OSError."""
    with open_plain(film) as file:
        end = os.fstat(file.fileno()).st_size
        at = 0
        while at + 8 <= end:
            file.seek(at)
            head = file.read(16)
            size, kind = int.from_bytes(head[:4]), head[4:8]
            begins = 8
            if size == 1:
                size, begins = int.from_bytes(head[8:16]), 16
            elif size == 0:
                size = end - at
            if size < begins or at + size > end:
                return None
            length = size - begins - _HEAD
            if kind == b"uuid" and 0 < length <= BOUNDS["manifest"].bytes:
                file.seek(at + begins)
                box = file.read(_HEAD)
                if box.startswith(_ID) and box[len(_ID) + 4 :].startswith(_PURPOSE):
                    return file.read(length)
            at += size
    return None
