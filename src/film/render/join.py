"""Joins encoded segments into the film: packets are copied, nothing is encoded.

Every timestamp is computed from the plan and none is taken over from a segment's file, so a piece of one frame joins
as exactly as one of a thousand, and nothing drifts:

    shown  = frames before this segment + place in it
    decode = frames before this segment + packets before this one - REORDER      (in frames of the film)

Sound and captions are woven in by time as they are written, so that players need not seek. The film appears under its
name only once it is whole, finished and on disk.
"""
# pyright: reportUnknownMemberType=false
# PyAV types neither its packets' streams nor **kwargs.

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from fractions import Fraction
from glob import escape
from heapq import merge
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import av
import av.error
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from film.errors import ComposeError
from film.files.own_files import fresh_beside
from film.media.opening import UNDECODED, url
from film.render import texttrack
from film.render.index import room_for_index
from film.render.segments import Segment
from film.render.settings import REORDER, timescale
from film.render.sound import SAMPLE_RATE
from film.timeline import Timeline

if TYPE_CHECKING:
    from av.container.core import Chapter

_ABANDONED = 3600
"""Seconds since anything was written."""
AnyPacket: TypeAlias = "Packet[Any]"
Finish: TypeAlias = Callable[[Path], None]
"""What is done to the whole film before it appears under its name; it may rewrite the file in place."""


def join(
    segments: Sequence[Segment],
    files: Mapping[str, Path],
    *,
    sound: Path | None,
    timeline: Timeline,
    out: Path,
    on_segment: Callable[[int], None],
    finish: Finish | None = None,
) -> None:
    """Write ``out`` from the segments' files, in order, with the mix and the captions beside them.

    ``on_segment`` is told the frames of each piece that has been written.
    """
    with _appearing(out) as temporary:
        _write(temporary, segments, files, sound=sound, timeline=timeline, on_segment=on_segment)
        if _has_track(timeline):
            texttrack.switch_off(temporary)
        if finish:
            finish(temporary)


def _has_track(timeline: Timeline) -> bool:
    return bool(timeline.captions_track and timeline.captions)


def _write(
    temporary: Path,
    segments: Sequence[Segment],
    files: Mapping[str, Path],
    *,
    sound: Path | None,
    timeline: Timeline,
    on_segment: Callable[[int], None],
) -> None:
    ticks, _ = timescale(timeline.rate)
    with ExitStack() as open_files:
        mixed = open_files.enter_context(av.open(url(sound), "r", format="mov")) if sound else None
        options = {
            "moov_size": str(room_for_index(timeline, mixed.streams.audio[0].frames if mixed else 0)),
            "video_track_timescale": str(ticks),
            "movie_timescale": str(SAMPLE_RATE),  # edit lists count in it: sound and picture end exactly
        }
        film = open_files.enter_context(av.open(url(temporary), "w", format="mp4", options=options))
        _describe(film, timeline)
        with _reading(segments[0], files[segments[0].key], {}) as first:
            weaver = _Weaver(film, first.streams.video[0], mixed, timeline, open_files)
        base = 0
        for segment in segments:
            packets, parameters = _packets(segment, files[segment.key])
            weaver.expect(parameters, segment)
            for packet in _timed(packets, base, timeline.rate):
                weaver.write(packet)
            base += segment.frames
            on_segment(segment.frames)
        weaver.finish()


class _Weaver:
    """Writes packets of picture, sound and captions in the order of their times."""

    def __init__(
        self,
        film: OutputContainer,
        template: VideoStream,
        mixed: InputContainer | None,
        timeline: Timeline,
        open_files: ExitStack,
    ) -> None:
        self._film = film
        self._picture = film.add_stream_from_template(template)
        self._parameters = _parameters(template)
        beside: list[Iterator[AnyPacket]] = []
        if mixed:
            audio = mixed.streams.audio[0]
            track = film.add_stream_from_template(audio)
            beside.append(open_files.enter_context(closing(_copied(mixed.demux(audio), track))))
        if _has_track(timeline):
            beside.append(texttrack.add_to(film, timeline, open_files))
        self._beside = merge(*beside, key=_when)
        self._waiting = next(self._beside, None)

    def expect(self, parameters: bytes, segment: Segment) -> None:
        """One set of decoder parameters serves the whole film; a segment with others would show as garbage."""
        if parameters != self._parameters:
            raise ComposeError(
                f"{segment.name} was encoded with other parameters than the rest of the film",
                hint="clear the cut's segments from the store and make the film again",
            )

    def write(self, packet: AnyPacket) -> None:
        packet.stream = self._picture
        now = _when(packet)
        while self._waiting and _when(self._waiting) <= now:
            self._write_beside()
        self._film.mux_one(packet)

    def finish(self) -> None:
        while self._waiting:
            self._write_beside()

    def _write_beside(self) -> None:
        if self._waiting:
            self._film.mux_one(self._waiting)
        self._waiting = next(self._beside, None)


