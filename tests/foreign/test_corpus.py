"""Six hundred files as strangers make them: each is seen and heard as its maker meant it, or refused with a reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from benchmarks import _foreign_clips, _foreign_sounds, _foreign_stills
from benchmarks._foreign import Case, judged
from benchmarks.foreign import verdicts


@pytest.mark.parametrize(
    ("maker", "least"),
    [(_foreign_stills, 140), (_foreign_clips, 240), (_foreign_sounds, 190)],
    ids=["stills", "clips", "sounds"],
)
def test_none_is_wrong(maker: ModuleType, least: int) -> None:
    found = list(verdicts(maker.cases()))
    assert [f"{v.case}: {v.why}" for v in found if v.outcome == "wrong"] == []
    assert len(found) >= least  # encoders may lack here what they have there, but not many
    assert all(v.case.refused for v in found if v.outcome == "told")


@pytest.mark.parametrize("kind", ["still", "clip", "sound"])
def test_a_wrong_one_would_be_told(kind: str, tmp_path: Path) -> None:
    """The judges are no yes-men: with other colours, other moments or nothing broken they say so."""
    cases = {
        "still": next(_foreign_stills.cases()),
        "clip": next(c for c in _foreign_clips.cases() if c.group == "turned"),
        "sound": next(_foreign_sounds.cases()),
    }
    case: Case = cases[kind]
    right = judged(case, tmp_path)
    assert right is not None and right.outcome == "right"
    for other in (
        replace(case, colours=tuple(reversed(case.colours)), beeps=tuple(at + 0.1 for at in case.beeps)),
        replace(case, refused=True),
        replace(case, told=True),
    ):
        wrong = judged(other, tmp_path)
        assert wrong is not None and wrong.outcome == "wrong", other
