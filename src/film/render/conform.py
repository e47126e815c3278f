"""Turns any clip or still into frames of the film: its size, its rate, its colours, counted to the frame.

    Stretch (clip, first, stop) ──► decode ──► pick by time ──► fit ──► grade ──► yuv420p frames, BT.709

Frames are picked by their own timestamps, so that clips of 25, 30 or 60 frames a second, or of no constant rate at
all, need no special case: film frame ``k`` shows the last source frame that begins before the middle of ``k``. Only
picked frames are scaled. What fits already passes through untouched.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from film.errors import ComposeError
from film.media.clips import DEINTERLACED, decode, progressive
from film.media.opening import decoding, video_stream
from film.render.creep import crept
from film.render.fitting import Fitter
from film.render.grade import Grader
from film.render.media import open_media, read_still
from film.timeline import Clip

_HALF = Fraction(1, 2)
_WORTH_SKIPPING = Fraction(1, 3)
"""Seconds."""


@dataclass(frozen=True)
class Screen:
    """What the film is shown on."""

    width: int
    height: int
    rate: Fraction


@dataclass(frozen=True)
class Stretch:
    """Frames ``first`` to ``stop`` of a clip, counted in film frames from its first."""

    clip: Clip
    first: int
    stop: int

    @property
    def frames(self) -> int:
        return self.stop - self.first

    @property
    def moving(self) -> int:
        """The clip's frames before it is held."""
        return self.clip.frames - self.clip.hold

    def positions(self) -> Iterator[Fraction]:
        """Where in the source each frame looks, counted in frames of the film's rate."""
        for k in range(self.first, self.stop):
            yield self.clip.source_in + min(k, self.moving - 1) * self.clip.speed


def frames(stretch: Stretch, screen: Screen, threads: int = 1) -> Generator[VideoFrame, None, None]:
    """Exactly ``stretch.frames`` frames. A source that ends early goes on with its last picture.

    ``threads`` decode it, whole frames at a time, while the caller works on those before.
    """
    clip = stretch.clip
    grader = Grader(clip.grade, screen.width, screen.height) if clip.grade else None
    fitter = Fitter(clip.fit, screen)
    if clip.source.kind == "image":
        still = fitter.still(read_still(clip.source.path))
        for place in range(stretch.first, stretch.stop):
            yield grader.grade(still, place) if grader else still
        return
    path = clip.source.path
    with open_media(path, "video") as container:
        stream = video_stream(container, path.name, threads=threads)
        if threads > 1:
            stream.thread_type = "FRAME"
        shown: VideoFrame | None = None
        fitted: VideoFrame | None = None
        whole = progressive(
            _decoded(container, stream, stretch, screen.rate), woven=DEINTERLACED in clip.source.reading
        )
        picked = _picked(whole, stretch, screen.rate, path)
        for place, source_frame in enumerate(picked, stretch.first):
            if source_frame is not shown or fitted is None:
                with decoding(path.name):
                    shown, fitted = source_frame, fitter.fit(source_frame, stream, path)
            held = place - stretch.moving + 1
            seen = fitted
            if clip.creep and held > 0:
                seen = crept(fitted, fitter.covered(source_frame, stream), float(held / screen.rate))
            yield grader.grade(seen, place) if grader else seen


def _decoded(container: InputContainer, stream: VideoStream, stretch: Stretch, rate: Fraction) -> Iterator[VideoFrame]:
    """A clip's first frame, all that the stretch may show, and what those are predicted from.

    Of H.264, pictures that no other depends on are passed over until shortly before the stretch: a third of the work of
    reaching the join at the end of a clip. Decoders of other codecs are not asked to, since some would go on with it.
    """
    begins = next(stretch.positions()) / rate
    plain = stream.codec_context.name == "h264" and DEINTERLACED not in stretch.clip.source.reading
    if begins < _WORTH_SKIPPING or not plain or not stream.time_base:
        yield from decode(container, stream)
        return
    with open_media(stretch.clip.source.path, "video", undecoded=True) as packets:
        times = sorted(
            p.pts for p in packets.demux(packets.streams[stream.index]) if p.pts is not None and not p.is_discard
        )
    first = times[0] if times else 0
    needed = max((pts for pts in times if (pts - first) * stream.time_base < begins), default=first)
    for packet in container.demux(stream):
        early = packet.pts is not None and first < packet.pts < needed
        stream.codec_context.skip_frame = "NONREF" if early else "DEFAULT"
        yield from packet.decode()


def _picked(decoded: Iterator[VideoFrame], stretch: Stretch, rate: Fraction, path: Path) -> Iterator[VideoFrame]:
    timed = timed_frames(decoded, path)
    with decoding(path.name):
        first = next(timed, None)
    if first is None:
        raise ComposeError(f"{path.name} holds no frames", hint="make the shot again")
    origin, current = first
    upcoming: tuple[Fraction, VideoFrame] | None = first
    for position in stretch.positions():
        due = (position + _HALF) / rate + origin
        with decoding(path.name):
            while upcoming and upcoming[0] < due:
                current = upcoming[1]
                upcoming = next(timed, None)
        yield current


def timed_frames(decoded: Iterator[VideoFrame], path: Path) -> Iterator[tuple[Fraction, VideoFrame]]:
    """Frames with their times in seconds; raises ComposeError for a clip that does not say them."""
    for frame in decoded:
        if frame.pts is None or frame.time_base is None:
            raise ComposeError(f"{path.name} does not say when its frames are shown", hint="convert it to mp4")
        yield frame.pts * frame.time_base, frame
