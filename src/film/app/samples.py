"""Films to begin with: short, drawn at once, and each with something to change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Sample:
    words: str
    shots: tuple[Mapping[str, Any], ...]
    cast: str


_MARA_AND_TOM = """\
# Who people are and what places look like; shots name them in characters and landscapes.

[characters.mara]
description = "Mara, 40, grey braid, yellow oilskin"
voice = "nova"

[characters.tom]
description = "Tom, 70, white beard, navy cap"
voice = "onyx"

[places.harbour]
description = "a small stone harbour, lamps on the wall"
"""

SAMPLES: Mapping[str, Sample] = {
    "story": Sample(
        "three shots, two places, one line",
        (
            {
                "shot_id": "shot_001",
                "shot_type": "wide",
                "enhanced_prompt": "a small harbour at dusk, one lamp lit, rain on the water",
                "landscapes": ["harbour"],
                "time_of_day": "dusk",
                "duration": 4,
            },
            {
                "shot_id": "shot_002",
                "shot_type": "medium",
                "enhanced_prompt": "Mara waits under the lamp and looks out to sea",
                "characters": ["mara"],
                "landscapes": ["harbour"],
                "time_of_day": "dusk",
                "dialogue": "The last boat is late.",
                "duration": 4,
            },
            {
                "shot_id": "shot_003",
                "shot_type": "wide",
                "enhanced_prompt": "a boat with one light comes in from the open sea",
                "landscapes": ["sea"],
                "time_of_day": "night",
                "duration": 4,
            },
        ),
        _MARA_AND_TOM,
    ),
    "talk": Sample(
        "two people, four lines",
        tuple(
            {
                "shot_id": f"shot_{number:03}",
                "shot_type": "medium",
                "enhanced_prompt": f"{who.capitalize()} {does}",
                "characters": [who],
                "landscapes": ["harbour"],
                "time_of_day": "dusk",
                "dialogue": line,
                "duration": 4,
            }
            for number, (who, does, line) in enumerate(
                (
                    ("mara", "leans on the harbour wall", "You said six o'clock."),
                    ("tom", "coils a rope on the pier", "I said about six."),
                    ("mara", "turns round, arms crossed", "It is nine, Tom."),
                    ("tom", "looks up and smiles", "Then I am early for tomorrow."),
                ),
                1,
            )
        ),
        _MARA_AND_TOM,
    ),
    "one": Sample(
        "a single shot",
        (
            {
                "shot_id": "shot_001",
                "shot_type": "wide",
                "enhanced_prompt": "a lighthouse on a rock, waves, evening",
                "landscapes": ["coast"],
                "time_of_day": "evening",
                "duration": 4,
            },
        ),
        "# Who people are and what places look like; shots name them in characters and landscapes.\n",
    ),
}
