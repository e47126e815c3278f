"""The body under the clothes: a trunk that garments are cut from, limbs, hands, feet.

    Skeleton ──► Trunk.at(angle, level) ──► garments ;  arm_path, leg_path ──► sleeves, trousers ;  hand, shoe

A garment is never modelled by itself: it is the trunk or a limb with ease added, so it follows every pose.
"""

from __future__ import annotations

import numpy as np

from animatic.elements import RGB
from animatic.figures.appearance import Appearance
from animatic.figures.skeleton import Skeleton
from animatic.figures.surface import (
    Floats,
    Material,
    Surface,
    array,
    profile,
    resample,
    smooth,
    tube,
    turn,
    unit,
)

LEVELS = np.concatenate([np.linspace(1.0, 0.0, 37), np.linspace(-0.0625, -2.0, 31)]).astype(np.float32)
"""1 is the base of the neck, 0 the hip joints, -1 the knees, -2 the ankles."""


class Trunk:
    """Rings from neck to ankles that contain the body, both legs included below the hips."""

    def __init__(self, look: Appearance, bones: Skeleton) -> None:
        self.look, self.bones = look, bones
        girth = bones.size.girth
        fem, masc, heavy = max(0.0, -look.lean), max(0.0, look.lean), max(0.0, look.build)
        grown = 1 - look.face.child
        shoulder = bones.size.shoulder / girth
        rows = array(
            [
                # level, half width, front, back
                (1.00, 0.036, 0.030, 0.040),
                (0.97, 0.046, 0.036, 0.046),
                (0.935, 0.074, 0.047, 0.054),
                (0.895, shoulder * 1.03, 0.055, 0.059),
                (0.84, shoulder * 1.05, 0.064, 0.064),
                (0.76, shoulder * 1.02, 0.072 + 0.006 * fem * grown, 0.066),
                (0.66, 0.089 - 0.005 * fem, 0.075 + 0.014 * fem * grown, 0.061),
                (0.54, 0.081 - 0.007 * fem, 0.069 + 0.002 * fem, 0.053),
                (0.36, 0.070 - 0.009 * fem * grown + 0.004 * masc + 0.014 * heavy, 0.061 + 0.03 * heavy, 0.047),
                (0.20, 0.081 + 0.002 * fem + 0.008 * heavy, 0.060 + 0.028 * heavy, 0.058),
                (0.00, 0.093 + 0.007 * fem * grown, 0.058 + 0.010 * heavy, 0.074 + 0.006 * fem),
            ]
        )
        upper = LEVELS[LEVELS >= 0]
        table = rows[::-1]
        half = [np.interp(upper, table[:, 0], table[:, k]) * girth for k in (1, 2, 3)]
        spine = resample(bones.spine, upper.size)[::-1]
        tangent = unit(np.gradient(spine, axis=0).astype(np.float32)) * -1
        part = upper[:, None]
        across = unit(part * bones.chest_turn[:, 0][None] + (1 - part) * bones.pelvis_turn[:, 0][None])
        forward = np.cross(across, tangent)
        lower = -LEVELS[LEVELS < 0]
        legs: list[Floats] = []
        for k in range(2):
            line = np.stack([bones.hips[k], bones.knees[k], bones.ankles[k]])
            legs.append(np.stack([np.interp(lower, (0, 1, 2), line[:, i]) for i in range(3)], axis=1))
        middle = ((legs[0] + legs[1]) / 2).astype(np.float32)
        joined = smooth(np.concatenate([spine[-6:], middle]), 4)
        spine, middle = np.concatenate([spine[:-6], joined[:6]]), joined[6:]
        path = unit(np.gradient(np.concatenate([spine[-1:], middle]), axis=0).astype(np.float32))[1:] * -1
        hip_x = np.broadcast_to(bones.pelvis_turn[:, 0], path.shape)
        low_across = unit(hip_x - path * np.sum(hip_x * path, axis=1, keepdims=True))
        low_forward = np.cross(low_across, path)
        spread = (legs[0] - legs[1]) / 2
        radius = np.interp(lower, (0.0, 1.0, 1.4, 2.0), (0.054, 0.038, 0.037, 0.026)) * girth
        wide = np.abs(np.sum(spread * low_across, axis=1)) + radius
        deep = np.abs(np.sum(spread * low_forward, axis=1)) + radius
        soft = np.clip(lower / 0.35, 0, 1)
        low_half = [
            half[0][-1] * (1 - soft) + wide * soft,
            half[1][-1] * (1 - soft) + deep * soft,
            half[2][-1] * (1 - soft) + deep * soft,
        ]
        self.centre = np.concatenate([spine, middle]).astype(np.float32)
        self.across = smooth(np.concatenate([across, low_across]).astype(np.float32), 3)
        self.forward = smooth(np.concatenate([forward, low_forward]).astype(np.float32), 3)
        self.half = [
            smooth(np.concatenate([one, two]).astype(np.float32), 1) for one, two in zip(half, low_half, strict=True)
        ]

    def at(self, angle: Floats, level: Floats, ease: Floats | float = 0.0) -> Floats:
        """Points at an angle (0 front, + towards +x) and level, ``ease`` off the body."""
        order = LEVELS[::-1]

        def pick(values: Floats) -> Floats:
            if values.ndim == 1:
                return np.interp(level, order, values[::-1]).astype(np.float32)
            parts = [np.interp(level, order, values[::-1, k]) for k in range(3)]
            return np.stack(parts, axis=-1).astype(np.float32)

        width, front, back = (pick(values) + ease for values in self.half)
        sin, cos = np.sin(angle), np.cos(angle)
        side = np.sign(sin) * np.abs(sin) ** 0.88
        deep = np.where(cos > 0, front, back) * np.sign(cos) * np.abs(cos) ** 0.92
        return (
            pick(self.centre) + pick(self.across) * (width * side)[..., None] + pick(self.forward) * deep[..., None]
        ).astype(np.float32)

    def wrap(
        self,
        levels: Floats,
        ease: Floats,
        color: RGB,
        *,
        gap: float = 0.0,
        columns: int = 44,
        material: Material = Material.CLOTH,
        flutter: Floats | None = None,
    ) -> Surface:
        """A garment round the trunk from level to level; ``gap`` radians stay open in front."""
        closed = gap <= 0
        angle = turn(columns) if closed else turn(columns, gap, 2 * np.pi - gap, closed=False)
        off = ease[:, None] + (0 if flutter is None else flutter)
        grid = self.at(angle[None] + 0 * levels[:, None], levels[:, None] + 0 * angle[None], off)
        return Surface(grid, color, material, closed=closed, solid=closed, lined=not closed)

    def strip(
        self,
        left: Floats,
        right: Floats,
        ease: float,
        color: RGB,
        *,
        rows: int = 14,
        columns: int = 5,
    ) -> Surface:
        """A piece laid on the trunk between two edges, each a line of (angle, level)."""
        one, two = resample(left, rows), resample(right, rows)
        mix = np.linspace(0, 1, columns, dtype=np.float32)[None, :, None]
        place = one[:, None] * (1 - mix) + two[:, None] * mix
        grid = self.at(place[..., 0], place[..., 1], ease)
        return Surface(grid, color, Material.CLOTH, closed=False, solid=False)


