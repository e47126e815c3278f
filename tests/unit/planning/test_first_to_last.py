"""Who goes first."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from planned import Quick, planned

from film.models import AssetType, Shot
from film.planning.film_order import in_order, seconds_to_make
from film.planning.plan import ShotPlan
from film.providers.base import BaseProvider, ImageConfig, VideoConfig
from film.testing.doubles import FakeAudioProvider, FakeImageProvider, FakeVideoProvider


class Slow(FakeVideoProvider):
    usual_seconds = 100.0


def plan(name: str, seconds: int, video: FakeVideoProvider, *, clip_there: bool = False) -> ShotPlan:
    clip = planned(name, video, VideoConfig(prompt=name, duration=Decimal(seconds)), "reused" if clip_there else "new")
    return ShotPlan(
        Shot(shot_id=name, enhanced_prompt=name),
        {
            AssetType.IMAGE: planned(name, FakeImageProvider(), ImageConfig(prompt=name)),
            AssetType.VIDEO: clip,
            AssetType.AUDIO: planned(name, FakeAudioProvider()),
        },
    )


FILM = [
    plan("short", 5, Quick()),
    plan("long", 15, Quick()),
    plan("slow", 5, Slow()),
    plan("half there", 30, Slow(), clip_there=True),
    plan("short too", 5, Quick()),
]


def test_the_script_is_the_order_unless_asked():
    assert in_order(FILM, "script") == FILM


def test_the_longest_go_first_and_equals_as_in_the_script():
    assert [seconds_to_make(shot) for shot in FILM] == [30, 70, 110, 10, 30]
    names = [shot.shot.shot_id for shot in in_order(FILM, "makespan")]
    assert names == ["slow", "long", "short", "short too", "half there"]


def test_a_provider_that_declares_nothing_is_taken_for_a_usual_one():
    class Own(BaseProvider):
        asset_type = AssetType.IMAGE

        def estimate_cost(self, config: Any) -> Decimal:
            return Decimal(0)

    shot = ShotPlan(Shot(shot_id="a", enhanced_prompt="a"), {AssetType.IMAGE: planned("a", Own())})
    assert seconds_to_make(shot) == 60
