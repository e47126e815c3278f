"""What is sewn on or worn over: belts, buttons, pockets, straps, plates of armour, a bag."""

from __future__ import annotations

import numpy as np

from animatic.elements import RGB
from animatic.figures.fitting import Fitting
from animatic.figures.surface import Material, Surface, array, ball


def trims(f: Fitting) -> list[Surface]:
    cut, girth = f.cut, f.girth
    parts: list[Surface] = []
    over = f.ease(np.array([0.3], np.float32), cut.ease, cut.waist, cut.flare, cut.hem)[0] + 0.004 * girth
    if cut.belt is not None:
        level = 0.31 if cut.outer is None else 0.34
        levels = np.linspace(level + 0.035, level - 0.035, 5, dtype=np.float32)
        shade = f.color(cut.belt)
        factor = 0.82 if cut.belt == cut.outer else 1.0
        tone: RGB = (shade[0] * factor, shade[1] * factor, shade[2] * factor)
        flat = f.ease(levels, cut.ease, cut.waist, cut.flare, cut.hem) + 0.0035 * girth
        parts.append(f.trunk.wrap(levels, flat, tone, columns=52, material=Material.HARD))
        if f.fine:
            edge = array([(-0.13, level + 0.03), (-0.13, level - 0.03)])
            parts.append(f.trunk.strip(edge, -edge * array([1, -1]), float(flat[2]) + 0.004, (0.78, 0.66, 0.40)))
    if cut.buttons and f.fine:
        parts += _buttons(f)
    if cut.pockets:
        level = 0.02 if cut.outer is not None else 0.14
        for side in (-1, 1):
            left = array([(side * 0.50, level + 0.07), (side * 0.54, level - 0.02)])
            right = array([(side * 1.12, level + 0.13), (side * 1.12, level + 0.04)])
            color = f.color(cut.outer or cut.inner)
            tone = (color[0] * 0.84, color[1] * 0.84, color[2] * 0.84)
            parts.append(f.trunk.strip(left, right, float(over) + 0.006 * girth, tone, rows=8))
    if cut.epaulettes:
        for side in (-1, 1):
            left = array([(side * 1.30, 0.965), (side * 1.42, 0.90)])
            right = array([(side * 1.85, 0.965), (side * 1.75, 0.90)])
            parts.append(f.trunk.strip(left, right, (cut.ease + 0.008) * girth, f.color("accent"), rows=6))
    if cut.bib:
        left = array([(-0.62, 0.74), (-0.80, 0.40), (-0.95, 0.28)])
        parts.append(
            f.trunk.strip(
                left,
                left * array([-1, 1]),
                (cut.ease + 0.013) * girth,
                f.color("main"),
                rows=16,
                columns=12,
            )
        )
        waist = np.linspace(0.34, -0.10, 12, dtype=np.float32)
        parts.append(f.trunk.wrap(waist, np.full(12, cut.ease * girth + 0.009, np.float32), f.color("main")))
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
            parts.append(f.trunk.strip(left, right, (cut.ease + 0.009) * girth, f.color("main"), rows=34, columns=4))
    if cut.plates:
        parts += _plates(f)
    if f.look.bag:
        parts += _bag(f)
    return parts


def _buttons(f: Fitting) -> list[Surface]:
    cut = f.cut
    if cut.outer is None:
        levels, color, side = (0.88, 0.74, 0.60, 0.46, 0.20), f.color("legs"), 0.0
    else:
        top = min(cut.button_level - 0.02, 0.80)
        levels, color, side = (top, top - 0.17, top - 0.34), f.color("accent"), 0.10
    ease = f.ease(np.array(levels, np.float32), cut.ease, cut.waist, cut.flare, cut.hem)
    out: list[Surface] = []
    for level, off in zip(levels, ease, strict=True):
        place = f.trunk.at(array(side), array(level), float(off) + 0.003)
        out.append(ball(place, (0.0048, 0.0048, 0.003), color, Material.HARD, rows=7, columns=10))
    return out


def _plates(f: Fitting) -> list[Surface]:
    """Chest and shoulder pieces of armour, human or machine."""
    girth, look = f.girth, f.look
    parts: list[Surface] = []
    edge = array([(-0.95, 0.93), (-1.15, 0.74), (-0.75, 0.50), (-0.10, 0.44)])
    main = look.skin if look.robot else f.color("main")
    tone: RGB = (min(1.0, main[0] * 1.12), min(1.0, main[1] * 1.12), min(1.0, main[2] * 1.12))
    chest = f.trunk.strip(edge, edge * array([-1, 1]), 0.024 * girth, tone, rows=22, columns=16)
    chest.material = Material.HARD
    parts.append(chest)
    for side in (0, 1):
        joint = f.bones.shoulders[side]
        sign = -1 if side == 0 else 1
        place = joint + f.bones.chest_turn @ array([sign * 0.012, 0.012, 0.0])
        parts.append(ball(place, (0.056 * girth, 0.050 * girth, 0.056 * girth), tone, Material.HARD))
        parts.append(ball(f.bones.knees[side], (0.046 * girth,) * 3, tone, Material.HARD))
        parts.append(ball(f.bones.elbows[side], (0.034 * girth,) * 3, tone, Material.HARD))
    if look.robot:
        place = f.trunk.at(array(0.0), array(0.72), 0.022 * girth)
        parts.append(ball(place, (0.016, 0.016, 0.008), (0.55, 0.92, 1.0), Material.GLOW))
    return parts


def _bag(f: Fitting) -> list[Surface]:
    """A satchel at the hip on a strap across the chest."""
    girth = f.girth
    over = (f.cut.ease + 0.012) * girth
    color: RGB = (0.42, 0.28, 0.18)
    left = array([(-1.2, 0.965), (-0.5, 0.80), (0.35, 0.50), (1.25, 0.10)])
    right = array([(-0.9, 0.985), (-0.3, 0.84), (0.55, 0.54), (1.45, 0.14)])
    strap = f.trunk.strip(left, right, over, color, rows=26, columns=4)
    behind = f.trunk.strip(
        array([(-1.2, 0.965), (-2.4, 0.80), (-3.6, 0.45), (-4.7, 0.12)]),
        array([(-1.5, 0.985), (-2.7, 0.84), (-3.9, 0.50), (-4.9, 0.16)]),
        over, color, rows=26, columns=4,
    )  # fmt: skip
    wide = over + 0.016 + (0.35 * f.cut.skirt_flare if f.cut.skirt else 0.0)
    place = f.trunk.at(array(1.50), array(-0.02), wide)
    axes = np.stack([f.bones.pelvis_turn[:, 2], f.bones.pelvis_turn[:, 1], f.bones.pelvis_turn[:, 0]])
    body = ball(place, (0.072, 0.052, 0.022), color, Material.HARD, axes=axes)
    return [strap, behind, body]
