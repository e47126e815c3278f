"""Blocking: where each person of a shot stands, how large, which way they face and what they do.

    PanelSpec + Framing + cast ──► [Actor, …] from far to near

Fractions are of the frame, so a composition is the same at every size; ``__init__`` turns them into pixels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from animatic.driving import drives, wheel_side
from animatic.elements import Framing, PanelSpec, rng_of
from animatic.figures.ages import told_of
from animatic.figures.casting import Cast
from animatic.figures.directions import asks, clause_of, is_shared, pose_of
from animatic.figures.poses import POSES, Pose
from animatic.scenes.registry import reading_of
from film.reading import singulars

SAFE = 0.09
"""Bars are laid over this much of the frame at top and bottom."""


_IN_BED = re.compile(r"(?i)\b(?:bed|bedroom|hospital|ward|clinic|hotel room|lit|bett|cama)\b")
_IN_BED_POSE = replace(POSES["lie"], hands=((0.04, -0.99, 0.0), (0.04, -0.99, 0.0)), prop="bed")
_ON_THE_FLOOR = re.compile(r"(?i)\b(?:floor|ground|beside|under|next to)\b")


@dataclass(frozen=True)
class Actor:
    """One person of the composition."""

    name: str
    pose: Pose
    x: float
    """Across the frame, 0 left .. 1 right."""
    yaw: float
    """0 faces the viewer, + turns to the right, in radians."""
    size: float = 1.0
    """Over the framing's figure height: depth by scale."""
    depth: float = 0.7
    lift: float = 0.0
    """Feet this much higher in the picture, in frame heights: farther back on the ground."""
    blur: float = 0.0
    """Defocus in frame heights."""
    extra: bool = False
    told: str = ""
    """What the prompt says of them beside their name."""


def is_full(framing: Framing) -> bool:
    """Whether a standing adult fits the frame from head to sole."""
    return framing.figure_height + framing.head_top <= 1.06


def block(spec: PanelSpec, framing: Framing, cast: Cast, aspect: float = 16 / 9) -> list[Actor]:
    """The composition, far to near, for a frame of this width over height."""
    if not cast.names and not cast.extras:
        return []
    rng = rng_of("staging", spec.seed, spec.prompt, spec.shot_type)
    shot = f"{spec.shot_type} {framing.name}".casefold().replace("_", "-")
    side = -1 if rng.random() < 0.5 else 1
    names = cast.names
    if not names:
        return _extras(cast.extras, framing, rng, crowd=True)
    if re.search(r"over.the.shoulder|\bots\b", shot):
        pair = _over_shoulder(spec, framing, names, side)
        said = said_of(spec, [actor.name for actor in pair])
        return [replace(actor, told=f"\n{said[k]}") for k, actor in enumerate(pair)]
    if len(names) == 1:
        actors = [_single(spec, framing, names[0], side, rng)]
    else:
        make = _pair if len(names) == 2 else _group
        # People are as wide as they are tall, whatever the frame's width: keep their distance, not their share of it.
        wide = float(np.clip(16 / 9 / aspect, 0.6, 1.5))
        actors = [replace(actor, x=0.5 + (actor.x - 0.5) * wide) for actor in make(spec, framing, names, side, rng)]
    words = " ".join((spec.prompt, *spec.landscapes))
    if is_full(framing) and _IN_BED.search(words) and not _ON_THE_FLOOR.search(spec.prompt):
        actors = [replace(one, pose=_IN_BED_POSE) if one.pose.lying else one for one in actors]
    if drives(spec, framing.name):
        actors = _in_a_car(actors, wheel_side(spec), framing)
    said = said_of(spec, [actor.name for actor in actors])
    actors = [replace(actor, told=f"{told_of(spec.prompt, actor.name)}\n{said[k]}") for k, actor in enumerate(actors)]
    return _extras(cast.extras, framing, rng, crowd=False) + actors


def said_of(spec: PanelSpec, names: list[str]) -> list[str]:
    """What the shot says of the looks of each of these people."""
    people = reading_of(spec).people
    nameless = [person for person in people if not person.name]
    out: list[str] = []
    for name in names:
        plain = name.replace("_", " ").casefold()
        found = [person.said for person in people if person.name == name]
        if not any(found):
            bare = plain.split()[-1] if plain else ""
            found = [one.said for one in nameless if bare in singulars(one.words.rsplit(" ", 1)[-1])]
        if not any(found) and len(names) == 1 and len(nameless) == 1:
            found = [nameless[0].said]
        out.append(" ".join(found[:1]))
    return out


