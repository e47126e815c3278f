"""What films with a known defect are made of: scenes, sounds, and a writer that can be told to do it wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Picture = Callable[[Any], Pixels]
"""Frame, or a place between two, to its pixels."""
Sound = NDArray[np.float64]
RATE = 48_000
_TICKS = 90_000


@dataclass(frozen=True)
class Lab:
    """The form of a film, and the dice for all that is left to chance in it."""

    width: int = 384
    height: int = 216
    rate: Fraction = Fraction(24)
    seconds: float = 5.0
    seed: int = 1
    crf: int = 20

    @property
    def frames(self) -> int:
        return round(self.seconds * self.rate)

    @property
    def dice(self) -> np.random.Generator:
        return np.random.default_rng(self.seed)

    def at(self, share: float) -> int:
        """The frame at a share of the film."""
        return round(share * self.frames)

    def lasting(self, seconds: float) -> int:
        return max(1, round(seconds * self.rate))


# -- pictures


def landscape(lab: Lab, *, seed: int = 1, speed: float = 2.5, low: float = 25, high: float = 225) -> Picture:
    """A camera that goes along soft shapes of many sizes."""
    dice = np.random.default_rng((lab.seed, seed))
    across = lab.width + int(abs(speed) * (lab.frames + 8)) + 8
    wide = np.zeros((lab.height, across, 3))
    for size in (64, 24, 9, 4):
        coarse = dice.uniform(0, 1, (lab.height // size + 3, across // size + 3, 3))
        part = coarse.repeat(size, 0).repeat(size, 1)[: lab.height, :across]
        for _ in range(2):
            part = (part + np.roll(part, size // 2, 0) + np.roll(part, size // 2, 1) + np.roll(part, -size // 2, 1)) / 4
        wide += part * size**0.6
    wide -= wide.min()
    wide *= (high - low) / wide.max()
    wide = (wide + low).astype(np.float32)

    def picture(k: int) -> Pixels:
        left, part = divmod(abs(speed) * max(0, k), 1.0)
        here, beside = (wide[:, int(left) + n : int(left) + n + lab.width] for n in (0, 1))
        shown = np.clip(here * (1 - part) + beside * part + 0.5, 0, 255).astype(np.uint8)
        return shown if speed >= 0 else shown[:, ::-1]

    return picture


def figures(lab: Lab, *, seed: int = 5) -> Picture:
    """A camera that stands while two figures walk before a wall."""
    dice = np.random.default_rng((lab.seed, seed))
    wall = landscape(replace(lab, seconds=1 / 8), seed=seed, speed=0, low=60, high=190)(0).astype(np.float32)
    y, x = np.mgrid[0 : lab.height, 0 : lab.width] / lab.height
    colours = dice.uniform(20, 230, (2, 3))

    def picture(k: int) -> Pixels:
        shown = wall.copy()
        for n, speed in enumerate((0.22, -0.16)):
            at = (0.5 + n * 0.6 + speed * k / float(lab.rate)) % (lab.width / lab.height)
            body = ((x - at) / 0.09) ** 2 + ((y - 0.62) / 0.3) ** 2
            shade = np.clip(1.15 - body, 0, 1)[:, :, None] ** 0.4
            shown = shown * (1 - shade) + colours[n] * shade
        return shown.astype(np.uint8)

    return picture


def plain(lab: Lab, colour: tuple[int, int, int] = (0, 0, 0)) -> Picture:
    return lambda _: np.full((lab.height, lab.width, 3), colour, np.uint8)


def cut(at: int, first: Picture, second: Picture) -> Picture:
    return lambda k: first(k) if k < at else second(k)


def during(first: int, stop: int, inside: Picture, outside: Picture) -> Picture:
    return lambda k: inside(k) if first <= k < stop else outside(k)


def frozen(first: int, stop: int, picture: Picture) -> Picture:
    return lambda k: picture(first if first <= k < stop else k)


def grainy(sigma: float, picture: Picture, seed: int = 7) -> Picture:
    def shown(k: int) -> Pixels:
        clean = picture(k)
        noise = np.random.default_rng((seed, k)).normal(0, sigma, clean.shape[:2])
        return np.clip(clean + noise[:, :, None], 0, 255).astype(np.uint8)

    return shown


def lit(gain: Callable[[int], float], picture: Picture) -> Picture:
    return lambda k: np.clip(picture(k) * gain(k), 0, 255).astype(np.uint8)


def blended(first: int, stop: int, one: Picture, other: Picture) -> Picture:
    """A dissolve."""

    def shown(k: int) -> Pixels:
        share = min(1.0, max(0.0, (k - first + 1) / (stop - first + 1)))
        if share in (0.0, 1.0):
            return (other if share else one)(k)
        return (one(k) * (1 - share) + other(k) * share).astype(np.uint8)

    return shown


def barred(top: int, left: int, picture: Picture) -> Picture:
    def shown(k: int) -> Pixels:
        whole = picture(k).copy()
        if top:
            whole[:top] = whole[-top:] = 0
        if left:
            whole[:, :left] = whole[:, -left:] = 0
        return whole

    return shown


def fields(picture: Picture, *, top_first: bool) -> Picture:
    """Two fields of different moments in each frame; ``picture`` is at twice the rate."""

    def shown(k: int) -> Pixels:
        first, second = picture(2 * k), picture(2 * k + 1)
        whole = (second if top_first else first).copy()
        whole[0::2] = (first if top_first else second)[0::2]
        return whole

    return shown


def pulled_down(picture: Picture) -> Picture:
    """Four frames of film on five of video."""

    def shown(k: int) -> Pixels:
        group, place = divmod(k, 5)
        top, bottom = ((0, 0), (1, 1), (1, 2), (2, 3), (3, 3))[place]
        whole = picture(4 * group + top).copy()
        whole[1::2] = picture(4 * group + bottom)[1::2]
        return whole

    return shown


# -- sounds


def times(lab: Lab) -> NDArray[np.float64]:
    return np.arange(round(lab.seconds * RATE)) / RATE


def noise(lab: Lab, level: float, *, seed: int = 3, channels: int = 2) -> Sound:
    """Pink, as a room has it."""
    length = round(lab.seconds * RATE)
    dice = np.random.default_rng((lab.seed, seed))
    spectrum = np.fft.rfft(dice.normal(0, 1, (length, channels)), axis=0)
    spectrum /= np.sqrt(np.maximum(1, np.arange(len(spectrum)) / 20))[:, None]
    made = np.fft.irfft(spectrum, length, axis=0)
    return made * level / np.sqrt(np.mean(made**2))


def talk(lab: Lab, level: float = 0.16, *, seed: int = 4) -> NDArray[np.float64]:
    """Somebody who speaks: syllables of a gliding pitch, pauses, and hisses between."""
    t = times(lab)
    dice = np.random.default_rng((lab.seed, seed))
    pitch = 130 + 25 * np.interp(
        t,
        np.arange(0, lab.seconds + 1, 0.3),
        dice.uniform(-1, 1, int(lab.seconds / 0.3) + 5)[: len(np.arange(0, lab.seconds + 1, 0.3))],
    )
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    wave = sum(np.sin(n * phase + n) / n**1.1 for n in range(1, 22))
    envelope = np.zeros_like(t)
    at = 0.15
    while at < lab.seconds - 0.3:
        lasts = dice.uniform(0.09, 0.22)
        envelope += dice.uniform(0.5, 1) * np.exp(-(((t - at - lasts / 2) / (lasts / 2.4)) ** 4))
        at += lasts + (dice.uniform(0.25, 0.5) if dice.random() < 0.15 else 0.03)
    voiced = wave * envelope
    return voiced * level / np.sqrt(np.mean(voiced**2))


def film_sound(lab: Lab, *, level: float = 0.16, seed: int = 4) -> Sound:
    """Talk in the middle, a room around it: near the web's loudness."""
    return talk(lab, level, seed=seed)[:, None] + noise(lab, 0.004, seed=seed + 20)


