"""Furniture and things, built of boxes and turned shapes on a stage; each is one call at a place on the floor.

Sizes are metres. ``turn`` is about the thing's own middle. Things on things take the height they stand at.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from animatic.canvas import Field, mix
from animatic.elements import RGB
from animatic.scenes.materials import books, gradient, wood
from animatic.scenes.stage import Lamp, Material, Stage, Surface, linear

OAK: RGB = (0.46, 0.31, 0.19)
WALNUT: RGB = (0.30, 0.19, 0.12)
IRON: RGB = (0.17, 0.17, 0.18)
BRASS: RGB = (0.72, 0.56, 0.28)
LINEN: RGB = (0.80, 0.76, 0.68)
FLAME: RGB = (1.0, 0.70, 0.34)


def shifted(x: float, z: float, dx: float, dz: float, turn: float) -> tuple[float, float]:
    """A place beside a thing, in the thing's own directions."""
    c, s = math.cos(turn), math.sin(turn)
    return x + dx * c + dz * s, z - dx * s + dz * c


def table(st: Stage, x: float, z: float, size: tuple[float, float, float] = (1.5, 0.75, 0.85), *, turn: float = 0.0,
          skin: RGB = OAK, band: str = "mid", cloth: RGB | None = None) -> float:  # fmt: skip
    """A four-legged table; returns the height of its top."""
    w, h, d = size
    st.group(x, z, band)
    for dz in (d / 2 - 0.07, -d / 2 + 0.07):
        for dx in (-w / 2 + 0.08, w / 2 - 0.08):
            px, pz = shifted(x, z, dx, dz, turn)
            st.box(px, 0, pz, (0.07, h - 0.05, 0.07), wood(skin), turn=turn, shadow=False)
    st.box(x, h - 0.14, z, (w - 0.12, 0.1, d - 0.12), wood((skin[0] * 0.8, skin[1] * 0.8, skin[2] * 0.8)), turn=turn)
    if cloth is not None:
        st.box(
            x,
            h - 0.30,
            z,
            (w + 0.04, 0.30, d + 0.04),
            gradient((cloth[0] * 0.8, cloth[1] * 0.8, cloth[2] * 0.8), cloth),
            turn=turn,
            top=cloth,
        )
    else:
        st.box(x, h - 0.05, z, (w, 0.05, d), wood(skin), turn=turn)
    st.contact(x, z, w * 0.62, d * 0.66, 0.5)
    st.ungroup()
    return h


def chair(st: Stage, x: float, z: float, *, turn: float = 0.0, skin: RGB = OAK, band: str = "mid") -> None:
    """A plain chair whose back is at its own +z."""
    st.group(x, z, band)
    away = math.cos(turn) > 0  # the back is the far side: paint it first
    legs = [(dx, dz) for dz in ((0.19, -0.19) if away else (-0.19, 0.19)) for dx in (-0.19, 0.19)]

    def back() -> None:
        for dx in (-0.19, 0.19):
            px, pz = shifted(x, z, dx, 0.2, turn)
            st.box(px, 0.45, pz, (0.045, 0.52, 0.045), wood(skin), turn=turn)
        for y in (0.60, 0.74, 0.90):
            px, pz = shifted(x, z, 0, 0.2, turn)
            st.box(px, y, pz, (0.38, 0.06, 0.03), wood(skin), turn=turn)

    if away:
        back()
    for dx, dz in legs:
        px, pz = shifted(x, z, dx, dz, turn)
        st.box(px, 0, pz, (0.045, 0.43, 0.045), wood(skin), turn=turn, shadow=False)
    st.box(x, 0.43, z, (0.45, 0.045, 0.45), wood(skin), turn=turn)
    if not away:
        back()
    st.contact(x, z, 0.34, 0.34, 0.5)
    st.ungroup()


