"""Things that a prompt names and a hand could hold: on a side table in wider shots, filling the frame in inserts.

Each draws itself at (x, y, z) on a stage, ``s`` times its true size, within a group that the caller has opened.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from animatic.canvas import mix, ramp
from animatic.elements import RGB, FloatArray
from animatic.scenes import props
from animatic.scenes.materials import gradient, wood
from animatic.scenes.papers import book, letter, photograph
from animatic.scenes.setup import Setup
from animatic.scenes.stage import Lamp, Material, Stage, Surface, linear


def phone(setup: Setup, st: Stage, x: float, y: float, z: float, s: float) -> None:
    """A smartphone alight, or the old kind with a dial."""
    if setup.says("telephone", "rotary", "vintage", "victorian", "noir", "1940s", "1950s", "landline", "receiver"):
        body: RGB = (0.17, 0.16, 0.165)
        props.rounded(
            st,
            x,
            y,
            z,
            [(0.115 * s, 0), (0.11 * s, 0.03 * s), (0.07 * s, 0.09 * s), (0.05 * s, 0.12 * s)],
            body,
            band="near",
        )
        rest = [
            (-0.13, 0.10),
            (-0.135, 0.155),
            (-0.09, 0.17),
            (-0.05, 0.148),
            (0.05, 0.148),
            (0.09, 0.17),
            (0.135, 0.155),
            (0.13, 0.10),
            (0.085, 0.105),
            (0.05, 0.122),
            (-0.05, 0.122),
            (-0.085, 0.105),
        ]
        st.cutout(x, y, z - 0.02, [(px * s, py * s) for px, py in rest], (0.22, 0.21, 0.215), "near", rounded=True)
        st.cutout(x, y + 0.055 * s, z - 0.10 * s, props.disc(0.046 * s), (0.70, 0.67, 0.58), "near")
        for i in range(10):
            t = i * math.tau / 12 + 0.4
            st.cutout(
                x + math.cos(t) * 0.033 * s,
                y + 0.055 * s + math.sin(t) * 0.033 * s,
                z - 0.102 * s,
                props.disc(0.0075 * s, 12),
                body,
                "near",
            )
        return

    def screen(f: Surface) -> FloatArray:
        u, v = f.a / np.float32(f.width), f.b / np.float32(f.height)
        field = mix((0.20, 0.42, 0.72), (0.62, 0.34, 0.62), v)
        left = (v > 0.62) & (v < 0.74) & (u > 0.10) & (u < 0.68)
        right = (v > 0.44) & (v < 0.56) & (u > 0.34) & (u < 0.90)
        field = mix(field, (0.95, 0.95, 0.97), left.astype(np.float32))
        return mix(field, (0.62, 0.92, 0.70), right.astype(np.float32))

    w, h = 0.075 * s, 0.15 * s
    st.quad((x - w / 2 - 0.004 * s, y, z), (w + 0.008 * s, 0, 0.012 * s), (0, h * 0.86, h * 0.5), (0.05, 0.05, 0.06))
    st.quad(
        (x - w / 2, y + 0.005 * s, z - 0.002), (w, 0, 0.012 * s), (0, h * 0.84, h * 0.49), (0, 0, 0), emission=screen
    )
    st.lamps.append(Lamp((x, y + 0.15 * s, z - 0.1), linear((0.6, 0.75, 1.0)), 0.35 * s, 0.8))


def clock(setup: Setup, st: Stage, x: float, y: float, z: float, s: float) -> None:
    """A mantel clock of dark wood."""
    w = 0.24 * s
    st.box(x, y, z, (w * 1.2, 0.03 * s, 0.11 * s), wood(props.WALNUT), shadow=False)
    dome = [(-w / 2, 0.03 * s), (w / 2, 0.03 * s), (w / 2, 0.15 * s)]
    dome += [(math.cos(t) * w / 2, 0.15 * s + math.sin(t) * w / 2) for t in np.linspace(0, math.pi, 15)]
    dome.append((-w / 2, 0.15 * s))
    st.cutout(x + 0.012 * s, y, z + 0.05 * s, dome, (0.16, 0.10, 0.07))
    st.cutout(x, y, z - 0.03 * s, dome, wood(props.WALNUT))
    r = 0.085 * s
    st.quad(
        (x - r, y + 0.15 * s - r + 0.012 * s, z - 0.04 * s),
        (2 * r, 0, 0),
        (0, 2 * r, 0),
        _round(props.clock_face(11.9, props.BRASS), wood(props.WALNUT)),
    )


def _round(face: Material, around: Material) -> Material:
    def draw(s: Surface) -> FloatArray:
        assert callable(face) and callable(around)
        r = np.hypot(s.a - s.width / 2, s.b - s.height / 2) / np.float32(s.width / 2)
        return mix(around(s), face(s), ramp(r, 1.0, 0.97))

    return draw


def mirror(setup: Setup, st: Stage, x: float, y: float, z: float, s: float) -> None:
    """An oval glass on a stand, holding the room's light."""
    light = setup.light
    oval = [(math.cos(t) * 0.15, 0.26 + math.sin(t) * 0.20) for t in np.linspace(0, math.tau, 40)]
    st.cutout(
        x, y, z, [(px * s * 1.10, (py - 0.26) * s * 1.08 + 0.26 * s) for px, py in oval], props.BRASS, rounded=True
    )
    deep = (light.shade[0] * 1.5, light.shade[1] * 1.5, light.shade[2] * 1.5)

    def view(f: Surface) -> FloatArray:
        u, v = f.a / np.float32(f.width), f.b / np.float32(f.height)
        streak = ramp(np.abs(u - v * np.float32(0.7) - np.float32(0.1)), 0.12, 0.06) * np.float32(0.35)
        return mix(mix(deep, light.middle, v * np.float32(0.8)), (1.0, 1.0, 1.0), streak)

    st.cutout(
        x, y, z - 0.005, [(px * s, (py - 0.26) * s + 0.26 * s) for px, py in oval], (0.3, 0.3, 0.3), emission=view
    )
    props.rounded(
        st,
        x,
        y,
        z + 0.02,
        [(0.09 * s, 0), (0.085 * s, 0.015 * s), (0.012 * s, 0.03 * s), (0.012 * s, 0.06 * s)],
        props.BRASS,
        band="near",
    )


