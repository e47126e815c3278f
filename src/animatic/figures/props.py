"""Things in hand, and what somebody sits on."""

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
    ball,
    box,
    moved,
    profile,
    resample,
    sheet,
    tube,
    turn,
    unit,
)

METAL: RGB = (0.24, 0.24, 0.26)


def held(look: Appearance, bones: Skeleton) -> list[Surface]:
    """The pose's prop and seat as surfaces in body space."""
    parts: list[Surface] = []
    if bones.pose.seat:
        parts += _seat(bones)
    makers = {
        "lantern": _lantern,
        "phone": _phone,
        "letter": _letter,
        "book": _book,
        "gun": _gun,
        "umbrella": _umbrella,
        "box": _box,
        "flowers": _flowers,
        "cup": _cup,
        "stick": _stick,
        "bed": _bed,
        "car_seat": _car_seat,
    }
    if bones.pose.prop in makers:
        parts += makers[bones.pose.prop](look, bones)
    return parts


def _palm(bones: Skeleton, side: int) -> Floats:
    """The middle of a closed hand."""
    forward = unit(bones.wrists[side] - bones.elbows[side])
    return bones.wrists[side] + forward * bones.size.hand * 0.48


def _between_hands(bones: Skeleton) -> Floats:
    return (_palm(bones, 0) + _palm(bones, 1)) / 2


def _seat(bones: Skeleton) -> list[Surface]:
    top = float(bones.pelvis[1]) - 0.072 * bones.size.girth
    wood: RGB = (0.34, 0.26, 0.20)
    parts = box((0.0, top - 0.014, -0.03), (0.125, 0.014, 0.115), wood)
    for x in (-0.108, 0.108):
        for z in (-0.125, 0.065):
            line = resample([(x, top - 0.02, z), (x * 1.06, 0.0, z * 1.06)], 6)
            parts.append(
                tube(
                    line,
                    np.full(6, 0.012, np.float32),
                    color=(0.27, 0.20, 0.16),
                    material=Material.HARD,
                    columns=10,
                )
            )
    return parts


def _lantern(look: Appearance, bones: Skeleton) -> list[Surface]:
    place = _palm(bones, 1) + array([0, -0.085, 0.0])
    parts = [ball(place, (0.024, 0.034, 0.024), (1.0, 0.80, 0.42), Material.GLOW)]
    for lift, wide in ((0.040, 0.030), (-0.040, 0.033)):
        parts.append(ball(place + array([0, lift, 0]), (wide, 0.010, wide), METAL, Material.HARD))
    for angle in turn(4):
        rod = [(float(np.cos(angle)) * 0.029, y, float(np.sin(angle)) * 0.029) for y in (-0.04, 0.04)]
        parts.append(
            tube(
                resample(rod, 5) + place,
                np.full(5, 0.0028, np.float32),
                color=METAL,
                material=Material.HARD,
                columns=8,
            )
        )
    bend = np.linspace(0, np.pi, 14)
    loop = np.stack([np.cos(bend) * 0.028, 0.042 + np.sin(bend) * 0.044, 0 * bend], axis=1)
    parts.append(
        tube(
            (loop + place).astype(np.float32),
            np.full(14, 0.0026, np.float32),
            color=METAL,
            material=Material.HARD,
            columns=8,
        )
    )
    return parts


def _phone(look: Appearance, bones: Skeleton) -> list[Surface]:
    place = _palm(bones, 1)
    return [
        moved(side, np.eye(3, dtype=np.float32), place + array([-0.006, 0.018, 0.0]))
        for side in box((0, 0, 0), (0.005, 0.042, 0.021), (0.08, 0.08, 0.09))
    ]


def _letter(look: Appearance, bones: Skeleton) -> list[Surface]:
    place = _between_hands(bones) + array([0, 0.028, 0.012])
    paper: RGB = (0.93, 0.89, 0.78)
    up = unit(array([0.0, 0.80, 0.55]))
    left = [place + array([-0.062, 0, 0.006]) - up * 0.045, place + array([-0.056, 0, -0.004]) + up * 0.055]
    right = [place + array([0.062, 0, 0.006]) - up * 0.045, place + array([0.056, 0, -0.004]) + up * 0.055]
    # Written on: lines of unequal length, kept off the edges.
    rows, columns = 33, 12
    page = np.broadcast_to(np.asarray(paper, np.float32), (rows, columns, 3)).copy()
    for row in range(4, rows - 4, 3):
        page[row, 2 : columns - 2 - row % 4] *= 0.66
    return [sheet(np.stack(left), np.stack(right), page, rows=rows, columns=columns)]