def armchair(st: Stage, x: float, z: float, *, width: float = 0.95, turn: float = 0.0, skin: RGB = (0.42, 0.30, 0.24),
             band: str = "mid") -> None:  # fmt: skip
    """An upholstered seat; wide ones are sofas. Its back is at its own +z."""
    st.group(x, z, band)
    dark = (skin[0] * 0.82, skin[1] * 0.82, skin[2] * 0.82)

    def part(dx: float, y: float, dz: float, size: tuple[float, float, float], colour: RGB) -> None:
        px, pz = shifted(x, z, dx, dz, turn)
        light = (min(colour[0] * 1.12, 1), min(colour[1] * 1.12, 1), min(colour[2] * 1.12, 1))
        st.box(px, y, pz, size, gradient((colour[0] * 0.78, colour[1] * 0.78, colour[2] * 0.78), colour), turn=turn,
               top=light)  # fmt: skip

    parts = [
        (0.0, 0.05, 0.36, (width, 0.82, 0.2), dark),
        (-width / 2 + 0.09, 0.05, 0.0, (0.18, 0.56, 0.86), skin),
        (width / 2 - 0.09, 0.05, 0.0, (0.18, 0.56, 0.86), skin),
        (0.0, 0.05, -0.05, (width - 0.34, 0.26, 0.76), dark),
    ]
    count = max(1, round((width - 0.36) / 0.62))
    seat = (width - 0.38) / count
    for i in range(count):
        dx = -width / 2 + 0.19 + seat * (i + 0.5)
        parts.append((dx, 0.31, -0.04, (seat - 0.02, 0.15, 0.70), skin))
        parts.append((dx, 0.44, 0.22, (seat - 0.03, 0.36, 0.14), skin))
    depth = {p: float(st.at(*_spot(x, z, p[0], p[2], turn))[2]) for p in parts}
    for p in sorted(parts, key=lambda q: (-round(depth[q], 1), q[1])):
        part(*p)
    st.contact(x, z, width * 0.66, 0.62, 0.6)
    st.ungroup()


def _spot(x: float, z: float, dx: float, dz: float, turn: float) -> tuple[float, float, float]:
    px, pz = shifted(x, z, dx, dz, turn)
    return px, 0.0, pz


def bed(st: Stage, x: float, z: float, *, turn: float = 0.0, width: float = 1.5, cover: RGB = (0.45, 0.50, 0.56),
        skin: RGB = WALNUT, band: str = "mid") -> None:  # fmt: skip
    """A bed whose head is at its own +z."""
    st.group(x, z, band)
    head = shifted(x, z, 0, 1.02, turn)
    foot = shifted(x, z, 0, -1.02, turn)

    def board(at: tuple[float, float], high: float) -> None:
        st.box(at[0], 0.0, at[1], (width + 0.06, high, 0.07), wood(skin), turn=turn)

    away = math.cos(turn) >= 0
    board(head if away else foot, 1.15 if away else 0.62)
    st.box(x, 0.12, z, (width, 0.2, 2.0), wood(skin), turn=turn)
    st.box(x, 0.30, z, (width - 0.02, 0.22, 1.98), LINEN, turn=turn)
    px, pz = shifted(x, z, 0, -0.28, turn)
    folds = _folds(cover)
    st.box(px, 0.34, pz, (width + 0.05, 0.24, 1.45), folds, turn=turn, top=folds)
    for dx in (-width / 4, width / 4):
        px, pz = shifted(x, z, dx, 0.72, turn)
        st.box(px, 0.52, pz, (width / 2 - 0.1, 0.13, 0.36), gradient((0.70, 0.67, 0.62), (0.93, 0.91, 0.87)), turn=turn)
    board(foot if away else head, 0.62 if away else 1.15)
    st.contact(x, z, width * 0.68, 1.2, 0.6)
    st.ungroup()


def _folds(colour: RGB) -> Material:
    def draw(s: Surface) -> Field:
        wave = np.sin(s.a * 9 + np.sin(s.b * 7) * 1.4) * np.float32(0.10) + np.sin(s.b * 13 + s.a * 5) * np.float32(
            0.05
        )
        return np.asarray(np.asarray(colour, np.float32) * (1 + wave)[..., None], np.float32)

    return draw


def bookcase(st: Stage, x: float, z: float, *, width: float = 1.1, height: float = 2.05, turn: float = 0.0,
             band: str = "far", seed: float = 1.0, skin: RGB = WALNUT) -> None:  # fmt: skip
    st.group(x, z, band)
    st.box(x, 0, z, (width, height, 0.3), wood(skin), turn=turn)
    fx, fz = shifted(x, z, -width / 2 + 0.03, -0.156, turn)
    c, s = math.cos(turn), math.sin(turn)
    inner = width - 0.06
    st.quad((fx, 0.08, fz), (inner * c, 0, -inner * s), (0, height - 0.14, 0), books(seed), band)
    st.ungroup()


