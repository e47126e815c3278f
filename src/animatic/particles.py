"""What falls, floats and glints over a panel: rain, snow, dust, embers, leaves, light on water; and the fog.

    kinds + seed ──► Swarm (where each particle starts, how it travels) ──► paint(planes, frame, path)
                 └─► Fog

A particle's place is a function of the seed and the frame's time, never of the frame before, so any frame can be
drawn alone. Particles are blended at sub-pixel positions and follow the camera by their depth, or they would
seem stuck to the glass. Sizes are fractions of the frame's height.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from animatic.camera import Path
from animatic.cels import levels_of
from animatic.elements import RGB, Light, rng_of
from animatic.fog import Fog

Numbers = NDArray[np.floating]
Plane = NDArray[np.uint8]
Planes = tuple[Plane, Plane, Plane]

FRONT = 0.45
"""Particles deeper than this are painted behind the nearest things of a panel."""

_SIDE = 0.12
"""How far beyond the frame particles live, so that none pops up at its edge."""


@dataclass(frozen=True)
class _Habit:
    """How a kind of particle looks and travels; ranges are (least, most), speeds in frame heights a second."""

    count: int
    size: tuple[float, float]
    strength: tuple[float, float]
    across: tuple[float, float]
    down: tuple[float, float]
    sway: float = 0.0
    twinkle: float = 0.0
    stretch: float = 1.0
    """Long axis over short axis; such a particle tumbles."""
    colours: tuple[RGB, ...] = ()
    """Empty: lit by the scene's key light, and it leaves the colour behind it as it is."""
    edge: float = 1.0
    """1 soft like something out of focus, 2 and more a body with an edge."""


_HABITS: dict[str, _Habit] = {
    "dust": _Habit(70, (0.0012, 0.006), (0.10, 0.34), (-0.012, 0.016), (-0.012, 0.010), 0.012, 0.6),
    "snow": _Habit(260, (0.0018, 0.011), (0.45, 0.9), (-0.03, 0.05), (0.07, 0.20), 0.018),
    "blizzard": _Habit(340, (0.0016, 0.008), (0.35, 0.8), (0.35, 0.7), (0.12, 0.3), 0.02),
    "ash": _Habit(80, (0.0015, 0.005), (0.25, 0.5), (-0.03, 0.05), (0.02, 0.07), 0.02, stretch=1.8),
    "embers": _Habit(
        110, (0.002, 0.0062), (0.75, 1.0), (-0.02, 0.05), (-0.24, -0.07), 0.02, 0.7,
        colours=((1.0, 0.55, 0.16), (1.0, 0.38, 0.08), (1.0, 0.74, 0.34)),
    ),
    "leaves": _Habit(
        20, (0.007, 0.014), (0.85, 1.0), (0.04, 0.13), (0.07, 0.15), 0.035, stretch=2.1,
        colours=((0.62, 0.32, 0.08), (0.72, 0.48, 0.13), (0.42, 0.2, 0.07), (0.36, 0.36, 0.12)), edge=3.0,
    ),
    "petals": _Habit(
        26, (0.005, 0.010), (0.8, 1.0), (0.02, 0.09), (0.05, 0.11), 0.03, stretch=1.6,
        colours=((0.96, 0.78, 0.82), (0.98, 0.88, 0.9)), edge=3.0,
    ),
    "fireflies": _Habit(
        26, (0.003, 0.0065), (0.7, 1.0), (-0.02, 0.02), (-0.02, 0.015), 0.03, 1.0, colours=((0.86, 1.0, 0.42),)
    ),
    "bubbles": _Habit(46, (0.0015, 0.007), (0.12, 0.32), (-0.01, 0.01), (-0.13, -0.05), 0.012),
}  # fmt: skip

_SYNONYMS: dict[str, str] = {
    "drizzle": "drizzle", "storm": "storm", "thunderstorm": "storm", "downpour": "storm", "snowfall": "snow",
    "snowstorm": "blizzard", "motes": "dust", "particles": "dust", "sparks": "embers", "fire": "embers",
    "blossom": "petals", "mist": "fog", "haze": "haze", "smoke": "fog", "steam": "fog", "underwater": "bubbles",
    "sandstorm": "haze", "wind": "leaves", "autumn": "leaves",
}  # fmt: skip

_RAIN = {"drizzle": (130, 0.22), "rain": (300, 0.4), "storm": (440, 0.46)}
_FOG = {"fog": 0.42, "haze": 0.2}