def arm_path(bones: Skeleton, side: int, rows: int = 26) -> Floats:
    """From inside the shoulder to the wrist."""
    joint = bones.shoulders[side]
    inner = joint + (bones.spine[-2] - joint) * 0.10
    return resample(np.stack([inner, joint, bones.elbows[side], bones.wrists[side]]), rows, 3)


def leg_path(bones: Skeleton, side: int, rows: int = 30) -> Floats:
    """From the hip joint to the ankle."""
    return resample(np.stack([bones.hips[side], bones.knees[side], bones.ankles[side]]), rows, 3)


ARM = array(
    [(0, 0.0210), (0.06, 0.0285), (0.14, 0.0315), (0.24, 0.0300), (0.36, 0.0260), (0.53, 0.0215), (0.64, 0.0215),
     (0.82, 0.0170), (1, 0.0135)]
)  # fmt: skip
LEG = array(
    [(0, 0.0420), (0.10, 0.0470), (0.20, 0.0475), (0.40, 0.0375), (0.50, 0.0320), (0.60, 0.0310), (0.70, 0.0325),
     (1, 0.0200)]
)  # fmt: skip
"""Radii along a limb, from its joint at the trunk, in adult heights."""


def limb(
    path: Floats,
    keys: Floats,
    girth: float,
    color: RGB,
    material: Material,
    *,
    ease: Floats | float = 0.0,
) -> Surface:
    """A bare or sleeved limb along a path."""
    radius = profile(keys, len(path), 2)[:, 0] * girth + ease
    return tube(path, radius.astype(np.float32), color=color, material=material, columns=18)


