"""Clips for brighter screens: converted where they say what their light means, told where they do not."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from film.media import check
from film.models import AssetType


def clip(path: Path, transfer: int, matrix: int) -> Path:
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.color_trc, stream.codec_context.colorspace = transfer, matrix
        for n in range(10):
            frame = av.VideoFrame.from_ndarray(np.full((72, 64), 128, np.uint8), "yuv420p")
            frame.color_trc, frame.colorspace = transfer, matrix
            frame.pts, frame.time_base = n, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("transfer", "matrix", "words"),
    [
        (16, 9, "its HDR colours (PQ) are brought to an ordinary screen"),
        (18, 9, "its HDR colours (HLG) are brought to an ordinary screen"),
        (2, 9, "does not say what its light means"),
        (14, 9, None),
        (1, 1, None),
    ],
)
def test_what_becomes_of_hdr_is_told(tmp_path: Path, transfer: int, matrix: int, words: str | None) -> None:
    found = check(clip(tmp_path / "a.mp4", transfer, matrix), AssetType.VIDEO)
    told = [one for one in found.told if "HDR" in one]
    assert len(told) == bool(words) and all(words and words in one for one in told)
    assert "_light" not in found.reading, "no key changes"


def test_a_picture_that_comes_after_its_sound_is_told(tmp_path: Path) -> None:
    path = tmp_path / "call.mkv"
    with av.open(str(path), "w") as container:
        picture: Any = container.add_stream("libx264", rate=25)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        sound: Any = container.add_stream("pcm_s16le", rate=48_000, layout="mono")
        for n in range(25):
            frame = av.VideoFrame.from_ndarray(np.full((72, 64), 128, np.uint8), "yuv420p")
            frame.pts, frame.time_base = n + 10, Fraction(1, 25)
            container.mux(picture.encode(frame))
        heard = av.AudioFrame.from_ndarray(np.full((1, 48_000), 900, np.int16), format="s16", layout="mono")
        heard.sample_rate, heard.pts = 48_000, 0
        container.mux(sound.encode(heard))
        container.mux(sound.encode(None))
        container.mux(picture.encode(None))
    found = check(path, AssetType.VIDEO)
    assert "its sound begins 0.40 s before its picture: it is cut off" in found.told
    assert "_early" not in found.reading, "no key changes"
