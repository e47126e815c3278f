"""What a desk looks for in pictures: flashes by BT.1702, slips of a frame, fields, bars, levels, each at its place."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from film.inspect import Finding, inspect_film
from film.inspect.flashes import Flashes, Flashing
from film.inspect.native import Bars, Range, Weave
from film.inspect.odd_frames import Odd, OddFrames
from film.inspect.stutter import stutters
from film.testing.faulty_films import Form, card, frozen, pan, write_film

FORM = Form(width=192, height=108, frames=96)
PAN = pan(FORM)


@pytest.fixture
def found(tmp_path: Path) -> Callable[..., list[Finding]]:
    def inspected(picture: Any, form: Form = FORM) -> list[Finding]:
        return [
            f for f in inspect_film(write_film(tmp_path / "film.mp4", form, picture)).findings if f.kind != "no-sound"
        ]

    return inspected


def flashing(
    hertz: float, bright: float = 255, dark: float = 0, *, rate: float = 24, area: float = 1.0, red: bool = False
) -> list[Flashing]:
    """Four seconds of a square light."""
    flashes = Flashes(rate)
    for k in range(round(4 * rate)):
        is_on = (2 * hertz * k / rate) % 2 < 1
        luma, cr = np.full((20, 40), dark, np.float32), np.zeros((20, 40), np.float32)
        lit = slice(0, round(40 * area))
        if red and is_on:
            luma[:, lit], cr[:, lit] = 54, 127
        elif is_on:
            luma[:, lit] = bright
        flashes.see(luma, np.zeros_like(cr) if not red else -0.2 * cr, cr)
    return flashes.found()


@pytest.mark.parametrize("rate", [24, 25, 30000 / 1001, 60])
def test_more_than_three_flashes_a_second_are_told_and_three_are_not(rate: float) -> None:
    (told,) = flashing(6, rate=rate)
    assert told.kind == "general" and told.area == 1 and 5 <= told.most <= 6
    assert flashing(3, rate=rate) == []


def test_a_quarter_of_the_picture_is_the_limit() -> None:
    assert flashing(6, area=0.25) == [] and flashing(6, area=0.2) == []
    assert flashing(6, area=0.3)[0].area == pytest.approx(0.3)


def test_twenty_candelas_are_a_flash_where_the_darker_picture_is_below_160() -> None:
    """At white of 200 cd/m² and a gamma of 2.4: level 150 is 56 cd/m², 115 is 30, 125 is 36; 235 is 164, 252 is 194."""
    assert flashing(6, 150, 115) and not flashing(6, 150, 125)
    assert flashing(6, 255, 230) and not flashing(6, 252, 235)


def test_red_flashes_are_told_though_they_are_dim() -> None:
    kinds = {flash.kind for flash in flashing(5, red=True)}
    assert "red" in kinds
    assert flashing(2, red=True) == []


def test_a_camera_that_goes_along_stripes_does_not_flash() -> None:
    stripes = np.where(np.arange(400) // 4 % 2, 255, 0).astype(np.float32)
    flashes = Flashes(24)
    for k in range(96):
        luma = np.repeat(stripes[None, k : k + 40], 20, 0)
        flashes.see(luma, 0 * luma, 0 * luma)
    assert flashes.found() == []


def test_white_flicker_is_a_flash_and_no_stutter(found: Callable[..., list[Finding]]) -> None:
    told = found(lambda k: card(FORM, 255 if k // 2 % 2 else 0)(k) if 24 <= k < 72 else PAN(k))
    assert [(f.kind, f.severity) for f in told] == [("flash", "error")]
    assert told[0].start is not None and abs(float(told[0].start) - 1) < 0.1 and told[0].seconds
    assert abs(float(told[0].seconds) - 2) < 0.15 and "6 flashes within a second" in told[0].what


# -- slips


@pytest.mark.parametrize("frames", [1, 3])
@pytest.mark.parametrize(
    ("kind", "colour"), [("black", (0, 0, 0)), ("white", (255, 0, 0)), ("colour", (140, -40, -30))]
)
def test_a_slip_is_found_at_its_frames(frames: int, kind: str, colour: tuple[int, int, int]) -> None:
    wave = 110 + 60 * np.sin(np.arange(60) * 2 * np.pi / 20)[None] * np.cos(np.arange(20) / 6)[:, None]
    ground = np.stack([wave, 0 * wave, 0 * wave]).astype(np.float32)
    odd = OddFrames(24)
    for k in range(60):
        seen = np.roll(ground, k // 2, axis=2)
        if 30 <= k < 30 + frames:
            seen = np.repeat(np.array(colour, np.float32), 1200).reshape(3, 20, 60)
        odd.see(seen)
    assert odd.found() == [Odd(kind, 30, 30 + frames)]  # type: ignore[arg-type]


def test_a_cut_a_dissolve_and_a_light_that_goes_on_are_no_slips() -> None:
    dice = np.random.default_rng(4)
    one, other = (dice.uniform(40, 200, (3, 20, 60)).astype(np.float32) for _ in range(2))
    odd = OddFrames(24)
    for k in range(90):
        share = min(1.0, max(0.0, (k - 40) / 12))
        seen = one if k < 20 else other * (1 - share) + one * share
        odd.see((seen * (0.4 if k >= 70 else 1)).astype(np.float32))
    assert odd.found() == []


def test_black_frames_between_two_shots_are_told_unless_they_are_faded(found: Callable[..., list[Finding]]) -> None:
    other = pan(FORM, seed=9)
    hard = found(lambda k: card(FORM)(k) if 48 <= k < 50 else (PAN if k < 48 else other)(k))
    assert [(f.kind, f.severity, f.start) for f in hard] == [("black", "warning", Fraction(2))]

    def dipped(k: int) -> Any:
        return ((PAN if k < 48 else other)(k) * min(1, abs(k - 48) / 8)).astype(np.uint8)

    assert found(dipped) == []


# -- motion


def test_a_freeze_of_little_more_than_a_second_is_found(found: Callable[..., list[Finding]]) -> None:
    (told,) = found(frozen(36, 61, PAN))
    assert (told.kind, told.severity) == ("frozen", "warning")
    assert told.start is not None and told.seconds and abs(told.start - Fraction(36, 24)) <= Fraction(1, 24)
    assert abs(float(told.seconds) - 25 / 24) < 0.1


def test_a_frame_that_was_dropped_and_closed_over_is_found(found: Callable[..., list[Finding]]) -> None:
    wide = pan(Form(width=192, height=108, frames=100))
    (told,) = found(lambda k: wide(k + (k >= 40)))
    assert (told.kind, told.start) == ("dropped-frame", Fraction(40, 24))


def test_a_still_between_two_cuts_does_not_hang() -> None:
    changes = [0.0] + [1.0] * 30 + [40.0] + [0.0] * 6 + [40.0] + [0.0] * 30
    assert stutters(changes, 24, [1.0] * len(changes), [0.0] * len(changes), [100.0] * len(changes)) == []


# -- the frame itself


def shapes(k: float) -> Any:
    y, x = np.mgrid[0:120, 0:160]
    return (128 + 60 * np.sin((x - 3 * k) / 6) + 40 * np.sin(y / 9 + x / 15)).astype(np.uint8)


@pytest.mark.parametrize("top_first", [True, False])
def test_fields_are_seen_in_the_picture(top_first: bool) -> None:
    weave = Weave()

    def woven(k: int) -> Any:
        first, second = shapes(k), shapes(k + 0.5)
        frame = (second if top_first else first).copy()
        frame[0::2] = (first if top_first else second)[0::2]
        return frame

    for k in range(0, 60, 6):
        weave.see(k + 1, woven(k), woven(k + 1))
    told = weave.found(60)
    assert told and (told.first, told.stop, told.share) == (0, 60, 1.0)


def test_whole_frames_credits_and_grain_are_no_fields() -> None:
    dice = np.random.default_rng(2)
    lines = (dice.random((400, 160)) > 0.6).repeat(2, axis=0).astype(np.uint8) * 200
    for picture in (
        shapes,
        lambda k: lines[k : k + 120],
        lambda k: lines[3 * k : 3 * k + 120],
        lambda _: dice.normal(120, 15, (120, 160)).astype(np.uint8),
    ):
        weave = Weave()
        for k in range(0, 60, 6):
            weave.see(k + 1, picture(k), picture(k + 1))  # type: ignore[arg-type]
        assert weave.found(60) is None


def test_bars_are_measured() -> None:
    def bars_of(draw: Callable[[Any], None]) -> Any:
        bars = Bars(160, full=False)
        for second in range(4):
            for k in range(5):
                picture = np.clip(shapes(5 * second + k), 30, 220)
                draw(picture)
                bars.see(second * 25 + 5 * k, picture)
            bars.close(25 * (second + 1))
        return [(e.top, e.bottom, e.left, e.right, e.whole) for e in bars.found(100)]

    def letterboxed(picture: Any) -> None:
        picture[:14] = picture[-14:] = 16

    def pillarboxed(picture: Any) -> None:
        picture[:, :20] = picture[:, -20:] = 16

    def captioned(picture: Any) -> None:
        letterboxed(picture)
        picture[-10:-4, 50:110] = 235

    assert bars_of(letterboxed) == [(14, 14, 0, 0, True)] == bars_of(captioned)
    assert bars_of(pillarboxed) == [(0, 0, 20, 20, True)]
    assert bars_of(lambda _: None) == []


def test_the_black_sky_of_a_night_is_no_bar(found: Callable[..., list[Finding]]) -> None:
    def night(k: int) -> Any:
        picture = PAN(k).copy()
        picture[:50] = 0
        return picture

    assert found(night) == []


def test_full_range_in_limited_tags_shows_in_its_levels() -> None:
    ramp = np.tile(np.arange(256, dtype=np.uint8), (64, 1))
    levels = Range()
    for k in range(10):
        levels.see(k, ramp)
    told = levels.found()
    assert told and told.below == pytest.approx(5 / 256, abs=0.006) and told.above == pytest.approx(9 / 256, abs=0.006)
    fine = Range()
    fine.see(0, np.clip(ramp, 16, 235))
    assert fine.found() is None
