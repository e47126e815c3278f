"""Sewing: an outfit's cut laid over the body as surfaces.

Cut (what it consists of) + Palette + Trunk, limbs ──► shirt, jacket or coat, sleeves, legs, trims ──► Surfaces
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from film.providers.draft.elements import RGB, FloatArray, rng_of
from film.providers.draft.figures.appearance import Appearance
from film.providers.draft.figures.body import ARM, LEG, Trunk, arm_path, hand, leg_path, limb, neck, shoe
from film.providers.draft.figures.cuts import CUTS, Cut
from film.providers.draft.figures.skeleton import Skeleton
from film.providers.draft.figures.surface import (
    Material,
    Surface,
    array,
    ball,
    profile,
    resample,
    smooth,
    tube,
    turn,
    unit,
)


class Tailor:
    """Dresses one posed body."""

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

    def dress(self) -> list[Surface]:
        """Everything below the head."""
        parts = [neck(self.bones, self.look)]
        parts += self._upper()
        parts += self._lower()
        parts += self._arms()
        parts += self._trims()
        return parts + self._hands()

    def arms_and_hands(self) -> list[Surface]:
        """Sleeves and hands alone."""
        return self._arms() + self._hands()

    def _hands(self) -> list[Surface]:
        parts: list[Surface] = []
        for side in (0, 1):
            parts += hand(
                self.bones,
                side,
                self.color("accent") if self.look.cut == "spacesuit" else self.look.skin,
                fine=self.fine,
                material=Material.HARD if self.look.robot else Material.SKIN,
            )
        return parts

    # -- the trunk

    def _ease(self, levels: FloatArray, ease: float, waist: float, flare: float, hem: float) -> FloatArray:
        """Ease by level: close at the neck, following the waist, flaring to the hem."""
        near_neck = np.clip((0.99 - levels) / 0.10, 0.12, 1)
        in_waist = waist * 0.75 * np.exp(-(((levels - 0.34) / 0.22) ** 2))
        low = np.clip((0.28 - levels) / max(0.28 - hem, 0.2), 0, 1)
        bridging = (1 - waist) * 0.008 * np.exp(-(((levels - 0.38) / 0.2) ** 2))
        return ((ease * near_neck * (1 - in_waist) + flare * low**1.3 + bridging) * self.girth).astype(
            np.float32
        )

    def _folds(self, levels: FloatArray, angle: FloatArray, amount: float, hem: float) -> FloatArray:
        """Vertical drapery that deepens towards the hem, and a few pulls at the waist."""
        phase = self.rng.uniform(0, 6.28, 5)
        low = np.clip((0.35 - levels) / max(0.35 - hem, 0.25), 0, 1)[:, None] ** 0.8
        turns = np.cos(7 * angle + phase[0]) + 0.8 * np.cos(11 * angle + phase[1] + 0.8 * levels[:, None])
        turns = turns + 0.5 * np.cos(4 * angle + phase[2])
        pulls = np.cos(9 * levels[:, None] * 3.1 + 3 * np.sin(angle + phase[3])) * np.clip(
            np.abs(np.sin(angle)), 0, 1
        )
        about = np.exp(-(((levels - 0.36) / 0.16) ** 2))[:, None]
        return ((0.0042 * turns * low + 0.0016 * pulls * about) * amount * self.girth).astype(np.float32)

    def _upper(self) -> list[Surface]:
        cut, trunk = self.cut, self.trunk
        parts: list[Surface] = []
        low = cut.hem if cut.outer is None else 0.26
        levels = np.linspace(0.99, low, 36, dtype=np.float32)
        angle = turn(72)
        front = np.clip(np.cos(angle), 0, 1)
        high, dip = {"scoop": (0.965, 0.165 * front**1.4), "shirt": (0.99, 0.12 * front**9)}.get(
            cut.collar, (0.975 if cut.collar == "crew" else 0.99, 0 * front)
        )
        if cut.tie:
            dip = 0 * front
        top = (high - dip)[None]
        place = top + (low - top) * np.linspace(0, 1, 36, dtype=np.float32)[:, None]
        ease = self._ease(levels, cut.ease if cut.outer is None else 0.003, cut.waist, 0.0, low)
        off = ease[:, None] + self._folds(levels, angle, cut.folds if cut.outer is None else 0.2, low)
        if cut.knit and cut.outer is None:
            off = off + (0.0011 * np.cos(levels * 150))[:, None]
        if cut.outer is None and cut.hem < 0.2:
            # What hangs over a waistband turns in at its hem.
            off = off * (1 - 0.3 * np.clip((low + 0.05 - levels) / 0.05, 0, 1))[:, None]
        inner = Surface(self.trunk.at(angle[None] + 0 * place, place, off), self.color(cut.inner), self.hard)
        if cut.outer is not None:
            # Under a jacket only what its opening shows is worth the work.
            shown = np.flatnonzero(np.cos(angle) > np.cos(max(self.cut.opening) + cut.lapel + 0.30))
            order = np.concatenate([shown[shown > 36], shown[shown <= 36]])
            inner = Surface(inner.grid[:, order], inner.color, self.hard, closed=False, solid=False)
        parts.append(inner)
        if float(np.max(dip)) > 0:
            bare = np.linspace(0.995, 0.70, 16, dtype=np.float32)
            parts.append(trunk.wrap(bare, np.full(16, -0.001, np.float32), self.look.skin, material=Material.SKIN))
        if cut.outer is not None:
            parts += self._outer(cut.outer)
        return parts + self._collar()

    def _outer(self, word: str) -> list[Surface]:
        cut, trunk = self.cut, self.trunk
        rows = 40 if cut.hem > -0.5 else 60
        levels = np.linspace(0.99, cut.hem, rows, dtype=np.float32)
        gap = self._gap(levels)
        spread = np.linspace(0, 1, 60, dtype=np.float32)[None]
        angle = gap[:, None] + (2 * np.pi - 2 * gap[:, None]) * spread
        ease = self._ease(levels, cut.ease, cut.waist, cut.flare, cut.hem)[:, None]
        ease = ease + self._folds(levels, angle, cut.folds, cut.hem)
        if cut.knit:
            ease = ease + (0.0011 * np.cos(levels * 150))[:, None]
        grid = trunk.at(angle, levels[:, None] + 0 * angle, ease)
        parts = [Surface(grid, self.color(word), closed=False, solid=False, lined=True)]
        if cut.lapel:
            parts += self._lapels(word)
        return parts

    def _gap(self, levels: FloatArray) -> FloatArray:
        """Half of the front opening at each level."""
        neck_gap, waist_gap, hem_gap = self.cut.opening
        button = self.cut.button_level
        top = np.clip((levels - button) / max(0.98 - button, 0.05), 0, 1)
        low = np.clip((button - levels) / max(button - self.cut.hem, 0.05), 0, 1)
        return (waist_gap + (neck_gap - waist_gap) * top**0.8 + (hem_gap - waist_gap) * low).astype(
            np.float32
        )

    def _lapels(self, word: str) -> list[Surface]:
        cut = self.cut
        button = max(cut.button_level, 0.10)
        edge = np.linspace(0.985, button, 14, dtype=np.float32)
        gap = self._gap(edge)
        along = np.linspace(0, 1, 14)
        wide = np.interp(along, (0, 0.30, 0.34, 1), (0.40, 1.0, 0.80, 0.02)) * cut.lapel
        if cut.hem < -1.5:
            wide = np.full(14, cut.lapel, np.float32)
        shade = tuple(0.90 * c for c in self.color(word)) if cut.hem > -1.5 else self.color("second")
        tone: RGB = (shade[0], shade[1], shade[2])
        ease = self._ease(edge, cut.ease, cut.waist, 0.0, cut.hem) + 0.0055 * self.girth
        parts: list[Surface] = []
        for side in (-1, 1):
            mix = np.linspace(0, 1, 6, dtype=np.float32)[None]
            angle = side * (gap[:, None] - 0.02 + wide[:, None] * mix)
            drop = (
                0.05 * np.clip(wide / max(cut.lapel, 0.1), 0, 1)[:, None] * mix * np.exp(-along * 6)[:, None]
            )
            grid = self.trunk.at(angle, edge[:, None] + drop + 0 * angle, ease[:, None] + 0.002 * mix)
            parts.append(Surface(grid, tone, closed=False, solid=False))
        return parts

    # -- necks

    def _collar(self) -> list[Surface]:
        cut, bones, tall = self.cut, self.bones, self.look.height
        parts: list[Surface] = []
        base = bones.spine[-1]
        up = unit(bones.neck - base)
        tone = self.color(cut.inner)
        thick = 0.232 * bones.size.head * (1 + 0.09 * self.look.lean)
        if cut.hood:
            parts.append(self._hood_down())
        if cut.collar in ("turtle", "stand"):
            tall_part = 0.034 if cut.collar == "turtle" else 0.022
            line = resample(np.stack([base - up * 0.016 * tall, base + up * tall_part * tall]), 9)
            width = profile([(0, 1.45), (0.35, 1.10), (1, 1.10)], 9)[:, 0] * thick
            parts.append(
                tube(
                    line,
                    width,
                    color=tone,
                    material=self.hard,
                    columns=28,
                    rounded=(False, False),
                    solid=False,
                )
            )
        if cut.collar == "shirt":
            # A band round the neck that folds over and ends in two points; with a tie it closes.
            gap = 0.06 if cut.tie else 0.42
            angle = np.linspace(gap, 2 * np.pi - gap, 60, dtype=np.float32)[None]
            part = np.linspace(0, 1, 8, dtype=np.float32)[:, None]
            front = np.clip(np.cos(angle), 0, 1)
            radius = thick * (1.02 + 0.34 * part + (0.10 if not cut.tie else 0.0) * front**2)
            height = (0.022 - 0.026 * part - 0.034 * part * front**5 - 0.012 * front) * tall
            forward = bones.chest_turn @ array([0, 0, 1.0])
            across = bones.chest_turn[:, 0]
            centre = base + up * 0.008 * tall + forward * 0.004 * tall
            grid = (
                centre
                + across * (radius * np.sin(angle))[..., None]
                + forward * (radius * 1.02 * np.cos(angle))[..., None]
                + up * height[..., None]
            )
            collar: RGB = (min(1.0, tone[0] * 1.06), min(1.0, tone[1] * 1.06), min(1.0, tone[2] * 1.06))
            parts.append(Surface(grid.astype(np.float32), collar, closed=False, solid=False, lined=True))
        if cut.tie:
            parts += self._tie()
        if self.look.scarf:
            parts += self._scarf()
        return parts

    def _tie(self) -> list[Surface]:
        levels = np.array([0.975, 0.93, 0.915, 0.70, 0.42, 0.36], np.float32)
        half = np.array([0.10, 0.13, 0.06, 0.10, 0.15, 0.0], np.float32)
        left, right = np.stack([-half, levels], axis=1), np.stack([half, levels], axis=1)
        return [self.trunk.strip(left, right, 0.0068 * self.girth, self.color("accent"), rows=26)]

    def _scarf(self) -> list[Surface]:
        bones, tall = self.bones, self.look.height
        color = self.color("accent")
        angle = turn(30)
        base = bones.spine[-1]
        parts: list[Surface] = []
        for ring, (lift, wide, thick) in enumerate(((0.004, 0.058, 0.021), (0.026, 0.050, 0.019))):
            tip = bones.chest_turn @ array([0.0, 0.0, 1.0])
            path = base + np.stack(
                [
                    np.cos(angle) * wide,
                    lift + 0.010 * np.cos(angle * 2 + ring) - 0.010 * np.sin(angle),
                    np.sin(angle) * wide * 0.95,
                ],
                axis=1,
            ) * tall + tip * 0.006 * tall  # fmt: skip
            path = np.concatenate([path, path[:1]]).astype(np.float32)
            fold = 1 + 0.16 * np.cos(3 * turn(14)[None] + 6 * np.linspace(0, 6.28, len(path))[:, None])
            parts.append(
                tube(
                    path,
                    np.full(len(path), thick * tall),
                    color=color,
                    columns=14,
                    folds=fold.astype(np.float32),
                )
            )
        left = array([(0.30, 0.95), (0.36, 0.70), (0.30, 0.36)])
        right = array([(0.62, 0.95), (0.66, 0.70), (0.62, 0.34)])
        parts.append(self.trunk.strip(left, right, (self.cut.ease + 0.012) * self.girth, color))
        return parts

    def _hood_down(self) -> Surface:
        """A hood lying on the shoulders."""
        bones, tall = self.bones, self.look.height
        angle = np.linspace(0.55, 2 * np.pi - 0.55, 34, dtype=np.float32)
        behind = (1 - np.cos(angle)) / 2
        path = bones.spine[-1] + np.stack(
            [
                np.sin(angle) * (0.056 + 0.006 * behind),
                -0.004 + 0.016 * behind - 0.020 * (1 - behind) ** 3,
                np.cos(angle) * (0.046 + 0.020 * behind) - 0.006,
            ],
            axis=1,
        ) * tall  # fmt: skip
        thick = (0.010 + 0.017 * behind) * tall
        color = self.color(self.cut.outer or self.cut.inner)
        tone: RGB = (color[0] * 0.93, color[1] * 0.93, color[2] * 0.93)
        return tube(path.astype(np.float32), thick.astype(np.float32), color=tone, columns=16)

    # -- legs

    def _lower(self) -> list[Surface]:
        cut, bones, trunk = self.cut, self.bones, self.trunk
        parts: list[Surface] = []
        if cut.skirt is not None:
            levels = np.linspace(0.34, cut.skirt_hem, 46, dtype=np.float32)
            angle = turn(72)
            low = np.clip((0.34 - levels) / (0.34 - cut.skirt_hem), 0, 1)
            ease = (0.005 + cut.skirt_flare * low**1.25) * self.girth
            flutter = self._folds(levels, angle, cut.folds * 1.5, cut.skirt_hem)
            skirt = trunk.wrap(
                levels, ease.astype(np.float32), self.color(cut.skirt), columns=72, flutter=flutter
            )
            skirt.solid = False
            parts.append(skirt)
        if cut.legs is not None:
            top = 0.34 if cut.outer is not None and max(cut.opening[1:]) > 0.1 else 0.18
            if cut.outer is None and cut.hem < 0.2:
                top = cut.hem + 0.06
            levels = np.linspace(top, -0.13, 14, dtype=np.float32)
            parts.append(
                trunk.wrap(levels, np.full(14, 0.005 * self.girth, np.float32), self.color(cut.legs))
            )
        for side in (0, 1):
            path = leg_path(bones, side)
            if cut.legs is None:
                bare = limb(path, LEG, self.girth, self.look.skin, Material.SKIN)
                # Thighs under a skirt would only poke through it.
                bare.grid = bare.grid[14:]
                parts.append(bare)
            else:
                parts.append(self._trouser(path, side))
            sole: RGB = (0.10, 0.09, 0.09) if cut.shoe != "sneaker" else (0.85, 0.83, 0.78)
            color = self.color("shoes")
            parts.append(shoe(bones, side, color, sole, cut.shoe))
            if cut.shoe == "boot":
                knee, ankle = bones.knees[side], bones.ankles[side]
                line = resample(np.stack([ankle + (knee - ankle) * 0.46, ankle - (knee - ankle) * 0.06]), 10)
                width = profile([(0, 0.0400), (0.5, 0.0360), (1, 0.0290)], 10)[:, 0] * self.girth
                if cut.hem > -1.4:
                    parts.append(
                        tube(line, width, color=color, material=Material.HARD, rounded=(False, True))
                    )
        return parts

    def _trouser(self, path: FloatArray, side: int) -> Surface:
        cut = self.cut
        rows = len(path)
        along = np.linspace(0, 1, rows, dtype=np.float32)
        radius = profile(LEG, rows, 2)[:, 0]
        # Cloth hangs from thigh and calf and does not follow the ankle in.
        hang = np.interp(along, (0, 0.5, 0.97, 1), (0.0, 0.6, 1.0, 0.85)) * (cut.leg_ease + cut.leg_flare)
        radius = (radius + 0.002 + hang) * self.girth
        angle = turn(24)[None]
        phase = self.rng.uniform(0, 6.28)
        knee = np.exp(-(((along - 0.5) / 0.07) ** 2))
        cuff = np.exp(-(((along - 0.93) / 0.06) ** 2))
        crease = np.cos(along * 58 + phase)[:, None] * (0.4 + 0.6 * np.cos(angle + phase))
        folds = 1 + (0.055 * knee + 0.10 * cuff)[:, None] * crease * min(1.0, 0.4 + cut.folds)
        folds = folds + 0.020 * np.cos(3 * angle + 5 * along[:, None] + phase)
        material = self.hard
        return tube(
            path, radius.astype(np.float32), color=self.color(cut.legs or "legs"), columns=24, folds=folds.astype(np.float32),
            rounded=(True, False), material=material,
        )  # fmt: skip

    # -- arms

    def _arms(self) -> list[Surface]:
        cut = self.cut
        word = cut.outer if cut.outer is not None and self.look.cut != "waistcoat" else cut.inner
        color = self.color(word)
        parts: list[Surface] = []
        for side in (0, 1):
            path = arm_path(self.bones, side)
            rows = len(path)
            if cut.sleeve_length < 0.9:
                parts.append(limb(path, ARM, self.girth, self.look.skin, Material.SKIN))
            last = max(6, round(rows * cut.sleeve_length))
            along = np.linspace(0, 1, rows, dtype=np.float32)[:last]
            body = profile(ARM, rows, 2)[:last, 0]
            loose = (
                np.interp(along, (0, 0.15, 1), (0.45, 0.9, 1.0)) * cut.sleeve + cut.sleeve_flare * along**2
            )
            radius = (body + loose) * self.girth
            if cut.cuff and cut.sleeve_length > 0.9:
                radius = radius * (
                    1 + np.interp(along, (0, 0.84, 0.93, 0.94, 1), (0, 0.06, 0.10, -0.16, -0.18))
                )
            angle = turn(22)[None]
            phase = self.rng.uniform(0, 6.28)
            elbow = np.exp(-(((along - 0.56) / 0.12) ** 2)) + 0.5 * np.exp(-(((along - 0.88) / 0.08) ** 2))
            crease = np.cos(along * 44 + phase)[:, None] * (0.4 + 0.6 * np.cos(angle + phase))
            folds = 1 + 0.085 * (elbow[:, None] * crease) * min(1.0, 0.35 + cut.folds)
            folds = folds + 0.03 * np.cos(2 * angle + 7 * along[:, None] + phase)
            if cut.knit:
                folds = folds + 0.02 * np.cos(along * 130)[:, None]
            cloth = smooth(path, 1)[:last]
            if cut.sleeve_length > 0.9:
                # The cuff ends a little down the hand.
                end = cloth[-1:] + unit(cloth[-1:] - cloth[-3:-2]) * 0.006
                cloth = np.concatenate([cloth[:-1], end])
            parts.append(
                tube(
                    cloth, radius.astype(np.float32), color=color, columns=22, folds=folds.astype(np.float32),
                    rounded=(True, False), solid=False, material=self.hard,
                )
            )  # fmt: skip
            if cut.collar == "shirt" and cut.outer is not None and self.look.cut != "waistcoat" and self.fine:
                cuff = resample(np.stack([path[-3], path[-1] + unit(path[-1] - path[-2]) * 0.009]), 5)
                wide = np.full(5, 0.0195 * self.girth, np.float32)
                parts.append(
                    tube(cuff, wide, color=self.color(cut.inner), rounded=(False, False), solid=False)
                )
        return parts

    # -- trims

    def _trims(self) -> list[Surface]:
        cut, girth = self.cut, self.girth
        parts: list[Surface] = []
        over = (
            self._ease(np.array([0.3], np.float32), cut.ease, cut.waist, cut.flare, cut.hem)[0]
            + 0.004 * girth
        )
        if cut.belt is not None:
            level = 0.31 if cut.outer is None else 0.34
            levels = np.linspace(level + 0.035, level - 0.035, 5, dtype=np.float32)
            shade = self.color(cut.belt)
            factor = 0.82 if cut.belt == cut.outer else 1.0
            tone: RGB = (shade[0] * factor, shade[1] * factor, shade[2] * factor)
            flat = self._ease(levels, cut.ease, cut.waist, cut.flare, cut.hem) + 0.0035 * girth
            parts.append(self.trunk.wrap(levels, flat, tone, columns=52, material=Material.HARD))
            if self.fine:
                edge = array([(-0.13, level + 0.03), (-0.13, level - 0.03)])
                parts.append(
                    self.trunk.strip(edge, -edge * array([1, -1]), float(flat[2]) + 0.004, (0.78, 0.66, 0.40))
                )
        if cut.buttons and self.fine:
            parts += self._buttons()
        if cut.pockets:
            level = 0.02 if cut.outer is not None else 0.14
            for side in (-1, 1):
                left = array([(side * 0.50, level + 0.07), (side * 0.54, level - 0.02)])
                right = array([(side * 1.12, level + 0.13), (side * 1.12, level + 0.04)])
                color = self.color(cut.outer or cut.inner)
                tone = (color[0] * 0.84, color[1] * 0.84, color[2] * 0.84)
                parts.append(self.trunk.strip(left, right, float(over) + 0.006 * girth, tone, rows=8))
        if cut.epaulettes:
            for side in (-1, 1):
                left = array([(side * 1.30, 0.965), (side * 1.42, 0.90)])
                right = array([(side * 1.85, 0.965), (side * 1.75, 0.90)])
                parts.append(
                    self.trunk.strip(left, right, (cut.ease + 0.008) * girth, self.color("accent"), rows=6)
                )
        if cut.bib:
            left = array([(-0.62, 0.74), (-0.80, 0.40), (-0.95, 0.28)])
            parts.append(
                self.trunk.strip(
                    left,
                    left * array([-1, 1]),
                    (cut.ease + 0.013) * girth,
                    self.color("main"),
                    rows=16,
                    columns=12,
                )
            )
            waist = np.linspace(0.34, -0.10, 12, dtype=np.float32)
            parts.append(
                self.trunk.wrap(waist, np.full(12, cut.ease * girth + 0.009, np.float32), self.color("main"))
            )
        if cut.straps:
            for side in (-1, 1):
                left = array(
                    [
                        (side * 0.36, 0.76),
                        (side * 0.50, 0.90),
                        (side * 1.2, 0.975),
                        (side * 2.5, 0.90),
                        (side * 2.8, 0.32),
                    ]
                )
                right = array(
                    [
                        (side * 0.60, 0.76),
                        (side * 0.80, 0.90),
                        (side * 1.8, 0.975),
                        (side * 2.3, 0.90),
                        (side * 2.55, 0.32),
                    ]
                )
                parts.append(
                    self.trunk.strip(
                        left, right, (cut.ease + 0.009) * girth, self.color("main"), rows=34, columns=4
                    )
                )
        if cut.plates:
            parts += self._plates()
        if self.look.bag:
            parts += self._bag()
        return parts

    def _buttons(self) -> list[Surface]:
        cut = self.cut
        if cut.outer is None:
            levels, color, side = (0.88, 0.74, 0.60, 0.46, 0.20), self.color("legs"), 0.0
        else:
            top = min(cut.button_level - 0.02, 0.80)
            levels, color, side = (top, top - 0.17, top - 0.34), self.color("accent"), 0.10
        ease = self._ease(np.array(levels, np.float32), cut.ease, cut.waist, cut.flare, cut.hem)
        out: list[Surface] = []
        for level, off in zip(levels, ease, strict=True):
            place = self.trunk.at(array(side), array(level), float(off) + 0.003)
            out.append(ball(place, (0.0048, 0.0048, 0.003), color, Material.HARD, rows=7, columns=10))
        return out

    def _plates(self) -> list[Surface]:
        """Chest and shoulder pieces of armour, human or machine."""
        girth, look = self.girth, self.look
        parts: list[Surface] = []
        edge = array([(-0.95, 0.93), (-1.15, 0.74), (-0.75, 0.50), (-0.10, 0.44)])
        main = look.skin if look.robot else self.color("main")
        tone: RGB = (min(1.0, main[0] * 1.12), min(1.0, main[1] * 1.12), min(1.0, main[2] * 1.12))
        chest = self.trunk.strip(edge, edge * array([-1, 1]), 0.024 * girth, tone, rows=22, columns=16)
        chest.material = Material.HARD
        parts.append(chest)
        for side in (0, 1):
            joint = self.bones.shoulders[side]
            sign = -1 if side == 0 else 1
            place = joint + self.bones.chest_turn @ array([sign * 0.012, 0.012, 0.0])
            parts.append(ball(place, (0.056 * girth, 0.050 * girth, 0.056 * girth), tone, Material.HARD))
            parts.append(ball(self.bones.knees[side], (0.046 * girth,) * 3, tone, Material.HARD))
            parts.append(ball(self.bones.elbows[side], (0.034 * girth,) * 3, tone, Material.HARD))
        if look.robot:
            place = self.trunk.at(array(0.0), array(0.72), 0.022 * girth)
            parts.append(ball(place, (0.016, 0.016, 0.008), (0.55, 0.92, 1.0), Material.GLOW))
        return parts

    def _bag(self) -> list[Surface]:
        """A satchel at the hip on a strap across the chest."""
        girth = self.girth
        over = (self.cut.ease + 0.012) * girth
        color: RGB = (0.42, 0.28, 0.18)
        left = array([(-1.2, 0.965), (-0.5, 0.80), (0.35, 0.50), (1.25, 0.10)])
        right = array([(-0.9, 0.985), (-0.3, 0.84), (0.55, 0.54), (1.45, 0.14)])
        strap = self.trunk.strip(left, right, over, color, rows=26, columns=4)
        behind = self.trunk.strip(
            array([(-1.2, 0.965), (-2.4, 0.80), (-3.6, 0.45), (-4.7, 0.12)]),
            array([(-1.5, 0.985), (-2.7, 0.84), (-3.9, 0.50), (-4.9, 0.16)]),
            over, color, rows=26, columns=4,
        )  # fmt: skip
        wide = over + 0.016 + (0.35 * self.cut.skirt_flare if self.cut.skirt else 0.0)
        place = self.trunk.at(array(1.50), array(-0.02), wide)
        axes = np.stack(
            [self.bones.pelvis_turn[:, 2], self.bones.pelvis_turn[:, 1], self.bones.pelvis_turn[:, 0]]
        )
        body = ball(place, (0.072, 0.052, 0.022), color, Material.HARD, axes=axes)
        return [strap, behind, body]


def _posed(cut: Cut, bones: Skeleton) -> Cut:
    """Long coats are gathered up by who sits or kneels in them."""
    if bones.pose.pelvis[1] > -0.15 or cut.skirt is not None:
        return cut
    longest = -0.85 if bones.pose.seat else -0.42
    return replace(cut, hem=max(cut.hem, longest), flare=min(cut.flare, 0.008))
