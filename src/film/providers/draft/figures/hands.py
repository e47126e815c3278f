"""Hands alone, for inserts and points of view: what they hold fills the frame, the rest of the body stays out of it."""

from __future__ import annotations

import numpy as np

from film.providers.draft.elements import MARGIN, Layer, Light, PanelSpec
from film.providers.draft.figures import appearance, skeleton
from film.providers.draft.figures.clothes import Tailor
from film.providers.draft.figures.figure import compose
from film.providers.draft.figures.poses import POSES, holding, prop_of
from film.providers.draft.figures.props import held
from film.providers.draft.figures.raster import View
from film.providers.draft.figures.surface import rotation


def draw_hands(spec: PanelSpec, light: Light, name: str, width: int, height: int) -> list[Layer]:
    """Both arms reaching up into the frame, seen as their owner sees them."""
    look = appearance.of(name)
    prop = prop_of(spec.prompt)
    pose = POSES["hold"] if prop is None else holding(POSES["stand"], prop)
    if prop in ("lantern", "phone", "umbrella", None):
        pose = holding(POSES["stand"], prop or "letter") if prop in (None,) else pose
    bones = skeleton.build(look, pose)
    tailor = Tailor(look, bones, fine=True)
    parts = tailor.arms_and_hands() + held(look, bones)
    matrix = rotation(0.0, -0.75) @ rotation(np.pi)
    middle = (bones.wrists[0] + bones.wrists[1]) / 2
    scale = height / MARGIN * 2.1
    centre = matrix @ middle * scale
    view = View(matrix, scale, width / 2 - float(centre[0]), height * 0.60 + float(centre[1]))
    sprite = compose(parts, view, light, bones.size.head * scale, width, height)
    if sprite is None:
        return []
    rgb = np.zeros((height, width, 3), np.float32)
    alpha = np.zeros((height, width), np.float32)
    tall, wide = sprite.alpha.shape
    window = slice(sprite.top, sprite.top + tall), slice(sprite.left, sprite.left + wide)
    rgb[window], alpha[window] = sprite.rgb, sprite.alpha
    return [Layer(rgb, alpha, 0.85)]
