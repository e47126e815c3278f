"""A limiter holds what passes its ceiling, presses nothing else, and its gain can be laid over parts."""

from __future__ import annotations

import numpy as np
import pytest

from film.render.limiter import Curve, Peaks, limited
from film.render.sound import SAMPLE_RATE, Samples


def bursts(seconds: float = 3) -> Samples:
    rng = np.random.default_rng(5)
    sound = 0.1 * rng.standard_normal((round(seconds * SAMPLE_RATE), 2)).astype(np.float32)
    for at in rng.integers(0, len(sound) - 200, 30):
        sound[at : at + rng.integers(1, 200)] *= 12
    return sound


def peaks_of(sound: Samples, block: int) -> np.ndarray:
    heard = Peaks()
    for at in range(0, len(sound), block):
        heard.hear(sound[at : at + block])
    return heard.each


@pytest.mark.parametrize("ceiling", [0.3, 0.7, 0.9])
@pytest.mark.parametrize("block", [777, 48_000, 384_000])
def test_no_sample_passes_the_ceiling(ceiling: float, block: int) -> None:
    sound = bursts()
    parts = [sound[at : at + block] for at in range(0, len(sound), block)]
    held = np.concatenate(list(limited(parts, peaks_of(sound, block), 1.5, ceiling)))
    assert held.shape == sound.shape
    assert np.abs(held).max() <= ceiling * 1.0001
    assert np.abs(held).max() > ceiling * 0.9


def test_what_lies_under_it_stays_as_it_is() -> None:
    sound = np.clip(bursts(), -0.8, 0.8)
    assert Curve(peaks_of(sound, 4800), 1.0, 0.9).idle
    quiet = np.zeros((SAMPLE_RATE, 2), np.float32) + np.float32(0.1)
    quiet[SAMPLE_RATE // 2] = 1
    held = next(iter(limited([quiet], peaks_of(quiet, 4800), 1.0, 0.5)))
    assert (held[: SAMPLE_RATE // 2 - 480] == quiet[: SAMPLE_RATE // 2 - 480]).all(), "down within ten milliseconds"
    assert (held[SAMPLE_RATE * 5 // 8 :] == quiet[SAMPLE_RATE * 5 // 8 :]).all(), "and up again soon"


def test_its_gain_over_parts_is_its_gain_over_their_sum() -> None:
    one, other = bursts(), bursts(3)[::-1]
    curve = Curve(peaks_of(one + other, 48_000), 1.0, 0.4)
    together = curve.over(one + other, 0)
    apart = curve.over(one, 0) + np.concatenate([curve.over(other[:100_001], 0), curve.over(other[100_001:], 100_001)])
    assert np.abs(together - apart).max() < 1e-5
