"""Every kind of fault is found where it was put, at its severity; what is meant is no error."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from film.errors import BadMedia
from film.inspect import Finding, Report, inspect_film
from film.inspect.listen import Listener
from film.testing.faulty_films import (
    Form,
    card,
    cut_short,
    damaged,
    during,
    frozen,
    grainy,
    overloaded,
    pan,
    repeated,
    silenced,
    skipped,
    tone,
    write_film,
)

FORM = Form(width=192, height=108, frames=120)
PAN = pan(FORM)
VOICE = tone(0.35)
"""About -16 LUFS: near enough to the web's loudness to be no finding of weight."""


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Path]:
    def make(picture: Any = PAN, sound: Any = VOICE, *, form: Form = FORM, name: str = "film.mp4") -> Path:
        return write_film(tmp_path / name, form, picture, sound)

    return make


def the(report: Report, kind: str) -> Finding:
    (found,) = [f for f in report.findings if f.kind == kind]
    return found


def kinds(report: Report, *severities: str) -> set[str]:
    return {f.kind for f in report.findings if f.severity in (severities or ("error", "warning"))}


def near(found: Finding, start: float, seconds: float, within: float = 0.15) -> bool:
    assert found.start is not None and found.seconds is not None
    return abs(float(found.start) - start) <= within and abs(float(found.seconds) - seconds) <= within


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv"])
@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001)])
def test_a_sound_film_has_no_findings_of_weight(made: Any, name: str, rate: Fraction) -> None:
    form = Form(width=192, height=108, frames=60, rate=rate)
    report = inspect_film(made(pan(form), form=form, name=name))
    assert kinds(report) == set() and report.clean
    assert (report.facts.frames, report.facts.rate) == (60, rate)
    assert report.summary.startswith("no black, frozen or silent stretches")


def test_black_is_found_at_its_time_and_grave_when_it_is_long(made: Any) -> None:
    long = the(inspect_film(made(during(36, 96, card(FORM), PAN))), "black")
    assert near(long, 1.5, 2.5, 0) and long.severity == "error"
    short = the(inspect_film(made(during(36, 60, card(FORM), PAN))), "black")
    assert near(short, 1.5, 1.0, 0) and short.severity == "warning"


def test_a_dip_and_a_fade_from_black_are_no_faults(made: Any) -> None:
    def dipped(k: int) -> Any:
        return (PAN(k) * min(1, max(0, abs(k - 38) - 2) / 8)).astype(np.uint8)

    dip = inspect_film(made(dipped))
    assert "black" not in kinds(dip, "error", "warning", "note")
    hole = the(inspect_film(made(during(36, 41, card(FORM), PAN))), "black")
    assert near(hole, 1.5, 5 / 24, 0) and hole.severity == "warning"
    opening = inspect_film(made(during(0, 24, card(FORM), PAN)))
    assert the(opening, "black").severity == "note"


def test_black_with_a_caption_in_its_lower_bar_is_black(made: Any) -> None:
    def captioned(k: int) -> Any:
        picture = card(FORM)(k)
        picture[-10:, 40:150] = 235
        return picture

    assert near(the(inspect_film(made(during(36, 96, captioned, PAN))), "black"), 1.5, 2.5, 0)


def test_one_colour_is_found(made: Any) -> None:
    assert near(the(inspect_film(made(during(36, 60, card(FORM, 200), PAN))), "blank"), 1.5, 1.0, 0)


@pytest.mark.parametrize("grain", [0, 6, 12])
def test_grain_does_not_hide_a_freeze(made: Any, grain: float) -> None:
    standing = frozen(36, 96, PAN)
    report = inspect_film(made(grainy(grain, standing) if grain else standing))
    assert near(the(report, "frozen"), 1.5, 2.5)
    assert the(report, "frozen").severity == "warning"


@pytest.mark.parametrize("speed", [3.0, 0.2, 0.05])
@pytest.mark.parametrize("grain", [0, 6])
def test_neither_a_slow_move_nor_grain_is_a_freeze(made: Any, speed: float, grain: float) -> None:
    moving = pan(FORM, speed=speed)
    report = inspect_film(made(grainy(grain, moving) if grain else moving))
    assert "frozen" not in kinds(report, "error", "warning", "note")


