"""Shot types by any spelling, and the numbers that keep faces and feet out of the bars."""

from __future__ import annotations

import pytest

from animatic import framing
from animatic.elements import PanelSpec

BAR = 0.09
"""What the cut's bars cover, above and below."""


def name(shot_type: str, prompt: str = "x") -> str:
    return framing.name_of(PanelSpec(prompt, shot_type=shot_type))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("WIDE", "wide"),
        ("wide shot", "wide"),
        ("Establishing Shot", "extreme wide"),
        ("EWS", "extreme wide"),
        ("full_body", "full"),
        ("cowboy", "medium wide"),
        ("medium-wide", "medium wide"),
        ("medium shot", "medium"),
        ("MCU", "medium close-up"),
        ("medium close-up", "medium close-up"),
        ("close_up", "close-up"),
        ("closeup", "close-up"),
        ("Close-Up", "close-up"),
        ("CU", "close-up"),
        ("ECU", "extreme close-up"),
        ("extreme close up", "extreme close-up"),
        ("insert", "insert"),
        ("detail shot", "insert"),
        ("over-the-shoulder", "over the shoulder"),
        ("OTS", "over the shoulder"),
        ("two-shot", "two-shot"),
        ("POV", "pov"),
        ("drone", "aerial"),
        ("bird's eye", "aerial"),
        ("low-angle", "low angle"),
        ("wide low angle", "low angle"),
        ("high angle", "high angle"),
        ("Dutch angle", "dutch"),
        ("", "medium"),
        ("something else", "medium"),
    ],
)
def test_spellings(said: str, expected: str) -> None:
    assert name(said) == expected


def test_the_prompt_tells_when_the_field_does_not() -> None:
    assert name("unknown", "An aerial view of the coast") == "aerial"
    assert name("unknown", "her face is low in the frame") == "medium"


@pytest.mark.parametrize("shot", ["extreme wide", "wide", "full", "aerial", "high angle", "pov"])
@pytest.mark.parametrize("seed", range(5))
def test_whole_people_stand_above_the_lower_bar_and_below_the_upper(shot: str, seed: int) -> None:
    row = framing.of(PanelSpec("x", shot_type=shot, seed=seed))
    assert row.head_top > BAR + 0.01
    assert row.head_top + row.figure_height < 1 - BAR


@pytest.mark.parametrize("row", framing.FRAMINGS.values(), ids=lambda row: row.name)
def test_the_camera_is_above_the_ground(row: object) -> None:
    assert isinstance(row, framing.Framing)
    assert row.head_top + row.figure_height > row.horizon


def test_tighter_shots_are_larger_and_softer_behind() -> None:
    order = ["extreme wide", "wide", "full", "medium wide", "medium", "medium close-up", "close-up", "extreme close-up"]
    rows = [framing.FRAMINGS[name] for name in order]
    assert [r.figure_height for r in rows] == sorted(r.figure_height for r in rows)
    assert [r.defocus for r in rows] == sorted(r.defocus for r in rows)