def candle(setup: Setup, st: Stage, x: float, y: float, z: float, s: float) -> None:
    """A candle in its holder, lit."""
    props.rounded(
        st,
        x,
        y,
        z,
        [(0.06 * s, 0), (0.065 * s, 0.012 * s), (0.025 * s, 0.018 * s), (0.022 * s, 0.045 * s), (0.03 * s, 0.05 * s)],
        props.BRASS,
        band="near",
    )
    wax = gradient((0.30, 0.20, 0.10), (0.96, 0.72, 0.42))
    props.rounded(
        st, x, y + 0.045 * s, z, [(0.018 * s, 0), (0.018 * s, 0.14 * s)], (0.90, 0.84, 0.70), band="near", emission=wax
    )
    for k, hot in (
        (1.0, gradient((1.15, 0.50, 0.12), (1.2, 0.80, 0.30))),
        (0.6, gradient((1.3, 1.0, 0.55), (1.35, 1.25, 0.95))),
    ):
        flame = [(0.0, 0.075), (0.011, 0.040), (0.013, 0.018), (0.0, 0.0), (-0.013, 0.018), (-0.011, 0.040)]
        st.cutout(
            x, y + 0.190 * s, z - 0.002 * k, [(px * s * k, py * s * k) for px, py in flame], props.FLAME, emission=hot
        )
    st.lamps.append(Lamp((x, y + 0.25 * s, z - 0.04 * s), linear(props.FLAME), 0.45 * s + 0.3, 1.7))


def lantern(setup: Setup, st: Stage, x: float, y: float, z: float, s: float) -> None:
    """An oil lantern: cage, glass, flame."""
    iron: RGB = (0.20, 0.18, 0.16)
    props.rounded(
        st,
        x,
        y,
        z,
        [(0.085 * s, 0), (0.09 * s, 0.02 * s), (0.075 * s, 0.055 * s), (0.05 * s, 0.06 * s)],
        iron,
        band="near",
    )
    props.rounded(
        st,
        x,
        y + 0.06 * s,
        z,
        [(0.05 * s, 0), (0.068 * s, 0.06 * s), (0.06 * s, 0.13 * s), (0.04 * s, 0.15 * s)],
        (0.8, 0.6, 0.3),
        band="near",
        emission=gradient((1.2, 0.85, 0.42), (0.75, 0.42, 0.16)),
    )
    for dx in (-0.066, 0.0, 0.066):
        st.box(x + dx * s, y + 0.055 * s, z - 0.05 * s, (0.007 * s, 0.165 * s, 0.005), iron, shadow=False)
    props.rounded(
        st,
        x,
        y + 0.21 * s,
        z,
        [(0.05 * s, 0), (0.065 * s, 0.01 * s), (0.03 * s, 0.05 * s), (0.028 * s, 0.07 * s)],
        iron,
        band="near",
    )
    ring = [(math.cos(t) * 0.075, math.sin(t) * 0.075 + 0.27) for t in np.linspace(0, math.pi, 14)]
    ring += [(math.cos(t) * 0.067, math.sin(t) * 0.067 + 0.27) for t in np.linspace(math.pi, 0, 14)]
    st.cutout(x, y, z, [(px * s, py * s) for px, py in ring], iron)
    st.lamps.append(Lamp((x, y + 0.15 * s, z - 0.1 * s), linear(props.FLAME), 0.6 * s + 0.4, 2.4))


