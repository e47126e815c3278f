"""Encodes missing segments, side by side, and hands each to the store as soon as it is whole.

One task makes segments that follow each other, and decodes each of their clips once. FFmpeg works outside Python's
lock, so threads are as quick as processes and share nothing but the store. A worker holds a few frames at a time:
memory does not grow with the film.
"""
# pyright: reportUnknownMemberType=false
# PyAV types neither its packets' streams nor **kwargs.

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import av
from av.video.frame import VideoFrame

from film.media.opening import url
from film.render import burnin, conform
from film.render.conform import Screen, Stretch
from film.render.pictures import as_frame, as_picture
from film.render.segments import Segment
from film.render.settings import EncodeSettings, timescale
from film.render.slate import overlay_for
from film.render.store import SegmentStore
from film.render.transitions import BLENDS
from film.timeline import Clip


class Tick(Protocol):
    """Told the piece after each of its frames; raises Interrupted when the cut should stop."""

    def __call__(self, piece: str, count: int = 1, /) -> None: ...


_SPREAD = 1.5
"""A task is what is left, divided by the workers and by this: large ones first, small ones to end all at once."""


@dataclass(frozen=True)
class EncodeTask:
    """Missing segments that follow each other in the film."""

    segments: tuple[Segment, ...]
    threads: int = 1
    """That decode each of its clips: two where a task lasts longer than there is work for all hands."""

    @property
    def frames(self) -> int:
        return sum(segment.frames for segment in self.segments)


Encoder = Callable[[EncodeTask, Screen, EncodeSettings, SegmentStore, Tick], None]
"""Puts a task's segments into the store: ``run``, or who has it done elsewhere."""


def tasks_for(segments: Sequence[Segment], present: Collection[str], *, workers: int = 1) -> list[EncodeTask]:
    """What must be encoded, in pieces that keep all workers busy to the end. Equal segments are encoded once.

    A task begins where its first clip is decoded from near its start: a piece may not end between a body and the join
    behind it, which would have the whole clip decoded twice.
    """
    claimed = set(present)
    missing: list[tuple[int, Segment]] = []
    for place, segment in enumerate(segments):
        if segment.key not in claimed:
            claimed.add(segment.key)
            missing.append((place, segment))
    left = sum(segment.frames for _, segment in missing)
    tasks: list[list[Segment]] = []
    behind, held, fair = -1, 0, 0.0
    for place, segment in missing:
        if place != behind or (segment.kind == "body" and held + segment.frames > fair):
            tasks.append([])
            held, fair = 0, left / (workers * _SPREAD)
        tasks[-1].append(segment)
        held += segment.frames
        left -= segment.frames
        behind = place + 1
    found = [EncodeTask(tuple(task)) for task in tasks]
    if len(found) > workers or workers == 1:
        return found
    # the longest of a few is one core's work for half of the time: there decoding may run ahead of encoding
    longest = max((task.frames for task in found), default=0)
    return [replace(task, threads=2) if 2 * task.frames > longest else task for task in found]


def run(task: EncodeTask, screen: Screen, settings: EncodeSettings, store: SegmentStore, tick: Tick) -> None:
    """Encode one task's segments and put them into the store; nothing half-made is left behind."""
    with closing(Shown(screen, task.threads)) as shown:
        for segment in task.segments:
            with _into_store(segment.key, screen, settings, store) as writer:
                for frame in shown.frames(segment):
                    writer.write(frame)
                    tick(segment.name)


class Shown:
    """The frames of segments that follow each other, as they are seen."""

    def __init__(self, screen: Screen, threads: int = 1) -> None:
        self._screen, self._readers = screen, _Readers(screen, threads)

    def frames(self, segment: Segment) -> Iterator[VideoFrame]:
        return _shown(segment, self._readers, self._screen)

    def close(self) -> None:
        self._readers.close()


