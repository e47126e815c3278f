"""Strangers' films, inspected: what is wrong with them is found, and none of them is too strange to be read."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from film.app.films import run_film_pipeline
from film.errors import InputError
from film.inspect import inspect_film
from film.shots.shotfile import load_shots

RATE = 48_000


def movie(path: Path, sides: NDArray[np.float32], times: list[int] | None = None) -> Path:
    """Two seconds; ``times`` are those of the frames, in milliseconds."""
    with av.open(str(path), "w") as container:
        picture: Any = container.add_stream("libx264", rate=25)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        picture.codec_context.time_base = Fraction(1, 1000)
        sound: Any = container.add_stream("pcm_s16le", rate=RATE, layout="stereo")
        for n, at in enumerate(times or range(0, 2000, 40)):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 40 + n % 180, np.uint8), "rgb24")
            frame.pts, frame.time_base = at, Fraction(1, 1000)
            container.mux(picture.encode(frame))
        heard = av.AudioFrame.from_ndarray(
            np.rint(sides.T.reshape(1, -1) * 32767).astype(np.int16), format="s16", layout="stereo"
        )
        heard.sample_rate, heard.pts = RATE, 0
        container.mux(sound.encode(heard))
        container.mux(sound.encode(None))
        container.mux(picture.encode(None))
    return path


def tone() -> NDArray[np.float32]:
    return (0.2 * np.sin(np.arange(2 * RATE) * 2 * np.pi * 440 / RATE)).astype(np.float32)


@pytest.mark.parametrize(
    ("left", "right", "kind", "words"),
    [
        (1, 0, "one-sided", "the right side is silent"),
        (0, 1, "one-sided", "the left side is silent"),
        (1, -1, "out-of-phase", "in mono"),
        (1, 1, None, ""),
        (1, 0.3, None, ""),
    ],
)
def test_where_the_sound_is_is_told(tmp_path: Path, left: float, right: float, kind: str | None, words: str) -> None:
    report = inspect_film(movie(tmp_path / "a.mkv", np.stack([left * tone(), right * tone()])))
    found = [finding for finding in report.findings if finding.kind in ("one-sided", "out-of-phase")]
    assert [finding.kind for finding in found] == ([kind] if kind else [])
    assert all(words in finding.what and finding.severity == "warning" for finding in found)


@pytest.mark.parametrize("times", [[0, 500, 1467], [n // 2 * 100 + n % 2 * 84 for n in range(40)]])
def test_frames_of_two_lengths_in_equal_parts_have_no_constant_rate(tmp_path: Path, times: list[int]) -> None:
    report = inspect_film(movie(tmp_path / "screen.mkv", np.stack([tone(), tone()]), times))
    (found,) = [finding for finding in report.findings if finding.kind in ("frame-rate", "timestamps")]
    assert found.kind == "frame-rate" and "variable" in found.what


def test_an_id_that_a_shot_with_a_mistake_has_used_is_used(tmp_path: Path) -> None:
    path = tmp_path / "shots.json"
    path.write_text(
        '[\n{"shot_id": "b", "enhanced_prompt": "x", "duration": "long"},\n{"shot_id": "B", "enhanced_prompt": "x"}\n]'
    )
    with pytest.raises(InputError) as refused:
        load_shots(path)
    told = [refused.value, *refused.value.others]
    assert [(error.line, error.field) for error in told] == [(2, "duration"), (3, "shot_id")]


def test_shots_that_are_no_path_are_told_so() -> None:
    with pytest.raises(InputError, match="not the path of a shots"):
        run_film_pipeline("film", [{"shot_id": "a"}])  # pyright: ignore[reportArgumentType]
