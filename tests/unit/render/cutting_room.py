"""What tests of the cut need: a store in a folder, clips that show their own frame numbers, and eyes to read them.

A clip made here carries the number of each frame as ten black or white cells in a row, large enough to survive scaling
and coding, with a known colour below. So a test can say which source frame a frame of the film shows.
"""

from __future__ import annotations

import hashlib
import itertools
import threading
import wave
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from film.timeline import Source, SourceKind

BITS = 10


class FolderStore:
    """A segment store that is a plain folder, and remembers what was put in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.put: list[str] = []
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)

    def peek(self, keys: Sequence[str]) -> dict[str, Path]:
        return {key: path for key in keys if (path := self.folder / key).exists()}

    def temporary(self, suffix: str) -> Path:
        return self.folder / f"tmp-{next(self._numbers)}{suffix}"

    def put_file(self, key: str, temporary: Path, *, mime: str) -> Path:
        assert mime in ("video/mp4", "audio/mp4")
        with self._lock:
            self.put.append(key)
        return temporary.replace(self.folder / key)

    def leftovers(self) -> list[Path]:
        return list(self.folder.glob("tmp-*"))


def numbered(number: int, width: int, height: int, colour: tuple[int, int, int] = (120, 90, 60)) -> np.ndarray:
    """An RGB picture that shows ``number`` across its middle, on ``colour``."""
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = colour
    top, bottom = height * 3 // 8, height * 5 // 8
    for bit in range(BITS):
        left, right = width * (bit + 1) // (BITS + 2), width * (bit + 2) // (BITS + 2)
        picture[top:bottom, left:right] = 255 if number >> bit & 1 else 0
    return picture


def number_in(picture: np.ndarray) -> int:
    """The number that ``numbered`` drew, read from an RGB picture of any size that shows it whole."""
    height, width = picture.shape[:2]
    row = picture[height // 2 - height // 20 : height // 2 + height // 20].mean(axis=(0, 2))
    cells = [row[round(width * (bit + 1.5) / (BITS + 2))] > 127 for bit in range(BITS)]
    return sum(1 << bit for bit, lit in enumerate(cells) if lit)


def make_clip(
    path: Path,
    frames: int = 48,
    *,
    rate: Fraction | int = 24,
    size: tuple[int, int] = (320, 180),
    first: int = 0,
    colour: tuple[int, int, int] = (120, 90, 60),
    turned: int = 0,
    times: Sequence[Fraction] | None = None,
    sound: bool = False,
    container: str = "mp4",
    codec: str = "libx264",
    preset: str = "ultrafast",
    pixels: str = "yuv420p",
    paint: Callable[[int], np.ndarray] | None = None,
) -> Source:
    """A clip of numbered frames. ``times`` gives each its own moment in seconds; ``turned`` is written as metadata."""
    options = {"crf": "12", "preset": preset} if codec == "libx264" else {}
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        stream.codec_context.thread_count = 1
        if turned:
            stream.set_display_rotation(turned)
        if times:
            stream.codec_context.time_base = Fraction(1, 12_000)
        voice = out.add_stream("aac", rate=48_000, layout="stereo") if sound else None
        for i in range(frames):
            picture = paint(i) if paint else numbered(first + i, *size, colour)
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            frame.pts = round(times[i] * 12_000) if times else i
            frame.time_base = Fraction(1, 12_000) if times else 1 / Fraction(rate)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if voice:
            noise = np.zeros((1, 2 * 48_000 * frames // int(rate)), np.float32)
            frame = av.AudioFrame.from_ndarray(noise, "flt", "stereo")
            frame.sample_rate = 48_000
            out.mux(voice.encode(frame))
            out.mux(voice.encode(None))
    return source_of(path, "video")


def make_speech(path: Path, samples: np.ndarray, rate: int = 48_000) -> Source:
    """A 16-bit mono WAV."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return source_of(path, "audio")


def voice_like(seconds: float, rate: int = 48_000, level: float = 0.2, seed: int = 1) -> np.ndarray:
    """Noise in syllables: loud and soft like speech, at four syllables a second."""
    rng = np.random.default_rng(seed)
    n = round(seconds * rate)
    syllables = np.clip(np.sin(2 * np.pi * 4 * np.arange(n) / rate), 0.05, 1)
    tone = np.sin(2 * np.pi * 220 * np.arange(n) / rate) + 0.3 * rng.standard_normal(n)
    return (level * tone * syllables).astype(np.float32)


def source_of(path: Path, kind: SourceKind) -> Source:
    return Source(hashlib.sha256(path.read_bytes()).hexdigest(), path, kind)


def film_frames(path: Path) -> list[np.ndarray]:
    """All frames of a file as RGB, decoded strictly: any flaw raises."""
    with av.open(str(path), options={"err_detect": "explode"}) as container:
        return [frame.to_ndarray(format="rgb24", src_colorspace=1) for frame in container.decode(video=0)]


def film_numbers(path: Path) -> list[int]:
    return [number_in(picture) for picture in film_frames(path)]


def film_sound(path: Path) -> np.ndarray:
    """The sound track as players hear it, (n, 2) float: the edit list is obeyed."""
    with av.open(str(path)) as container:
        blocks = [frame.to_ndarray() for frame in container.decode(audio=0)]
    return np.concatenate(blocks, axis=1).T


def onsets(sound: np.ndarray, threshold: float, apart: int) -> list[int]:
    """Samples at which something louder than ``threshold`` begins, at least ``apart`` samples after the last."""
    found: list[int] = []
    loud: Iterable[int] = np.flatnonzero(np.abs(sound).max(axis=1) > threshold)
    for sample in loud:
        if not found or sample - found[-1] > apart:
            found.append(int(sample))
    return found
