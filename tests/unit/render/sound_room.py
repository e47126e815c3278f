"""What tests of sound need: files of every kind, clips that can be heard, and ears to measure with."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from cutting_room import FolderStore, source_of

from film.render import mix
from film.render.mixdown import Layers
from film.render.reading import Excerpt, read
from film.render.settings import EncodeSettings
from film.render.sound import SAMPLE_RATE, Loudness, Samples
from film.timeline import Clip, Music, Source, Timeline

RATE = Fraction(24)
SECOND = SAMPLE_RATE
STILL = Source("a" * 64, Path("still.png"), "image")


def sine(seconds: float, level: float = 0.2, hertz: float = 440, rate: int = SAMPLE_RATE) -> np.ndarray:
    """One channel."""
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def noise(seconds: float, level: float = 0.1, seed: int = 1) -> np.ndarray:
    return (level * np.random.default_rng(seed).standard_normal(round(seconds * SECOND))).astype(np.float32)


def sound_file(
    path: Path, samples: np.ndarray, container: str = "wav", codec: str = "pcm_f32le", rate: int = SAMPLE_RATE
) -> Source:
    """``samples`` of one channel, or (n, 2), as a stereo file."""
    stereo = np.repeat(samples[:, None], 2, axis=1) if samples.ndim == 1 else samples
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout="stereo")
        whole = np.ascontiguousarray(stereo.astype(np.float32)).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(whole, "flt", "stereo")
        frame.sample_rate = rate
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return source_of(path, "audio")


def sounding_clip(path: Path, samples: np.ndarray, *, late: float = 0) -> Source:
    """A small clip whose sound is ``samples``, beginning ``late`` seconds after its picture."""
    frames = max(1, round((len(samples) / SECOND + late) * 24))
    with av.open(str(path), "w", format="mp4") as out:
        picture = out.add_stream("libx264", rate=24, options={"preset": "ultrafast"})
        picture.width, picture.height, picture.pix_fmt = 32, 32, "yuv420p"
        voice = out.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        for i in range(frames):
            grey = av.VideoFrame.from_ndarray(np.full((32, 32, 3), 90, np.uint8), "rgb24")
            grey.pts, grey.time_base = i, 1 / RATE
            out.mux(picture.encode(grey))
        out.mux(picture.encode(None))
        stereo = np.repeat(samples[:, None], 2, axis=1).astype(np.float32)
        for at in range(0, len(stereo), 1024):
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(stereo[at : at + 1024]).reshape(1, -1), "flt")
            frame.sample_rate, frame.time_base = SAMPLE_RATE, Fraction(1, SAMPLE_RATE)
            frame.pts = at + round(late * SECOND)
            out.mux(voice.encode(frame))
        out.mux(voice.encode(None))
    return source_of(path, "video")


def music(source: Source, seconds: float, **changes: object) -> Music:
    """A bed without fades for ``seconds`` of film."""
    given = {"level": Decimal(-20), "duck": Decimal(-10), "fade_in": 0, "fade_out": 0, **changes}
    return Music(source, **{"start_frame": 0, "frames": round(seconds * 24), **given})  # type: ignore[arg-type]


def film(seconds: float, **changes: object) -> Timeline:
    still = (Clip("shot", STILL, round(seconds * 24)),)
    return Timeline(**{"rate": RATE, "width": 320, "height": 180, "clips": still, "transitions": (), **changes})  # type: ignore[arg-type]


def groups(timeline: Timeline) -> dict[str, Samples]:
    """What each group of the mix holds, at the balance's own level."""
    made: dict[str, list[Samples]] = {}
    for blocks in Layers(mix.plan(timeline), lambda: None).groups():
        for group, block in blocks.items():
            made.setdefault(group, []).append(block)
    return {group: np.concatenate(blocks) for group, blocks in made.items()}


def mixed(timeline: Timeline, folder: Path) -> tuple[Samples, Loudness]:
    """What a player decodes, and what the mix says of itself."""
    mixes = mix.plan(timeline)
    path, loudness = mix.make(mixes, EncodeSettings(), FolderStore(folder / "store"), lambda: None)
    return np.concatenate(list(read(Excerpt(path, length=mixes.length)))), loudness


def level(samples: np.ndarray) -> float:
    """dB of the mean power."""
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-12))


def levels(samples: np.ndarray, each: float) -> list[float]:
    """The level of each stretch of ``each`` seconds."""
    return [level(part) for part in np.split(samples, range(round(each * SECOND), len(samples), round(each * SECOND)))]


def steepest(samples: np.ndarray) -> float:
    """The largest step from one sample to the next: a click stands out."""
    return float(np.abs(np.diff(samples[:, 0])).max())
