"""What faces are made of: functions from places on a surface to colour, with no more detail than distance shows."""

from __future__ import annotations

import numpy as np

from animatic.canvas import Field, mix, ramp, tile
from animatic.elements import RGB
from animatic.scenes.stage import Material, Surface


def grain_at(a: Field, b: Field, metres: float, name: str = "cloth") -> Field:
    """The repeating noise at places on a surface, one repeat every ``metres``."""
    field = tile(name)
    size = field.shape[0]
    i = (b * np.float32(size / metres)).astype(np.int32) & (size - 1)
    j = (a * np.float32(size / metres)).astype(np.int32) & (size - 1)
    return field[i, j]


def hashed(index: Field, salt: float) -> Field:
    """A number 0..1 for each whole number."""
    value = np.sin(index * np.float32(12.9898) + np.float32(salt)) * np.float32(437.5453)
    return value - np.floor(value)


def _shade(colour: RGB, amount: Field) -> Field:
    return np.asarray(colour, np.float32) * amount[..., None]


def plaster(colour: RGB, wear: float = 0.10, stain: float = 0.0) -> Material:
    """A painted wall; ``stain`` lets damp creep in."""

    def draw(s: Surface) -> Field:
        tone = 1 - np.float32(wear) * (grain_at(s.a, s.b, 3.7) - np.float32(0.5)) * 2
        if stain:
            damp = ramp(grain_at(s.a + 1.7, s.b * 0.6, 6.1, "stain"), 0.56, 0.80) * np.float32(stain)
            return mix(_shade(colour, tone), (colour[0] * 0.45, colour[1] * 0.44, colour[2] * 0.38), damp)
        return _shade(colour, tone)

    return draw


def planks(
    colour: RGB, width: float = 0.16, *, across: bool = False, gap: float = 0.012, wear: float = 0.22
) -> Material:
    """Boards along b (floor boards run away from the camera), each with its own tone and grain."""

    def draw(s: Surface) -> Field:
        a, b = (s.b, s.a) if across else (s.a, s.b)
        index = np.floor(a / np.float32(width))
        within = a - index * np.float32(width)
        tone = np.float32(1.0) + (hashed(index, 3.1) - np.float32(0.5)) * np.float32(0.32)
        fade = s.fade(width)
        edge = np.minimum(within, np.float32(width) - within)
        seam = np.clip(1 - edge / np.float32(gap), 0, 1) * np.float32(0.62) * fade
        start = hashed(index, 8.7) * np.float32(2.6)
        joint = np.abs((b + start) / np.float32(2.6) - np.round((b + start) / np.float32(2.6))) * np.float32(2.6)
        seam = np.maximum(seam, np.clip(1 - joint / np.float32(gap * 0.9), 0, 1) * np.float32(0.5) * fade)
        grain = grain_at(a * 6 + index * np.float32(0.37), b * np.float32(0.7), 3.1)
        tone = tone * (1 + np.float32(wear) * (grain - np.float32(0.5))) * (1 - seam)
        return _shade(colour, tone)

    return draw


def tiles(colour: RGB, other: RGB | None = None, size: float = 0.45, grout: float = 0.35) -> Material:
    """Square tiles, one colour or a chequer."""

    def draw(s: Surface) -> Field:
        i, j = np.floor(s.a / np.float32(size)), np.floor(s.b / np.float32(size))
        da, db = s.a - i * np.float32(size), s.b - j * np.float32(size)
        edge = np.minimum(np.minimum(da, size - da), np.minimum(db, size - db))
        seam = np.clip(1 - edge / np.float32(size * 0.025), 0, 1) * np.float32(grout) * s.fade(size)
        tone = (1 + (hashed(i * 7 + j * 13, 1.9) - np.float32(0.5)) * np.float32(0.14)) * (1 - seam)
        tone = tone * (1 + np.float32(0.10) * (grain_at(s.a, s.b, 2.3) - np.float32(0.5)))
        if other is None:
            return _shade(colour, tone)
        odd = (i + j) - 2 * np.floor((i + j) / 2)
        even = s.fade(size, 500.0)
        return mix(colour, other, odd * even + (1 - even) * np.float32(0.5)) * tone[..., None]

    return draw


