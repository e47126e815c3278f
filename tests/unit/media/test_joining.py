"""Pieces of speech as one: every sample is kept, in order, and pauses are filled up and not added."""

from __future__ import annotations

import io
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from film.errors import BadMedia
from film.media import check
from film.media.joining import join_sounds
from film.models import AssetType
from film.testing import synthetic

RATE = 8000


def tone(seconds: float, level: int, *, before: float = 0.0, after: float = 0.0, rate: int = RATE) -> bytes:
    """A level tone with quiet at its ends."""
    samples = np.concatenate(
        [np.zeros(int(before * rate)), np.full(int(seconds * rate), level), np.zeros(int(after * rate))]
    ).astype(np.int16)
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(samples.tobytes())
    return file.getvalue()


def heard(path: Path) -> NDArray[np.int16]:
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


def test_every_sample_is_kept_and_the_pause_lies_between(tmp_path: Path) -> None:
    target = tmp_path / "line.flac"
    whole = join_sounds([tone(1, 5000), tone(0.5, -7000)], [Fraction(1, 4), Fraction(0)], target)
    assert whole.starts == (0, Fraction(5, 4)) and (whole.samples, whole.rate) == (14_000, RATE)
    expected = np.concatenate([np.full(8000, 5000), np.zeros(2000), np.full(4000, -7000)])
    assert np.array_equal(heard(target), expected)
    probe = check(target, AssetType.AUDIO)
    assert (probe.mime, probe.samples, probe.sample_rate) == ("audio/flac", 14_000, RATE)


@pytest.mark.parametrize(
    ("after", "before", "added"), [(0.0, 0.0, 0.5), (0.25, 0.125, 0.125), (0.5, 0.0, 0), (3, 0, 0)]
)
def test_quiet_that_is_there_counts_towards_the_pause(
    tmp_path: Path, after: float, before: float, added: float
) -> None:
    pieces = [tone(1, 5000, after=after), tone(1, 5000, before=before)]
    whole = join_sounds(pieces, [Fraction(1, 2), Fraction(0)], tmp_path / "line.flac")
    assert whole.starts[1] == Fraction(1 + after + added)


def test_pieces_of_other_rates_and_forms_come_to_the_first_ones_rate(tmp_path: Path) -> None:
    pieces = [tone(1, 5000), tone(1, 5000, rate=16_000), synthetic.speech("la la la", 1, form="mp3")]
    whole = join_sounds(pieces, [Fraction(0)] * 3, tmp_path / "line.flac")
    assert whole.rate == RATE and abs(whole.starts[2] - 2) < Fraction(1, 100)


def test_a_piece_that_is_no_sound_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadMedia):
        join_sounds([tone(1, 5000), b"<html>"], [Fraction(0)] * 2, tmp_path / "line.flac")
