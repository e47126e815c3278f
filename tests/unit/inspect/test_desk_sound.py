"""What a desk listens for in each channel, with the levels and the places that it has to tell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from film.inspect.closer import Close, Closer

RATE = 48_000
T = np.arange(6 * RATE) / RATE


def room(level: float = 0.003, seed: int = 1) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(0, level, (2, len(T)))


def voice() -> NDArray[np.float64]:
    """Words of a gliding pitch, with pauses."""
    phase = 2 * np.pi * np.cumsum(130 + 30 * np.sin(2 * np.pi * 0.7 * T)) / RATE
    wave = np.sum([np.sin(n * phase) / n for n in range(1, 15)], axis=0)
    return 0.2 * wave * np.clip(1.5 * np.sin(2 * np.pi * 1.1 * T), 0, 1)


def heard(sides: Any, rate: int = RATE) -> Close:
    closer = Closer(rate)
    samples = np.asarray(sides, np.float32)
    for at in range(0, samples.shape[1], 1024):
        closer.hear(samples[:, at : at + 1024])
    return closer.close()


FILM = voice() + room()


def test_a_sound_film_has_no_faults() -> None:
    close = heard(FILM)
    assert (close.faults, close.hums, close.dropouts, close.clicks, close.flat) == ((), (), (), (), ())


@pytest.mark.parametrize("level", [0.05, -0.02])
def test_direct_current_is_measured(level: float) -> None:
    faults = heard(FILM + np.array([[level], [0]])).faults
    assert [(f.kind, f.channel, f.start) for f in faults] == [("dc", 0, None)]
    assert faults[0].level == pytest.approx(level, rel=0.1)


def test_direct_current_in_one_line_has_a_place() -> None:
    (left, _) = heard(FILM + 0.1 * ((T >= 2) & (T < 4))).faults
    assert left.kind == "dc" and (left.start, left.stop) == (2, 4) and left.level == pytest.approx(0.1, rel=0.1)


def test_sides_that_cancel_out_for_a_while() -> None:
    turned = np.where((T >= 1) & (T < 4), np.array([[1.0], [-1.0]]) * FILM[:1], FILM)
    (fault,) = [f for f in heard(turned).faults if f.kind == "against"]
    assert fault.start == pytest.approx(1, abs=0.26) and fault.stop == pytest.approx(4, abs=0.5)


def test_a_channel_that_dies_and_one_that_never_lived() -> None:
    gone = FILM * np.stack([np.ones_like(T), ~((T >= 2) & (T < 5))])
    (fault,) = heard(gone).faults
    assert (fault.kind, fault.channel, fault.start) == ("dead", 1, 2)
    six = np.concatenate([FILM, room(seed=2), room(seed=3)]) * np.array([1, 1, 0, 1, 1, 1])[:, None]
    (never,) = heard(six).faults
    assert (never.kind, never.channel, never.start) == ("dead", 2, None)


def test_mono_in_two_channels() -> None:
    assert [f.kind for f in heard(np.repeat(FILM[:1], 2, 0)).faults] == ["mono"]


@pytest.mark.parametrize("mains", [50, 60])
@pytest.mark.parametrize("multiples", [(1,), (1, 2, 3), (2, 4, 6)])
def test_mains_hum_under_a_voice(mains: int, multiples: tuple[int, ...]) -> None:
    hum = sum(0.01 * np.sin(2 * np.pi * mains * n * T + n) for n in multiples)
    found = heard(FILM + hum).hums
    assert {h.mains for h in found} == {mains}
    assert found[0].level == pytest.approx(-40, abs=2.5)
    assert found[0].start <= 1 and found[-1].stop >= 5


def test_notes_beside_the_mains_are_music() -> None:
    chord = sum(0.05 * np.sin(2 * np.pi * f * T) for f in (48.99, 61.74, 98.0, 123.47, 196.0, 246.94))
    assert heard(room() + chord).hums == ()


@pytest.mark.parametrize("milliseconds", [5, 20, 80])
def test_a_dropout_is_found_to_the_millisecond(milliseconds: int) -> None:
    steady = room(0.1)
    gone = (T >= 2.5) & (2.5 + milliseconds / 1000 > T)
    left, right = heard(steady * ~gone).dropouts
    assert (left.channel, right.channel) == (0, 1)
    assert left.start == pytest.approx(2.5, abs=0.0021)
    assert left.stop == pytest.approx(2.5 + milliseconds / 1000, abs=0.0021)


def test_a_word_that_dies_away_and_a_deep_tone_do_not_drop_out() -> None:
    dying = room(0.1) * np.where(T % 0.5 < 0.3, 1, np.exp(-np.maximum(0, T % 0.5 - 0.3) / 0.01))
    deep = np.repeat(0.5 * np.sin(2 * np.pi * 45 * T)[None], 2, 0)
    assert heard(dying).dropouts == () == heard(deep + room(0.0005)).dropouts


def test_a_click_is_found_and_a_drum_is_none() -> None:
    clicked = FILM.copy()
    clicked[0, round(3.25 * RATE)] += 0.5
    (click,) = heard(clicked).clicks
    assert click.channel == 0 and click.start == pytest.approx(3.25, abs=0.0015)
    rings = np.exp(-(T % 0.5) / 0.05) * np.random.default_rng(5).normal(0, 0.3, len(T))
    assert heard(room() + rings).clicks == ()


def test_flat_tops_far_below_full_scale() -> None:
    loud = np.rint(np.clip(8 * FILM, -1, 1) * 0.4 * 32767) / 32767
    flat = heard(loud).flat
    assert flat and flat[0].level == pytest.approx(0.4, abs=0.001)
    deep = np.repeat(np.rint(0.4 * np.sin(2 * np.pi * 30 * T) * 32767)[None] / 32767, 2, 0)
    assert heard(deep).flat == ()


def test_times_hold_at_a_rate_that_is_no_multiple_of_a_thousand() -> None:
    dice = np.random.default_rng(1)
    long = dice.normal(0, 0.1, (2, 60 * 44_100))
    long[:, 50 * 44_100 : 50 * 44_100 + 900] = 0
    assert heard(long, 44_100).dropouts[0].start == pytest.approx(50, abs=0.003)
    gone = np.stack([np.ones(60 * 44_100), np.arange(60 * 44_100) < 40 * 44_100])
    (dead,) = heard(dice.normal(0, 0.1, (2, 60 * 44_100)) * gone, 44_100).faults
    assert dead.start == pytest.approx(40, abs=0.3)