def hand(
    bones: Skeleton,
    side: int,
    color: RGB,
    *,
    fine: bool,
    material: Material = Material.SKIN,
    back: Floats | None = None,
) -> list[Surface]:
    """A hand that goes on from the forearm, its fingers closed by the grip; ``back`` turns the back of it."""
    grip = bones.pose.grips[side]
    wrist, elbow = bones.wrists[side], bones.elbows[side]
    size = bones.size.hand
    forward = unit(wrist - elbow)
    sign = -1.0 if side == 0 else 1.0
    body_out = bones.chest_turn @ array([sign, 0.0, 0.0])
    body_front = bones.chest_turn @ array([0.0, 0.15, 1.0])
    # The back of a hanging hand faces outward; that of a lifted one, up and outward.
    lifted = float(np.clip(forward[1] * 0.9 + 0.75, 0, 1))
    if back is None:
        back = body_out * (1 - 0.75 * lifted) + array([0, 1, 0]) * lifted * 0.9
        if grip == "open":
            back = bones.chest_turn @ array([0.0, 0.0, -1.0])
    back = unit(back - forward * float(np.dot(back, forward)))
    thumb_way = np.cross(forward, back)
    if float(np.dot(thumb_way, body_front + array([0, 0.4, 0]))) < 0:
        thumb_way = -thumb_way
    curl = {
        "fist": 1.75,
        "hold": 0.95,
        "point": 1.75,
        "rest": 0.50,
        "flat": 0.22,
        "open": 0.06,
        "hip": 0.35,
        "pocket": 0.2,
    }[grip]
    palm_end = wrist + forward * size * 0.50 - back * size * 0.03
    palm = tube(
        resample(np.stack([wrist - forward * size * 0.08, wrist + forward * size * 0.25, palm_end]), 7),
        profile([(0, 0.15), (0.5, 0.21), (1, 0.215)], 7)[:, 0] * size,
        profile([(0, 0.125), (0.5, 0.12), (1, 0.095)], 7)[:, 0] * size,
        across=thumb_way.tolist(),
        color=color,
        material=material,
        columns=14,
    )
    out = [palm]
    if grip == "pocket":
        return out
    fingers = [(0.145, 0.43), (0.050, 0.48), (-0.048, 0.45), (-0.140, 0.36)] if fine else [(0.0, 0.45)]
    for place, (offset, length) in enumerate(fingers):
        bend = 0.05 if grip == "point" and place == 0 and fine else curl * (1 + 0.06 * place)
        root = palm_end + thumb_way * offset * size - forward * size * 0.04
        points, heading = [root], 0.25 * bend
        for part in (0.42, 0.32, 0.26):
            heading += bend * 0.42
            step = forward * float(np.cos(heading)) - back * float(np.sin(heading))
            points.append(points[-1] + step * length * size * part)
        radius = profile([(0, 0.058), (0.6, 0.052), (1, 0.042)], 9)[:, 0] * size
        wide = radius if fine else radius * 3.6
        out.append(
            tube(
                resample(np.stack(points), 9, 1),
                wide,
                radius * (1.0 if fine else 1.25),
                across=thumb_way.tolist(),
                color=color,
                material=material,
                columns=10,
            )
        )
    if fine or grip in ("rest", "flat"):
        root = wrist + forward * size * 0.16 + thumb_way * size * 0.13 - back * size * 0.04
        spread = 0.22 if grip in ("fist", "point", "hold") else 0.55
        aim = unit(forward * 0.9 + thumb_way * spread - back * (0.45 if curl > 0.8 else 0.2))
        tip = root + aim * size * 0.28 + unit(forward - back * 0.5 * curl) * size * 0.14
        line = resample(np.stack([root, root + aim * size * 0.24, tip]), 8, 1)
        radius = profile([(0, 0.075), (0.6, 0.062), (1, 0.046)], 8)[:, 0] * size
        out.append(tube(line, radius, color=color, material=material, columns=10))
    return out