def _in_a_car(actors: list[Actor], wheel: int, framing: Framing) -> list[Actor]:
    """The two front seats from behind, the driver's at the wheel; in a close-up the driver's profile."""
    if framing.figure_height > 2.5:
        return [replace(actor, yaw=-wheel * 1.15 if k else wheel * -1.15) for k, actor in enumerate(actors)]
    nearest = sorted(actors, key=lambda actor: -actor.depth)[:2]
    seated: list[Actor] = []
    for k, actor in enumerate(nearest):
        side = wheel if k == 0 else -wheel
        pose = POSES["drive"]
        if k:
            pose = replace(pose, hands=POSES["sit"].hands, elbows=POSES["sit"].elbows)
        pose = replace(pose, head=(side * 0.45, *actor.pose.head[1:]))
        seated.append(replace(actor, pose=pose, x=0.5 + side * 0.24, yaw=float(np.pi + side * 0.12), lift=-0.10))
    return seated[::-1]


def _turned(spec: PanelSpec, base: float, side: int) -> float:
    """The body's turn, where the prompt has a say in it."""
    text = spec.prompt.casefold()
    if re.search(
        r"\bfrom behind\b|\bback (?:turned|to (?:the )?(?:camera|us|viewer))|\bwalk\w* (?:away|off)"
        r"|\bseen from the back|\bfacing away",
        text,
    ):
        return float(np.pi - side * 0.45)
    if re.search(r"\bprofile\b|\bside view\b|\bfrom the side\b", text):
        return float(side * np.pi / 2)
    if re.search(r"\bfac(?:es|ing) (?:the )?(?:camera|us|viewer)|\bfrontal\b|\bhead-on\b|\binto (?:the )?camera", text):
        return float(side * 0.10)
    return base


def _single(spec: PanelSpec, framing: Framing, name: str, side: int, rng: np.random.Generator) -> Actor:
    """By thirds, with room to look into: whoever stands left faces right."""
    tight = framing.figure_height > 3.2
    close = framing.figure_height > 1.45
    off = 0.03 if tight and framing.figure_height > 6 else 0.085 if tight else 0.125 if close else 0.155
    pose = pose_of(spec.prompt, str(rng.choice(["stand", "relaxed"])))
    turn = side * float(rng.uniform(0.42, 0.66) if not tight else rng.uniform(0.40, 0.58))
    if pose.name in ("walk", "run"):
        turn = side * (1.05 if not tight else 0.7)
    elif pose.name in ("point", "aim", "reach", "sit", "kneel", "crouch"):
        turn = side * 0.85
    pose = _eased(pose, tight)
    return Actor(name, pose, 0.5 - side * off, _turned(spec, turn, side))


def _own(spec: PanelSpec, names: tuple[str, ...], k: int, default: Pose) -> Pose:
    """What the prompt says of this person in particular; who is not spoken of while others are just stands by."""
    clauses = [clause_of(spec.prompt, name, names) for name in names]
    own = clauses[k]
    if own is not None and asks(own):
        return pose_of(own)
    if any(clause is not None and clause != own and asks(clause) for clause in clauses):
        return POSES["relaxed" if k % 2 else "stand"]
    return default


def _eased(pose: Pose, tight: bool) -> Pose:
    """In a close-up a turn of the head that hides the face would hide the shot."""
    if not tight:
        return pose
    yaw, pitch, roll = pose.head
    return replace(pose, head=(float(np.clip(yaw, -0.45, 0.45)), float(np.clip(pitch, -0.22, 0.25)), roll))


def _pair(
    spec: PanelSpec, framing: Framing, names: tuple[str, ...], side: int, rng: np.random.Generator
) -> list[Actor]:
    """Facing each other, the nearer one a touch larger."""
    text = spec.prompt.casefold()
    pose = pose_of(spec.prompt)
    high = framing.figure_height
    if pose.name in ("hug", "hand_in_hand") or re.search(
        r"\bside by side\b|\btogether\b|\bwalk\w* (?:with|along)", text
    ):
        gap = min(0.42, (0.105 if pose.name == "hug" else 0.20) * max(high, 0.25) / 1.7)
    else:
        gap = float(np.clip(0.15 + 0.075 * high, 0.13, 0.46))
    gap = gap * 0.5
    apart = pose.name in ("run", "walk") or re.search(r"\bside by side\b|\bwatch\w*|\blook\w* (?:at|over|out)\b", text)
    turn = 0.62 if apart or high < 1.2 else 0.78
    actors: list[Actor] = []
    for k, name in enumerate(names):
        way = 1 if k == 0 else -1
        own = pose if k == 0 or is_shared(spec.prompt, pose) else POSES["relaxed"]
        if pose.name in ("hand_in_hand", "hug"):
            own = pose if k == 0 else _mirrored(pose)
        else:
            own = _own(spec, names, k, own)
        yaw = way * turn
        if pose.name == "hug":
            yaw = way * 1.25
        elif pose.name in ("walk", "run") and own.name == pose.name:
            yaw = side * 0.95
        yaw = _turned(spec, yaw, way)
        actors.append(
            Actor(
                name,
                _eased(own, high > 3.2),
                0.5 - way * gap,
                yaw,
                1.0 if k == 0 else 0.965,
                0.72 if k == 0 else 0.68,
            )
        )
    return actors[::-1]