@pytest.mark.parametrize(("every", "told"), [(5, "every fifth frame repeats"), (2, "every second frame repeats")])
def test_repeated_frames_are_told_by_their_beat(made: Any, every: int, told: str) -> None:
    found = the(inspect_film(made(repeated(every, PAN))), "stutter")
    assert found.what.startswith(told) and near(found, 0, 5, 0.4)


def test_a_pulldown_names_the_rate_it_came_from(made: Any) -> None:
    form = Form(width=192, height=108, frames=120, rate=Fraction(30))
    assert "24 frames a second in 30" in the(inspect_film(made(repeated(5, pan(form)), form=form)), "stutter").what


def test_left_out_frames_are_told_by_their_beat(made: Any) -> None:
    found = the(inspect_film(made(skipped(4, pan(Form(width=192, height=108, frames=200))))), "judder")
    assert "every fourth step" in found.what


def test_one_repeated_frame_is_a_note_and_a_hang_a_warning(made: Any) -> None:
    single = the(inspect_film(made(lambda k: PAN(k - 1 if k == 60 else k))), "repeated-frame")
    assert single.severity == "note" and single.start == Fraction(60, 24)
    hang = the(inspect_film(made(frozen(60, 66, PAN))), "stutter")
    assert hang.severity == "warning" and hang.start == Fraction(61, 24)


def test_silence_is_found_at_its_time(made: Any) -> None:
    found = the(inspect_film(made(sound=silenced(1.5, 4.0, VOICE))), "silence")
    assert near(found, 1.5, 2.5, 0.03) and found.severity == "warning"
    whole = the(inspect_film(made(sound=lambda t: 0 * t)), "silence")
    assert whole.severity == "error" and near(whole, 0, 5, 0.03)


def test_overload_is_found_at_its_time_and_hot_peaks_too(made: Any) -> None:
    report = inspect_film(made(sound=overloaded(2, 3, 8, VOICE), name="film.mov"))
    assert near(the(report, "clipping"), 2, 1, 0.02) and the(report, "clipping").severity == "error"
    assert the(report, "true-peak").severity == "warning"


def test_loudness_is_held_against_what_is_asked_for(made: Any) -> None:
    film = made(sound=tone(0.05))
    assert the(inspect_film(film), "loudness").severity == "warning"  # nobody plays a film this quiet
    assert the(inspect_film(film, loudness=-14), "loudness").severity == "error"
    heard = inspect_film(film).facts.integrated
    assert heard is not None and "loudness" not in kinds(inspect_film(film, loudness=heard))


@pytest.mark.parametrize(
    ("lasts", "severity", "told"),
    [("9/2", "warning", "the sound ends 0.5"), ("13/2", "error", "the picture ends 1.5")],
)
def test_lengths_that_differ(made: Any, lasts: str, severity: str, told: str) -> None:
    form = Form(width=192, height=108, frames=120, seconds_of_sound=Fraction(lasts))
    found = the(inspect_film(made(form=form)), "length")
    assert found.severity == severity and found.what.startswith(told)


def test_sound_that_begins_late_is_out_of_step(made: Any) -> None:
    form = Form(width=192, height=108, frames=120, sound_starts=Fraction(1, 5))
    found = the(inspect_film(made(form=form, name="film.mkv")), "sync")
    assert found.severity == "error" and found.seconds == Fraction(1, 5)


def test_missing_frames_and_late_ones(made: Any) -> None:
    gap = Form(width=192, height=108, frames=120, step=lambda k: Fraction(k if k < 50 else k + 3))
    found = the(inspect_film(made(form=gap)), "timestamps")
    assert found.severity == "error" and (found.start, found.seconds) == (Fraction(50, 24), Fraction(3, 24))
    late = Form(width=192, height=108, frames=120, step=lambda k: k + Fraction(2 if k == 50 else 0, 5))
    found = the(inspect_film(made(form=late)), "timestamps")
    assert found.severity == "warning" and "17 ms late" in found.what


