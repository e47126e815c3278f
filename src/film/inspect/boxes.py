"""The outermost boxes of an MP4: whether the index stands in front, and whether the file ends where it says.

A player on the web needs ``moov``, the index, before it can show a first frame. Behind ``mdat``, the media, it costs a
second connection, or the whole download. And a file that was cut short says so here: its last box runs past its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_MOST = 100_000
"""Boxes: a fragmented hour has thousands; more is damage."""
_KNOWN = frozenset(b"ftyp styp moov mdat free skip wide moof mfra sidx ssix uuid meta pdin prft emsg udta".split())


@dataclass(frozen=True)
class Layout:
    """Bytes a box claims beyond the file's end, in ``short_by``; ``strange`` is where no box follows any more."""

    has_index: bool
    index_first: bool
    fragmented: bool
    short_by: int = 0
    strange: int | None = None


def layout(path: Path) -> Layout | None:
    """The layout of an MP4 or a QuickTime file; None for what is neither."""
    boxes: list[bytes] = []
    short_by, strange = 0, None
    with path.open("rb") as file:
        length = file.seek(0, 2)
        at = 0
        while at + 8 <= length and len(boxes) < _MOST:
            file.seek(at)
            head = file.read(16)
            size, kind = int.from_bytes(head[:4]), head[4:8]
            if kind not in _KNOWN and not (boxes and _plausible(kind)):
                if not boxes:
                    return None
                strange = at
                break
            if size == 1:
                size = int.from_bytes(head[8:16])
            elif size == 0:
                size = length - at
            if size < 8:
                strange = at
                break
            boxes.append(kind)
            short_by = max(0, at + size - length)
            at += size
    media = boxes.index(b"mdat") if b"mdat" in boxes else len(boxes)
    fragmented = b"moof" in boxes
    has_index = b"moov" in boxes
    index_first = has_index and boxes.index(b"moov") < media
    return Layout(has_index, index_first, fragmented, short_by, strange)


def _plausible(kind: bytes) -> bool:
    return kind.isalnum() and kind.isascii()