def _mirrored(pose: Pose) -> Pose:
    """The other hand does it."""
    return replace(
        pose, hands=pose.hands[::-1], elbows=pose.elbows[::-1], grips=pose.grips[::-1], feet=pose.feet[::-1],
        heels=pose.heels[::-1], toes=pose.toes[::-1], twist=-pose.twist, sway=-pose.sway, tilt=-pose.tilt,
        pelvis=(-pose.pelvis[0], pose.pelvis[1], pose.pelvis[2]),
        head=(-pose.head[0], pose.head[1], -pose.head[2]),
    )  # fmt: skip


def _over_shoulder(spec: PanelSpec, framing: Framing, names: tuple[str, ...], side: int) -> list[Actor]:
    """The first faces us past the second, whose dark, soft back fills one side of the frame."""
    speaking, listener = (*names, "listener")[:2]
    pose = _eased(_own(spec, names, 0, pose_of(spec.prompt)), True)
    speaker = Actor(speaking, pose, 0.5 + side * 0.13, -side * 0.42)
    back = Actor(
        listener,
        POSES["stand"],
        0.5 - side * 0.36,
        float(np.pi + side * 0.55),
        1.55,
        0.95,
        lift=-0.06,
        blur=0.010,
    )
    return [speaker, back]


def _group(
    spec: PanelSpec, framing: Framing, names: tuple[str, ...], side: int, rng: np.random.Generator
) -> list[Actor]:
    """Overlapping, with the first person foremost and all turned inward."""
    count = min(len(names), 8)
    pose = pose_of(spec.prompt)
    doing = pose.name != "stand" or pose.prop is not None
    high = framing.figure_height
    span = float(np.clip(0.105 * high * (count - 1) + 0.06, 0.14, 0.64))
    places = np.linspace(-0.5, 0.5, count)
    centre = sorted(range(count), key=lambda k: abs(places[k] - 0.08 * side))
    actors: list[Actor] = []
    fillers = ["relaxed", "stand", "crossed", "stand", "think"]
    for rank in range(count):
        slot = float(places[centre[rank]])
        far = 0.25 + 0.75 * float(rng.random()) if rank else 0.0
        size = 1.0 - 0.13 * far
        own = pose if rank == 0 or (doing and is_shared(spec.prompt, pose)) else POSES[fillers[rank % 5]]
        own = _own(spec, names, rank, own)
        if pose.name in ("walk", "run"):
            yaw = side * float(rng.uniform(0.8, 1.1))
        else:
            yaw = -float(np.sign(slot) or side) * float(rng.uniform(0.25, 0.65)) if abs(slot) > 0.1 else side * 0.25
        actors.append(
            Actor(
                names[rank], _eased(own, high > 3.2), 0.5 + slot * span + float(rng.uniform(-0.01, 0.01)),
                _turned(spec, yaw, side), size, 0.74 - 0.12 * far, lift=0.030 * far * min(1.0, high),
            )
        )  # fmt: skip
    return sorted(actors, key=lambda actor: actor.depth)


def _extras(count: int, framing: Framing, rng: np.random.Generator, *, crowd: bool) -> list[Actor]:
    """Nameless people in staggered rows; behind named ones they keep their distance."""
    if not count:
        return []
    actors: list[Actor] = []
    rows = 3
    full = is_full(framing)
    high = framing.figure_height if full else 0.0
    for k in range(count):
        row = k % rows
        far = (rows - 1 - row) / (rows - 1)
        size = (0.78 + 0.22 * (1 - far)) if crowd else (0.60 + 0.14 * (1 - far))
        columns = (count + rows - 1) // rows
        x = (k // rows + 0.5 + (0.25 if row % 2 else -0.2) + float(rng.uniform(-0.16, 0.16))) / columns
        pose = POSES[str(rng.choice(["walk", "stand", "relaxed", "walk"]))]
        yaw = float(rng.choice([-1.0, 1.0])) * float(rng.uniform(0.4, 1.2))
        actors.append(
            Actor(
                f"passer {int(rng.integers(400))}", pose, x, yaw, size, 0.60 + 0.015 * row,
                lift=(0.055 * far + (0.0 if crowd else 0.04)) * high, blur=0.0 if full else 0.002 * (1 + 2 * far),
                extra=True,
            )
        )  # fmt: skip
    return sorted(actors, key=lambda actor: actor.size)
