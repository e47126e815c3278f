"""Sewing: an outfit's cut laid over the body as surfaces.

Fitting ──► shirt, jacket or coat, sleeves, legs + necks + trims ──► Surfaces
"""

from __future__ import annotations

import numpy as np

from animatic.elements import RGB
from animatic.figures.body import ARM, LEG, arm_path, hand, leg_path, limb, neck, shoe
from animatic.figures.fitting import Fitting
from animatic.figures.necks import collar
from animatic.figures.surface import Floats, Material, Surface, profile, resample, smooth, tube, turn, unit
from animatic.figures.trims import trims


def dress(f: Fitting) -> list[Surface]:
    """Everything below the head."""
    parts = [neck(f.bones, f.look)]
    parts += _upper(f)
    parts += _lower(f)
    parts += arms(f)
    parts += trims(f)
    return parts + _hands(f)


def _hands(f: Fitting) -> list[Surface]:
    parts: list[Surface] = []
    for side in (0, 1):
        parts += hand(
            f.bones,
            side,
            f.color("accent") if f.look.cut == "spacesuit" else f.look.skin,
            fine=f.fine,
            material=Material.HARD if f.look.robot else Material.SKIN,
        )
    return parts


def _upper(f: Fitting) -> list[Surface]:
    cut, trunk = f.cut, f.trunk
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
    ease = f.ease(levels, cut.ease if cut.outer is None else 0.003, cut.waist, 0.0, low)
    off = ease[:, None] + f.folds(levels, angle, cut.folds if cut.outer is None else 0.2, low)
    if cut.knit and cut.outer is None:
        off = off + (0.0011 * np.cos(levels * 150))[:, None]
    if cut.outer is None and cut.hem < 0.2:
        # What hangs over a waistband stands clear of the legs.
        off = off + 0.006 * f.girth * np.clip((0.12 - place) / 0.12, 0, 1)
    inner = Surface(f.trunk.at(angle[None] + 0 * place, place, off), f.color(cut.inner), f.hard)
    if cut.outer is not None:
        # Under a jacket only what its opening shows is worth the work.
        shown = np.flatnonzero(np.cos(angle) > np.cos(max(f.cut.opening) + cut.lapel + 0.30))
        order = np.concatenate([shown[shown > 36], shown[shown <= 36]])
        inner = Surface(inner.grid[:, order], inner.color, f.hard, closed=False, solid=False)
    parts.append(inner)
    if float(np.max(dip)) > 0:
        bare = np.linspace(0.995, 0.70, 16, dtype=np.float32)
        parts.append(trunk.wrap(bare, np.full(16, -0.001, np.float32), f.look.skin, material=Material.SKIN))
    if cut.outer is not None:
        parts += _outer(f, cut.outer)
    return parts + collar(f)


def _outer(f: Fitting, word: str) -> list[Surface]:
    cut, trunk = f.cut, f.trunk
    rows = 40 if cut.hem > -0.5 else 60
    levels = np.linspace(0.99, cut.hem, rows, dtype=np.float32)
    gap = f.gap(levels)
    spread = np.linspace(0, 1, 60, dtype=np.float32)[None]
    angle = gap[:, None] + (2 * np.pi - 2 * gap[:, None]) * spread
    ease = f.ease(levels, cut.ease, cut.waist, cut.flare, cut.hem)[:, None]
    ease = ease + f.folds(levels, angle, cut.folds, cut.hem)
    if cut.knit:
        ease = ease + (0.0011 * np.cos(levels * 150))[:, None]
    grid = trunk.at(angle, levels[:, None] + 0 * angle, ease)
    parts = [Surface(grid, f.color(word), closed=False, solid=False, lined=True)]
    if cut.lapel:
        parts += _lapels(f, word)
    return parts


def _lapels(f: Fitting, word: str) -> list[Surface]:
    cut = f.cut
    button = max(cut.button_level, 0.10)
    edge = np.linspace(0.985, button, 14, dtype=np.float32)
    gap = f.gap(edge)
    along = np.linspace(0, 1, 14)
    wide = np.interp(along, (0, 0.30, 0.34, 1), (0.40, 1.0, 0.80, 0.02)) * cut.lapel
    if cut.hem < -1.5:
        wide = np.full(14, cut.lapel, np.float32)
    shade = tuple(0.90 * c for c in f.color(word)) if cut.hem > -1.5 else f.color("second")
    tone: RGB = (shade[0], shade[1], shade[2])
    ease = f.ease(edge, cut.ease, cut.waist, 0.0, cut.hem) + 0.0055 * f.girth
    parts: list[Surface] = []
    for side in (-1, 1):
        mix = np.linspace(0, 1, 6, dtype=np.float32)[None]
        angle = side * (gap[:, None] - 0.02 + wide[:, None] * mix)
        drop = 0.05 * np.clip(wide / max(cut.lapel, 0.1), 0, 1)[:, None] * mix * np.exp(-along * 6)[:, None]
        grid = f.trunk.at(angle, edge[:, None] + drop + 0 * angle, ease[:, None] + 0.002 * mix)
        parts.append(Surface(grid, tone, closed=False, solid=False))
    return parts


