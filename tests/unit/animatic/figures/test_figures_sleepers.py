"""Who sleeps in a bed lies in one, and who lies on the floor does not."""

from __future__ import annotations

import pytest

from animatic.elements import Framing, PanelSpec
from animatic.figures.casting import cast_of
from animatic.figures.staging import block

WIDE = Framing("wide", 0.48, 0.37, 0.5, 0.0)


@pytest.mark.parametrize(
    ("prompt", "landscape", "prop"),
    [
        ("the patient sleeps in a hospital bed", "hospital", "bed"),
        ("Ana asleep", "bedroom", "bed"),
        ("Ana lies in bed", "attic", "bed"),
        ("Ana lies on the floor", "bedroom", None),
        ("Ana asleep under a tree", "park", None),
        ("Ana stands by the bed", "bedroom", None),
    ],
)
def test_sleepers_lie_in_beds(prompt: str, landscape: str, prop: str | None) -> None:
    spec = PanelSpec(prompt=prompt, characters=("Ana",), landscapes=(landscape,), shot_type="wide")
    (actor,) = block(spec, WIDE, cast_of(spec, "wide"))
    assert actor.pose.prop == prop