@dataclass(frozen=True)
class Moment:
    """A frame of a shot: its number, its time, and the camera's path that says from where it is seen."""

    frame: int
    seconds: float
    path: Path


class Weather:
    """Everything in the air of one shot."""

    def __init__(self, kinds: tuple[str, ...], size: tuple[int, int], seed: int, light: Light) -> None:
        names = dict.fromkeys(_SYNONYMS.get(kind.lower(), kind.lower()) for kind in kinds)
        self._swarms = [
            *(_Swarm(_HABITS[name], name, size, seed, light) for name in names if name in _HABITS),
            *(_Rain(name, size, seed, light) for name in names if name in _RAIN),
        ]
        fogs = [name for name in names if name in _FOG]
        self._fog = Fog(max(_FOG[name] for name in fogs), size, seed, light) if fogs else None

    def __bool__(self) -> bool:
        return bool(self._swarms) or self._fog is not None

    def paint(self, planes: Planes, moment: Moment, *, front: bool) -> None:
        """Blend what is in the air into the planes: the part behind the nearest things, or in front of them."""
        if self._fog:
            self._fog.paint(planes, moment.seconds, front=front)
        for swarm in self._swarms:
            swarm.paint(planes, moment, front=front)


class _Swarm:
    def __init__(self, habit: _Habit, name: str, size: tuple[int, int], seed: int, light: Light) -> None:
        rng, width, height = rng_of("particles", name, seed), size[0], size[1]
        self._size, self._habit = size, habit
        count = max(4, round(habit.count * min(2.0, width / height / (16 / 9)) ** 0.7))
        self._depth = rng.random(count)
        # Near particles are few, large and quick; the power keeps most of them small.
        near = self._depth**2.2
        self._radius = height * (habit.size[0] + (habit.size[1] - habit.size[0]) * near)
        # A larger one is farther out of focus, so it is fainter.
        self._strength = rng.uniform(*habit.strength, count) * (1.0 - 0.55 * near / habit.edge)
        pace = 0.45 + 0.75 * self._depth
        self._x, self._y = rng.random(count), rng.random(count)
        self._across = rng.uniform(*habit.across, count) * pace * height / width
        self._down = rng.uniform(*habit.down, count) * pace
        self._sway = habit.sway * rng.uniform(0.5, 1.0, count)
        self._rhythm = rng.uniform(0.12, 0.42, count)
        self._phase = rng.uniform(0, 2 * math.pi, count)
        self._spin = rng.uniform(-1.6, 1.6, count)
        colours = np.array(habit.colours or (_airy(light),))[rng.integers(0, max(1, len(habit.colours)), count)]
        if habit.colours and habit.edge > 1:  # lit things, not lights: they share the darkness of the scene
            colours = colours * (0.35 + 0.65 * min(1.0, light.brightness * (0.45 if light.night else 1.0)))
        self._y_value, self._u_value, self._v_value = levels_of(colours)

    def paint(self, planes: Planes, moment: Moment, *, front: bool) -> None:
        chosen = np.flatnonzero((self._depth >= FRONT) == front)
        if not chosen.size:
            return
        x, y = self._place(chosen, moment)
        strength, radius = self._strength[chosen], self._radius[chosen]
        turn = 2 * math.pi * self._rhythm[chosen] * moment.seconds + self._phase[chosen]
        if self._habit.twinkle:
            strength = strength * (1 - self._habit.twinkle * (0.5 + 0.5 * np.sin(turn * 1.7)))
        long, angle = radius, np.zeros_like(radius)
        if self._habit.stretch > 1:
            # A tumbling leaf turns its edge to the camera and back.
            long = radius * (0.25 + 0.75 * np.abs(np.sin(turn * 1.3)))
            radius, angle = radius / self._habit.stretch, self._spin[chosen] * moment.seconds + self._phase[chosen]
        value = self._y_value[chosen]
        spots = _Spots(x, y, long, radius, angle, strength, value, self._habit.edge)
        spots.blend(planes[0])
        if self._habit.colours:
            spots.halved(self._u_value[chosen]).blend(planes[1])
            spots.halved(self._v_value[chosen]).blend(planes[2])

    def _place(self, chosen: NDArray[np.intp], moment: Moment) -> tuple[Numbers, Numbers]:
        turn = 2 * math.pi * self._rhythm[chosen] * moment.seconds + self._phase[chosen]
        width, height = self._size
        x = self._x[chosen] + self._across[chosen] * moment.seconds + self._sway[chosen] * np.sin(turn) * height / width
        y = self._y[chosen] + self._down[chosen] * moment.seconds + 0.4 * self._sway[chosen] * np.sin(turn * 0.63 + 1)
        return _seen(x, y, self._depth[chosen], moment)


