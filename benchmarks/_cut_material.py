"""What the cut's benchmark cuts: clips with detail and motion, spoken lines, a bed of music; made once in a folder.

Clips differ in their bytes, so that no piece of the film can be made once for two of them; a few pictures serve all,
since making them is not what is measured.
"""

from __future__ import annotations

import hashlib
import json
import struct
import wave
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from film.render.balance import SPEECH
from film.render.reading import Excerpt, read
from film.render.sound import integrated
from film.shots.filmfile import MusicFile

RATE, WIDTH, HEIGHT = 24, 1280, 720
SECONDS = 5
FADE = 12
"""Frames."""
PICTURES = 4
SPOKEN = 3
"""Every third shot has a line."""
LINE_AFTER = Fraction(3, 5)
"""Seconds from a clip's first frame to its line."""
BED = MusicFile(file=Path("music.wav"))
"""The music as a film has it that says nothing of it; every contender plays it this far under the lines."""


@dataclass(frozen=True)
class Spoken:
    """A line, and the clip it is spoken over."""

    clip: int
    path: str
    samples: int
    text: str


@dataclass(frozen=True)
class Material:
    clips: list[str]
    lines: list[Spoken]
    music: str
    music_volume: float
    """What the music's samples are multiplied by, to lie as far under the lines as a film has it by default."""

    @property
    def frames(self) -> int:
        return len(self.clips) * SECONDS * RATE - (len(self.clips) - 1) * FADE

    def start(self, clip: int) -> int:
        """The film frame at which a clip begins."""
        return clip * (SECONDS * RATE - FADE)

    def save(self, folder: Path) -> None:
        (folder / "material.json").write_text(json.dumps(asdict(self)))

    @classmethod
    def load(cls, folder: Path) -> Material:
        kept = json.loads((folder / "material.json").read_text())
        return cls(**kept | {"lines": [Spoken(**line) for line in kept["lines"]]})


def make(folder: Path, count: int) -> Material:
    """``count`` clips and what is heard over them."""
    from film.testing import synthetic  # who only cuts them need not load it

    encoded = [_encoded(folder / f"picture{seed}.mp4", seed) for seed in range(min(count, PICTURES))]
    clips: list[str] = []
    for number in range(count):
        path = folder / f"clip{number:03}.mp4"
        write_clip(path, encoded[number % len(encoded)], number)
        clips.append(str(path))
    lines: list[Spoken] = []
    for number in range(0, count, SPOKEN):
        text = f"Line {number}: there was a light on the water, and then there was none."
        path = folder / f"line{number:03}.wav"
        path.write_bytes(synthetic.speech(text, number, speed=1.6))
        with wave.open(str(path)) as file:
            lines.append(Spoken(number, str(path), file.getnframes(), text))
    music = folder / "music.wav"
    _write_music(music, 60)
    made = Material(clips, lines, str(music), _volume(music, [Path(line.path) for line in lines]))
    made.save(folder)
    return made


def _volume(music: Path, lines: list[Path]) -> float:
    spoken = integrated(block for path in lines for block in read(Excerpt(path)))
    wanted = spoken + float(BED.level) - SPEECH
    return 10 ** ((wanted - integrated(read(Excerpt(music)))) / 20)


def write_clip(path: Path, encoded: bytes, label: int) -> None:
    """The clip, with a label in a box that players pass over; its hash beside it, as a library knows it."""
    note = f"clip {label}".encode()
    data = encoded + struct.pack(">I4s", 8 + len(note), b"free") + note
    path.write_bytes(data)
    path.with_suffix(".sha256").write_text(hashlib.sha256(data).hexdigest())


def _encoded(path: Path, seed: int) -> bytes:
    """A pan over a landscape of noise with a drifting light, a little grain: costs an encoder what footage does."""
    dice = np.random.default_rng(seed)
    land = _fractal(dice, HEIGHT + 80, WIDTH * 2)
    glow = _fractal(dice, HEIGHT, WIDTH)
    grain = dice.normal(0, 1.2, (HEIGHT, WIDTH)).astype(np.float32)
    container: Any  # PyAV's overloads per codec are only partly typed
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "veryfast", "crf": "16"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.colorspace = stream.codec_context.color_primaries = 1
        stream.codec_context.color_trc, stream.codec_context.color_range = 1, 1
        for number in range(SECONDS * RATE):
            left, top = number * (5 + seed), 40 + round(35 * np.sin(number / 20 + seed))
            luma = 0.75 * land[top : top + HEIGHT, left : left + WIDTH] + 0.25 * np.roll(glow, -7 * number, axis=1)
            picture = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
            picture[:HEIGHT] = np.clip(luma + np.roll(grain, number * 331, axis=(0, 1)[number % 2]), 16, 235)
            picture[HEIGHT:] = 118 + 3 * (seed % 4) + (picture[: HEIGHT // 2] >> 4)
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    data = path.read_bytes()
    path.unlink()
    return data


def _fractal(dice: np.random.Generator, height: int, width: int) -> NDArray[np.float32]:
    """Clouds: noise of every size, larger being stronger; from 20 to 200."""
    total = np.zeros((height, width), np.float32)
    for octave in range(1, 8):
        small = dice.normal(0, 1, (2 + height >> (9 - octave), 2 + width >> (9 - octave))).astype(np.float32)
        if min(small.shape) < 2:
            continue
        total += np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)) / 1.7**octave
    total -= total.min()
    return 20 + 180 * total / total.max()


def _write_music(path: Path, seconds: int) -> None:
    time = np.arange(48_000 * seconds) / 48_000
    chords = (220, 277.2, 329.6, 440)
    sound = sum(
        np.sin(2 * np.pi * hertz * time) * (0.5 + 0.5 * np.sin(time / (3 + k))) for k, hertz in enumerate(chords)
    )
    samples = (np.stack([sound, np.roll(sound, 900)], axis=1) * 3500).astype(np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(samples.tobytes())