def _lower(f: Fitting) -> list[Surface]:
    cut, bones, trunk = f.cut, f.bones, f.trunk
    parts: list[Surface] = []
    if cut.skirt is not None:
        levels = np.linspace(0.34, cut.skirt_hem, 46, dtype=np.float32)
        angle = turn(72)
        low = np.clip((0.34 - levels) / (0.34 - cut.skirt_hem), 0, 1)
        ease = (0.005 + cut.skirt_flare * low**1.25) * f.girth
        flutter = f.folds(levels, angle, cut.folds * 1.5, cut.skirt_hem)
        skirt = trunk.wrap(levels, ease.astype(np.float32), f.color(cut.skirt), columns=72, flutter=flutter)
        skirt.solid = False
        parts.append(skirt)
    if cut.legs is not None:
        top = 0.34 if cut.outer is not None and max(cut.opening[1:]) > 0.1 else 0.18
        if cut.outer is None and cut.hem < 0.2:
            top = cut.hem + 0.06
        levels = np.linspace(top, -0.13, 14, dtype=np.float32)
        parts.append(trunk.wrap(levels, np.full(14, 0.005 * f.girth, np.float32), f.color(cut.legs)))
    for side in (0, 1):
        path = leg_path(bones, side)
        if cut.legs is None:
            bare = limb(path, LEG, f.girth, f.look.skin, Material.SKIN)
            # Thighs under a skirt would only poke through it.
            bare.grid = bare.grid[14:]
            parts.append(bare)
        else:
            parts.append(_trouser(f, path, side))
        sole: RGB = (0.10, 0.09, 0.09) if cut.shoe != "sneaker" else (0.85, 0.83, 0.78)
        color = f.color("shoes")
        parts.append(shoe(bones, side, color, sole, cut.shoe))
        if cut.shoe == "boot":
            knee, ankle = bones.knees[side], bones.ankles[side]
            line = resample(np.stack([ankle + (knee - ankle) * 0.46, ankle - (knee - ankle) * 0.06]), 10)
            width = profile([(0, 0.0400), (0.5, 0.0360), (1, 0.0290)], 10)[:, 0] * f.girth
            if cut.hem > -1.4:
                parts.append(tube(line, width, color=color, material=Material.HARD, rounded=(False, True)))
    return parts


def _trouser(f: Fitting, path: Floats, side: int) -> Surface:
    cut = f.cut
    rows = len(path)
    along = np.linspace(0, 1, rows, dtype=np.float32)
    radius = profile(LEG, rows, 2)[:, 0]
    # Cloth hangs from thigh and calf and does not follow the ankle in.
    hang = np.interp(along, (0, 0.5, 0.97, 1), (0.0, 0.6, 1.0, 0.85)) * (cut.leg_ease + cut.leg_flare)
    radius = (radius + 0.002 + hang) * f.girth
    angle = turn(24)[None]
    phase = f.rng.uniform(0, 6.28)
    knee = np.exp(-(((along - 0.5) / 0.07) ** 2))
    cuff = np.exp(-(((along - 0.93) / 0.06) ** 2))
    crease = np.cos(along * 58 + phase)[:, None] * (0.4 + 0.6 * np.cos(angle + phase))
    folds = 1 + (0.055 * knee + 0.10 * cuff)[:, None] * crease * min(1.0, 0.4 + cut.folds)
    folds = folds + 0.020 * np.cos(3 * angle + 5 * along[:, None] + phase)
    material = f.hard
    return tube(
        path, radius.astype(np.float32), color=f.color(cut.legs or "legs"), columns=24, folds=folds.astype(np.float32),
        rounded=(True, False), material=material,
    )  # fmt: skip


def arms(f: Fitting, sides: tuple[int, ...] = (0, 1)) -> list[Surface]:
    """Sleeves, and bare arms where they are short."""
    cut = f.cut
    word = cut.outer if cut.outer is not None and f.look.cut != "waistcoat" else cut.inner
    color = f.color(word)
    parts: list[Surface] = []
    for side in sides:
        path = arm_path(f.bones, side)
        rows = len(path)
        if cut.sleeve_length < 0.9:
            parts.append(limb(path, ARM, f.girth, f.look.skin, Material.SKIN))
        last = max(6, round(rows * cut.sleeve_length))
        along = np.linspace(0, 1, rows, dtype=np.float32)[:last]
        body = profile(ARM, rows, 2)[:last, 0]
        loose = np.interp(along, (0, 0.15, 1), (0.45, 0.9, 1.0)) * cut.sleeve + cut.sleeve_flare * along**2
        radius = (body + loose) * f.girth
        if cut.cuff and cut.sleeve_length > 0.9:
            radius = radius * (1 + np.interp(along, (0, 0.84, 0.93, 0.94, 1), (0, 0.06, 0.10, -0.16, -0.18)))
        angle = turn(22)[None]
        phase = f.rng.uniform(0, 6.28)
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
                rounded=(True, False), solid=False, material=f.hard,
            )
        )  # fmt: skip
        if cut.collar == "shirt" and cut.outer is not None and f.look.cut != "waistcoat" and f.fine:
            cuff = resample(np.stack([path[-3], path[-1] + unit(path[-1] - path[-2]) * 0.009]), 5)
            wide = np.full(5, 0.0195 * f.girth, np.float32)
            parts.append(tube(cuff, wide, color=f.color(cut.inner), rounded=(False, False), solid=False))
    return parts