def test_a_film_of_no_even_rhythm_is_told_once(made: Any) -> None:
    form = Form(width=192, height=108, frames=120, step=lambda k: k + Fraction((k * 7) % 5, 8))
    report = inspect_film(made(form=form, name="film.mkv"))
    assert the(report, "frame-rate").severity == "warning" and report.facts.rate == 0
    assert "timestamps" not in kinds(report)


def test_tags_and_the_place_of_the_index(made: Any) -> None:
    form = Form(width=192, height=108, frames=24, tagged=False, faststart=False)
    report = inspect_film(made(form=form))
    assert kinds(report) >= {"colour-tags", "not-faststart"}


def test_damage_is_found_at_its_frame(made: Any) -> None:
    report = inspect_film(damaged(made(grainy(5, PAN), sound=None), at=0.5, length=2000))
    found = the(report, "damaged")
    assert found.severity == "error" and found.start is not None and 1.5 < found.start < 3.5


def test_a_file_cut_short(made: Any) -> None:
    report = inspect_film(cut_short(made(), keep=0.7))
    assert not report.clean and "truncated" in kinds(report, "error")
    assert "bytes are missing" in the(report, "truncated").what
    slow = Form(width=192, height=108, frames=24, faststart=False)
    assert kinds(inspect_film(cut_short(made(form=slow), keep=0.9)), "error") == {"unreadable"}


def test_a_silent_film_and_what_is_no_film(made: Any, tmp_path: Path) -> None:
    report = inspect_film(made(sound=None))
    assert the(report, "no-sound").severity == "note" and report.summary == "no black or frozen stretches"
    (tmp_path / "page.mp4").write_text("<!doctype html><p>not found")
    with pytest.raises(BadMedia, match="HTML"):
        inspect_film(tmp_path / "page.mp4")


def test_a_glance_at_key_frames_finds_what_is_long(made: Any) -> None:
    report = inspect_film(made(frozen(24, 120, PAN)), thorough=False)
    assert near(the(report, "frozen"), 1, 3, 1.01) and report.facts.integrated is None
    assert kinds(inspect_film(made(), thorough=False)) == set()
    assert the(inspect_film(made(during(48, 120, card(FORM), PAN)), thorough=False), "black").start == 2


def test_a_report_is_one_json_document(made: Any) -> None:
    document = json.loads(json.dumps(inspect_film(made(during(36, 96, card(FORM), PAN))).as_document()))
    (black,) = [f for f in document["findings"] if f["kind"] == "black"]
    assert (black["timecode"], black["frame"], black["seconds"]) == ("00:00:01:12", 36, 2.5)
    assert document["errors"] == 1 and not document["clean"] and black["fix"]


@pytest.mark.parametrize("seed", range(12))
def test_damage_anywhere_is_told_and_never_a_crash(made: Any, seed: int) -> None:
    film: Path = made(form=Form(width=96, height=54, frames=24), name=("film.mp4", "film.mkv")[seed % 2])
    dice = random.Random(seed)
    data = bytearray(film.read_bytes())
    for _ in range(1 + 40 * (seed % 3)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    film.write_bytes(data[: dice.randrange(1, len(data))] if seed % 4 == 3 else data)
    for thorough in (True, False):
        with contextlib.suppress(BadMedia):
            assert json.dumps(inspect_film(film, thorough=thorough).as_document())


def test_more_channels_than_a_frame_points_to_are_read_in_part() -> None:
    packed = av.AudioFrame.from_ndarray(np.full((1, 16 * 480), 1, np.float32), format="flt", layout="hexadecagonal")
    packed.sample_rate = 48_000
    (frame,) = av.AudioResampler("fltp", "hexadecagonal", 48_000).resample(packed)
    assert frame.format.name == "fltp"
    listener = Listener(48_000, Fraction(1), loudness=False)
    listener.hear(frame)
    (overload,) = listener.heard().clipped
    assert (overload.start, overload.stop) == (0, Fraction(1, 100))
