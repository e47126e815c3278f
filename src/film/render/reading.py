"""Sound files as streams: any stretch of any file, at any speed, in blocks, with no long file ever held whole.

    Excerpt ──(read)──► blocks ──► Tape.take(n)       in the sizes the mix asks for
                              ├──► listen ──► Heard   how loud, how long, and its shape over time
                              └──► decode             a line of dialogue, which is short, as a whole

What FFmpeg decodes comes out as float32 at 48 kHz, left and right. Mono goes to both sides at full level, what has
more channels is mixed down to two.
"""
# pyright: reportUnknownMemberType=false
# PyAV types neither its packets' streams nor **kwargs.

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.container import InputContainer
from numpy.typing import NDArray

from film.errors import ComposeError
from film.media.clips import picture_of
from film.media.opening import audio_stream
from film.media.sounds import Hole, on_time, origin_of
from film.render.media import open_media
from film.render.sound import FLOAT_STEREO, LAYOUTS, SAMPLE_RATE, Samples, filtered, integrated, samples_of

ENVELOPE_RATE = 100
"""Steps a second of a ``Heard.envelope``."""
_STEP = SAMPLE_RATE // ENVELOPE_RATE
_SEEK_BEYOND = Fraction(30)
"""Seconds that are decoded and thrown away sooner than sought: exact in every format, and hardly slower."""
_SLOWEST = Fraction(1, 2)
"""What one ``atempo`` can do."""
_SHORT = SAMPLE_RATE
_LONGEST_VOICE = 40 * 60
"""Seconds: no line of dialogue is longer, and a bad file must not fill the memory."""
_FEWEST = SAMPLE_RATE // 4
"""Samples in a block, where the file's own are smaller: what a block costs is the same for ten samples and for ten
thousand."""


@dataclass(frozen=True)
class Excerpt:
    """A stretch of a file's sound from ``offset`` seconds on, ``length`` samples long as heard; None: to the end.

    ``speed`` makes it faster or slower at the same pitch; ``offset`` counts in the file's own time. A clip's sound
    keeps its place beside the picture, where another file simply begins with its first sample.
    """

    path: Path
    offset: Fraction = Fraction(0)
    length: int | None = None
    speed: Fraction = Fraction(1)
    with_picture: bool = False
    channels: int = 2
    """6 where all of a mix in 5.1 is wanted."""


@dataclass(frozen=True)
class Heard:
    """``level`` in LUFS, ``length`` in samples, ``envelope`` as the mean level of each hundredth of a second."""

    level: float
    length: int
    envelope: NDArray[np.float32]


def read(excerpt: Excerpt) -> Generator[Samples, None, None]:
    """The excerpt in blocks of whatever size they come in; less than was asked for, or nothing, where the file ends."""
    left = excerpt.length
    sound = _decoded(excerpt)
    blocks = _stretched(sound, excerpt.speed) if excerpt.speed != 1 else sound
    for block in _gathered(blocks):
        part = block if left is None else block[:left]
        if len(part):
            yield part
        if left is not None:
            left -= len(part)
            if left <= 0:
                return


def decode(path: Path) -> Samples:
    """A voice from its first sample to its last, as its file has it."""
    parts: list[Samples] = []
    length = 0
    for block in read(Excerpt(path)):
        parts.append(block)
        length += len(block)
        if length > _LONGEST_VOICE * SAMPLE_RATE:
            raise ComposeError(f"{path.name} is longer than 40 minutes", hint="no line of dialogue is")
    if not length:
        raise ComposeError(f"{path.name} holds no sound", hint="make the shot again")
    return np.concatenate(parts)


def listen(blocks: Iterable[Samples], tick: Callable[[], None] = lambda: None) -> Heard:
    """Hear a sound through once. What is shorter than loudness is measured over counts as if it went on.

    ``tick`` is called for every block, and may raise to stop.
    """
    head: list[Samples] = []
    steps: list[NDArray[np.float32]] = []
    length = 0
    over = np.zeros((0, 2), np.float32)

    def overheard() -> Iterator[Samples]:
        nonlocal length, over
        for block in blocks:
            tick()
            if length < _SHORT:
                head.append(block)
            length += len(block)
            whole = np.concatenate([over, block]) if len(over) else block
            count = len(whole) // _STEP
            steps.append(_rms(whole[: count * _STEP]))
            over = whole[count * _STEP :]
            yield block

    level = integrated(overheard())
    if 0 < length < _SHORT:
        level = integrated([at_least_a_second(np.concatenate(head))])
    return Heard(level, length, np.concatenate(steps) if steps else np.zeros(0, np.float32))


