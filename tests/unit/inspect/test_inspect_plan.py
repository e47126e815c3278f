"""What the build manifest says is meant is no fault; what it says was made must be there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from film.inspect import Expected, Finding, inspect_film
from film.inspect.expected import ExpectedClip
from film.testing.faulty_films import Form, card, during, frozen, pan, repeated, silenced, tone, write_film

FORM = Form(width=192, height=108, frames=120)
PAN = pan(FORM)
TWO = (ExpectedClip("first", 0, 60), ExpectedClip("second", 60, 60))
PLAN = Expected(frames=120, rate=Fraction(24), width=192, height=108, clips=TWO, has_sound=True, mixed=-15.8)


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., list[Finding]]:
    def inspected(picture: object = PAN, plan: Expected = PLAN, sound: object = None) -> list[Finding]:
        film = write_film(tmp_path / "film.mp4", FORM, picture, sound or tone(0.35))  # type: ignore[arg-type]
        return list(inspect_film(film, plan=plan).findings)

    return inspected


def severities(found: list[Finding], kind: str) -> list[str]:
    return [f.severity for f in found if f.kind == kind]


def with_first(**changes: object) -> Expected:
    return replace(PLAN, clips=(replace(TWO[0], **changes), TWO[1]))  # type: ignore[arg-type]


def test_a_film_as_it_was_planned_has_no_findings(look: Callable[..., list[Finding]]) -> None:
    assert look() == []


def test_a_planned_hold_is_a_note_and_one_that_was_not_planned_a_warning(look: Callable[..., list[Finding]]) -> None:
    held = frozen(24, 60, PAN)
    (found,) = look(held, with_first(hold=35))
    assert (found.kind, found.severity, found.start, found.shot_id) == ("held", "note", Fraction(25, 24), "first")
    assert severities(look(held), "frozen") == ["warning"]


def test_a_long_hold_is_a_warning_unless_the_film_asks_for_holds(look: Callable[..., list[Finding]]) -> None:
    held = frozen(6, 60, PAN)
    assert severities(look(held, with_first(hold=53)), "held") == ["warning"]
    assert severities(look(held, replace(with_first(hold=53), long_dialogue="hold")), "held") == ["note"]


def test_a_hold_in_which_the_camera_moves_is_told_too(look: Callable[..., list[Finding]]) -> None:
    assert severities(look(PAN, with_first(hold=53)), "held") == ["warning"]
    assert look(PAN, with_first(hold=12)) == [], "half a second is a pause"


def test_what_stands_still_beside_a_planned_hold_is_no_part_of_it(look: Callable[..., list[Finding]]) -> None:
    found = look(frozen(20, 60, PAN), with_first(hold=12))
    assert severities(found, "frozen") == ["warning"]


def test_a_shot_that_never_moves_is_an_error_unless_it_is_a_draft_or_a_still(
    look: Callable[..., list[Finding]],
) -> None:
    still = during(0, 60, lambda _: PAN(0), PAN)
    assert severities(look(still), "frozen") == ["error"]
    assert severities(look(still, replace(PLAN, draft=True)), "frozen") == ["note"]
    assert severities(look(still, with_first(still=True)), "frozen") == []


def test_a_dip_that_was_planned_is_nothing_and_a_black_shot_an_error(look: Callable[..., list[Finding]]) -> None:
    dip = during(50, 60, card(FORM), PAN)
    assert severities(look(dip), "black") == ["warning"]
    assert severities(look(dip, with_first(join="dip-to-black", join_frames=12)), "black") == []
    short = (ExpectedClip("first", 0, 96), ExpectedClip("second", 96, 24))
    found = look(during(96, 120, card(FORM), PAN), replace(PLAN, clips=short))
    assert severities(found, "black") == ["error"] and "all of second" in found[-1].what


def test_black_that_repeats_in_the_midst_of_a_dip_is_no_repeated_frame(look: Callable[..., list[Finding]]) -> None:
    assert look(during(56, 58, card(FORM), PAN), with_first(join="dip-to-black", join_frames=12)) == []
    assert [f.kind for f in look(during(56, 58, card(FORM), PAN))] == ["odd-frame"], "a hole where none was planned"


def test_a_slowed_clips_repeats_are_a_note_with_the_reason(look: Callable[..., list[Finding]]) -> None:
    whole = replace(PLAN, clips=(ExpectedClip("only", 0, 120, speed=Fraction(4, 5)),))
    (found,) = look(repeated(5, PAN), whole)
    assert (found.kind, found.severity) == ("stutter", "note") and "slowed to 0.80x" in found.what


def test_a_film_of_few_words_says_why_it_is_quiet(tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.mp4", FORM, PAN, tone(0.35))
    quiet = replace(PLAN, spoken=True)
    (found,) = inspect_film(film, plan=quiet).findings
    assert (found.kind, found.severity) == ("few-words", "note")
    for thorough in (True, False):
        told = inspect_film(film, plan=quiet, thorough=thorough).summary
        assert told.endswith("LUFS over all, as few words are spoken")
    for loud in (replace(quiet, target=-15.8), replace(quiet, spoken=False)):
        assert not inspect_film(film, plan=loud).findings


def test_room_tone_was_laid_so_silence_is_grave(look: Callable[..., list[Finding]]) -> None:
    assert severities(look(sound=silenced(1, 4.5, tone(0.35))), "silence") == ["error"]


@pytest.mark.parametrize(
    ("plan", "kind"),
    [
        (replace(PLAN, frames=121), "frame-count"),
        (replace(PLAN, rate=Fraction(25)), "frame-rate"),
        (replace(PLAN, width=1920), "size"),
        (replace(PLAN, mixed=-20.0), "loudness"),
        (replace(PLAN, target=-23.0), "loudness"),
        (replace(PLAN, missing=(("second", "refused"),)), "missing-shot"),
    ],
)
def test_what_was_made_must_be_there(look: Callable[..., list[Finding]], plan: Expected, kind: str) -> None:
    assert severities(look(plan=plan), kind) == ["error"]


def test_a_film_made_with_sound_must_have_it(tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.mp4", FORM, PAN)
    assert [f.kind for f in inspect_film(film, plan=PLAN).findings] == ["no-sound"]
    assert inspect_film(film, plan=replace(PLAN, has_sound=False)).findings == ()
