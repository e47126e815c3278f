"""The light of a shot: hours, moods and styles by any name, and what they do."""

from __future__ import annotations

import pytest

from animatic import light
from animatic.elements import PanelSpec


def spec(**fields: object) -> PanelSpec:
    return PanelSpec(**{"prompt": "a shot", **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("dawn", "dawn"),
        ("First Light", "dawn"),
        ("sunrise", "sunrise"),
        ("early_morning", "morning"),
        ("midday", "noon"),
        ("day", "noon"),
        ("late afternoon", "afternoon"),
        ("golden-hour", "golden hour"),
        ("magic hour", "golden hour"),
        ("Sundown", "sunset"),
        ("blue hour", "dusk"),
        ("twilight", "dusk"),
        ("Night-time", "night"),
        ("dead of night", "midnight"),
    ],
)
def test_hours_are_known_by_many_names(said: str, name: str) -> None:
    assert light.time_of(spec(time_of_day=said)) == name


def test_the_hour_is_read_from_the_prompt_when_no_field_tells() -> None:
    assert light.time_of(spec(prompt="Emma waits at the station, moonlight on the rails")) == "night"
    assert light.time_of(spec(prompt="Emma waits", time_of_day="later that week")) == "afternoon"


def test_there_are_as_many_hours_and_moods_as_promised() -> None:
    assert len(light.TIMES) >= 9
    assert len(light.MOODS) >= 15


@pytest.mark.parametrize(
    ("said", "name"), [("sad", "melancholic"), ("HAPPY", "joyful"), ("creepy", "eerie"), ("zesty", "neutral")]
)
def test_moods_are_known_by_many_names(said: str, name: str) -> None:
    assert light.mood_of(spec(mood=said)) == name


def test_every_mood_grades_unlike_neutral() -> None:
    plain = light.of(spec())
    for name in light.MOODS.keys() - {"neutral"}:
        mood = light.of(spec(mood=name, time_of_day="afternoon"))
        assert (mood.brightness, mood.saturation, mood.contrast, mood.tint) != (
            plain.brightness, plain.saturation, plain.contrast, plain.tint,
        ), name  # fmt: skip


def test_noir_is_nearly_without_colour_and_hard() -> None:
    noir, plain = light.of(spec(styles=("film noir",))), light.of(spec())
    assert noir.saturation < 0.1 < plain.saturation
    assert noir.contrast > plain.contrast


def test_rain_greys_the_sky() -> None:
    def colourfulness(sky: tuple[float, float, float]) -> float:
        return max(sky) - min(sky)

    dry, wet = light.of(spec(time_of_day="noon")), light.of(spec(prompt="heavy rain", time_of_day="noon"))
    assert colourfulness(wet.zenith) < colourfulness(dry.zenith) * 0.6
    assert sum(wet.sun) < sum(dry.sun)


def test_lamps_light_people_indoors_at_night() -> None:
    night = light.of(spec(time_of_day="night"))
    inside = light.indoors(night)
    assert inside.sun[0] > inside.sun[2]
    assert night.sun[0] < night.sun[2]


def test_light_depends_on_the_spec_alone_and_on_its_seed() -> None:
    assert light.of(spec(seed=4)) == light.of(spec(seed=4))
    assert len({light.of(spec(seed=n)).sun_x for n in range(6)}) == 6
