"""Listens to a film's sound as it goes by: silence, overload, gaps, loudness.

    frame ──► Listener.hear ──► peaks of 10 ms ──► Quiet …, Clipped …
                            └─► ebur128 ──► LUFS, LU, dBTP

Nothing is kept but the stretches that were found; a film of any length takes the same memory.
"""
# pyright: reportUnknownMemberType=false
# PyAV types neither its filters' frames nor **kwargs.

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import cast

import av.error
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.filter.context import FilterContext
from av.filter.graph import Graph
from numpy.typing import NDArray

from film.inspect.closer import Close, Closer
from film.media.sounds import VoicePlace

SILENCE = 10 ** (-60 / 20)
"""Peak below which nobody hears anything: room tone lies well above."""
_FULL = 0.999
_RUN = 3
"""Samples in a row at full scale: one alone is a peak, three are a flat top."""
_APART = Fraction(1, 2)
"""Seconds: overloads closer than this are one."""
_GAP = Fraction(3, 1000)
GATE = -70.0
_MOST_PLANES = 8
_SIDES = 2
_SAMPLES = {"u8": "u1", "s16": "i2", "s32": "i4", "s64": "i8", "flt": "f4", "dbl": "f8"}
"""FFmpeg's formats, packed; planar ones are called the same with a p behind."""


@dataclass(frozen=True)
class Span:
    """Seconds from the film's beginning."""

    start: Fraction
    stop: Fraction

    @property
    def seconds(self) -> Fraction:
        return self.stop - self.start


@dataclass(frozen=True)
class Clipped(Span):
    samples: int


@dataclass(frozen=True)
class Gap:
    """A hole in the sound's own times; below 0 where it overlaps."""

    at: Fraction
    seconds: Fraction


@dataclass(frozen=True)
class SoundSurvey:
    start: Fraction
    stop: Fraction
    silent: tuple[Span, ...]
    clipped: tuple[Clipped, ...]
    gaps: tuple[Gap, ...]
    integrated: float | None
    loudness_range: float | None
    true_peak: float | None
    only_side: int | None = None
    """The one side of two that is heard: 0 is left."""
    against_itself: bool = False
    """One side is the other upside down."""
    close: Close = field(default_factory=Close)
    momentary: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32), compare=False)
    """LUFS of the last 400 ms, ten times a second."""

    @property
    def lasts(self) -> float:
        return float(self.stop - self.start)

    def span(self, start: float, stop: float) -> tuple[Fraction, Fraction]:
        """(start, seconds) in the film, of seconds of sound that were heard: holes in its clock lie between."""
        places: list[Fraction] = []
        for heard in (start, stop):
            at = self.start + Fraction(round(heard * 10_000), 10_000)
            for gap in self.gaps:
                if gap.at <= at:
                    at += gap.seconds
            places.append(at)
        return places[0], places[1] - places[0]


