"""When a shot is left: what the shot after it starts from."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from film.cache import CachedAsset
from film.models import Shot
from film.planning.lengths import left_at
from film.planning.params import FilmParams, film_params
from film.settings import Settings
from film.shots.shotfile import ShotFile


def params(tmp_path: Path, **options: Any) -> FilmParams:
    shots = (Shot(shot_id="a", enhanced_prompt="a"),)
    return film_params(
        ShotFile(tmp_path / "a.json", shots),
        Settings(gallery=tmp_path, database_url="sqlite://"),
        film_id="f",
        **options,
    )


def asset(kind: str, **details: Any) -> CachedAsset:
    """Without a place: a line of which nobody can hear when it is spoken counts whole."""
    return CachedAsset(
        key="k", kind=kind, provider="fake", sha256="", location="", size=1, mime="", cost=Decimal(0), details=details
    )


@pytest.mark.parametrize(
    ("wanted", "clip", "left"),
    [("5", "6", "5"), ("5", "5.0417", "5"), ("5", "5", "5"), ("4.25", "6", "4.25"), ("5", "4", "4")],
    ids=["a longer clip", "a frame more", "exactly", "to the millisecond", "a shorter clip is slowed, then held"],
)
def test_a_silent_shot_is_left_when_its_time_is_over(tmp_path: Path, wanted: str, clip: str, left: str):
    shot = Shot(shot_id="a", enhanced_prompt="a", duration=Decimal(wanted))
    assert left_at(params(tmp_path), shot, asset("video", seconds=clip), None) == Decimal(left)


def test_a_line_that_lasts_longer_shows_more_of_the_clip(tmp_path: Path):
    shot = Shot(shot_id="a", enhanced_prompt="a", duration=Decimal(2), dialogue="words")
    line = asset("audio", samples=3 * 48_000, sample_rate=48_000)
    lead, tail = Decimal("0.3"), Decimal("0.4")
    assert left_at(params(tmp_path), shot, asset("video", seconds="6"), line) == 3 + lead + tail
    assert left_at(params(tmp_path, frame_rate="12"), shot, asset("video", seconds="6"), line) == 3 + lead + tail