def _book(look: Appearance, bones: Skeleton) -> list[Surface]:
    place = _between_hands(bones) + array([0, 0.022, 0.020])
    up = unit(array([0.0, 0.75, 0.65]))
    parts: list[Surface] = []
    for thick, color, grow in ((0.0, look.palette.accent, 1.06), (0.008, (0.92, 0.88, 0.78), 1.0)):
        for side in (-1, 1):
            spine = place + array([0.0, 0.0, -0.012 - thick])
            edge = place + array([side * 0.072 * grow, 0.014, 0.010 - thick])
            one = np.stack([spine - up * 0.052 * grow, spine + up * 0.052 * grow])
            two = np.stack([edge - up * 0.052 * grow, edge + up * 0.052 * grow])
            parts.append(sheet(one, two, color))
    return parts


def _gun(look: Appearance, bones: Skeleton) -> list[Surface]:
    palm = _palm(bones, 1)
    forward = unit(bones.wrists[1] - bones.elbows[1])
    aim = unit(forward * array([0.4, 0.3, 1.0]))
    barrel = resample(
        np.stack([palm + array([0, 0.020, 0.0]) - aim * 0.03, palm + array([0, 0.020, 0.0]) + aim * 0.105]), 8
    )
    grip = resample(
        np.stack([palm + array([0, 0.018, 0.0]) - aim * 0.012, palm + array([0, -0.035, 0.0]) - aim * 0.022]), 6
    )
    return [
        tube(
            barrel,
            np.full(8, 0.0085, np.float32),
            np.full(8, 0.012, np.float32),
            color=METAL,
            material=Material.HARD,
            columns=10,
        ),
        tube(
            grip,
            np.full(6, 0.009, np.float32),
            np.full(6, 0.014, np.float32),
            color=METAL,
            material=Material.HARD,
            columns=10,
        ),
    ]


def _umbrella(look: Appearance, bones: Skeleton) -> list[Surface]:
    palm = _palm(bones, 1)
    top = array([0.04, look.height + 0.19, 0.10])
    pole = resample(np.stack([palm - unit(top - palm) * 0.05, top]), 12)
    angle = turn(64)
    part = np.linspace(0.01, 1, 16, dtype=np.float32)[:, None]
    scallop = 1 - 0.055 * np.abs(np.sin(angle * 4))[None] * part
    radius = 0.31 * np.sin(part * np.pi / 2) * scallop
    drop = 0.150 * (1 - np.cos(part * np.pi / 2)) + 0.010 * np.abs(np.sin(angle * 4))[None] * part
    grid = np.stack([radius * np.cos(angle)[None], -drop, radius * np.sin(angle)[None]], axis=-1)
    color = np.broadcast_to(np.asarray(look.palette.accent, np.float32), grid.shape).copy()
    color *= (1 - 0.10 * (np.floor(angle * 8 / (2 * np.pi)) % 2))[None, :, None]
    canopy = Surface((grid + top).astype(np.float32), color.astype(np.float32), solid=False)
    return [
        canopy,
        tube(pole, np.full(12, 0.0045, np.float32), color=METAL, material=Material.HARD, columns=8),
    ]


def _car_seat(look: Appearance, bones: Skeleton) -> list[Surface]:
    """The padded back of a car's front seat with its head rest, as who sits behind it sees it."""
    hide: RGB = (0.19, 0.18, 0.19)
    low, top = float(bones.pelvis[1]) - 0.10, float(bones.shoulders[0][1]) - 0.012
    line = resample([(0.0, low, -0.150), (0.0, top - 0.03, -0.150), (0.0, top, -0.150)], 14)
    wide = profile([(0, 0.165), (0.7, 0.160), (1, 0.128)], 14)[:, 0]
    parts = [tube(line, wide, wide * 0.30, color=hide, material=Material.HARD)]
    rest = float(bones.neck[1]) - 0.012
    parts.append(ball((0.0, rest, -0.165), (0.075, 0.036, 0.030), hide, Material.HARD))
    for x in (-0.03, 0.03):
        rod = resample([(x, top - 0.01, -0.160), (x, rest, -0.165)], 5)
        parts.append(tube(rod, np.full(5, 0.006, np.float32), color=METAL, material=Material.HARD, columns=8))
    return parts