def cabinet(st: Stage, x: float, z: float, size: tuple[float, float, float] = (1.0, 0.9, 0.45), *, turn: float = 0.0,
            skin: RGB = OAK, doors: int = 2, drawers: int = 0, band: str = "mid") -> None:  # fmt: skip
    """A chest with doors or drawers drawn on its front."""
    w, h, d = size
    front = _fronts(skin, w, h, doors, drawers)
    st.group(x, z, band)
    st.box(x, 0, z, (w, h, d), wood((skin[0] * 0.9, skin[1] * 0.9, skin[2] * 0.9)), turn=turn)
    fx, fz = shifted(x, z, -w / 2, -d / 2 - 0.004, turn)
    c, s = math.cos(turn), math.sin(turn)
    st.quad((fx, 0, fz), (w * c, 0, -w * s), (0, h, 0), front, band, both=False)
    st.box(x, h, z, (w + 0.05, 0.035, d + 0.04), wood(skin), turn=turn)
    st.ungroup()


def _fronts(skin: RGB, w: float, h: float, doors: int, drawers: int) -> Material:
    cols, rows = max(doors, 1), max(drawers, 1)

    def draw(s: Surface) -> Field:
        i, j = np.floor(s.a / np.float32(w / cols)), np.floor(s.b / np.float32(h / rows))
        da, db = s.a - i * np.float32(w / cols), s.b - j * np.float32(h / rows)
        edge = np.minimum(np.minimum(da, w / cols - da), np.minimum(db, h / rows - db))
        groove = np.exp(-(((edge - np.float32(0.012)) / np.float32(0.010)) ** 2)) * np.float32(0.55)
        panel = np.exp(-(((edge - np.float32(0.075)) / np.float32(0.012)) ** 2)) * np.float32(0.25)
        tone = 1 + np.float32(0.05) * np.sin(s.a * 40 + np.sin(s.b * 3) * 2) - groove - panel
        knob = (
            np.hypot(da - np.float32(w / cols * (0.5 if drawers else 0.86)), db - np.float32(h / rows * 0.55)) < 0.025
        )
        body = np.asarray(skin, np.float32) * tone[..., None]
        return mix(body, BRASS, knob.astype(np.float32))

    return draw


def crate(st: Stage, x: float, z: float, *, size: float = 0.6, y: float = 0.0, turn: float = 0.0, band: str = "mid",
          skin: RGB = (0.45, 0.33, 0.21)) -> None:  # fmt: skip
    """A slatted wooden crate."""

    def slats(s: Surface) -> Field:
        phase = s.b / np.float32(size / 4)
        seam = np.clip(1 - np.abs(phase - np.round(phase)) / np.float32(0.07), 0, 1) * np.float32(0.6)
        side = (np.minimum(s.a, s.width - s.a) < size * 0.11).astype(np.float32)
        tone = (1 - seam * (1 - side)) * (1 + side * np.float32(0.16)) + np.float32(0.06) * np.sin(s.a * 31 + s.b * 3)
        return np.asarray(np.asarray(skin, np.float32) * tone[..., None], np.float32)

    st.group(x, z, band)
    st.box(x, y, z, (size, size, size), slats, turn=turn)
    st.ungroup()


def trunk(st: Stage, x: float, z: float, *, turn: float = 0.0, y: float = 0.0, band: str = "mid",
          skin: RGB = (0.29, 0.19, 0.13), size: tuple[float, float, float] = (0.95, 0.52, 0.5)) -> None:  # fmt: skip
    """A travelling trunk with straps, a rounded lid and a lock."""
    w, h, d = size

    def hide(s: Surface) -> Field:
        straps = ((np.abs(s.a - s.width * 0.22) < 0.035) | (np.abs(s.a - s.width * 0.78) < 0.035)).astype(np.float32)
        rim = (np.minimum(np.minimum(s.a, s.width - s.a), np.minimum(s.b, s.height - s.b)) < 0.028).astype(np.float32)
        lid = np.exp(-(((s.b - np.float32(h * 0.68)) / np.float32(0.014)) ** 2)) * np.float32(0.6)
        lock = ((np.abs(s.a - s.width / 2) < 0.045) & (np.abs(s.b - h * 0.66) < 0.06)).astype(np.float32)
        body = np.asarray(skin, np.float32) * (1 - lid + np.float32(0.05) * np.sin(s.a * 23 + s.b * 31))[..., None]
        body = mix(body, (skin[0] * 0.55, skin[1] * 0.5, skin[2] * 0.5), straps * np.float32(0.9))
        return mix(body, BRASS, np.maximum(rim * np.float32(0.55), lock))

    st.group(x, z, band)
    st.box(x, y, z, (w, h, d), hide, turn=turn)
    st.box(x, y + h, z, (w - 0.02, 0.05, d - 0.14), (skin[0] * 1.1, skin[1] * 1.1, skin[2] * 1.1), turn=turn)
    st.ungroup()