def music(lab: Lab, level: float = 0.14, *, seed: int = 9) -> Sound:
    """Chords, a bass and a beat, wide."""
    t = times(lab)
    dice = np.random.default_rng((lab.seed, seed))
    made = np.zeros((len(t), 2))
    roots = dice.choice([110.0, 98.0, 130.81, 87.31, 146.83], 8)
    for n, start in enumerate(np.arange(0, lab.seconds, 1.2)):
        here = np.clip((t - start) / 0.03, 0, 1) * np.exp(-np.maximum(0, t - start) / 0.9) * (t >= start)
        for step, pan in ((1, 0.0), (1.26, -0.5), (1.5, 0.5), (2, 0.3), (0.5, 0)):
            tone = np.sin(2 * np.pi * roots[n % 8] * step * t + step) * here
            made += tone[:, None] * np.array([1 - pan, 1 + pan])
    for start in np.arange(0, lab.seconds - 0.1, 0.6):
        beat = (
            (t >= start) * np.exp(-np.maximum(0, t - start) / 0.06) * np.sin(2 * np.pi * 62 * np.maximum(0, t - start))
        )
        made += 2 * beat[:, None]
    return made * level / np.sqrt(np.mean(made**2))


# -- files


@dataclass
class Job:
    """A film to be written, and what is to be wrong with its file.

    ``captions`` are (start, stop, text); ``times`` gives each frame's time in frames.
    """

    lab: Lab
    picture: Picture
    sound: Sound | None = None
    suffix: str = "mp4"
    audio: str = ""
    full: bool = False
    """Full range in the numbers; the tag says limited."""
    tags: tuple[int, int, int] | None = (1, 1, 1)
    aspect: Fraction | None = None
    params: str = ""
    flags: bool = False
    faststart: bool = True
    sound_starts: float = 0.0
    hole: tuple[float, float] | None = None
    times: Callable[[int], float] | None = None
    captions: Sequence[tuple[float, float, str]] = field(default_factory=tuple)