_TAPER = (np.sin(np.pi * (np.arange(256) + 0.5) / 256) ** 0.7).astype(np.float32)
"""How strong a streak is along its way."""
_BESIDE = np.array([-1, 0, 1], np.float32)


class _Rain:
    """Drops are streaks as long as they fall while a shutter is open, slanted by one wind."""

    def __init__(self, name: str, size: tuple[int, int], seed: int, light: Light) -> None:
        rng, (width, height) = rng_of("particles", name, seed), size
        count, strength = _RAIN[name]
        count = max(8, round(count * min(2.0, width / height / (16 / 9)) ** 0.7))
        self._size = size
        self._depth = rng.random(count)
        self._x, self._y = rng.random(count), rng.random(count)
        self._fall = (1.1 + 1.5 * self._depth) * rng.uniform(0.92, 1.08, count)
        wind = rng.uniform(0.05, 0.13) * (1 if rng.integers(2) else -1) * (2.2 if name == "storm" else 1.0)
        self._slant = (wind * rng.uniform(0.9, 1.1, count)).astype(np.float32)
        self._length = (height * self._fall * 0.024).astype(np.float32)
        self._radius = np.maximum(0.55, height * (0.0007 + 0.0012 * self._depth**2)).astype(np.float32)
        bright = strength * (0.35 + 0.65 * self._depth) * (0.75 if light.night else 1.0)
        self._strength = bright.astype(np.float32)
        self._value = float(levels_of(np.array([_airy(light)]))[0][0])

    def paint(self, planes: Planes, moment: Moment, *, front: bool) -> None:
        chosen = np.flatnonzero((self._depth >= FRONT) == front)
        width, height = self._size
        fall = self._fall[chosen] * moment.seconds
        x = self._x[chosen] + fall * self._slant[chosen] * height / width
        x, y = _seen(x, self._y[chosen] + fall, self._depth[chosen], moment)
        x, y = x.astype(np.float32), y.astype(np.float32)
        length, slant = self._length[chosen], self._slant[chosen]
        steps = np.arange(int(length.max(initial=1)) + 2, dtype=np.float32)
        top = np.floor(y)
        down = steps - (y - top)[:, None]
        along = down / length[:, None]
        taper = _TAPER.take((along * len(_TAPER)).astype(np.intp), mode="clip")
        taper *= (along > 0) & (along < 1)
        middle = x[:, None] + down * slant[:, None]
        nearest = np.rint(middle)
        columns = nearest[..., None] + _BESIDE
        reach = self._radius[chosen][:, None, None] + np.float32(0.5)
        weight = 1 - np.abs(columns - middle[..., None]) / reach
        weight *= (taper * self._strength[chosen][:, None])[..., None]
        _blend(planes[0], columns, (top[:, None] + steps)[..., None], weight, self._value)


class Glints:
    """Light on water: short level strokes that flare and fade, only where there is water."""

    def __init__(self, mask: Plane, origin: tuple[int, int], height: int, seed: int, light: Light) -> None:
        rng, (left, top) = rng_of("glints", seed), origin
        x, y = rng.random(900), rng.random(900)
        rows, columns = mask.shape
        wet = mask[(y * rows).astype(int), (x * columns).astype(int)] > 100
        # The path of light below the sun or moon holds more of them.
        lit = np.abs((x * columns + left) / (columns + 2 * left) - light.sun_x) < 0.16
        keep = np.flatnonzero(wet & (lit | (rng.random(900) < 0.35)))[:170]
        self._x, self._y = x[keep] * columns + left, y[keep] * rows + top
        count, far = keep.size, 1 - y[keep]
        self._long = height * rng.uniform(0.006, 0.016, count) * (1.15 - 0.75 * far)
        self._thin = np.maximum(0.6, height * 0.0016 * (1.2 - 0.7 * far))
        self._rhythm, self._phase = rng.uniform(0.16, 0.5, count), rng.uniform(0, 2 * math.pi, count)
        self._strength = rng.uniform(0.25, 0.6, count) * (0.7 if light.night else 1.0)
        self._value = levels_of(np.array([light.sun]))[0].repeat(count)

    def paint(self, luma: Plane, box: tuple[float, float, float, float], seconds: float) -> None:
        height, width = luma.shape
        flare = np.maximum(0.0, np.sin(2 * math.pi * self._rhythm * seconds + self._phase)) ** 3
        x = (self._x - box[0]) * width / (box[2] - box[0])
        y = (self._y - box[1]) * height / (box[3] - box[1])
        level = np.zeros_like(x)
        _Spots(x, y, self._long, self._thin, level, self._strength * flare, self._value).blend(luma)


