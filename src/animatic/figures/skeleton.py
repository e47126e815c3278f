"""Joints of a posed body: proportions of an appearance, a pose's targets, two-bone solving between.

    Appearance, Pose ──► Skeleton (named joints in body space, facing +z) ──► body, clothes, props

Body space has the height of a standing adult as its unit; a shorter person's joints simply end lower.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from animatic.figures.appearance import Appearance
from animatic.figures.poses import Pose
from animatic.figures.surface import Floats, array, rotation, unit


@dataclass(frozen=True)
class Proportions:
    """Lengths of one body, in adult heights."""

    head: float
    leg: float
    thigh: float
    shin: float
    ankle: float
    upper_arm: float
    fore_arm: float
    hand: float
    foot: float
    shoulder: float
    hip: float
    spine: float
    neck: float
    girth: float
    """Thickness of torso and limbs over the average."""

    @property
    def reach(self) -> float:
        """Shoulder to wrist."""
        return self.upper_arm + self.fore_arm


def proportions(look: Appearance) -> Proportions:
    """A body's lengths: children are all head, men broad in the shoulder."""
    child = look.face.child
    tall = look.height
    head = tall / (7.2 - 2.45 * child)
    body = tall - head
    leg = body * (0.600 - 0.025 * child)
    ankle = 0.045 * tall
    arm = tall * (0.322 - 0.012 * child)
    return Proportions(
        head=head,
        leg=leg,
        thigh=(leg - ankle) * 0.515,
        shin=(leg - ankle) * 0.485,
        ankle=ankle,
        upper_arm=arm * 0.535,
        fore_arm=arm * 0.465,
        hand=0.098 * tall,
        foot=0.150 * tall,
        shoulder=tall * (0.0905 + 0.0075 * look.lean + 0.004 * look.build + 0.006 * child),
        hip=tall * (0.050 - 0.002 * look.lean),
        spine=body * (0.340 + 0.012 * child),
        neck=body - leg - body * (0.340 + 0.012 * child) + head * 0.18,
        girth=tall * (1 + 0.17 * look.build + 0.05 * child + 0.02 * look.lean),
    )


@dataclass(frozen=True)
class Skeleton:
    """A posed body. Pairs are (side at -x, side at +x)."""

    size: Proportions
    pelvis: Floats
    spine: Floats
    """Points from the pelvis to the base of the neck."""
    chest_turn: Floats
    """Rotation of chest and shoulders."""
    pelvis_turn: Floats
    shoulders: tuple[Floats, Floats]
    elbows: tuple[Floats, Floats]
    wrists: tuple[Floats, Floats]
    hips: tuple[Floats, Floats]
    knees: tuple[Floats, Floats]
    ankles: tuple[Floats, Floats]
    foot_turns: tuple[Floats, Floats]
    neck: Floats
    head: Floats
    """The middle of the skull."""
    head_turn: Floats
    pose: Pose


def build(look: Appearance, pose: Pose) -> Skeleton:
    """Solve the pose for this body."""
    size = proportions(look)
    scale = look.height
    pelvis = array([pose.pelvis[0], size.leg / scale + pose.pelvis[1], pose.pelvis[2]]) * scale
    hip_turn = rotation(-0.4 * pose.twist, 0.0, -pose.tilt)
    hips = tuple(pelvis + hip_turn @ array([side * size.hip, 0.0, 0.0]) for side in (-1, 1))
    count = 9
    spine = [pelvis]
    for step in range(count - 1):
        part = (step + 1) / (count - 1)
        turn = rotation(0.0, -pose.lean * (0.35 + 0.85 * part), -pose.sway * (1.7 * part - 0.3))
        curve = 0.030 * np.cos(np.pi * (part * 1.6 + 0.05))
        spine.append(spine[-1] + turn @ array([0.0, 1.0, curve * 2.2]) * size.spine / (count - 1))
    chest = rotation(pose.twist) @ rotation(0.0, -pose.lean * 1.1, -pose.sway * 1.2) @ rotation(0, 0, 0.6 * pose.tilt)
    top = spine[-1]
    shoulders = tuple(top + chest @ array([side * size.shoulder, -0.046 * scale, -0.006 * scale]) for side in (-1, 1))
    elbows: list[Floats] = []
    wrists: list[Floats] = []
    for k, side in enumerate((-1, 1)):
        out, up, forward = pose.hands[k]
        target = shoulders[k] + chest @ (array([side * out, up, forward]) * size.reach * 0.985)
        pole = chest @ array([side * pose.elbows[k][0], pose.elbows[k][1], pose.elbows[k][2]])
        elbow, wrist = two_bones(shoulders[k], target, size.upper_arm, size.fore_arm, pole)
        elbows.append(elbow)
        wrists.append(wrist)
    knees: list[Floats] = []
    ankles: list[Floats] = []
    turns: list[Floats] = []
    for k, side in enumerate((-1, 1)):
        out, up, forward = pose.feet[k]
        foot = rotation(side * pose.toes[k], -pose.heels[k])
        tip = float(np.sin(pose.heels[k]))
        raise_heel = size.foot * (0.55 * tip if tip > 0 else -0.35 * tip)
        target = array([side * (size.hip + out * scale), size.ankle + up * scale + raise_heel * 0.6, forward * scale])
        pole = array([side * pose.knees[k][0], pose.knees[k][1], pose.knees[k][2]])
        knee, ankle = two_bones(hips[k], target, size.thigh, size.shin, pole)
        knees.append(knee)
        ankles.append(ankle)
        turns.append(foot)
    yaw, pitch, roll = pose.head
    neck_turn = rotation(0.0, -pose.lean * 0.5, -pose.sway * 0.2)
    neck = top + neck_turn @ array([0.0, size.neck * 0.58, size.neck * 0.32])
    head_turn = (rotation(pose.twist * 0.5 + yaw, pitch - 0.25 * pose.lean, roll)).astype(np.float32)
    head = neck + head_turn @ (array([0.0, 0.29, 0.075]) * size.head)
    return Skeleton(
        size=size,
        pelvis=pelvis,
        spine=np.stack(spine).astype(np.float32),
        chest_turn=chest.astype(np.float32),
        pelvis_turn=hip_turn,
        shoulders=(shoulders[0], shoulders[1]),
        elbows=(elbows[0], elbows[1]),
        wrists=(wrists[0], wrists[1]),
        hips=(hips[0], hips[1]),
        knees=(knees[0], knees[1]),
        ankles=(ankles[0], ankles[1]),
        foot_turns=(turns[0], turns[1]),
        neck=neck.astype(np.float32),
        head=head.astype(np.float32),
        head_turn=head_turn,
        pose=pose,
    )


def two_bones(start: Floats, target: Floats, upper: float, lower: float, pole: Floats) -> tuple[Floats, Floats]:
    """(middle, end) of a limb that reaches from ``start`` towards ``target``, bent towards ``pole``."""
    gap = target - start
    distance = float(np.sqrt(np.sum(gap * gap)))
    along = gap / max(distance, 1e-6)
    reach = float(np.clip(distance, abs(upper - lower) + 1e-4, (upper + lower) * 0.9985))
    end = start + along * reach
    cosine = (upper**2 + reach**2 - lower**2) / (2 * upper * reach)
    side = pole - along * float(np.dot(pole, along))
    if float(np.sum(side * side)) < 1e-6:
        side = np.cross(along, array([1.0, 0.0, 0.0]))
    side = unit(side)
    height = upper * float(np.sqrt(max(0.0, 1 - cosine**2)))
    middle = start + along * upper * cosine + side * height
    return middle.astype(np.float32), end.astype(np.float32)
