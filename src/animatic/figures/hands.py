"""Hands alone, for inserts and points of view: they reach in from below, and what they hold fills the frame.

prompt ──► prop ──► arms set in front of the camera ──► sleeves, hands, prop ──► one Layer
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from animatic.elements import MARGIN, Layer, Light, PanelSpec
from animatic.figures import appearance, skeleton
from animatic.figures.body import hand
from animatic.figures.clothes import arms
from animatic.figures.directions import holding, prop_of
from animatic.figures.figure import compose
from animatic.figures.fitting import Fitting
from animatic.figures.poses import POSES
from animatic.figures.props import held
from animatic.figures.raster import View
from animatic.figures.surface import Surface, array

BOTH = ("letter", "book", "box", "flowers")
"""What takes two hands; the rest is held in the right one."""


def draw_hands(spec: PanelSpec, light: Light, name: str, width: int, height: int) -> list[Layer]:
    """The hands of this person as they see them themselves."""
    look = appearance.of(name)
    prop = prop_of(spec.prompt)
    pose = POSES["stand"] if prop is None else holding(POSES["stand"], prop)
    pose = replace(pose, grips=("flat", "flat") if prop is None else ("hold", "hold" if prop in BOTH else "fist"))
    bones = skeleton.build(look, pose)
    near, tall = (0.055, -0.02) if prop in BOTH else (0.10 if prop is None else 0.02, -0.05)
    sides = (-1.0, 1.0)
    wrists = [array([side * near, tall, 0.0]) for side in sides]
    elbows = [array([side * (near + 0.085), tall - 0.16, 0.10]) for side in sides]
    shoulders = [array([side * (near + 0.15), tall - 0.36, 0.20]) for side in sides]
    bones = replace(
        bones,
        wrists=(wrists[0], wrists[1]),
        elbows=(elbows[0], elbows[1]),
        shoulders=(shoulders[0], shoulders[1]),
        spine=bones.spine * 0 + array([0.0, tall - 0.40, 0.22]),
    )
    fitting = Fitting(look, bones, fine=True)
    used = (0, 1) if prop in BOTH or prop is None else (1,)
    parts: list[Surface] = []
    for side in used:
        back = array([sides[side] * 0.9, 0.25, 0.35]) if prop is not None else array([sides[side] * 0.15, 0.65, 0.75])
        parts += arms(fitting, (side,))
        parts += hand(bones, side, look.skin, fine=True, back=back)
    things = held(look, replace(bones, pose=replace(pose, seat=False)))
    if prop in BOTH:
        # What is read leans away from its reader, who is here the viewer.
        for thing in things:
            thing.grid[..., 2] *= -1
    parts += things
    scale = height / MARGIN * 3.3
    shift = 0.0 if prop in BOTH or prop is None else -0.02
    view = View(np.eye(3, dtype=np.float32), scale, width / 2 + shift * scale, height * 0.52)
    sprite = compose(parts, view, light, bones.size.head * scale, width, height)
    if sprite is None:
        return []
    rgb = np.zeros((height, width, 3), np.float32)
    alpha = np.zeros((height, width), np.float32)
    tall_px, wide_px = sprite.alpha.shape
    window = slice(sprite.top, sprite.top + tall_px), slice(sprite.left, sprite.left + wide_px)
    rgb[window], alpha[window] = sprite.rgb, sprite.alpha
    return [Layer(rgb, alpha, 0.85)]
