"""A studio's library of any size, the same every time: films with a cast, places and a look, and shots made of them.

What belongs together comes together, as it does in films: a character is in few films, a place in some, "image" on
every other asset. Words follow Zipf's law: a few are in every other prompt, most in hardly any.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate

from film.models import Asset, AssetType

PER_FILM = 120
_TYPES = (AssetType.IMAGE, AssetType.IMAGE, AssetType.VIDEO, AssetType.VIDEO, AssetType.AUDIO)
_MAKERS = {
    AssetType.IMAGE: ("fal", "replicate", "draft"),
    AssetType.VIDEO: ("minimax", "kling", "runway", "draft"),
    AssetType.AUDIO: ("openai", "elevenlabs", "draft"),
}
_SHOTS = "wide medium close-up extreme-close-up over-the-shoulder aerial two-shot insert".split()
_TIMES = "dawn morning noon afternoon golden-hour dusk night blue-hour".split()
_MOODS = (
    "calm tense joyful nostalgic eerie hopeful lonely romantic furious curious solemn playful dreamy bleak warm "
    "anxious triumphant tender weary mysterious grim serene restless wistful"
).split()
_STYLES = (
    "cinematic noir victorian documentary anime watercolour gothic pastel handheld neon western baroque minimalist "
    "expressionist surreal vintage grainy glossy painterly sketch cyberpunk rustic epic intimate"
).split()
_PLACES = (
    "attic harbour forest desert station rooftop kitchen library market cathedral meadow alley bridge theatre cellar "
    "lighthouse vineyard laboratory ballroom glacier swamp orchard motel hangar courtyard"
).split()
_ACTIONS = (
    "opens a door|waits by the window|runs through the rain|lights a candle|reads an old letter|turns to the camera|"
    "walks away slowly|laughs at a joke|hides behind a wall|counts the money|plays the piano|stares at the sea|"
    "climbs the stairs|drops a glass|embraces a stranger|repairs an engine|feeds the birds|signs a contract|"
    "falls asleep|paints the fence|hears a noise|crosses the street|cuts the bread|burns a photograph"
).split("|")
_COMMON = (
    "light shadow soft dust warm cold lens film grain depth wide frame slow golden hands face window rain smoke glass "
    "wood street old quiet detailed texture reflection background morning wind sky"
).split()
_LINES = "I|you|we|they|never|always|came|left|know|wait|home|back|here|gone|tell|heard|night|door|please|again".split(
    "|"
)


class StudioLibrary:
    """``assets(n)``: the first ``n`` of an endless, fixed sequence."""

    def __init__(self) -> None:
        random_words = random.Random(1)
        letters = "bcdfghklmnprstvz"
        made = {
            "".join(
                random_words.choice(letters) + random_words.choice("aeiou") for _ in range(random_words.randint(2, 4))
            )
            for _ in range(40_000)
        }
        rare = sorted(made - set(_COMMON))
        self.words: Sequence[str] = [*_COMMON, *random_words.sample(rare, len(rare))]
        """The most frequent first."""
        self._weights = list(accumulate(1 / (place + 3) for place in range(len(self.words))))

    def assets(self, count: int) -> Iterator[Asset]:
        return map(self.asset, range(count))

    def asset(self, number: int) -> Asset:
        film = _film(number // PER_FILM)
        chance = random.Random(number)
        kind = _TYPES[number % len(_TYPES)]
        who = tuple(chance.sample(film.cast, chance.choice((1, 1, 2))))
        where, mood = chance.choice(film.places), chance.choice(film.moods)
        when, framing = chance.choice(_TIMES), chance.choice(_SHOTS)
        words = chance.choices(self.words, cum_weights=self._weights, k=9)
        action, shot = chance.choice(_ACTIONS), f"{framing} shot".replace("-", " ")
        prompt = f"{shot}, {who[0]} {action} in the {where}, {when.replace('-', ' ')}, {mood} mood, {' '.join(words)}"
        line = " ".join(chance.choices(_LINES, k=7)) if chance.random() < 0.3 else ""
        return Asset(
            asset_id=f"{kind.value}_{number:016x}",
            key=f"{number:064x}",
            asset_type=kind,
            provider=chance.choice(_MAKERS[kind]),
            model="model-1",
            prompt=line or prompt if kind is AssetType.AUDIO else prompt,
            negative_prompt="cartoon, low quality",
            dialogue="" if kind is AssetType.AUDIO else line,
            shot_type=framing,
            characters=who,
            landscapes=(where,),
            styles=film.styles,
            mood=mood,
            time_of_day=when,
            film_id=film.name,
            sha256=f"{number:064x}",
            size=chance.randint(40_000, 4_000_000),
            mime="image/png",
            cost_usd=Decimal(chance.randint(0, 300_000)) / 1_000_000,
            reuse_count=chance.randint(1, 9) if chance.random() < 0.05 else 0,
            created_at=f"2026-{1 + number % 12:02d}-{1 + number % 28:02d}T10:00:00+00:00",
            details={"width": 1280, "height": 720},
        )


@lru_cache(1000)
def _film(number: int) -> _Film:
    return _Film(number)


class _Film:
    def __init__(self, number: int) -> None:
        chance = random.Random(f"film {number}")
        self.name = f"film_{number:05d}"
        known = number // 8  # every series of eight films has its own cast
        self.cast = [f"actor {known * 5 + n}" for n in range(5)]
        self.places = [f"{chance.choice(_PLACES)} {chance.randint(1, 12)}" for _ in range(6)]
        self.styles = tuple(chance.sample(_STYLES, 2))
        self.moods = chance.sample(_MOODS, 5)
