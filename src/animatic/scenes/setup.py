"""What every scene is handed: the shot, its light and framing, a canvas, and two dice.

    Setup.rng    camera, placement, shapes: another prompt or seed composes differently
    Setup.place  what the place is made of: the same landscape keeps its walls and stone from shot to shot

A scene answers with a Place: layers far to near, and what it already shows so that no trace draws it again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from animatic.canvas import Canvas
from animatic.elements import RGB, FloatArray, Framing, Layer, Light, PanelSpec, rng_of
from animatic.light import blend
from animatic.scenes.stage import Stage, linear
from animatic.words import plain, says

T = TypeVar("T")

LAMP: RGB = (1.0, 0.72, 0.38)
"""A warm bulb or flame."""


@dataclass
class Place:
    """A drawn landscape."""

    layers: list[Layer]
    stage: Stage
    """Its camera and light, for what traces add."""
    shows: frozenset[str] = frozenset()
    weather: tuple[str, ...] = ()
    outdoors: bool = True
    ground: FloatArray | None = None


@dataclass
class Setup:
    """One camera set-up."""

    spec: PanelSpec
    light: Light
    framing: Framing
    canvas: Canvas
    name: str
    text: str = field(init=False)
    """Everything the shot says, plain."""
    prompt: str = field(init=False)
    """What the prompt alone says, plain: things are drawn for it, places are not things."""
    banned: str = field(init=False)
    rng: np.random.Generator = field(init=False)
    place: np.random.Generator = field(init=False)
    _leaves: FloatArray | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        spec = self.spec
        self.text = plain(*spec.landscapes, spec.prompt)
        self.prompt = plain(spec.prompt)
        self.banned = plain(spec.negative_prompt)
        self.rng = rng_of("scene", spec.seed, spec.prompt, spec.landscapes, self.framing.name)
        self.place = rng_of("place", self.name, *spec.landscapes)

    def leaves(self) -> FloatArray:
        """Fine dapple of foliage, drawn once per picture."""
        if self._leaves is None:
            dice = rng_of("leaves", self.spec.seed)  # its own: whether leaves are seen must not move other things
            fine = self.canvas.noise(dice, 95, 1, stretch=1.2, detail=1)
            mass = self.canvas.noise(dice, 24, 2)
            self._leaves = np.asarray(fine * np.float32(0.65) + mass * np.float32(0.35), np.float32)
        return self._leaves

    def says(self, *words: str) -> bool:
        """Whether the shot speaks of it and does not forbid it."""
        return any(says(self.text, word) and not says(self.banned, word) for word in words)

    def allows(self, *words: str) -> bool:
        return not says(self.banned, *words)

    @property
    def side(self) -> int:
        """The side away from the key light: where a scene may put weight."""
        return -self.light.key_side

    @property
    def dim(self) -> bool:
        """Whether lamps are lit."""
        return self.light.night or self.light.ambient < 0.4

    def pick(self, *options: T) -> T:
        return options[int(self.rng.integers(len(options)))]

    def make(self, *options: T) -> T:
        """A choice that belongs to the place, not to the shot."""
        return options[int(self.place.integers(len(options)))]

    def between(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    # -- stages

    def indoor(self, wide: float = 1.05, yaw: float | None = None, ambient: float = 1.0) -> Stage:
        """A stage lit by what comes in: little ambient light, the sky's colour in it by day."""
        light = self.light
        turn = self.between(0.06, 0.24) * self.pick(-1, 1) if yaw is None else yaw
        base = 0.25 * ambient * (0.24 + 0.86 * light.ambient)
        tone = blend(light.middle, light.sun, 0.45)
        top = max(*tone, 0.05)
        tone = (tone[0] / top, tone[1] / top, tone[2] / top)
        sky = linear(blend((0.9, 0.9, 0.92), tone, 0.6), base)
        bounce = linear(blend((0.8, 0.78, 0.76), light.sun, 0.5), base * 0.75)
        return Stage(self.canvas, self.framing, turn, self.between(-0.08, 0.08), wide, sky, bounce)

    def outdoor(self, wide: float = 1.05, yaw: float | None = None, fog: float = 0.006) -> Stage:
        """A stage under the open sky."""
        light = self.light
        turn = self.between(-0.16, 0.16) if yaw is None else yaw
        tone = blend(light.zenith, light.middle, 0.6)
        power = 1.05 if not light.night else 1.7
        stage = Stage(
            self.canvas, self.framing, turn, self.between(-0.12, 0.12), wide,
            linear(blend(tone, (0.75, 0.77, 0.8), 0.25 * light.ambient), power),
            linear(blend(light.shade, light.horizon, 0.30 * light.ambient + 0.08), 0.8),
            indoors=False,
        )  # fmt: skip
        stage.sun = (self.to_sun(stage), linear(light.sun, 0.42 if light.night else 0.35 + 0.75 * light.ambient))
        stage.fog = (blend(light.horizon, light.middle, 0.35), fog)
        return stage

    def to_sun(self, stage: Stage) -> tuple[float, float, float]:
        """Direction to the key: before the lens when it is low, over the camera's shoulder when it is high."""
        light = self.light
        across = (light.sun_x - 0.5) * self.canvas.aspect / stage.focal
        if light.sun_height > 0.45:
            vector = np.array([across * 2.2, 1.3, -0.9])
        elif light.sun_height > 0.2:
            vector = np.array([across * 4.0, 0.8, -0.12])
        else:
            vector = np.array([across * 3.2, 0.16 + light.sun_height, 0.55])
        vector /= np.linalg.norm(vector)
        return float(vector[0]), float(vector[1]), float(vector[2])