def shoe(bones: Skeleton, side: int, color: RGB, sole: RGB, kind: str) -> Surface:
    """A shoe under an ankle: heel to toe in rings with a flat sole, which is its lowest, darker part."""
    length, ankle = bones.size.foot, bones.size.ankle
    slim = 0.86 if kind == "heel" else 1.0
    keys = array(
        [
            # along, half width, top, bottom
            (0.00, 0.085, 0.250, 0.02),
            (0.08, 0.155, 0.420, 0.0),
            (0.28, 0.175, 0.480, 0.0),
            (0.45, 0.175, 0.330, 0.03 if kind == "heel" else 0.0),
            (0.68, 0.205, 0.215, 0.0),
            (0.88, 0.175, 0.170, 0.0),
            (1.00, 0.080, 0.085, 0.02),
        ]
    )
    rows = 18
    values = profile(keys, rows, 1) * length
    along = (np.linspace(0, 1, rows, dtype=np.float32) - 0.26) * length
    angle = turn(22)
    sin, cos = np.sin(angle), np.cos(angle)
    tall = (values[:, 1] - values[:, 2])[:, None]
    lift = (np.clip(sin, 0, 1) ** 0.9)[None]
    y = values[:, 2][:, None] + tall * (0.18 + 0.82 * lift) - 0.18 * tall * np.clip(-sin, 0, 0.35)[None] / 0.35
    x = slim * values[:, 0][:, None] * np.sign(cos)[None] * (np.abs(cos) ** 0.7)[None]
    local = np.stack([x, y - ankle, along[:, None] + 0 * x], axis=-1).astype(np.float32)
    first, last = local[:1].mean(axis=1, keepdims=True), local[-1:].mean(axis=1, keepdims=True)
    local = np.concatenate([np.repeat(first, 22, 1), local, np.repeat(last, 22, 1)])
    tone = np.broadcast_to(np.asarray(color, np.float32), local.shape).copy()
    tone[:, sin < 0.02] = np.asarray(sole, np.float32)
    grid = local @ bones.foot_turns[side].T + bones.ankles[side]
    return Surface(grid.astype(np.float32), tone, Material.HARD)


def neck(bones: Skeleton, look: Appearance) -> Surface:
    """From the collar to under the skull, thicker on a man."""
    head = bones.size.head
    base = bones.spine[-1] + array([0.0, -0.014 * look.height, 0.0])
    top = bones.head + bones.head_turn @ (array([0.0, -0.18, -0.10]) * head)
    line = resample(np.stack([base, bones.neck + array([0, 0, -0.012]) * look.height, top]), 14, 2)
    thick = (0.205 + 0.022 * look.lean + 0.015 * max(0.0, look.build) - 0.015 * look.face.child) * head
    width = profile([(0, 1.22), (0.2, 1.04), (0.6, 0.96), (1, 1.0)], 14)[:, 0] * thick
    return tube(line, width, width * 1.04, color=look.skin, material=Material.SKIN, columns=24)