def carton(
    st: Stage, x: float, z: float, *, size: float = 0.45, y: float = 0.0, turn: float = 0.0, band: str = "mid"
) -> None:
    """A cardboard box with its tape."""

    def board(s: Surface) -> Field:
        tape = (np.abs(s.a - s.width / 2) < 0.03).astype(np.float32) * (s.b > s.height * 0.6)
        return mix(
            np.array((0.56, 0.43, 0.29), np.float32), (0.68, 0.58, 0.42), tape[..., None] * np.ones_like(s.a)[..., None]
        )

    st.group(x, z, band)
    st.box(x, y, z, (size, size * 0.72, size * 0.85), board, turn=turn)
    st.ungroup()


def rounded(st: Stage, x: float, y: float, z: float, profile: list[tuple[float, float]], material: Material, *,
            band: str = "mid", emission: Material | None = None) -> None:  # fmt: skip
    """A turned thing from its half profile [(radius, height), …], foot to head."""
    outline = [(-r, h) for r, h in profile] + [(r, h) for r, h in reversed(profile)]
    st.cutout(x, y, z, outline, material, band, rounded=True, emission=emission)


def standing_lamp(st: Stage, x: float, z: float, *, lit: bool, band: str = "mid", shade: RGB = (0.85, 0.72, 0.5),
                  power: float = 1.0) -> None:  # fmt: skip
    st.group(x, z, band)
    rounded(st, x, 0, z, [(0.16, 0.0), (0.16, 0.03), (0.015, 0.06), (0.015, 1.35)], IRON)
    glow = gradient((1.0, 0.86, 0.58), (1.0, 0.74, 0.42)) if lit else None
    rounded(st, x, 1.28, z, [(0.25, 0.0), (0.15, 0.34)], shade, emission=glow)
    st.contact(x, z, 0.2, 0.2, 0.5)
    st.ungroup()
    if lit:
        st.lamps.append(Lamp((x, 1.5, z - 0.15), linear(FLAME), 1.5, 2.4 * power))


def desk_lamp(st: Stage, x: float, y: float, z: float, *, lit: bool, band: str = "mid", power: float = 1.0) -> None:
    st.group(x, z - 0.02, band)
    rounded(st, x, y, z, [(0.09, 0.0), (0.09, 0.02), (0.012, 0.04), (0.012, 0.30)], BRASS)
    glow: Material | None = (1.0, 0.84, 0.56) if lit else None
    rounded(st, x, y + 0.26, z, [(0.16, 0.0), (0.09, 0.17)], (0.30, 0.42, 0.30), emission=glow)
    st.ungroup()
    if lit:
        st.lamps.append(Lamp((x, y + 0.3, z - 0.1), linear(FLAME), 0.9, 2.0 * power))


def hanging_lamp(st: Stage, x: float, y: float, z: float, *, lit: bool, band: str = "mid", top: float = 2.8,
                 skin: RGB = IRON, power: float = 1.0, reach: float = 1.5) -> None:  # fmt: skip
    st.group(x, z, band)
    st.cutout(x, y, z, [(-0.008, 0.1), (0.008, 0.1), (0.008, top - y), (-0.008, top - y)], IRON)
    rounded(st, x, y, z, [(0.24, 0.0), (0.20, 0.07), (0.05, 0.17), (0.03, 0.22)], skin)
    if lit:
        st.cutout(x, y - 0.05, z, [(math.cos(i) * 0.075, math.sin(i) * 0.075 + 0.04) for i in np.linspace(0, 6.0, 14)],
                  FLAME, emission=(1.2, 1.0, 0.72))  # fmt: skip
        st.lamps.append(Lamp((x, y - 0.08, z), linear(FLAME), reach, 2.6 * power))
    st.ungroup()


