"""One person's outfit being fitted: the cut, the body it goes on, and how far cloth stands off it.

Appearance + Skeleton ──► Fitting (cut, trunk, ease, folds, opening) ──► clothes, necks, trims
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from animatic.elements import RGB, rng_of
from animatic.figures.appearance import Appearance
from animatic.figures.body import Trunk
from animatic.figures.cuts import CUTS, Cut
from animatic.figures.skeleton import Skeleton
from animatic.figures.surface import Floats, Material


class Fitting:
    """What every part of an outfit asks about."""

    def __init__(self, look: Appearance, bones: Skeleton, *, fine: bool) -> None:
        self.look, self.bones, self.fine = look, bones, fine
        self.cut = _posed(CUTS[look.cut], bones)
        self.trunk = Trunk(look, bones)
        self.girth = bones.size.girth
        self.rng = rng_of("drapery", look.name)
        self.hard = Material.HARD if self.cut.plates else Material.CLOTH

    def color(self, word: str) -> RGB:
        """The palette's colour of this name."""
        chosen: RGB = getattr(self.look.palette, word)
        return chosen

    def ease(self, levels: Floats, ease: float, waist: float, flare: float, hem: float) -> Floats:
        """Ease by level: close at the neck, following the waist, flaring to the hem."""
        near_neck = np.clip((0.99 - levels) / 0.10, 0.12, 1)
        in_waist = waist * 0.75 * np.exp(-(((levels - 0.34) / 0.22) ** 2))
        low = np.clip((0.28 - levels) / max(0.28 - hem, 0.2), 0, 1)
        bridging = (1 - waist) * 0.008 * np.exp(-(((levels - 0.38) / 0.2) ** 2))
        return ((ease * near_neck * (1 - in_waist) + flare * low**1.3 + bridging) * self.girth).astype(np.float32)

    def folds(self, levels: Floats, angle: Floats, amount: float, hem: float) -> Floats:
        """Vertical drapery that deepens towards the hem, and a few pulls at the waist."""
        phase = self.rng.uniform(0, 6.28, 5)
        low = np.clip((0.35 - levels) / max(0.35 - hem, 0.25), 0, 1)[:, None] ** 0.8
        turns = np.cos(7 * angle + phase[0]) + 0.8 * np.cos(11 * angle + phase[1] + 0.8 * levels[:, None])
        turns = turns + 0.5 * np.cos(4 * angle + phase[2])
        pulls = np.cos(9 * levels[:, None] * 3.1 + 3 * np.sin(angle + phase[3])) * np.clip(np.abs(np.sin(angle)), 0, 1)
        about = np.exp(-(((levels - 0.36) / 0.16) ** 2))[:, None]
        return ((0.0042 * turns * low + 0.0016 * pulls * about) * amount * self.girth).astype(np.float32)

    def gap(self, levels: Floats) -> Floats:
        """Half of the front opening at each level."""
        neck_gap, waist_gap, hem_gap = self.cut.opening
        button = self.cut.button_level
        top = np.clip((levels - button) / max(0.98 - button, 0.05), 0, 1)
        low = np.clip((button - levels) / max(button - self.cut.hem, 0.05), 0, 1)
        return (waist_gap + (neck_gap - waist_gap) * top**0.8 + (hem_gap - waist_gap) * low).astype(np.float32)


def _posed(cut: Cut, bones: Skeleton) -> Cut:
    """Long coats are gathered up by who sits or kneels in them."""
    if bones.pose.pelvis[1] > -0.15 or cut.skirt is not None:
        return cut
    longest = -0.85 if bones.pose.seat else -0.42
    return replace(cut, hem=max(cut.hem, longest), flare=min(cut.flare, 0.008))