def bricks(colour: RGB, long: float = 0.24, high: float = 0.075, mortar: float = 0.30) -> Material:
    """Coursed brick; larger numbers make it ashlar."""

    def draw(s: Surface) -> Field:
        row = np.floor(s.b / np.float32(high))
        shifted = s.a + (row - 2 * np.floor(row / 2)) * np.float32(long / 2)
        column = np.floor(shifted / np.float32(long))
        da = shifted - column * np.float32(long)
        db = s.b - row * np.float32(high)
        edge = np.minimum(np.minimum(da, long - da), np.minimum(db, high - db))
        fade = s.fade(high * 1.6)
        seam = np.clip(1 - edge / np.float32(high * 0.12), 0, 1) * np.float32(mortar) * fade
        tone = 1 + (hashed(row * 17 + column * 5, 4.7) - np.float32(0.5)) * np.float32(0.40) * (fade * 0.8 + 0.2)
        tone = tone * (1 - seam) * (1 + np.float32(0.22) * (grain_at(s.a, s.b, 2.9) - np.float32(0.5)))
        return _shade(colour, tone)

    return draw


def stone(colour: RGB, rough: float = 0.55, size: float = 4.0) -> Material:
    """Rock, earth, concrete: two scales of the same noise."""

    def draw(s: Surface) -> Field:
        big = grain_at(s.a, s.b, size, "stain")
        fine = grain_at(s.a + np.float32(1.3), s.b, size * 0.22)
        tone = 1 + np.float32(rough) * (
            (big - np.float32(0.5)) + (fine - np.float32(0.5)) * np.float32(0.6) * s.fade(0.2)
        )
        return _shade(colour, tone)

    return draw


def wallpaper(
    colour: RGB, accent: RGB, stripe: float = 0.22, wainscot: float = 0.0, wood: RGB = (0.35, 0.25, 0.17)
) -> Material:
    """Striped paper, with panelling up to ``wainscot`` metres (b must rise from the floor)."""

    def draw(s: Surface) -> Field:
        phase = s.a / np.float32(stripe)
        band = ramp(np.abs(phase - np.round(phase)), 0.20, 0.30)
        share = band * np.float32(0.8) * s.fade(stripe * 0.5) + np.float32(0.4) * (1 - s.fade(stripe * 0.5))
        paper = (
            mix(colour, accent, share) * (1 + np.float32(0.07) * (grain_at(s.a, s.b, 2.1) - np.float32(0.5)))[..., None]
        )
        if wainscot <= 0:
            return paper
        within = s.a - np.floor(s.a / np.float32(0.62)) * np.float32(0.62)
        inner = np.minimum(np.minimum(within, 0.62 - within) - 0.07, np.minimum(s.b - 0.16, wainscot - 0.12 - s.b))
        groove = np.exp(-((inner / np.float32(0.018)) ** 2)) * np.float32(0.38)
        tone = (1 - groove) * (1 + np.float32(0.18) * (grain_at(s.a * 4, s.b, 2.7) - np.float32(0.5)))
        rail = np.exp(-(((s.b - np.float32(wainscot)) / np.float32(0.03)) ** 2)) * np.float32(0.35)
        return mix(paper, _shade(wood, tone), (s.b < wainscot).astype(np.float32)) * (1 - rail)[..., None]

    return draw


def carpet(colour: RGB, accent: RGB, width: float, depth: float) -> Material:
    """A rug with two borders and a woven field."""

    def draw(s: Surface) -> Field:
        edge = np.minimum(np.minimum(s.a, width - s.a), np.minimum(s.b, depth - s.b))
        border = ((edge > 0.10) & (edge < 0.20)) | ((edge > 0.26) & (edge < 0.29))
        i, j = s.a / np.float32(0.28), s.b / np.float32(0.28)
        figure = np.abs(i - np.round(i)) + np.abs(j - np.round(j))
        motif = ramp(figure, 0.34, 0.24) * (edge > 0.34) * s.fade(0.2, 1200.0)
        share = np.maximum(border.astype(np.float32), motif * np.float32(0.55))
        weave = 1 + np.float32(0.20) * (grain_at(s.a, s.b, 0.9) - np.float32(0.5))
        return mix(colour, accent, share) * weave[..., None]

    return draw


def wood(colour: RGB) -> Material:
    """Planed wood with its grain along b."""

    def draw(s: Surface) -> Field:
        return _shade(colour, 1 + np.float32(0.26) * (grain_at(s.a * 5, s.b * np.float32(0.6), 2.2) - np.float32(0.5)))

    return draw


def gradient(low: RGB, high: RGB) -> Material:
    """From one colour at the foot to another at the head of the face."""

    def draw(s: Surface) -> Field:
        return mix(low, high, np.clip(s.b / np.float32(max(s.height, 1e-3)), 0, 1))

    return draw


