"""Who drives is seen from the back seat: at the wheel, over the back of a seat, the road before them.

PanelSpec ──► drives ──► the place is a car's inside (registry), the people sit in it (staging)
          └─► wheel_side ──► on which side the wheel is drawn and the driver sits
"""

from __future__ import annotations

import re

from animatic.elements import PanelSpec, rng_of

_DRIVES = re.compile(
    r"\bdriv(?:es|e|er|ing)\b(?! (?:a nail|(?:him|her|them) (?:away|mad|off|out)|away the|rain|snow))"
    r"|\b(?:at|behind|grips?|gripping|holds?|turns?) the (?:steering )?wheel\b|\bsteers\b"
    r"|\bam (?:steuer|lenkrad)\b|\bau volant\b|\bal volante\b|\bconduit\b|\bconduce\b"
)
_CAR = re.compile(r"\bcar\b|\btaxi\b|\bcab\b|\btruck\b|\bvan\b|\bjeep\b|\bdashboard\b|\bvoiture\b|\bauto\b|\bcoche\b")
_INSIDE = re.compile(r"(?i)\binside\b|\binterior\b|\bdashboard\b")
_FAR = {"wide", "extreme wide", "full", "aerial", "insert", "low angle", "high angle"}


def drives(spec: PanelSpec, framing_name: str) -> bool:
    """Whether a shot near enough to see people shows somebody who drives a car."""
    said = " ".join((spec.prompt, *spec.landscapes, *spec.characters)).casefold().replace("_", " ")
    near = framing_name not in _FAR or (framing_name != "insert" and bool(_INSIDE.search(" ".join(spec.landscapes))))
    return near and bool(_DRIVES.search(said)) and bool(_CAR.search(said))


def wheel_side(spec: PanelSpec) -> int:
    """-1 where the wheel is on the left; the same in all shots of one place."""
    return -1 if rng_of("wheel", *spec.landscapes).random() < 0.8 else 1
