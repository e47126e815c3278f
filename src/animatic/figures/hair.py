"""Hair: shells combed over the skull, with locks, partings, tails and beards.

    style (data) + Head ──► shell (crown to hairline, or on down to a hem) + extras ──► Surfaces in head space

A shell is made of strands: each leaves the crown at its own angle, follows the skull, and either stops at the hairline
or falls freely to its hem; so one shape answers for every view of the head.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from animatic.elements import RGB, rng_of
from animatic.figures.appearance import Appearance
from animatic.figures.head import Head
from animatic.figures.surface import Floats, Material, Surface, array, ball, profile, resample, tube

COLUMNS = 192


@dataclass(frozen=True)
class Style:
    """How one head of hair is cut. Ends are heights in head units at angles from the front, in degrees."""

    ends: tuple[tuple[float, float], ...]
    thick: float = 0.05
    """Volume over the skull."""
    front: float = 0.0
    """Extra volume above the forehead."""
    top: float = 0.0
    """Extra volume on the crown."""
    hang: bool = False
    """Strands below the ears fall freely."""
    curl_in: float = 0.0
    """How much the hem turns in (+) or out (-)."""
    wave: float = 0.0
    bumps: float = 0.0
    """Depth of curls."""
    curl: float = 40.0
    """How close curls stand, in radians a head."""
    streak: float = 0.10
    jag: float = 0.03
    """How ragged the ends are."""
    sweep: float = 0.0
    """How far the fringe is swept to the side of the parting."""
    tail: str | None = None
    parted: bool = True


_NAPE = ((70, 0.10), (80, -0.06), (92, -0.02), (104, -0.10), (125, -0.20), (180, -0.24))
_UP = ((0, 0.335), (30, 0.315), (55, 0.22), (68, 0.08), (84, -0.02), (104, -0.10), (130, -0.22), (180, -0.26))


def _falls(front: float, hem: float, start: float = 58) -> tuple[tuple[float, float], ...]:
    """Open over the face, falling to ``hem`` from ``start`` degrees on."""
    return (
        (0, front),
        (26, front - 0.02),
        (start - 20, front - 0.13),
        (start, hem + 0.34),
        (start + 12, hem + 0.08),
        (180, hem),
    )


STYLES: dict[str, Style] = {
    "long": Style(_falls(0.325, -1.22), 0.062, hang=True, curl_in=0.06, jag=0.17, wave=0.012, top=0.03, sweep=0.5),
    "wavy": Style(_falls(0.32, -0.98), 0.090, hang=True, wave=0.050, jag=0.16, top=0.03, sweep=0.7),
    "bob": Style(_falls(0.32, -0.46, 54), 0.075, hang=True, curl_in=0.12, jag=0.02, top=0.03, sweep=0.6),
    "fringe": Style(
        ((0, 0.135), (30, 0.125), (42, 0.08), (56, -0.30), (66, -0.66), (180, -0.72)), 0.065, hang=True, curl_in=0.05,
        jag=0.035, parted=False, top=0.02,
    ),
    "bun": Style(_UP, 0.034, tail="bun", jag=0.01, streak=0.14),
    "topknot": Style(_UP, 0.034, tail="topknot", jag=0.01, streak=0.14, parted=False),
    "ponytail": Style(_UP, 0.036, tail="ponytail", jag=0.01, streak=0.14, front=0.012),
    "braids": Style(_UP, 0.036, tail="braids", jag=0.01, streak=0.14),
    "curly": Style(
        _falls(0.30, -0.34, 56), 0.130, hang=True, bumps=0.030, curl=42.0, jag=0.05, top=0.04, streak=0.05,
        parted=False,
    ),
    "afro": Style(
        ((0, 0.33), (40, 0.28), (62, 0.12), (80, -0.06), (100, -0.16), (180, -0.26)), 0.225, bumps=0.017,
        curl=54.0, jag=0.0,
        streak=0.04, parted=False,
    ),
    "pixie": Style(((0, 0.19), (28, 0.17), (48, 0.12), (62, 0.02), *_NAPE), 0.058, top=0.03, jag=0.06, sweep=1.0),
    "short": Style(((0, 0.31), (34, 0.30), (54, 0.22), *_NAPE), 0.046, front=0.030, top=0.012, jag=0.035, sweep=0.5),
    "crop": Style(((0, 0.25), (34, 0.24), (54, 0.19), *_NAPE), 0.042, front=0.012, jag=0.05, parted=False),
    "swept": Style(((0, 0.31), (34, 0.295), (54, 0.20), *_NAPE), 0.048, front=0.070, top=0.018, jag=0.02, sweep=1.0),
    "quiff": Style(
        ((0, 0.335), (34, 0.315), (54, 0.21), *_NAPE), 0.036, front=0.140, top=0.030, jag=0.02, parted=False,
    ),
    "mane": Style(
        _falls(0.335, -0.50, 80), 0.058, hang=True, curl_in=-0.05, wave=0.02, jag=0.07, front=0.045, sweep=0.4,
    ),
    "buzz": Style(((0, 0.325), (34, 0.30), (54, 0.20), *_NAPE), 0.012, jag=0.0, streak=0.0, parted=False),
    "bald": Style(()),
    "wreath": Style(
        ((0, 0.49), (50, 0.48), (72, 0.22), (80, -0.06), (92, -0.02), (104, -0.10), (180, -0.24)), 0.03, jag=0.03,
    ),
}  # fmt: skip


def grow(look: Appearance, head: Head, *, hatted: bool) -> list[Surface]:
    """The hair of this head; under a hat it lies flat."""
    name = look.hair
    if look.robot or look.hat == "helmet":
        return beard(look, head)
    if look.hat in ("headscarf", "hood") and name != "bald":
        flat = shell(STYLES["bun"], look, head, rng_of("hair", look.hair_seed), hatted=True)
        return [flat, *beard(look, head)]
    if name == "bald":
        if look.age != "old":
            return beard(look, head)
        name = "wreath"
    style = STYLES[name]
    rng = rng_of("hair", look.hair_seed)
    parts = [shell(style, look, head, rng, hatted=hatted)]
    if style.tail is not None:
        parts += _tail(style.tail, look.hair_color, hatted)
    return parts + beard(look, head)


def shell(style: Style, look: Appearance, head: Head, rng: np.random.Generator, *, hatted: bool) -> Surface:
    """The main mass, strand by strand."""
    angle = np.linspace(-np.pi, np.pi, COLUMNS, endpoint=False).astype(np.float32)
    degrees = np.degrees(np.abs(angle))
    ends = array(style.ends)
    end = np.interp(degrees, ends[:, 0], ends[:, 1]).astype(np.float32)
    side = look.parting if style.parted else 0.0
    # Across the forehead a parting lets one side hang lower than the other.
    fringe = np.clip(1 - degrees / 62, 0, 1)
    end -= 0.085 * style.sweep * fringe * np.clip(0.35 - side * np.sin(angle) * 1.6, 0, 1) * (1 if side else 0.45)
    teeth = _noise(rng, 40) * 0.55 + _noise(rng, 17) * 0.5 + _noise(rng, 84) * 0.25
    end += style.jag * teeth * np.clip(0.12 + degrees / 62, 0, 1)
    rows = 64 if style.hang else 40
    along = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    # Position along a strand: to 1 over the upper half of the skull, beyond straight down.
    last = np.where(end >= 0, np.arccos(np.clip(end * 2, -1, 1)) / (np.pi / 2), 1 - end * 1.28)
    u = along * last[None]
    y = np.where(u < 1, 0.5 * np.cos(u * np.pi / 2), -(u - 1) / 1.28)
    leave = -0.06
    free = np.clip(leave - y, 0, None) if style.hang else np.zeros_like(y)
    on = np.maximum(y, leave) if style.hang else y
    grid = head.surface_at(on.astype(np.float32), angle[None] + 0 * on)
    outward = grid - array([0.0, 0.02, -0.06])
    outward = outward / np.maximum(np.sqrt(np.sum(outward**2, axis=-1, keepdims=True)), 1e-6)
    thick = np.full_like(y, style.thick)
    facing = np.clip(np.cos(angle), 0, 1)[None]
    high = np.clip((y - 0.12) / 0.36, 0, 1)
    thick += style.front * facing**2 * np.clip(1 - ((y - 0.36) / 0.17) ** 2, 0, 1)
    thick += style.top * high
    if hatted:
        thick = np.where(y > 0.16, np.minimum(thick, 0.012), np.minimum(thick, 0.075))
    lock = _noise(rng, 24) * 0.40 + _noise(rng, 50) * 0.38 + _noise(rng, 88) * 0.22
    grooves = 0.0 if style.bumps else 0.17 * style.streak
    thick = thick + grooves * lock[None] * np.clip(along * 2.5, 0, 1)
    # Towards a hairline the mass closes onto the skin; free ends keep half of it.
    ending = np.clip((1 - along) / 0.30, 0, 1) ** 0.6
    stops = np.clip((end + 0.30) / 0.25, 0, 1)[None] if style.hang else 1.0
    shut = min(0.22, 0.014 / style.thick)
    closing = 1 - stops * (1 - (shut + (1 - shut) * ending))
    thick = thick * closing
    if style.bumps:
        # Lumps in space, not along the strands, which all meet at the crown.
        x, high_up, z = grid[..., 0] * style.curl, y * style.curl, grid[..., 2] * style.curl
        curls = np.cos(x + 2.4 * np.sin(0.45 * z)) * np.cos(0.92 * high_up + 2.4 * np.sin(0.37 * x)) * 1.2
        curls = curls + 0.8 * np.cos(1.24 * z + 2 * np.sin(0.5 * high_up)) * np.cos(0.76 * x + 0.1 * high_up)
        thick = thick + style.bumps * curls * np.clip(closing, 0.25, 1)
    grid = grid + outward * thick[..., None]
    if style.hang:
        _let_fall(grid, y, free, angle, style)
    tone = _strand_tone(style, look.hair_color, angle, along, lock, side, rng)
    if look.hair == "buzz":
        tone = 0.62 * tone + 0.38 * np.asarray(look.skin, np.float32)
    return Surface(grid.astype(np.float32), tone.astype(np.float32), Material.HAIR, solid=not style.hang)


def _let_fall(grid: Floats, y: Floats, free: Floats, angle: Floats, style: Style) -> None:
    """Bring what has left the skull down to its height: in at the neck, out over the shoulders, in waves."""
    grid[..., 1] = np.where(free > 0, y, grid[..., 1])
    part = free / max(float(free.max()), 0.1)
    draw_in = 1 - style.curl_in * part**2 * 1.6 + 0.05 * part
    if style.wave:
        swing = np.sin(free * 13 + 1.4 * np.sin(angle[None] * 3 + 0.6))
        draw_in = draw_in + style.wave * swing * np.clip(free * 4, 0, 1)
    neck = np.clip(free / 0.30, 0, 1) * 0.14 * (1 - np.clip((free - 0.3) / 0.5, 0, 1) * 0.75)
    grid[..., 0] *= draw_in - neck * (0.4 if style.bumps else 0.8)
    depth = grid[..., 2]
    before = depth * (1 + 0.10 * part) + 0.05 * np.clip(free, 0, 0.5)
    grid[..., 2] = np.where(depth < -0.05, depth * (draw_in - neck), before)


def _strand_tone(
    style: Style,
    color: RGB,
    angle: Floats,
    along: Floats,
    lock: Floats,
    side: float,
    rng: np.random.Generator,
) -> Floats:
    """Colour by strand: lighter and darker locks, darker roots, a dark parting."""
    streaks = 0.6 * _noise(rng, 50) + 0.4 * lock
    level = 1 + style.streak * 1.9 * streaks[None] + 0 * along
    level = level * (0.88 + 0.16 * np.clip(along * 1.6, 0, 1))
    if style.parted and not style.bumps:
        where = side * np.radians(26)
        line = np.exp(-(((angle - where) / 0.055) ** 2))[None] * np.clip(1.15 - along, 0, 1)
        level = level * (1 - 0.42 * line)
    base = np.asarray(color, np.float32)
    return np.clip(base[None, None] * level[..., None], 0, 1)


def _noise(rng: np.random.Generator, knots: int) -> Floats:
    """Smooth periodic noise round the head, in about -1..1."""
    values = rng.uniform(-1, 1, knots)
    at = np.linspace(0, knots, COLUMNS, endpoint=False)
    low = np.floor(at).astype(int)
    t = at - low
    t = t * t * (3 - 2 * t)
    return (values[low % knots] * (1 - t) + values[(low + 1) % knots] * t).astype(np.float32)


def _tail(kind: str, color: RGB, hatted: bool) -> list[Surface]:
    """What the hair is gathered into."""
    dark: RGB = (color[0] * 0.9, color[1] * 0.9, color[2] * 0.9)
    if kind == "bun":
        place = (0.0, -0.08, -0.58) if hatted else (0.0, 0.26, -0.58)
        return [_knot(place, 0.165, color)]
    if kind == "topknot":
        place = (0.0, -0.08, -0.56) if hatted else (0.0, 0.56, -0.22)
        return [_knot(place, 0.13, color)]
    if kind == "ponytail":
        root = (0.0, 0.02, -0.50) if hatted else (0.0, 0.20, -0.50)
        line = resample(
            [
                root,
                (0.0, root[1] + 0.04, -0.64),
                (0.02, -0.25, -0.74),
                (0.05, -0.62, -0.66),
                (0.04, -0.86, -0.60),
            ],
            22,
            3,
        )
        wide = profile([(0, 0.050), (0.12, 0.075), (0.45, 0.120), (0.8, 0.085), (1, 0.010)], 22)[:, 0]
        folds = 1 + 0.10 * np.cos(np.linspace(0, 2 * np.pi, 18, endpoint=False) * 5)[None] + 0 * wide[:, None]
        return [tube(line, wide, color=dark, material=Material.HAIR, folds=folds.astype(np.float32))]
    out: list[Surface] = []
    for side in (-1, 1):
        line = resample(
            [
                (side * 0.30, -0.16, -0.16),
                (side * 0.40, -0.36, -0.06),
                (side * 0.40, -0.75, 0.20),
                (side * 0.36, -1.18, 0.34),
            ],
            40,
            3,
        )
        beads = 0.062 + 0.020 * np.abs(np.sin(np.linspace(0, 9 * np.pi, 40)))
        beads *= np.interp(np.linspace(0, 1, 40), (0, 0.8, 0.86, 1), (1, 0.85, 0.55, 0.9))
        out.append(tube(line, beads.astype(np.float32), color=dark, material=Material.HAIR))
    return out


def _knot(place: tuple[float, float, float], size: float, color: RGB) -> Surface:
    """A bun: a ball with hair wound round it."""
    knot = ball(place, (size, size * 0.92, size * 0.9), color, Material.HAIR, rows=26, columns=36)
    centre = array(place)
    local = knot.grid - centre
    turns = np.arctan2(local[..., 1], local[..., 0])
    wound = 1 + 0.05 * np.cos(turns * 3 + 14 * np.sqrt(np.sum(local[..., :2] ** 2, axis=-1)) / size)
    knot.grid = (centre + local * wound[..., None]).astype(np.float32)
    return knot


def beard(look: Appearance, head: Head) -> list[Surface]:
    """Beard and moustache as shells over the jaw; stubble is a matter of skin, not of form."""
    kind = look.beard
    if kind is None or kind == "stubble" or look.robot:
        return []
    color: RGB = (look.hair_color[0] * 0.92, look.hair_color[1] * 0.90, look.hair_color[2] * 0.88)
    parts: list[Surface] = []
    if kind in ("short", "full", "long", "goatee"):
        parts.append(_jaw(kind, color, look, head))
    if kind != "stubble":
        parts += [_moustache(side, kind, color, head) for side in (-1, 1)]
    return parts


def _jaw(kind: str, color: RGB, look: Appearance, head: Head) -> Surface:
    wide = 30.0 if kind == "goatee" else 88.0
    angle = np.radians(np.linspace(-wide, wide, 64)).astype(np.float32)
    degrees = np.degrees(np.abs(angle))
    if kind == "goatee":
        top = np.interp(degrees, (0, 10, 20, 30), (-0.335, -0.335, -0.30, -0.34))
    else:
        top = np.interp(degrees, (0, 12, 21, 30, 46, 70, 88), (-0.335, -0.33, -0.285, -0.215, -0.215, -0.12, 0.03))
    drop = {"goatee": -0.56, "short": -0.50, "full": -0.62, "long": -1.12}[kind]
    low = np.interp(degrees, (0, 20, 46, 70, 88), (drop, drop + 0.02, min(-0.42, drop + 0.16), -0.34, -0.16))
    rng = rng_of("beard", look.hair_seed)
    low = low + 0.03 * np.interp(np.linspace(0, 1, 64), np.linspace(0, 1, 24), rng.uniform(-1, 1, 24))
    along = np.linspace(0, 1, 26, dtype=np.float32)[:, None]
    y = (top[None] + (low - top)[None] * along).astype(np.float32)
    on = np.maximum(y, -0.455)
    grid = head.surface_at(on, angle[None] + 0 * on)
    grid[..., 2] += head.relief(grid[..., 0], on) * np.clip(np.cos(angle[None]) * 2.2, 0, 1)
    deep = {"goatee": 0.040, "short": 0.026, "full": 0.062, "long": 0.070}[kind]
    lump = deep * np.clip(along * 4.5, 0.15, 1) * (1 + 0.22 * np.cos(angle[None] * 26 + 2 * along))
    lump = lump * np.interp(degrees, (0, wide * 0.7, wide), (1, 1, 0.2))[None]
    outward = np.stack([np.sin(angle[None]) + 0 * y, -0.5 + 0 * y, np.cos(angle[None]) + 0 * y], axis=-1)
    grid = grid + outward * lump[..., None]
    free = np.clip(on - y, 0, None)
    grid[..., 1] -= free
    grid[..., 0] *= 1 - 0.55 * np.clip(free / 0.66, 0, 1)
    grid[..., 2] += 0.02 * np.clip(free * 3, 0, 1)
    return Surface(grid.astype(np.float32), color, Material.HAIR, closed=False, solid=False)


def _moustache(side: int, kind: str, color: RGB, head: Head) -> Surface:
    long = 0.175 if kind in ("moustache", "full", "long") else 0.135
    upper = [(-0.008, -0.212), (0.06, -0.214), (0.115, -0.248), (long, -0.315)]
    lower = [(-0.008, -0.246), (0.055, -0.262), (0.105, -0.285), (long, -0.322)]
    one, two = resample(upper, 16, 1), resample(lower, 16, 1)
    mix = np.linspace(0, 1, 8, dtype=np.float32)[None, :, None]
    place = one[:, None] * (1 - mix) + two[:, None] * mix
    bulge = (
        0.040
        * np.sin(np.pi * (0.12 + 0.80 * mix[..., 0]))
        * np.interp(np.linspace(0, 1, 16), (0, 0.7, 1), (1, 0.9, 0.4))[:, None]
    )
    grid = head.point(side * place[..., 0], place[..., 1])
    grid[..., 2] += bulge
    return Surface(grid.astype(np.float32), color, Material.HAIR, closed=False, solid=False)
