"""Small films to be bought: one to four short shots, their providers mixed."""

from __future__ import annotations

import random
from typing import Any

from benchmarks.strangers.galleries import Film

PLACES = ("a harbour at dawn", "a cave of ice", "an attic", "a night train", "a market in the rain", "a lighthouse")
TIERS = ("budget", "premium", "ultra")
IMAGES = (None, None, "fal", "replicate")
VIDEOS = (None, None, "minimax", "kling", "runway")
AUDIOS = (None, None, "openai", "elevenlabs")


def shot(rng: random.Random, words: tuple[int, int] = (2, 12), **given: Any) -> dict[str, Any]:
    """Draw a shot whose id stands in its prompt and its line.

    Parameters:
        rng: Where chance comes from.
        words: How many words its line has at least and at most.
        given: Fields that are not drawn.
    """
    tag = f"q{rng.getrandbits(32):08x}"
    line = " ".join(rng.choices(("the", "boat", "is", "late", "again", "tonight"), k=rng.randint(*words)))
    drawn: dict[str, Any] = {
        "shot_id": tag,
        "enhanced_prompt": f"{rng.choice(PLACES)}, {tag}",
        "duration": rng.choice((1, 2)),
        "dialogue": f"Listen, {tag}, {line}.",
        "image_provider": rng.choice(IMAGES),
        "video_provider": rng.choice(VIDEOS),
        "audio_provider": rng.choice(AUDIOS),
    }
    if rng.random() < 0.2:
        drawn["dialogue"] = None
    return {k: v for k, v in (drawn | given).items() if v is not None}


def films(rng: random.Random, count: int, most: int = 4, **given: Any) -> list[Film]:
    """Draw films that share some of their shots.

    Parameters:
        rng: Where chance comes from.
        count: How many films.
        most: How many shots one has at most.
        given: ``words``, and fields of shots that are not drawn.
    """
    made: list[Film] = []
    tier = rng.choice(TIERS)
    for n in range(count):
        shots = [shot(rng, **given) for _ in range(rng.randint(1, most))]
        if made and rng.random() < 0.7:
            shots[rng.randrange(len(shots))] = rng.choice(made[0].shots)
        made.append(Film(f"film{n}", shots, tier))
    return made
