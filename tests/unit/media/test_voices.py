"""A voice is found where it is, whatever else its file holds."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from film.media.voices import Span, VoiceActivity, facts_of_voice, voice_in, voice_of_facts

RATE = 48_000


def said(seconds: float, level: float = 0.2, seed: int = 1) -> np.ndarray:
    """Syllables of a low voice with its overtones, and a soft consonant before each."""
    t = np.arange(round(seconds * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * 130 * k * t) / k for k in range(1, 20))
    syllables = np.clip(np.sin(2 * np.pi * 4 * t) * 2 + 1.2, 0.05, 1)
    hiss = np.random.default_rng(seed).standard_normal(len(t)) * 0.02
    return level * (tone * syllables / 2 + hiss)


def line(*parts: np.ndarray | float) -> np.ndarray:
    return np.concatenate([np.zeros(round(p * RATE)) if isinstance(p, float) else p for p in parts])


def written(path: Path, left: np.ndarray, right: np.ndarray | None = None) -> Path:
    sides = np.stack([left, left if right is None else right], axis=1)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2), file.setsampwidth(2), file.setframerate(RATE)
        file.writeframes((np.clip(sides, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def noise(samples: np.ndarray, level: float) -> np.ndarray:
    return 10 ** (level / 20) * np.random.default_rng(7).standard_normal(len(samples))


PADDED = line(1.5, said(2), 1.0, said(1.2), 2.0)
TRUTH = ((1500, 3500), (4500, 5700))


def near(found: tuple[Span, ...], truth: tuple[Span, ...], within: int = 60) -> bool:
    pairs = [pair for spans in zip(found, truth, strict=True) for pair in zip(*spans, strict=True)]
    return all(abs(a - b) <= within for a, b in pairs)


@pytest.mark.parametrize("level", [1, 0.1, 0.01])
def test_it_is_found_at_any_level(level: float, tmp_path: Path) -> None:
    assert near(voice_in(written(tmp_path / "a.wav", PADDED * level)), TRUTH)


@pytest.mark.parametrize("level", [-80, -60, -50])
def test_noise_is_no_voice(level: float, tmp_path: Path) -> None:
    assert near(voice_in(written(tmp_path / "a.wav", PADDED + noise(PADDED, level))), TRUTH, 100)


def test_direct_current_rumble_and_clicks_are_no_voice(tmp_path: Path) -> None:
    t = np.arange(len(PADDED)) / RATE
    clicked = PADDED.copy()
    clicked[RATE // 3 : RATE // 3 + 60] = 0.9
    for sound in (0.5 * PADDED + 0.4, 0.5 * PADDED + 0.2 * np.sin(2 * np.pi * 40 * t), clicked):
        assert near(voice_in(written(tmp_path / "a.wav", sound)), TRUTH, 80)


def test_it_is_found_on_one_side_and_against_itself(tmp_path: Path) -> None:
    assert near(voice_in(written(tmp_path / "a.wav", PADDED, 0 * PADDED)), TRUTH)
    assert near(voice_in(written(tmp_path / "b.wav", PADDED, -PADDED)), TRUTH)


def test_where_nobody_speaks_none_is_found(tmp_path: Path) -> None:
    assert voice_in(written(tmp_path / "a.wav", np.zeros(RATE))) == ()
    assert voice_in(written(tmp_path / "b.wav", noise(np.zeros(RATE), -90))) == ()


def test_a_word_alone_is_found(tmp_path: Path) -> None:
    assert near(voice_in(written(tmp_path / "a.wav", line(0.7, said(0.25), 3.0))), ((700, 950),))


def test_how_it_is_cut_into_blocks_makes_no_difference() -> None:
    sides = np.repeat(PADDED[::3, None], 2, axis=1).astype(np.float32)
    whole, parts = VoiceActivity(), VoiceActivity()
    whole.hear(sides)
    for block in np.array_split(sides, 137):
        parts.hear(block)
    assert parts.spans == whole.spans


def test_what_was_found_is_kept_until_it_is_found_otherwise() -> None:
    facts = facts_of_voice(TRUTH)
    assert voice_of_facts(facts) == TRUTH
    assert voice_of_facts({"voice": {"recipe": "voice/0", "spans": []}}) is None
    assert voice_of_facts({}) is None
