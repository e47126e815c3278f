"""The picture with which a shot ends is the one that the cut shows last."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from film.render.conform import Screen, Stretch, frames
from film.render.last_frame import last_frame
from film.render.pictures import to_rgb
from film.timeline import Clip, Source

SHADES = [16 + 3 * n for n in range(60)]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty frames at 24 a second, each a shade lighter than the one before, and yellow at its left."""
    path = tmp_path_factory.mktemp("clips") / "shades.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", 24, options={"crf": "4"})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for shade in SHADES:
            picture = np.full((64, 96, 3), shade, np.uint8)
            picture[:, :32] = (200, 180, 20)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode(None))
    return path


def shade(picture: bytes) -> int:
    """Which of the clip's frames it is."""
    image = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), np.int16)
    return int(np.abs(np.array(SHADES) - image[20:40, 50:80].mean()).argmin())


@pytest.mark.parametrize(
    ("at", "number"), [("1", 23), ("0.5", 11), ("1.01", 23), ("2.5", 59), ("9", 59), ("0.0416", 0), ("0.001", 0)]
)
def test_which_frame(clip: Path, at: str, number: int):
    assert shade(last_frame(clip, Fraction(at))) == number


@pytest.mark.parametrize("rate", [24, 25, 30, 12])
def test_it_is_what_the_cut_shows_last(clip: Path, rate: int):
    shown = list(
        frames(
            Stretch(Clip("a", Source("", clip, "video"), frames=2 * rate), 2 * rate - 1, 2 * rate),
            Screen(96, 64, Fraction(rate)),
        )
    )
    ours = np.asarray(Image.open(io.BytesIO(last_frame(clip, Fraction(2)))), np.int16)
    seen = np.asarray(to_rgb(shown[-1]), np.int16)
    nearest = int(np.abs(np.array(SHADES) - seen[20:40, 50:80].mean()).argmin())
    apart = abs(shade(last_frame(clip, Fraction(2))) - nearest)
    assert apart <= (0 if rate >= 24 else 1), "a film of few frames a second leaves a little sooner"
    assert np.abs(ours - seen).mean() < (2 if apart == 0 else 4)


def test_its_colours_are_those_that_the_clip_was_made_of(clip: Path):
    image = np.asarray(Image.open(io.BytesIO(last_frame(clip, Fraction(1)))).convert("RGB"), np.int16)
    assert np.abs(image[20:40, 8:24].reshape(-1, 3).mean(axis=0) - (200, 180, 20)).max() < 12