def flowers(setup: Setup, st: Stage, x: float, y: float, z: float, s: float) -> None:
    """A vase of blooms."""
    rng = setup.rng
    for _ in range(11):
        angle, length = float(rng.uniform(-0.75, 0.75)), float(rng.uniform(0.18, 0.33)) * s
        tx, ty = math.sin(angle) * length, 0.12 * s + math.cos(angle) * length
        stem = [(-0.003 * s, 0.1 * s), (tx - 0.003 * s, ty), (tx + 0.003 * s, ty), (0.003 * s, 0.1 * s)]
        st.cutout(x, y, z, stem, (0.18, 0.30, 0.13))
        ink: RGB = setup.pick(
            (0.78, 0.22, 0.24), (0.88, 0.62, 0.66), (0.92, 0.80, 0.40), (0.86, 0.84, 0.80), (0.52, 0.34, 0.62)
        )
        for ring, tone in ((0.042, 0.72), (0.030, 1.0), (0.015, 1.2)):
            petals = [
                (
                    tx + math.cos(t) * ring * s * (0.80 + 0.22 * abs(math.cos(2.5 * t))),
                    ty + math.sin(t) * ring * s * 0.9 * (0.80 + 0.22 * abs(math.cos(2.5 * t))),
                )
                for t in np.linspace(0, math.tau, 40)
            ]
            st.cutout(
                x, y, z - 0.002 * ring, petals, (min(ink[0] * tone, 1), min(ink[1] * tone, 1), min(ink[2] * tone, 1))
            )
    props.rounded(
        st,
        x,
        y,
        z - 0.01,
        [(0.045 * s, 0), (0.065 * s, 0.05 * s), (0.05 * s, 0.12 * s), (0.035 * s, 0.15 * s), (0.048 * s, 0.17 * s)],
        (0.34, 0.44, 0.52),
        band="near",
    )


def cup(setup: Setup, st: Stage, x: float, y: float, z: float, s: float) -> None:
    """A cup on its saucer, steaming."""
    china: RGB = (0.88, 0.86, 0.82)
    props.rounded(st, x, y, z, [(0.05 * s, 0), (0.088 * s, 0.012 * s), (0.05 * s, 0.013 * s)], china, band="near")
    ear = [(math.cos(t) * 0.030 + 0.056, math.sin(t) * 0.026 + 0.055) for t in np.linspace(0, math.tau, 20)]
    hole = [(math.cos(t) * 0.019 + 0.056, math.sin(t) * 0.016 + 0.055) for t in np.linspace(math.tau, 0, 20)]
    st.cutout(x, y, z + 0.005, [(px * s, py * s) for px, py in ear + hole], china)
    props.rounded(
        st,
        x,
        y + 0.012 * s,
        z - 0.01,
        [(0.028 * s, 0), (0.046 * s, 0.025 * s), (0.052 * s, 0.075 * s)],
        china,
        band="near",
    )
    lid = [(math.cos(t) * 0.049 * s, 0.087 * s + math.sin(t) * 0.012 * s) for t in np.linspace(0, math.tau, 24)]
    st.cutout(x, y, z - 0.012, lid, (0.20, 0.11, 0.06))
    for dx in (-0.015, 0.012):
        wisp = [(dx + math.sin(t * 5) * 0.012 - 0.005, 0.1 + 0.15 * t) for t in np.linspace(0, 1, 12)]
        wisp += [(dx + math.sin(t * 5) * 0.012 + 0.006, 0.1 + 0.15 * t) for t in np.linspace(1, 0, 12)]
        st.cutout(
            x,
            y,
            z - 0.014,
            [(px * s, py * s) for px, py in wisp],
            (0.9, 0.9, 0.9),
            opacity=0.13,
            soft=0.8,
            emission=(0.7, 0.7, 0.7),
        )


