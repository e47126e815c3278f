"""How a body carries itself at its age: the old stoop, bend their knees and lean on a stick if a hand is free.

Appearance + Pose (what the prompt asks for) ──► carried ──► the same pose, as this person does it
"""

from __future__ import annotations

from dataclasses import replace

from animatic.figures.appearance import Appearance
from animatic.figures.poses import Pose

_ON_FOOT = ("stand", "relaxed", "walk", "hips")


def carried(look: Appearance, pose: Pose) -> Pose:
    """The pose, borne as somebody of this age bears themselves."""
    if look.age != "old" or look.robot or pose.lying:
        return pose
    yaw, pitch, roll = pose.head
    stooped = replace(pose, lean=pose.lean + 0.38, head=(yaw, pitch + 0.10, roll), sway=0.4 * pose.sway)
    if pose.seat or pose.pelvis[1] < -0.1:
        return stooped
    aside, down, forth = pose.pelvis
    stooped = replace(stooped, pelvis=(aside, down - 0.022, forth - 0.012))
    if pose.name not in _ON_FOOT or pose.prop is not None:
        return stooped
    return replace(
        stooped,
        hands=(stooped.hands[0], (0.18, -0.70, 0.46)),
        elbows=(stooped.elbows[0], (0.6, 0.0, -1.0)),
        grips=(stooped.grips[0], "fist"),
        prop="stick",
    )
