"""How long a clip is asked for: the shot, its line, the film's rule and what the model sells decide."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from film.models import AssetType, Shot
from film.planning.lengths import bought, made_here, room_for_line, spoken_seconds
from film.planning.params import FilmParams, ProviderChoice
from film.planning.requests import ProviderSet, RequestBuilder
from film.providers.base import BaseVideoProvider, VideoConfig
from film.providers.fal.kling import KlingVideoProvider
from film.shots.filmfile import FilmFile
from film.testing.doubles import FakeVideoProvider

LONG = "There was a light on the water, and nobody who saw it that night would ever speak of it again, to anyone."


def params(rule: str, *shots: Shot, provider: str = "kling", seconds: str = "0.5") -> FilmParams:
    return FilmParams(
        film_id="f",
        shots=shots,
        tier="premium",
        choices={kind: ProviderChoice(provider=provider if kind is AssetType.VIDEO else "draft") for kind in AssetType},
        width=1280,
        height=720,
        rate=Fraction(24),
        film=FilmFile.model_validate({"long_dialogue": rule, "transition_seconds": seconds}),
    )


def shot(**fields: Any) -> Shot:
    return Shot.model_validate({"shot_id": "a", "enhanced_prompt": "x", "duration": 5, **fields})


def asked(rule: str, provider: BaseVideoProvider, **fields: Any) -> Decimal:
    one = shot(**fields)
    return bought(params(rule, one), one, provider, VideoConfig(prompt="x", duration=one.duration))


def test_a_line_that_outlasts_its_clip_buys_the_next_length() -> None:
    assert spoken_seconds(LONG) > 7
    assert (
        KlingVideoProvider().clip_seconds(
            VideoConfig(prompt="x", duration=asked("next-length", KlingVideoProvider(), dialogue=LONG))
        )
        == 10
    )


@pytest.mark.parametrize("rule", ["extend", "slow", "hold"])
def test_no_other_rule_buys_more_than_the_shot(rule: str) -> None:
    assert asked(rule, KlingVideoProvider(), dialogue=LONG) == 5


def test_a_line_that_fits_buys_nothing_more() -> None:
    assert asked("next-length", KlingVideoProvider(), dialogue="Hello?") == 5
    assert asked("next-length", KlingVideoProvider()) == 5
    assert asked("next-length", KlingVideoProvider(), dialogue=LONG, duration=9) == 9, "ten seconds come back as it is"


def test_where_nothing_is_long_enough_the_longest_is_bought() -> None:
    assert asked("next-length", KlingVideoProvider(), dialogue=LONG * 4) == 10


def test_a_shot_longer_than_anything_sold_is_left_to_be_refused() -> None:
    assert asked("next-length", KlingVideoProvider(), dialogue=LONG * 4, duration=20) == 20


def test_of_a_model_that_makes_any_length_whole_seconds_are_bought() -> None:
    wanted = room_for_line(params("next-length", shot()), shot(), spoken_seconds(LONG))
    found = asked("next-length", FakeVideoProvider(), dialogue=LONG)
    assert found == int(found) and 0 <= found - wanted < 1


def test_the_plan_s_quote_and_the_order_are_for_the_same_longer_clip() -> None:
    one = shot(dialogue=LONG)
    builder = RequestBuilder(params("next-length", one), ProviderSet())
    outlook, order = builder.video_outlook(one), builder.video(one, "a" * 64, speech_seconds=Decimal(3))
    assert outlook.request.params == order.request.params and str(outlook.request.params["duration"]) == "10"
    assert outlook.provider.quote(outlook.config).amount == order.provider.quote(order.config).amount
    plain = RequestBuilder(params("extend", one), ProviderSet()).video_outlook(one)
    assert outlook.provider.quote(outlook.config).amount > plain.provider.quote(plain.config).amount


def test_a_clip_made_here_takes_what_its_line_takes_and_its_transitions() -> None:
    one, film = shot(), params("extend", shot())
    assert made_here(film, one, None) == 5
    assert made_here(film, one, Decimal("2")) == 5
    assert made_here(film, one, Decimal("4.321")) == Decimal("5.8")
    slow = params("extend", shot(), seconds="1.5")
    assert made_here(slow, one, Decimal("4.321")) == Decimal("5.8"), "a long transition makes no shot longer"
    assert made_here(film, shot(transition_seconds=2), Decimal("4.321")) == Decimal("5.8")


def test_ideographs_and_pauses_take_their_time() -> None:
    assert spoken_seconds("海の上に光があった") > 2 * spoken_seconds("a" * 9)
    assert spoken_seconds("One, two, three, four.") > spoken_seconds("One two three four.")
    assert spoken_seconds("Wait...") == spoken_seconds("Wait…--"[:7])