def _copied(packets: Iterator[AnyPacket], track: Any) -> Generator[AnyPacket, None, None]:
    for packet in packets:
        if packet.size:
            packet.stream = track
            yield packet


def _when(packet: AnyPacket) -> float:
    """Seconds, to say what comes before what: near enough for that, and a hundred times as quick as exact ones."""
    base = packet.time_base
    return (packet.dts or 0) * base.numerator / base.denominator


@contextmanager
def _reading(segment: Segment, path: Path, options: Mapping[str, str]) -> Generator[InputContainer, None, None]:
    try:
        with av.open(url(path), "r", format="mov", options=dict(options)) as container:
            yield container
    except (av.error.FFmpegError, OSError) as error:
        raise ComposeError(
            f"the encoded piece {segment.name} cannot be read: {error}",
            hint="run again; if it happens again, clear the cut's segments from the store",
        ) from error


def _packets(segment: Segment, path: Path) -> tuple[list[AnyPacket], bytes]:
    """A segment's packets in the order they are decoded, and its decoder parameters."""
    with _reading(segment, path, UNDECODED) as container:
        stream = container.streams.video[0]
        packets: list[AnyPacket] = [p for p in container.demux(stream) if p.size and p.pts is not None]
        parameters = _parameters(stream)
    if len(packets) != segment.frames:
        raise ComposeError(
            f"the encoded piece {segment.name} holds {len(packets)} frames, planned were {segment.frames}",
            hint="run again; if it happens again, clear the cut's segments from the store",
        )
    return packets, parameters


def _parameters(stream: VideoStream) -> bytes:
    return bytes(stream.codec_context.extradata or b"")


def _timed(packets: Sequence[AnyPacket], base: int, rate: Fraction) -> Iterator[AnyPacket]:
    """The packets with their times in the film, ``base`` frames from its start."""
    ticks, frame = timescale(rate)
    shown = sorted(packet.pts or 0 for packet in packets)
    place = {pts: position for position, pts in enumerate(shown)}
    for count, packet in enumerate(packets):
        packet.pts, packet.dts = (base + place[packet.pts or 0]) * frame, (base + count - REORDER) * frame
        packet.time_base, packet.duration = Fraction(1, ticks), frame
        yield packet


def _describe(film: OutputContainer, timeline: Timeline) -> None:
    film.metadata.update({k: v for k, v in (("title", timeline.title), ("comment", timeline.comment)) if v})
    chapters: list[Chapter] = [
        {
            "id": number,
            "start": chapter.start_frame,
            "end": chapter.start_frame + chapter.frames,
            "time_base": 1 / timeline.rate,
            "metadata": {"title": chapter.title},
        }
        for number, chapter in enumerate(timeline.chapters)
    ]
    film.set_chapters(chapters)


@contextmanager
def _appearing(out: Path) -> Generator[Path, None, None]:
    """A new name beside ``out`` that becomes ``out`` when all is written, and is gone when it is not."""
    out.parent.mkdir(parents=True, exist_ok=True)
    _sweep(out)
    temporary = fresh_beside(out)
    try:
        yield temporary
        _to_disk(temporary)
        temporary.replace(out)
        _name_to_disk(out.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _sweep(out: Path) -> None:
    """Remove what a run that was killed while joining left beside ``out``. A join at work is never this old."""
    for part in out.parent.glob(f".{escape(out.name)}.*.part"):
        with suppress(FileNotFoundError):  # finished just now, by whoever was writing it
            if time.time() - part.stat().st_mtime > _ABANDONED:
                part.unlink()


def _to_disk(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _name_to_disk(folder: Path) -> None:
    if os.name == "nt":  # Windows keeps names by itself, and folders cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