class _Readers:
    """The clips that are being shown: each is decoded once, from its head in one join to its tail in the next."""

    def __init__(self, screen: Screen, threads: int) -> None:
        self._screen, self._threads = screen, threads
        self._open: list[tuple[Clip, int, Generator[VideoFrame, None, None]]] = []

    def read(self, *stretches: Stretch) -> list[Iterator[VideoFrame]]:
        """Frames of each stretch. What goes on where an open clip has been left is read on; all else is closed."""
        kept: list[tuple[Clip, int, Generator[VideoFrame, None, None]]] = []
        for stretch in stretches:
            at = (stretch.clip, stretch.first)
            found = next((reader for *place, reader in self._open if tuple(place) == at), None)
            rest = Stretch(stretch.clip, stretch.first, stretch.clip.frames)
            kept.append((stretch.clip, stretch.stop, found or conform.frames(rest, self._screen, self._threads)))
        going_on = [reader for *_, reader in kept]
        for *_, reader in self._open:
            if reader not in going_on:
                reader.close()
        self._open = kept
        return list(going_on)

    def close(self) -> None:
        for *_, reader in self._open:
            reader.close()


def _shown(segment: Segment, readers: _Readers, screen: Screen) -> Iterator[VideoFrame]:
    leaving = segment.shows[0]
    if segment.kind == "body":
        (alone,) = readers.read(leaving)
        for at in range(leaving.first, leaving.stop):
            yield burnin.captioned(_slated(next(alone), leaving.clip, at, screen), (leaving.clip, at))
        return
    outgoing, incoming = readers.read(*segment.shows)
    blend, steps = BLENDS[segment.kind], segment.frames
    # two slates do not melt into each other, nor move with their shots: writing over writing cannot be read
    both = all(stretch.clip.slate for stretch in segment.shows)
    for step in range(steps):
        at = [(stretch.clip, stretch.first + step) for stretch in segment.shows]
        pair = (next(outgoing), next(incoming))
        if not both:
            pair = tuple(_slated(frame, *place, screen) for frame, place in zip(pair, at, strict=True))
        before, after = map(as_picture, pair)
        mixed = as_frame(blend(before, after, step, steps))
        written = _slated(mixed, *at[2 * step >= steps], screen) if both else mixed
        yield burnin.captioned(written, *at)


def _slated(frame: VideoFrame, clip: Clip, at: int, screen: Screen) -> VideoFrame:
    return overlay_for(clip.slate, screen.width, screen.height, at).over(frame) if clip.slate else frame


@contextmanager
def _into_store(
    key: str, screen: Screen, settings: EncodeSettings, store: SegmentStore
) -> Generator[SegmentWriter, None, None]:
    temporary = store.temporary(".mp4")
    try:
        with SegmentWriter(temporary, screen, settings) as writer:
            yield writer
        store.put_file(key, temporary, mime="video/mp4")
    finally:
        temporary.unlink(missing_ok=True)


class SegmentWriter:
    """An mp4 of one encoded segment."""

    def __init__(self, path: Path, screen: Screen, settings: EncodeSettings) -> None:
        ticks, _ = timescale(screen.rate)
        self._container = av.open(url(path), "w", format="mp4", options={"video_track_timescale": str(ticks)})
        stream = self._container.add_stream("libx264", rate=screen.rate)
        stream.width, stream.height, stream.pix_fmt = screen.width, screen.height, "yuv420p"
        stream.codec_context.thread_count = 1
        stream.codec_context.time_base = 1 / screen.rate
        stream.codec_context.options = settings.x264(screen)
        self._stream = stream
        self._unit: Fraction = 1 / screen.rate
        self._written = 0

    def write(self, frame: VideoFrame) -> None:
        frame.pts, frame.time_base = self._written, self._unit
        frame.pict_type = 0  # the source's choice of key frames is not ours
        self._written += 1
        self._container.mux(self._stream.encode(frame))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._container.mux(self._stream.encode(None))
        finally:
            self._container.close()
