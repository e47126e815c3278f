"""Films to measure with, made of nothing but numbers: as many shots as asked for, no two alike."""

from __future__ import annotations

import json
from pathlib import Path

PLACES = (["attic", "interior"], ["city"], ["beach"], ["forest"], ["mountains"], ["kitchen", "interior"])
TIMES = ("dawn", "morning", "noon", "afternoon", "sunset", "night")
TYPES = ("wide", "medium", "close-up", "establishing", "two-shot")
MOODS = ("nostalgic", "tense", "joyful", "mysterious", "calm")


def write_film(path: Path, shots: int, *, duration: int = 5, spoken_every: int = 3) -> Path:
    """A shots.json of so many shots, every third of them spoken."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps(
            [
                {
                    "shot_id": f"shot_{n:05d}",
                    "shot_number": n,
                    "shot_type": TYPES[n % len(TYPES)],
                    "enhanced_prompt": f"Shot {n}: Emma and Tom walk past window number {n % 97}, dust in the light",
                    "negative_prompt": "cartoon, low quality",
                    "duration": duration,
                    "dialogue": f"This is line number {n}." if n % spoken_every == 0 else None,
                    "characters": ["emma", "tom"][: 1 + n % 2],
                    "landscapes": PLACES[n // 4 % len(PLACES)],
                    "styles": ["cinematic"],
                    "mood": MOODS[n % len(MOODS)],
                    "time_of_day": TIMES[n // 8 % len(TIMES)],
                }
                for n in range(1, shots + 1)
            ]
        ),
        "utf-8",
    )
    return path
