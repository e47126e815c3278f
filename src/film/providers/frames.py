"""Frames that vendors sell by name: which of them is nearest to the one the film wants."""

from __future__ import annotations

import math
from collections.abc import Sequence


def nearest_ratio(width: int, height: int, offered: Sequence[str]) -> str:
    """Of ratios written ``16:9`` or ``1280:720`` the one nearest in shape to ``width`` by ``height``."""
    return min(offered, key=lambda name: abs(math.log(_shape(name) * height / width)))


def fits(width: int, height: int, ratio: str) -> bool:
    """Whether a ratio is the frame's own, but for what rounding to whole pixels makes."""
    return abs(math.log(_shape(ratio) * height / width)) < 0.02


def _shape(name: str) -> float:
    across, _, down = name.partition(":")
    return int(across) / int(down)
