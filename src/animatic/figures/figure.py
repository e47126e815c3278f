"""One figure, from a look and a pose to a lit sprite.

    Appearance + Pose ──► skeleton ──► clothes, head, hair, hat, prop (surfaces)
        ──► depth buffer ──► light ──► face ──► Sprite

A sprite is only as large as the figure and already clipped to the picture; ``staging`` says where it stands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from animatic.elements import Light
from animatic.figures import hair, hats, props, skeleton
from animatic.figures.appearance import Appearance
from animatic.figures.clothes import dress
from animatic.figures.expressions import Expression
from animatic.figures.face import Easel, draw_face
from animatic.figures.fitting import Fitting
from animatic.figures.head import Head
from animatic.figures.poses import Pose
from animatic.figures.raster import Buffer, View
from animatic.figures.shading import shade
from animatic.figures.surface import Floats, Surface, array, moved, rotation


@dataclass(frozen=True)
class Placement:
    """Where and how large a figure stands in the picture, in pixels of it."""

    x: float
    """Of the point between the feet."""
    foot: float
    height: float
    """Of a standing adult, not of this person."""
    yaw: float
    """Which way the body faces: 0 the viewer, + to the right, pi away."""


@dataclass(frozen=True)
class Sprite:
    """A painted figure and where its upper left corner goes."""

    rgb: Floats
    alpha: Floats
    left: int
    top: int


def model(look: Appearance, pose: Pose, *, fine: bool) -> tuple[list[Surface], skeleton.Skeleton, Head]:
    """All surfaces of a posed person in body space, facing +z."""
    bones = skeleton.build(look, pose)
    head = Head(look.face)
    parts = dress(Fitting(look, bones, fine=fine))
    local = [
        head.mesh(look.skin),
        *hair.grow(look, head, hatted=look.hat is not None),
        *hats.wear(look, head),
    ]
    if not look.robot:
        local += head.ears(look.skin)
    parts += [moved(part, bones.head_turn, bones.head, bones.size.head) for part in local]
    parts += props.held(look, bones)
    return parts, bones, head


def paint(
    look: Appearance,
    pose: Pose,
    mood: Expression,
    place: Placement,
    light: Light,
    width: int,
    height: int,
) -> Sprite | None:
    """The figure as a sprite, or None when nothing of it is in the picture."""
    head_px = skeleton.proportions(look).head * place.height
    parts, bones, head = model(look, pose, fine=head_px > 34)
    matrix = _lying(place.yaw, 0.0 if pose.prop == "bed" else 0.10) if pose.lying else rotation(place.yaw)
    x, foot = place.x, place.foot
    if pose.lying:
        # The body's middle lies where the feet would stand, its back on the ground.
        x += (0.5 if place.yaw >= 0 else -0.5) * look.height * place.height
        foot -= (0.36 if pose.prop == "bed" else 0.085) * place.height
    view = View(matrix, place.height, x, foot)
    return compose(parts, view, light, head_px, width, height, Portrait(look, mood, bones, head))


@dataclass(frozen=True)
class Portrait:
    """What drawing the face needs to know."""

    look: Appearance
    mood: Expression
    bones: skeleton.Skeleton
    head: Head


def compose(
    parts: list[Surface],
    view: View,
    light: Light,
    head_px: float,
    width: int,
    height: int,
    portrait: Portrait | None = None,
) -> Sprite | None:
    """Surfaces to a lit sprite, clipped to the picture."""
    bounds = _bounds(parts, view, width, height)
    if bounds is None:
        return None
    left, top, right, bottom = bounds
    zoom = 3.0 if head_px < 24 else 2.0 if head_px < 70 else 1.5
    final = right - left, bottom - top
    size = round(final[0] * zoom), round(final[1] * zoom)
    zoom_x, zoom_y = size[0] / final[0], size[1] / final[1]
    near = View(view.matrix, view.scale * zoom, (view.x - left) * zoom_x, (view.y - top) * zoom_y)
    buffer = Buffer(*size)
    for part in parts:
        buffer.add(part, near)
    buffer.mend(0.02 * head_px * zoom)
    shaded = shade(buffer, light, head_px * zoom)
    cover = _reduce(shaded.alpha, final)
    rgb = np.stack([_reduce(shaded.rgb[..., k] * shaded.alpha, final) for k in range(3)], axis=-1)
    rgb /= np.maximum(cover, 1e-3)[..., None]
    if portrait is not None and head_px >= 11 and bool(shaded.face.any()):
        lamp = np.stack([_reduce(shaded.multiplier[..., k] * shaded.alpha, final) for k in range(3)], axis=-1)
        lamp /= np.maximum(cover, 1e-3)[..., None]
        _face(rgb, lamp, _reduce(shaded.face, final), portrait, light, near, buffer, (zoom_x, zoom_y), head_px)
    return Sprite(np.clip(rgb, 0, 1).astype(np.float32), np.clip(cover, 0, 1), left, top)


def _face(
    rgb: Floats,
    lamp: Floats,
    shown: Floats,
    portrait: Portrait,
    light: Light,
    view: View,
    buffer: Buffer,
    zoom: tuple[float, float],
    head_px: float,
) -> None:
    """Draw the features where the head ended up."""
    bones, head = portrait.bones, portrait.head

    def project(points: Floats) -> Floats:
        out = view.project(points * bones.size.head @ bones.head_turn.T + bones.head)
        out[..., 0] /= zoom[0]
        out[..., 1] /= zoom[1]
        out[..., 2] /= zoom[0] * head_px
        return out

    depth = buffer.plane(buffer.depth)

    def visible(point: Floats) -> bool:
        x, y, z = project(point)[0].astype(float).tolist()
        column, row = int(x * zoom[0]), int(y * zoom[1])
        if not (0 <= column < buffer.width and 0 <= row < buffer.height):
            return True
        step = array([[0.02, 0.0, 0.0], [0.0, 0.02, 0.0]])
        near = head.point(point[:, 0] + step[:, 0], point[:, 1] + step[:, 1], 0.02)
        edge = project(near) - project(point)
        facing = float(abs(edge[0, 0] * edge[1, 1] - edge[0, 1] * edge[1, 0])) / (0.02 * head_px) ** 2
        behind = float(depth[row, column]) / (zoom[0] * head_px) - z
        turned = float((view.matrix @ bones.head_turn)[2, 2])
        return facing > 0.10 and behind < 0.12 and turned > -0.25

    draw_face(Easel(rgb, lamp, shown, head, project, head_px, light), portrait.look, portrait.mood, head_px, visible)


def _lying(yaw: float, slope: float) -> Floats:
    """On the back, along the ground, a little turned to the viewer."""
    side = 1.0 if yaw >= 0 else -1.0
    return array([[0.0, -side, 0.0], [0.0, slope, 0.99], [-side, 0.0, 0.0]])


def _bounds(parts: list[Surface], view: View, width: int, height: int) -> tuple[int, int, int, int] | None:
    """The pixels of the picture that these surfaces touch: left, top, right, bottom."""
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    for part in parts:
        flat = view.project(part.grid)[..., :2]
        low, high = np.minimum(low, flat.min(axis=(0, 1))), np.maximum(high, flat.max(axis=(0, 1)))
    left, top = max(0, int(low[0]) - 2), max(0, int(low[1]) - 2)
    right, bottom = min(width, int(high[0]) + 3), min(height, int(high[1]) + 3)
    return (left, top, right, bottom) if right - left > 1 and bottom - top > 1 else None


def _reduce(plane: Floats, size: tuple[int, int]) -> Floats:
    """Box average to the final size."""
    image = Image.fromarray(np.ascontiguousarray(plane, np.float32))
    return np.asarray(image.resize(size, Image.Resampling.BOX), np.float32)
