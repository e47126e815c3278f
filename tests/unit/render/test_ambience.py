"""Ambience: the right kind for a place, and sound that is low, steady, seamless and always the same."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from film.errors import InputError
from film.render import ambience
from film.render.ambience import blocks, kind_for, synthesize
from film.render.sound import integrated
from film.render.soundscapes import AIR_KIND, SOUNDSCAPES

RATE = 48_000
KINDS = sorted(SOUNDSCAPES)


@pytest.mark.parametrize(
    ("landscapes", "prompt", "time", "kind"),
    [
        (["attic", "interior"], "Dusty Victorian attic, wooden beams", "afternoon", "room"),
        (["attic", "doorway"], "Emma opening attic door", None, "room"),
        (["forest"], "tall pines", "morning", "forest"),
        (["forest"], "tall pines", "night", "night"),
        (["forest"], "deep snow between the pines", "morning", "snow wind"),
        (["beach"], "waves roll in", "sunset", "sea"),
        (["city"], "neon lights", "night", "city"),
        (["city_street"], "rain on the asphalt", "night", "rain"),
        (["alley"], "a cat", "night", "street"),
        (["desert"], "dunes", "noon", "wind"),
        (["spaceship"], "the bridge of the ship", None, "space"),
        (["cave"], "a torch", None, "cave"),
        (["train"], "compartment by the window", "dusk", "train"),
        (["cafe"], "two cups", "morning", "cafe"),
        (["living room"], "an armchair by the fireplace", "evening", "fire"),
        (["coral reef"], "underwater, a diver", None, "underwater"),
        (["cathedral"], "light through stained glass", None, "church"),
        (["factory"], "gears", None, "factory"),
        (["arctic"], "endless white", "day", "snow wind"),
        ([], "lightning over a thunderstorm at sea", None, "storm"),
        ([], "a rainbow over green hills", "noon", "wind"),
        ([], "a woman smiles", None, "room"),
        ([], "", None, "room"),
    ],
)
def test_the_place_decides_what_is_heard(landscapes: list[str], prompt: str, time: str | None, kind: str) -> None:
    assert kind_for(landscapes, prompt, time) == kind


def test_every_kind_that_words_can_lead_to_exists() -> None:
    named = {kind for table in (ambience._LOUD, ambience._PLACES) for _, kind in table}  # pyright: ignore[reportPrivateUsage]
    assert named | {"room", "night", "wind", "forest", AIR_KIND} == set(SOUNDSCAPES)


@pytest.mark.parametrize("kind", KINDS)
def test_a_place_is_low_steady_and_clean(kind: str) -> None:
    sound = synthesize(kind, 8 * RATE, 3)
    assert sound.shape == (8 * RATE, 2) and sound.dtype == np.float32 and np.isfinite(sound).all()
    assert -39 < integrated([sound]) < -31
    peak, level = float(np.abs(sound).max()), float(np.sqrt(np.mean(sound**2)))
    assert peak <= 0.2 and peak < 25 * level
    assert max(abs(float(sound[:, side].mean())) for side in (0, 1)) < 0.01 * level
    seconds: NDArray[np.float64] = np.sqrt(np.mean(sound.reshape(8, -1) ** 2, axis=1))
    assert seconds.min() > 0.1 * seconds.max()
    assert 0.5 < float(np.std(sound[:, 0]) / np.std(sound[:, 1])) < 2
    assert float(np.mean(sound[:, 0] * sound[:, 1])) < 0.95 * level**2


@pytest.mark.parametrize("kind", ["sea", "fire", "train", "night", "cafe"])
def test_blocks_join_without_a_click(kind: str) -> None:
    parts = list(blocks(kind, 15 * RATE, 5))
    assert len(parts) > 2 and sum(len(part) for part in parts) == 15 * RATE
    whole = np.concatenate(parts)
    assert np.array_equal(whole, synthesize(kind, 15 * RATE, 5))
    steps = np.abs(np.diff(whole, axis=0)).max(axis=1)
    for joint in np.cumsum([len(part) for part in parts[:-1]]):
        near = steps[joint - 2400 : joint + 2400]
        assert steps[joint - 1] <= np.percentile(near, 99.9) * 1.5


@pytest.mark.parametrize("kind", ["sea", "forest", "factory"])
def test_the_beginning_is_the_same_however_much_is_asked(kind: str) -> None:
    long = synthesize(kind, 11 * RATE, 2)
    assert np.array_equal(synthesize(kind, 3 * RATE, 2), long[: 3 * RATE])
    assert not np.array_equal(synthesize(kind, 3 * RATE, 4), long[: 3 * RATE])


def test_loudness_does_not_dip_where_grains_cross() -> None:
    sound = synthesize("rain", 20 * RATE, 1)
    tenths = np.sqrt(np.mean(sound.reshape(200, -1) ** 2, axis=1))
    assert tenths.min() > 0.7 * tenths.mean()


def test_places_differ_in_what_makes_them() -> None:
    def brightness(kind: str) -> float:
        power = np.abs(np.fft.rfft(synthesize(kind, 4 * RATE, 1)[:, 0])) ** 2
        return float(np.sum(power * np.fft.rfftfreq(4 * RATE, 1 / RATE)) / np.sum(power))

    assert brightness("rain") > 4 * brightness("room")
    assert brightness("underwater") < 400 < brightness("forest")


def test_other_rates_and_nothing_at_all() -> None:
    assert synthesize("room", 0, 1).shape == (0, 2)
    assert synthesize("room", 7, 1).shape == (7, 2)
    assert synthesize("sea", 44_100, 1, 44_100).shape == (44_100, 2)


def test_an_unknown_kind_lists_the_known() -> None:
    with pytest.raises(InputError) as caught:
        synthesize("disco", 10, 1)
    assert "forest" in caught.value.hint