class Listener:
    """Hears frames in order.

    Args:
        rate: Samples a second.
        least: Seconds that make a silence.
        loudness: Measure EBU R 128, too.
        close: Look at each channel for itself, too.
    """

    def __init__(self, rate: int, least: Fraction, *, loudness: bool = True, close: bool = False) -> None:
        self._rate = rate
        self._least = least
        self._step = max(1, rate // 100)
        self._first: Fraction | None = None
        self._samples = 0
        self._shift = Fraction(0)
        self._quiet_since: Fraction | None = None
        self._silent: list[Span] = []
        self._clipped: list[Clipped] = []
        self._gaps: list[Gap] = []
        self._meter = _Meter() if loudness else None
        self._closer = Closer(rate) if close else None
        self._sides = VoicePlace()

    def hear(self, frame: AudioFrame) -> None:
        if not frame.samples:
            return
        if frame.pts is not None and frame.time_base is not None:
            self._check_time(frame.pts * frame.time_base)
        waves = _as_float(frame)
        if len(waves) == _SIDES:
            self._sides.hear(waves.T)
        if self._closer:
            self._closer.hear(waves)
        sound = np.abs(waves)
        loudest = sound.max(axis=0)
        steps = np.maximum.reduceat(loudest, np.arange(0, len(loudest), self._step))
        if self._quiet_since is not None or steps.min() < SILENCE:
            at = self._now
            for place, peak in enumerate(steps):
                self._follow(at + Fraction(place * self._step, self._rate), float(peak))
        if steps.max() >= _FULL:
            self._overloads(sound, self._now)
        self._samples += frame.samples
        if self._meter:
            self._meter.push(frame)

    def heard(self) -> SoundSurvey:
        self._follow(self._now, 1.0)
        integrated, span, peak = self._meter.read() if self._meter else (None, None, None)
        return SoundSurvey(
            start=self._first or Fraction(0),
            stop=self._now,
            silent=tuple(self._silent),
            clipped=tuple(self._clipped),
            gaps=tuple(self._gaps),
            integrated=integrated,
            loudness_range=span,
            true_peak=peak,
            only_side=self._sides.only_side,
            against_itself=self._sides.against_itself,
            close=self._closer.close() if self._closer else Close(),
            momentary=np.array(self._meter.momentary if self._meter else (), np.float32),
        )

    @property
    def _now(self) -> Fraction:
        return (self._first or Fraction(0)) + self._shift + Fraction(self._samples, self._rate)

    def _check_time(self, said: Fraction) -> None:
        if self._first is None:
            self._first = said
        off = said - self._now
        if abs(off) > _GAP:
            self._gaps.append(Gap(self._now, off))
            self._shift += off

    def _follow(self, at: Fraction, loudest: float) -> None:
        if loudest < SILENCE:
            if self._quiet_since is None:
                self._quiet_since = at
        elif self._quiet_since is not None:
            if at - self._quiet_since >= self._least:
                self._silent.append(Span(self._quiet_since, at))
            self._quiet_since = None

    def _overloads(self, sound: NDArray[np.float32], at: Fraction) -> None:
        for channel in sound >= _FULL:
            if not channel.any():
                continue
            edges = np.flatnonzero(np.diff(channel.astype(np.int8), prepend=0, append=0))
            for first, stop in zip(edges[::2], edges[1::2], strict=True):
                if stop - first >= _RUN:
                    self._clip(at + Fraction(int(first), self._rate), at + Fraction(int(stop), self._rate))

    def _clip(self, start: Fraction, stop: Fraction) -> None:
        samples = round((stop - start) * self._rate)
        last = self._clipped[-1] if self._clipped else None
        if last and start - last.stop <= _APART:
            self._clipped[-1] = Clipped(min(last.start, start), max(last.stop, stop), last.samples + samples)
        else:
            self._clipped.append(Clipped(start, stop, samples))


class _Meter:
    """EBU R 128 of sound that is pushed through; set up by the first frame."""

    def __init__(self) -> None:
        self._graph: Graph | None = None
        self._shape: tuple[int, str, str] | None = None
        self._sink: FilterContext | None = None
        self._said: dict[str, str] = {}
        self.momentary = array("f")

    def push(self, frame: AudioFrame) -> None:
        shape = (frame.sample_rate, frame.format.name, frame.layout.name)
        if self._graph is None:
            self._shape = shape
            self._open(*shape)
        if self._shape != shape or self._graph is None:
            return  # a track that changes its form midway is told by its length, and not measured on
        frame.pts = None
        self._graph.push(frame)
        self._drain()

    def read(self) -> tuple[float | None, float | None, float | None]:
        if not self._said:
            return None, None, None
        peaks = [float(v) for k, v in self._said.items() if ".true_peaks_ch" in k]
        peak = 20 * float(np.log10(max(1e-6, *peaks))) if peaks else None
        integrated = max(GATE, float(self._said.get("lavfi.r128.I", GATE)))
        return integrated, float(self._said.get("lavfi.r128.LRA", 0)), peak

    def _open(self, rate: int, form: str, layout: str) -> None:
        self._graph = Graph()
        source = self._graph.add_abuffer(sample_rate=rate, format=form, layout=layout, time_base=Fraction(1, rate))
        meter = self._graph.add("ebur128", "metadata=1:framelog=quiet:peak=true")
        self._sink = self._graph.add("abuffersink")
        self._graph.link_nodes(source, meter, self._sink).configure()

    def _drain(self) -> None:
        for frame in self._ready():
            self._said = dict(frame.metadata) or self._said
            if "lavfi.r128.M" in self._said:
                self.momentary.append(float(self._said["lavfi.r128.M"]))

    def _ready(self) -> Iterator[AudioFrame]:
        assert self._sink is not None
        while True:
            try:
                frame = self._sink.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            if isinstance(frame, AudioFrame):
                yield frame


def _as_float(frame: AudioFrame) -> NDArray[np.float32]:
    """Samples with 1 as full scale, one row a channel."""
    channels = frame.layout.nb_channels
    if frame.format.is_planar and channels > _MOST_PLANES:
        frame = _packed(frame)
    kind = np.dtype(_SAMPLES[frame.format.name.removesuffix("p")])
    if frame.format.is_planar:
        planes = [cast("bytes", plane) for plane in frame.planes[:channels]]
        samples = np.stack([np.frombuffer(plane, kind, frame.samples) for plane in planes])
    else:
        samples = np.frombuffer(cast("bytes", frame.planes[0]), kind, frame.samples * channels)
        samples = samples.reshape(-1, channels).T
    wide = samples.astype(np.float32)
    if kind == np.uint8:
        return ((wide - 128) / 128).astype(np.float32)
    if kind.kind == "i":
        return (wide / 2 ** (8 * kind.itemsize - 1)).astype(np.float32)
    return wide


def _packed(frame: AudioFrame) -> AudioFrame:
    """The same in one plane: of more than eight, PyAV reads past the end and crashes."""
    (packed,) = AudioResampler("flt", frame.layout, frame.sample_rate).resample(frame)
    return packed
