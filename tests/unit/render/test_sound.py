"""Sound through filters and encoder: nothing shifted, nothing lost, loudness as the standard counts it."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from cutting_room import film_sound, onsets

from film.render.sound import (
    SAMPLE_RATE,
    SILENT,
    Samples,
    comment_of,
    integrated,
    limited,
    measure,
    write_aac,
    write_comment,
)


def sine(seconds: float, level: float, hertz: float = 1000) -> Samples:
    wave = level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def in_blocks(samples: Samples, size: int = 10_000) -> list[Samples]:
    return [samples[at : at + size] for at in range(0, len(samples), size)]


def test_a_full_scale_sine_is_as_loud_as_the_standard_says() -> None:
    # EBU Tech 3341: 1 kHz at -23 dBFS in both channels reads -23 LUFS
    found = measure(in_blocks(sine(5, 10 ** (-23 / 20))))
    assert found.integrated == pytest.approx(-23, abs=0.1)
    assert found.true_peak == pytest.approx(-23, abs=0.2)
    assert integrated(in_blocks(sine(5, 10 ** (-23 / 20)))) == found.integrated


@pytest.mark.parametrize("samples", [np.zeros((96_000, 2), np.float32), sine(0.1, 0.5)], ids=["silent", "short"])
def test_what_cannot_be_measured_is_silent(samples: Samples) -> None:
    assert integrated([samples]) == SILENT


@pytest.mark.parametrize("ceiling", [-30, -2, 6])
def test_the_limiter_holds_peaks_and_shifts_nothing(ceiling: float) -> None:
    factor = np.float32(10 ** ((ceiling + 2) / 20))
    click = sine(2, 0.1) * factor
    click[48_000:48_400] *= 15
    held = np.concatenate(list(limited(in_blocks(click), ceiling)))
    assert held.shape == click.shape
    assert np.abs(held).max() <= 10 ** (ceiling / 20) + 1e-4 * factor
    assert np.abs(held[:40_000] - click[:40_000]).max() < 1e-4 * factor


def test_aac_is_heard_where_it_was_written_and_lasts_as_long(tmp_path: Path) -> None:
    sound = np.zeros((100_001, 2), np.float32)
    for at in (0, 50_000, 95_000):
        sound[at : at + 480] = sine(0.01, 0.5)
    path = tmp_path / "s.m4a"
    write_aac(tmp_path / "plain.m4a", in_blocks(sound), bitrate=192_000, coder="fast")
    write_comment(tmp_path / "plain.m4a", path, '{"a": 1}')
    assert onsets(film_sound(path), 0.1, 4800) == pytest.approx([0, 50_000, 95_000], abs=64)
    assert comment_of(path) == '{"a": 1}'
    with av.open(str(path)) as container:
        assert container.streams.audio[0].duration == 100_001
