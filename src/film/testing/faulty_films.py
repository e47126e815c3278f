"""Small finished films with a known fault at a known place, for whatever inspects, plays or repairs films.

    picture(k), sound(t) ──► frozen(…), black(…), repeated(…), silenced(…), overloaded(…) ──► write_film ──► damaged(…)

A picture is a function from a frame's number to its pixels, a sound one from seconds to samples: a fault is a function
around another. What is made depends on the arguments alone.
"""
# pyright: reportUnknownMemberType=false
# PyAV types neither its packets' streams nor **kwargs.

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import av
import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]
"""(height, width, 3), RGB."""
Picture = Callable[[int], Pixels]
Sound = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Seconds → samples, 1 is full scale."""
SAMPLE_RATE = 48_000
_TICKS = 90_000


@dataclass(frozen=True)
class Form:
    """How a film is written. ``step`` gives each frame's time in frames where it is not simply its number."""

    width: int = 320
    height: int = 180
    rate: Fraction = Fraction(24)
    frames: int = 96
    seconds_of_sound: Fraction | None = None
    """As long as the picture where None."""
    sound_starts: Fraction = Fraction(0)
    tagged: bool = True
    faststart: bool = True
    step: Callable[[int], Fraction] | None = None
    crf: int = 18
    key_every: int = 24