def write(path: Path, job: Job) -> Path:
    lab = job.lab
    options = {"movflags": "+faststart"} if job.faststart and path.suffix == ".mp4" else {}
    container: Any
    with av.open(str(path), "w", options=options) as container:
        video = container.add_stream("libx264", rate=lab.rate)
        video.width, video.height, video.pix_fmt = lab.width, lab.height, "yuv420p"
        context = video.codec_context
        context.time_base = Fraction(1, _TICKS)
        if job.tags:
            context.colorspace, context.color_primaries, context.color_trc = job.tags
        context.color_range = 1
        if job.aspect:
            context.sample_aspect_ratio = job.aspect
        params = "threads=1:keyint=48" + (f":{job.params}" if job.params else "")
        context.options = {"preset": "veryfast", "crf": str(lab.crf), "x264-params": params}
        audio = _sound_track(container, job)
        texts: Any = None
        if job.captions:
            texts = container.add_mux_stream(
                "mov_text" if path.suffix == ".mp4" else "subrip", time_base=Fraction(1, 1000)
            )
        for number in range(lab.frames):
            rgb = av.VideoFrame.from_ndarray(np.ascontiguousarray(job.picture(number)), format="rgb24")
            frame = rgb.reformat(
                format="yuv420p", dst_colorspace=1, src_color_range=2, dst_color_range=2 if job.full else 1
            )
            frame.color_range = 1
            place = job.times(number) if job.times else number
            frame.pts, frame.time_base = round(place * _TICKS / float(lab.rate)), Fraction(1, _TICKS)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if audio is not None and job.sound is not None:
            for packet in _sound_packets(audio, job):
                container.mux(packet)
        for start, stop, text in job.captions:
            raw = text.encode()
            packet = av.Packet(len(raw).to_bytes(2) + raw if path.suffix == ".mp4" else raw)
            packet.stream, packet.time_base = texts, Fraction(1, 1000)
            packet.pts = packet.dts = round(1000 * start)
            packet.duration = round(1000 * (stop - start))
            container.mux(packet)
    return path


_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}


def _sound_track(container: Any, job: Job) -> Any:
    if job.sound is None:
        return None
    codec = job.audio or ("aac" if job.suffix == "mp4" else "pcm_s16le")
    audio = container.add_stream(codec, rate=RATE, layout=_LAYOUTS[job.sound.shape[1]])
    if codec == "aac":
        audio.codec_context.bit_rate = 96_000 * job.sound.shape[1]
    return audio


def _sound_packets(audio: Any, job: Job) -> Any:
    assert job.sound is not None
    layout = _LAYOUTS[job.sound.shape[1]]
    form = audio.codec_context.format.name
    size = audio.codec_context.frame_size or 1024
    clipped = np.clip(job.sound, -1, 1)
    began = round(job.sound_starts * RATE)
    for at in range(0, len(clipped), size):
        part = clipped[at : at + size].T
        if job.hole and job.hole[0] <= at / RATE < job.hole[1]:
            continue
        if form == "fltp":
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(part, np.float32), format=form, layout=layout)
        else:
            packed = np.rint(part.T.reshape(1, -1) * 32767).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(packed), format="s16", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = RATE, began + at, Fraction(1, RATE)
        yield from audio.encode(frame)
    yield from audio.encode(None)
