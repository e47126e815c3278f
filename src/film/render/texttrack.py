"""The soft track: captions inside the film, off until a viewer switches them on.

    Timeline.captions ──► packets of text ──► a tx3g track in the MP4 ──(switched_off)──► shown on demand only

The muxer fills the gaps with empty samples by itself. What it cannot do is set up the track: it writes no style without
one that an encoder has made, and strict players refuse such a track. So the style is read from the smallest MP4 that
can have one, made here. It also switches on the first text track of any file; that one bit is taken back at the end.
"""
# pyright: reportUnknownMemberType=false
# PyAV types neither its packets' streams nor **kwargs.

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import av
from av.packet import Packet

from film.captions import sample
from film.render.settings import timescale
from film.timeline import Timeline

if TYPE_CHECKING:
    from av.container import OutputContainer

_LETTERS = 0.05
"""Height of letters where a player takes our word for it, as a share of the picture's."""
_WHITE = b"\xff\xff\xff\xff"
_BOTTOM_CENTRE = struct.pack(">bb", 1, -1)
_UNITY = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_NO_SAMPLES = bytes(8)
_ENABLED = 0x01
_LANGUAGES: dict[str, str] = {
    pair[:2]: pair[3:]
    for pair in (
        "af:afr am:amh ar:ara az:aze be:bel bg:bul bn:ben bs:bos ca:cat cs:ces cy:cym da:dan de:deu el:ell en:eng "
        "eo:epo es:spa et:est eu:eus fa:fas fi:fin fr:fra ga:gle gd:gla gl:glg gu:guj he:heb hi:hin hr:hrv hu:hun "
        "hy:hye id:ind is:isl it:ita ja:jpn ka:kat kk:kaz km:khm kn:kan ko:kor la:lat lb:ltz lo:lao lt:lit lv:lav "
        "mk:mkd ml:mal mn:mon mr:mar ms:msa mt:mlt my:mya nb:nob ne:nep nl:nld nn:nno no:nor pa:pan pl:pol ps:pus "
        "pt:por ro:ron ru:rus sa:san sd:snd si:sin sk:slk sl:slv so:som sq:sqi sr:srp sv:swe sw:swa ta:tam te:tel "
        "th:tha tl:tgl tr:tur uk:ukr ur:urd uz:uzb vi:vie xh:xho yi:yid zh:zho zu:zul"
    ).split()
}
"""Two letters to the three that MP4 holds."""


def add_to(film: OutputContainer, timeline: Timeline, open_files: ExitStack) -> Iterator[Packet[Any]]:
    """Add the track to ``film``, and the packets of its captions, in order."""
    style = open_files.enter_context(av.open(_styled(timeline.width, timeline.height), "r", format="mov"))
    track = film.add_stream_from_template(style.streams[0])
    ticks, frame = timescale(timeline.rate)
    track.time_base = Fraction(1, ticks)
    track.metadata["language"] = language_code(timeline.captions_language)

    def packets() -> Iterator[Packet[Any]]:
        for caption in timeline.captions:
            packet: Packet[Any] = Packet(sample(caption))
            packet.stream, packet.time_base = track, Fraction(1, ticks)
            packet.pts = packet.dts = caption.start_frame * frame
            packet.duration = caption.frames * frame
            yield packet

    return packets()


def switch_off(film: Path) -> None:
    """Leave the text tracks of a finished MP4 to the viewer."""
    with film.open("r+b") as file:
        for flags in list(_flags_of_text_tracks(file, film.stat().st_size)):
            file.seek(flags)
            now = file.read(1)[0]
            file.seek(flags)
            file.write(bytes([now & ~_ENABLED]))


def language_code(tag: str) -> str:
    """``en``, ``en-GB`` or ``eng`` as the three letters of ISO 639-2, ``und`` for what it has none for."""
    first = tag.split("-", maxsplit=1)[0].lower()
    return first if len(first) == 3 else _LANGUAGES.get(first, "und")


def _flags_of_text_tracks(file: IO[bytes], size: int) -> Iterator[int]:
    """Where the lowest byte of each text track's flags lies."""
    for movie, *inside in _boxes(file, 0, size):
        for track, *parts in _boxes(file, *inside) if movie == b"moov" else ():
            found = {name: (start, stop) for name, start, stop in _boxes(file, *parts)} if track == b"trak" else {}
            for handler, start, _ in _boxes(file, *found.get(b"mdia", (0, 0))):
                file.seek(start + 8)
                if handler == b"hdlr" and file.read(4) == b"sbtl":
                    yield found[b"tkhd"][0] + 3  # a version, and 24 bits of flags


def _boxes(file: IO[bytes], start: int, stop: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes of a stretch: type, where the payload begins, where it ends."""
    while start + 8 <= stop:
        file.seek(start)
        size, box = struct.unpack(">I4s", file.read(8))
        head = 8
        if size == 1:
            size, head = struct.unpack(">Q", file.read(8))[0], 16
        end = stop if size == 0 else start + size
        if end <= start or end > stop:
            return
        yield box, start + head, end
        start = end


def _styled(width: int, height: int) -> io.BytesIO:
    """An MP4 of one text track without a sample: nothing but what its text looks like."""
    entry = _box(
        b"tx3g",
        bytes(6),
        struct.pack(">HI", 1, 0),  # no text is forced upon the viewer
        _BOTTOM_CENTRE,
        bytes(4),  # no background
        struct.pack(">4h", 0, 0, height, width),
        struct.pack(">3HBB", 0, 0, 1, 0, min(255, round(height * _LETTERS))),
        _WHITE,
        _box(b"ftab", struct.pack(">HHB", 1, 1, 10), b"Sans-Serif"),
    )
    table = _box(
        b"stbl",
        _full(b"stsd", struct.pack(">I", 1), entry),
        _full(b"stts", bytes(4)),
        _full(b"stsc", bytes(4)),
        _full(b"stsz", _NO_SAMPLES),
        _full(b"stco", bytes(4)),
    )
    data = _box(b"dinf", _full(b"dref", struct.pack(">I", 1), _full(b"url ", flags=1)))
    media = _box(
        b"mdia",
        _full(b"mdhd", struct.pack(">IIIIHH", 0, 0, 1000, 0, 0x55C4, 0)),
        _full(b"hdlr", bytes(4), b"sbtl", bytes(13)),
        _box(b"minf", _full(b"nmhd"), data, table),
    )
    size = struct.pack(">II", width << 16, height << 16)
    header = _full(b"tkhd", struct.pack(">5I", 0, 0, 1, 0, 0), bytes(8), struct.pack(">4h", 0, 2, 0, 0), _UNITY, size)
    movie = _full(b"mvhd", struct.pack(">4IIH", 0, 0, 1000, 0, 0x10000, 0x100), bytes(10), _UNITY, bytes(24), bytes(4))
    brand = _box(b"ftyp", b"isom", bytes(4), b"isomiso2mp41")
    return io.BytesIO(brand + _box(b"moov", movie, _box(b"trak", header, media)))


def _box(name: bytes, *parts: bytes) -> bytes:
    payload = b"".join(parts)
    return struct.pack(">I4s", 8 + len(payload), name) + payload


def _full(name: bytes, *parts: bytes, flags: int = 0) -> bytes:
    return _box(name, struct.pack(">I", flags), *parts)