def pan(form: Form, seed: int = 1, speed: float = 3.0) -> Picture:
    """A camera that moves over a landscape of soft shapes, ``speed`` pixels a frame."""
    dice = np.random.default_rng(seed)
    across = form.width + int(speed * form.frames) + 8
    coarse = dice.uniform(30, 220, (form.height // 12 + 2, across // 12 + 2, 3))
    wide = coarse.repeat(12, axis=0).repeat(12, axis=1)
    for _ in range(2):
        wide = (wide + np.roll(wide, 5, axis=0) + np.roll(wide, 5, axis=1) + np.roll(wide, -5, axis=1)) / 4
    wide = wide[: form.height].astype(np.uint8)

    def picture(k: int) -> Pixels:
        left, part = divmod(speed * k, 1.0)
        here = wide[:, int(left) : int(left) + form.width]
        beside = wide[:, int(left) + 1 : int(left) + 1 + form.width]
        return (here * (1 - part) + beside * part + 0.5).astype(np.uint8)

    return picture


def card(form: Form, level: int = 0) -> Picture:
    """One colour, all the time."""
    return lambda k: np.full((form.height, form.width, 3), level, np.uint8)


def during(first: int, stop: int, inside: Picture, outside: Picture) -> Picture:
    """``inside`` from frame ``first`` to ``stop``, ``outside`` otherwise."""
    return lambda k: inside(k) if first <= k < stop else outside(k)


def frozen(first: int, stop: int, picture: Picture) -> Picture:
    """The picture of frame ``first`` until ``stop``; then it goes on from where it would be."""
    return lambda k: picture(first if first <= k < stop else k)


def repeated(every: int, picture: Picture) -> Picture:
    """A film brought to a higher rate by showing one frame in ``every`` a second time."""
    return lambda k: picture(k - (k + 1) // every)


def skipped(every: int, picture: Picture) -> Picture:
    """A film brought to a lower rate by leaving out one frame after each ``every``."""
    return lambda k: picture(k + k // every)


def grainy(sigma: float, picture: Picture, seed: int = 7) -> Picture:
    """Film grain over everything, other on each frame."""

    def shown(k: int) -> Pixels:
        plain = picture(k)
        noise = np.random.default_rng((seed, k)).normal(0, sigma, plain.shape[:2])
        return np.clip(plain + noise[:, :, None], 0, 255).astype(np.uint8)

    return shown


def tone(level: float = 0.2, pitch: float = 220.0) -> Sound:
    """A voice-like tone that is never silent; full scale is 1."""
    return lambda t: level * np.sin(2 * np.pi * pitch * t) * (0.7 + 0.3 * np.sin(2 * np.pi * 3 * t))


def silenced(start: float, stop: float, sound: Sound) -> Sound:
    return lambda t: np.where((t >= start) & (t < stop), 0.0, sound(t))


def overloaded(start: float, stop: float, gain: float, sound: Sound) -> Sound:
    """``gain`` times as loud for a while, beyond what the medium holds."""
    return lambda t: np.where((t >= start) & (t < stop), gain * sound(t), sound(t))


def write_film(path: Path, form: Form, picture: Picture, sound: Sound | None = None) -> Path:
    """H.264 and, with ``sound``, PCM in ``path``: mp4 takes AAC instead, mov and mkv keep every sample."""
    options = {"movflags": "+faststart"} if form.faststart and path.suffix == ".mp4" else {}
    container: Any  # PyAV's overloads per codec are only partly typed
    with av.open(path, "w", options=options) as container:
        tags = "colorprim=bt709:transfer=bt709:colormatrix=bt709:range=tv" if form.tagged else "range=tv"
        video = container.add_stream("libx264", rate=form.rate)
        video.width, video.height, video.pix_fmt = form.width, form.height, "yuv420p"
        video.codec_context.time_base = Fraction(1, _TICKS)
        video.codec_context.options = {
            "preset": "veryfast",
            "crf": str(form.crf),
            "x264-params": f"keyint={form.key_every}:min-keyint={min(12, form.key_every)}:threads=1:{tags}",
        }
        audio = None
        if sound:
            audio = container.add_stream("aac" if path.suffix == ".mp4" else "pcm_s16le", rate=SAMPLE_RATE)
            audio.codec_context.layout = "mono"
        for packet in _encoded_pictures(video, form, picture):
            container.mux(packet)
        if audio and sound:
            for packet in _encoded_sound(audio, form, sound):
                container.mux(packet)
    return path


def damaged(path: Path, *, at: float, length: int = 400) -> Path:
    """The same file with ``length`` bytes of its media turned over, ``at`` a share of the way through them."""
    data = bytearray(path.read_bytes())
    media = data.index(b"mdat")
    size = int.from_bytes(data[media - 4 : media])
    first = media + 4 + int(at * (size - 8))
    for place in range(first, min(first + length, len(data))):
        data[place] ^= 0xFF
    path.write_bytes(data)
    return path


def cut_short(path: Path, *, keep: float) -> Path:
    """The first ``keep`` of the file: a download that broke off."""
    data = path.read_bytes()
    path.write_bytes(data[: int(keep * len(data))])
    return path


def _encoded_pictures(video: Any, form: Form, picture: Picture) -> Iterator[Any]:
    for k in range(form.frames):
        rgb = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture(k)), format="rgb24")
        frame = rgb.reformat(format="yuv420p", dst_colorspace=1, src_color_range=2, dst_color_range=1)
        place = form.step(k) if form.step else Fraction(k)
        frame.pts, frame.time_base = round(place * _TICKS / form.rate), Fraction(1, _TICKS)
        yield from video.encode(frame)
    yield from video.encode(None)


def _encoded_sound(audio: Any, form: Form, sound: Sound) -> Iterator[Any]:
    seconds = form.frames / form.rate if form.seconds_of_sound is None else form.seconds_of_sound
    samples = sound(np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE)
    begins = round(form.sound_starts * SAMPLE_RATE)
    fifo: Any = av.AudioFifo()
    wide = np.clip(samples, -1, 1).astype(np.float32)[None, :]
    whole = av.AudioFrame.from_ndarray(wide, format="flt", layout="mono")
    whole.sample_rate = SAMPLE_RATE
    resampler = av.AudioResampler(format=audio.codec_context.format, layout="mono", rate=SAMPLE_RATE)
    for part in resampler.resample(whole):
        part.pts = None
        fifo.write(part)
    size, written = audio.codec_context.frame_size or 1024, 0
    while (part := fifo.read(size, partial=True)) is not None:
        part.pts, part.time_base = begins + written, Fraction(1, SAMPLE_RATE)
        written += part.samples
        yield from audio.encode(part)
    yield from audio.encode(None)