def _bed(look: Appearance, bones: Skeleton) -> list[Surface]:
    """The bed under somebody who lies on their back, and the blanket over them up to the chest."""
    tall = look.height
    frame: RGB = (0.62, 0.60, 0.56)
    linen: RGB = (0.90, 0.89, 0.86)
    parts = box((0.0, 0.5 * tall, -0.150), (0.23, 0.58, 0.055), linen)
    parts += box((0.0, 0.5 * tall, -0.225), (0.24, 0.60, 0.022), frame)
    for end, high in ((0.5 * tall + 0.59, 0.06), (0.5 * tall - 0.59, -0.10)):
        parts += box((0.0, end, (high - 0.36) / 2), (0.24, 0.014, (high + 0.36) / 2), frame)
    parts.append(ball((0.0, tall - 0.05, -0.085), (0.17, 0.10, 0.045), (0.95, 0.94, 0.92)))
    line = resample([(0.0, -0.08, -0.07), (0.0, 0.30 * tall, -0.06), (0.0, 0.66 * tall, -0.05)], 20)
    cover = profile([(0, 0.20), (1, 0.215)], 20)[:, 0]
    thick = profile([(0, 0.095), (0.15, 0.145), (0.5, 0.150), (1, 0.145)], 20)[:, 0]
    return [*parts, tube(line, cover, thick, color=(0.44, 0.55, 0.64))]


def _stick(look: Appearance, bones: Skeleton) -> list[Surface]:
    """A walking stick: a crook under the palm, its end on the ground a little before the foot."""
    palm = _palm(bones, 1)
    foot = array([palm[0] + 0.015, 0.004, palm[2] + 0.035])
    top = palm + array([0.0, 0.012, 0.0])
    wood: RGB = (0.30, 0.19, 0.11)
    crook = [foot, top, top + array([0.0, 0.016, -0.018]), top + array([0.0, 0.010, -0.052])]
    line = resample(np.stack(crook), 24, 1)
    return [tube(line, np.full(24, 0.0078, np.float32), color=wood, material=Material.HARD, columns=10)]


def _box(look: Appearance, bones: Skeleton) -> list[Surface]:
    centre = _between_hands(bones) + array([0, 0.035, 0.03])
    return box(centre.tolist(), (0.085, 0.05, 0.06), (0.55, 0.40, 0.24))


def _flowers(look: Appearance, bones: Skeleton) -> list[Surface]:
    base = _between_hands(bones)
    wrap = resample(np.stack([base + array([0, -0.05, 0]), base + array([0, 0.07, 0.02])]), 10)
    parts = [
        tube(
            wrap,
            profile([(0, 0.010), (1, 0.048)], 10)[:, 0],
            color=(0.86, 0.82, 0.70),
            solid=False,
            rounded=(False, False),
        )
    ]
    colors: tuple[RGB, ...] = ((0.80, 0.26, 0.30), (0.93, 0.62, 0.35), (0.90, 0.82, 0.76), (0.70, 0.30, 0.45))
    for k in range(9):
        angle, reach = k * 2.4, 0.014 * float(np.sqrt(k))
        place = base + array([np.cos(angle) * reach, 0.088 - reach * 0.3, 0.024 + np.sin(angle) * reach])
        parts.append(ball(place, (0.019, 0.017, 0.019), colors[k % 4], rows=8, columns=12))
    return parts


def _cup(look: Appearance, bones: Skeleton) -> list[Surface]:
    place = _palm(bones, 1) + array([-0.01, 0.012, 0.012])
    line = resample(np.stack([place + array([0, -0.024, 0]), place + array([0, 0.026, 0])]), 8)
    cup = tube(
        line,
        profile([(0, 0.020), (1, 0.024)], 8)[:, 0],
        color=(0.88, 0.85, 0.80),
        material=Material.HARD,
        rounded=(True, False),
    )
    cup.solid = False
    return [cup]