def _seen(x: Numbers, y: Numbers, depth: Numbers, moment: Moment) -> tuple[Numbers, Numbers]:
    """Fractions of the frame, wrapped, as the camera sees them, in pixels."""
    path = moment.path
    (width, height), view, lens = path.frame, path.view(moment.frame), path.move.lens
    reach, near = lens.offset(depth), view.zoom ** lens.zoom(depth)
    span = 1 + 2 * _SIDE
    x = (x - view.x * reach) % span - _SIDE
    y = (y - view.y * reach) % span - _SIDE
    return ((x - 0.5) * near + 0.5) * width, ((y - 0.5) * near + 0.5) * height


@dataclass(frozen=True)
class _Spots:
    """Soft ellipses on a plane: where, how large, turned how far, how strong and of which value."""

    x: Numbers
    y: Numbers
    long: Numbers
    thin: Numbers
    angle: Numbers
    strength: Numbers
    value: Numbers
    edge: float = 1.0

    def halved(self, value: Numbers) -> _Spots:
        """The same spots for a chroma plane."""
        long, thin = np.maximum(self.long / 2, 0.6), np.maximum(self.thin / 2, 0.6)
        return replace(self, x=self.x / 2, y=self.y / 2, long=long, thin=thin, value=value)

    def blend(self, plane: Plane) -> None:
        """Spots of like size go together, so that small ones stay cheap."""
        far = 1.9 if self.edge <= 1 else 1.35
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        wide = np.hypot(self.long * cos, self.thin * sin) * far + 1
        high = np.hypot(self.long * sin, self.thin * cos) * far + 1
        size = np.maximum(wide, high)
        for least, most in pairwise((0.0, 2.5, 5.0, 10.0, 1000.0)):
            some = np.flatnonzero((size > least) & (size <= most) & (self.strength > 0.01))
            if some.size:
                self._blend(plane, some, math.ceil(float(wide[some].max())), math.ceil(float(high[some].max())))

    def _blend(self, plane: Plane, some: NDArray[np.intp], wide: int, high: int) -> None:
        def of(values: Numbers) -> Numbers:
            return values[some].astype(np.float32)[:, None, None]

        x, y, long, thin, angle = of(self.x), of(self.y), of(self.long), of(self.thin), of(self.angle)
        columns = np.floor(x) + np.arange(-wide, wide + 1, dtype=np.float32)[None, None, :]
        rows = np.floor(y) + np.arange(-high, high + 1, dtype=np.float32)[None, :, None]
        dx, dy = columns + np.float32(0.5) - x, rows + np.float32(0.5) - y
        if self.edge == 1.0 and not angle.any():
            weight = np.exp(-((dx / long) ** 2)) * np.exp(-((dy / thin) ** 2))
        else:
            cos, sin = np.cos(angle), np.sin(angle)
            across, down = (dx * cos + dy * sin) / long, (dy * cos - dx * sin) / thin
            weight = np.exp(-((across**2 + down**2) ** np.float32(self.edge)))
        weight *= of(self.strength)
        _blend(plane, columns, rows, weight, of(self.value))


def _blend(plane: Plane, columns: Numbers, rows: Numbers, weight: Numbers, value: Numbers | float) -> None:
    """Mix a value into a plane, at columns and rows that broadcast to the shape of the weights."""
    height, width = plane.shape
    inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height) & (weight > 0.004)
    at = (rows.astype(np.intp) * width + columns.astype(np.intp))[inside]
    flat = plane.reshape(-1)
    before = flat[at].astype(np.float32)
    target = np.broadcast_to(np.asarray(value, dtype=np.float32), weight.shape)[inside]
    flat[at] = np.rint(before + (target - before) * weight[inside]).astype(np.uint8)


def _airy(light: Light) -> RGB:
    """The colour of something small and pale in this light."""
    return tuple(min(1.0, 0.35 + 0.65 * channel) for channel in light.sun)  # pyright: ignore[reportReturnType]  # three channels in, three out