def bottle(setup: Setup, st: Stage, x: float, y: float, z: float, s: float) -> None:
    """A bottle and a glass of wine."""
    glass: RGB = (0.10, 0.20, 0.12)
    props.rounded(
        st,
        x - 0.05 * s,
        y,
        z,
        [(0.038 * s, 0), (0.038 * s, 0.18 * s), (0.014 * s, 0.24 * s), (0.013 * s, 0.30 * s), (0.016 * s, 0.305 * s)],
        glass,
        band="near",
    )
    st.cutout(
        x - 0.05 * s,
        y + 0.06 * s,
        z - 0.01,
        [(-0.036 * s, 0), (0.036 * s, 0), (0.036 * s, 0.08 * s), (-0.036 * s, 0.08 * s)],
        (0.84, 0.79, 0.66),
        rounded=True,
    )
    props.rounded(
        st,
        x + 0.07 * s,
        y,
        z - 0.02,
        [(0.035 * s, 0), (0.033 * s, 0.004 * s), (0.004 * s, 0.01 * s), (0.004 * s, 0.08 * s)],
        (0.72, 0.76, 0.78),
        band="near",
    )
    props.rounded(
        st,
        x + 0.07 * s,
        y + 0.08 * s,
        z - 0.02,
        [(0.006 * s, 0), (0.036 * s, 0.03 * s), (0.038 * s, 0.05 * s)],
        (0.46, 0.06, 0.10),
        band="near",
    )
    st.cutout(
        x + 0.07 * s,
        y + 0.125 * s,
        z - 0.022,
        [(-0.038 * s, 0), (0.038 * s, 0), (0.033 * s, 0.06 * s), (-0.033 * s, 0.06 * s)],
        (0.8, 0.84, 0.86),
        opacity=0.28,
        rounded=True,
    )


def key(setup: Setup, st: Stage, x: float, y: float, z: float, s: float) -> None:
    """An old key, lying."""
    outline = [(math.cos(t) * 0.026 - 0.075, math.sin(t) * 0.024) for t in np.linspace(0.22, math.tau - 0.22, 26)]
    inner = [(math.cos(t) * 0.015 - 0.077, math.sin(t) * 0.013) for t in np.linspace(math.tau - 0.1, 0.1, 20)]
    bow = [*outline, (-0.05, -0.004), *inner]
    shaft = [
        (-0.052, 0.005),
        (0.085, 0.005),
        (0.085, -0.026),
        (0.070, -0.026),
        (0.070, -0.014),
        (0.062, -0.014),
        (0.062, -0.024),
        (0.048, -0.024),
        (0.048, -0.005),
        (-0.052, -0.005),
    ]
    for points in (shaft, bow):
        flat = np.stack(
            [st.at(x + px * s + py * s * 0.3, y + 0.004, z + py * s * 1.3 - px * s * 0.25) for px, py in points]
        ).astype(np.float32)
        st.polygon(flat, st.direction((0.1, 0, 0)), st.direction((0, 0, 0.1)), st.direction((0, 1, 0)), props.BRASS)


def box(setup: Setup, st: Stage, x: float, y: float, z: float, s: float) -> None:
    """A small chest."""
    props.trunk(st, x, z, turn=0.35, y=y, band="near", size=(0.26 * s, 0.14 * s, 0.17 * s), skin=(0.40, 0.25, 0.15))


OBJECTS: dict[str, tuple[Callable[[Setup, Stage, float, float, float, float], None], float, tuple[str, ...]]] = {
    "book": (book, 1.25, ("diary", "journal", "notebook", "novel", "bible", "manuscript", "open book")),
    "letter": (
        letter,
        1.5,
        ("envelope", "note", "telegram", "map", "document", "newspaper", "postcard", "contract", "scroll"),
    ),
    "photograph": (
        photograph,
        1.45,
        ("photo", "picture frame", "portrait photo", "polaroid", "snapshot", "old photo", "framed picture"),
    ),
    "phone": (
        phone,
        1.7,
        ("telephone", "smartphone", "cell phone", "cellphone", "mobile phone", "text message", "receiver"),
    ),
    "clock": (clock, 1.15, ("pocket watch", "alarm clock", "watch", "timer", "stopwatch")),
    "mirror": (mirror, 0.85, ("looking glass", "reflection in mirror")),
    "candle": (candle, 1.25, ("candlelight", "candlestick", "candelabra")),
    "lantern": (lantern, 1.05, ("oil lamp", "gas lamp", "lamp", "torch")),
    "flowers": (flowers, 0.85, ("flower", "roses", "rose", "bouquet", "vase", "tulips", "lilies", "sunflowers")),
    "cup": (cup, 1.9, ("coffee", "tea", "mug", "teacup", "cup of tea", "cup of coffee")),
    "bottle": (bottle, 1.0, ("wine", "whiskey", "whisky", "glass of wine", "champagne", "drink")),
    "key": (key, 1.9, ("old key", "keys")),
    "box": (
        box,
        1.2,
        ("chest", "music box", "treasure chest", "jewelry box", "suitcase", "gift", "briefcase", "trunk"),
    ),
}
"""Name → (how to draw it, its size in an insert, other words for it)."""