def books(seed: float, shelf: float = 0.34) -> Material:
    """The front of a full bookcase: boards, gaps, spines of all heights and muted colours."""
    inks = np.array(
        [(0.42, 0.16, 0.13), (0.16, 0.25, 0.33), (0.20, 0.30, 0.22), (0.52, 0.42, 0.27), (0.30, 0.22, 0.17),
         (0.58, 0.53, 0.45), (0.24, 0.19, 0.30), (0.45, 0.28, 0.15)], np.float32,
    )  # fmt: skip

    def draw(s: Surface) -> Field:
        row = np.floor(s.b / np.float32(shelf))
        up = s.b / np.float32(shelf) - row
        lean = s.a + hashed(row, seed) * np.float32(0.05)
        spine = np.floor(lean / np.float32(0.045) + hashed(np.floor(lean / 0.3), seed + 2) * np.float32(0.6))
        key = spine * 3 + row * 41
        ink = inks[(hashed(key, seed) * 7.99).astype(np.int32)]
        top = np.float32(0.62) + hashed(key, seed + 5) * np.float32(0.24)
        within = lean / np.float32(0.045) - np.floor(lean / np.float32(0.045))
        round_ = np.float32(0.72) + np.float32(0.28) * np.sin(within * np.float32(np.pi))
        missing = hashed(np.floor(lean / np.float32(0.16)) * 5 + row * 11, seed + 9) < 0.12
        dark = np.array((0.075, 0.058, 0.045), np.float32)
        colour = np.where(((up < top) & (up > 0.06) & ~missing)[..., None], ink * round_[..., None], dark)
        board = (up <= 0.07) | (np.minimum(s.a, s.width - s.a) < 0.03)
        colour = np.where(board[..., None], np.array((0.27, 0.19, 0.125), np.float32), colour)
        plain = s.fade(0.06, 1600.0)[..., None]
        return np.asarray(colour * plain + np.array((0.22, 0.165, 0.125), np.float32) * (1 - plain), np.float32)

    return draw


def facade(
    wall: RGB,
    glass: RGB,
    *,
    lit: RGB = (1.0, 0.74, 0.42),
    share: float = 0.0,
    bay: float = 2.4,
    storey: float = 3.3,
    seed: float = 0.0,
    opening: tuple[float, float] = (0.56, 0.58),
    base: float = 0.0,
) -> tuple[Material, Material | None]:
    """A house front and the light from its windows: ``share`` of them are lit, each as strong as its lamp."""

    def cells(s: Surface) -> tuple[Field, Field, Field, Field]:
        i, j = np.floor(s.a / np.float32(bay)), np.floor((s.b - base) / np.float32(storey))
        da, db = s.a / np.float32(bay) - i, (s.b - base) / np.float32(storey) - j
        wide, high = opening
        ex = (np.float32(wide / 2) - np.abs(da - np.float32(0.5))) * np.float32(bay)
        ey = (np.float32(high / 2) - np.abs(db - np.float32(0.52))) * np.float32(storey)
        pixel = s.z * np.float32(0.0016) + np.float32(0.01)
        inside = np.clip(np.minimum(ex, ey) / pixel + np.float32(0.5), 0, 1)
        inside = inside * (s.b > base) * (s.b < s.height - 0.4)
        return i, j, inside, db

    def draw(s: Surface) -> Field:
        i, j, inside, db = cells(s)
        tone = 1 + np.float32(0.16) * (grain_at(s.a, s.b, 9.0, "stain") - np.float32(0.5))
        ledge = np.exp(-(((db - np.float32(0.16)) / np.float32(0.035)) ** 2)) * np.float32(0.16)
        body = _shade(wall, tone * (1 + ledge))
        sky = np.float32(0.72) + np.float32(0.5) * hashed(i * 3 + j * 7, seed)
        return mix(body, _shade(glass, sky), inside)

    if share <= 0:
        return draw, None

    def shine(s: Surface) -> Field:
        i, j, inside, db = cells(s)
        chance = hashed(i * 13 + j * 7, seed + 1.3)
        on = (chance < share).astype(np.float32)
        power = np.float32(0.34) + np.float32(0.62) * hashed(i * 5 + j * 11, seed + 4.1)
        # A lamp hangs high in the room, and half of the windows have a blind.
        power = power * np.clip(np.float32(0.62) + db * np.float32(0.6), 0, 1)
        cold = (hashed(i + j * 3, seed + 7.7) < 0.16).astype(np.float32)
        colour = mix(lit, (0.66, 0.80, 1.0), cold)
        return np.asarray(colour * (inside * on * power)[..., None], np.float32)

    return draw, shine