def at_least_a_second(samples: Samples) -> Samples:
    """Loudness is measured over 0.4 s: a short "Yes." is measured as if said again and again."""
    return np.tile(samples, (-(-_SHORT // len(samples)), 1))


class Tape:
    """Blocks of any size, taken in the sizes that are asked for."""

    def __init__(self, blocks: Iterator[Samples]) -> None:
        self._blocks = blocks
        self._rest = np.zeros((0, 2), np.float32)

    def take(self, count: int) -> Samples:
        """The next ``count`` samples; fewer at the end."""
        parts, have = [self._rest] if len(self._rest) else [], len(self._rest)
        while have < count and (block := next(self._blocks, None)) is not None:
            parts.append(block)
            have += len(block)
        whole = np.concatenate(parts) if len(parts) > 1 else parts[0] if parts else self._rest
        self._rest = whole[count:]
        return whole[:count]


def _decoded(excerpt: Excerpt) -> Generator[Samples, None, None]:
    """The file's sound from the excerpt's offset on; what it has no samples for is silence."""
    with open_media(excerpt.path, "audio") as container:
        stream = audio_stream(container, excerpt.path.name)
        origin = origin_of(container, stream, _picture_start(container) if excerpt.with_picture else None)
        if excerpt.offset > _SEEK_BEYOND:
            begin = excerpt.offset - 1 + origin
            container.seek(int(begin / (stream.time_base or 1)), stream=stream)
        place: int | None = None
        """Samples from the offset on to what comes next; below 0 for what lies before it."""
        resampled = _Resampled(excerpt.channels)
        for item in on_time(container.decode(stream)):
            if isinstance(item, Hole):
                made = [*resampled.of(None)]
                place = place or 0
                until = round((item.until - origin - excerpt.offset) * SAMPLE_RATE) - sum(map(len, made))
                made += _silence(until - place, excerpt.channels)
            else:
                if place is None:
                    starts = Fraction(0)
                    if item.pts is not None and item.time_base is not None:
                        starts = item.pts * item.time_base - origin
                    place = round((starts - excerpt.offset) * SAMPLE_RATE)
                    yield from _silence(place, excerpt.channels)
                made = [*resampled.of(item)]
            for block in made:
                yield block[max(0, -place) :]
                place += len(block)
        for block in resampled.of(None):
            yield block[max(0, -(place or 0)) :]
            place = (place or 0) + len(block)


def _silence(samples: int, channels: int) -> list[Samples]:
    """In blocks that are views of one, so that an hour of it takes no memory."""
    if samples <= 0:
        return []
    block = np.zeros((min(samples, SAMPLE_RATE), channels), np.float32)
    whole, rest = divmod(samples, len(block))
    return [block] * whole + ([block[:rest]] if rest else [])


def _picture_start(container: InputContainer) -> Fraction | None:
    """When a file's picture begins, in seconds; None for one that has only sound."""
    picture = picture_of(container)
    return Fraction(picture.start_time or 0) * (picture.time_base or 0) if picture else None


class _Resampled:
    """Frames as samples at 48 kHz. Their kind may change in the middle of a file, as in chained Ogg."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kind: tuple[object, ...] = ()
        self._resampler: AudioResampler | None = None
        self._channels = 2

    def of(self, frame: AudioFrame | None) -> Iterator[Samples]:
        kind = (frame.format.name, frame.layout.name, frame.sample_rate) if frame else ()
        if kind != self._kind:
            if self._resampler:
                yield from self._samples(None)
            self._kind, self._resampler = kind, None
        if frame:
            if not self._resampler:
                self._channels = min(self._most, frame.layout.nb_channels)
                layout = LAYOUTS.get(self._channels, "mono")
                self._resampler = AudioResampler("flt", layout, SAMPLE_RATE)
            frame.pts = None  # one run of samples, whatever the file says of gaps
            yield from self._samples(frame)

    def _samples(self, frame: AudioFrame | None) -> Iterator[Samples]:
        assert self._resampler
        for made in self._resampler.resample(frame):
            samples = samples_of(made, self._channels)
            yield samples if self._channels > 1 else np.repeat(samples, 2, axis=1)


def _gathered(blocks: Iterable[Samples]) -> Iterator[Samples]:
    """In larger blocks, and free of what a broken float file may hold: one NaN would silence all it is mixed with."""
    waiting: list[Samples] = []
    have = 0
    for block in blocks:
        waiting.append(block)
        have += len(block)
        if have >= _FEWEST:
            yield _finite(np.concatenate(waiting))
            waiting, have = [], 0
    if have:
        yield _finite(np.concatenate(waiting))


def _finite(samples: Samples) -> Samples:
    return samples if np.isfinite(samples).all() else np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)


def _stretched(blocks: Iterable[Samples], speed: Fraction) -> Iterator[Samples]:
    slow = list[Fraction]()
    while speed < _SLOWEST:
        slow.append(_SLOWEST)
        speed /= _SLOWEST
    steps = [("atempo", f"{float(step):.9f}") for step in (*slow, speed)]
    for frame in filtered(_gathered(blocks), *steps, FLOAT_STEREO):
        yield samples_of(frame)


def _rms(samples: Samples) -> NDArray[np.float32]:
    mono = samples.mean(axis=1).reshape(-1, _STEP)
    return np.sqrt(np.einsum("ij,ij->i", mono, mono) / _STEP)