def candle(
    st: Stage, x: float, y: float, z: float, *, height: float = 0.2, band: str = "mid", power: float = 1.0
) -> None:
    st.group(x, z - 0.03, band)
    st.cylinder(x, y, z, 0.022, height, (0.90, 0.84, 0.70), emission=gradient((0.25, 0.16, 0.08), (0.9, 0.62, 0.34)))
    flame = [(0.0, 0.085), (0.012, 0.045), (0.013, 0.02), (0.0, 0.0), (-0.013, 0.02), (-0.012, 0.045)]
    st.cutout(x, y + height + 0.008, z, flame, FLAME, emission=gradient((1.2, 0.8, 0.35), (1.3, 1.15, 0.8)))
    st.ungroup()
    st.lamps.append(Lamp((x, y + height + 0.1, z - 0.05), linear(FLAME), 0.7, 1.5 * power))


def picture(st: Stage, corner: tuple[float, float, float], across: tuple[float, float, float], high: float, seed: float,
            *, frame: RGB = WALNUT) -> None:  # fmt: skip
    """A framed picture on a wall: a dark little landscape nobody will look at twice."""
    width = float(np.linalg.norm(across))

    def draw(s: Surface) -> Field:
        edge = np.minimum(np.minimum(s.a, s.width - s.a), np.minimum(s.b, s.height - s.b))
        hill = s.height * (0.42 + 0.12 * np.sin(s.a / np.float32(width) * 5 + seed))
        view = mix((0.62, 0.56, 0.42), (0.22, 0.22, 0.16), (s.b < hill).astype(np.float32))
        mount = (edge < 0.045 + width * 0.09).astype(np.float32)
        rail = (edge < 0.04).astype(np.float32)
        return mix(mix(view, (0.74, 0.69, 0.58), mount * np.float32(0.9)), frame, rail)

    st.quad(corner, across, (0, high, 0), draw, "shell")


def plant(st: Stage, x: float, z: float, rng: np.random.Generator, *, height: float = 1.2, band: str = "mid",
          y: float = 0.0) -> None:  # fmt: skip
    """A potted plant with long leaves."""
    st.group(x, z, band)
    rounded(st, x, y, z, [(height * 0.10, 0), (height * 0.15, height * 0.27)], (0.50, 0.28, 0.19))
    for i in range(15):
        angle = float(rng.uniform(-1.15, 1.15))
        length = height * float(rng.uniform(0.45, 0.82)) * (1 - 0.22 * abs(angle))
        tip = (math.sin(angle) * length, height * 0.27 + math.cos(angle) * length * (0.95 - 0.25 * abs(angle)))
        knee = (math.sin(angle) * length * 0.45, height * 0.27 + math.cos(angle) * length * 0.72)
        width = height * 0.035
        leaf = [(0, height * 0.25), (knee[0] - width, knee[1]), tip, (knee[0] + width, knee[1] - width * 0.4)]
        green = (0.15 + 0.10 * (i % 3) / 2, 0.30 + 0.14 * (i % 4) / 3, 0.13)
        st.cutout(x, y, z, leaf, gradient((green[0] * 0.6, green[1] * 0.6, green[2] * 0.6), green))
    st.contact(x, z, height * 0.22, height * 0.22)
    st.ungroup()


def clock_face(hour: float = 10.15, rim: RGB = WALNUT) -> Material:
    """The face of a clock on a square surface: hours, two hands."""

    def draw(s: Surface) -> Field:
        size = np.float32(s.width / 2)
        x, y = (s.a - size) / size, (s.b - size) / size
        r = np.hypot(x, y)
        angle = np.arctan2(x, y) / np.float32(math.tau) * 12
        mark = (np.abs(angle - np.round(angle)) * r < 0.12) & (r > 0.68) & (r < 0.80)

        def hand(turn: float, length: float, width: float) -> NDArray[np.bool_]:
            dx, dy = math.sin(turn), math.cos(turn)
            along = x * dx + y * dy
            return (along > -0.08) & (along < length) & (np.abs(x * dy - y * dx) < width)

        dark = mark | hand(hour / 12 * math.tau, 0.45, 0.045) | hand((hour % 1) * math.tau, 0.68, 0.03)
        face = mix((0.90, 0.87, 0.78), (0.10, 0.09, 0.08), dark.astype(np.float32))
        return mix(face, rim, (r > 0.86).astype(np.float32))

    return draw


def disc(radius: float, count: int = 28) -> list[tuple[float, float]]:
    return [(math.cos(i * math.tau / count) * radius, math.sin(i * math.tau / count) * radius) for i in range(count)]


Prop = Callable[[Stage, float, float], None]
