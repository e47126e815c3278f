"""The few things every part of the draft panel speaks of: what to draw, its light, its framing, its layers.

    PanelSpec ──► light.of(spec) ──► Light ─┐
        │                                   ├─► scenes, figures, traces ─► [Layer, …] ─► Panel ─► still, motion
        └───────► framing.of(spec) ► Framing┘

Arrays are float32 in display-referred 0..1, shape (height, width, 3) for colour and (height, width) for coverage.
A panel is drawn larger than the frame by ``MARGIN`` on both axes, so that a camera can move over it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
RGB = tuple[float, float, float]

MARGIN = 1.16
"""Drawn size over frame size, on each axis."""


@dataclass(frozen=True)
class PanelSpec:
    """What a storyboard panel shows. Nothing else may influence its pixels."""

    prompt: str
    negative_prompt: str = ""
    shot_type: str = "medium"
    characters: tuple[str, ...] = ()
    landscapes: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    mood: str | None = None
    time_of_day: str | None = None
    seed: int = 0


@dataclass(frozen=True)
class Light:
    """The light of a place at a time in a mood; colours are display-referred 0..1."""

    zenith: RGB
    middle: RGB
    horizon: RGB
    sun: RGB
    """Colour of the key light, be it sun, moon or lamp."""
    shade: RGB
    """Colour that near, unlit things tend to."""
    rim: RGB
    """Colour of the edge light on figures and things."""
    sun_x: float
    """Across the frame, 0 left .. 1 right."""
    sun_height: float
    """0 on the horizon .. 1 at the zenith."""
    ambient: float
    """How much light reaches what the key does not, 0..1."""
    night: bool
    brightness: float = 1.0
    saturation: float = 1.0
    contrast: float = 1.0
    tint: RGB = (1.0, 1.0, 1.0)

    @property
    def key_side(self) -> int:
        """-1 when the key comes from the left, 1 from the right."""
        return -1 if self.sun_x < 0.5 else 1


@dataclass(frozen=True)
class Framing:
    """How a shot type places camera and figures. Fractions are of the frame's height."""

    name: str
    figure_height: float
    """Height of a standing adult, head to sole; above 1 the frame crops it."""
    head_top: float
    """Where the top of the head is, 0 top .. 1 bottom of the frame."""
    horizon: float
    """Where the horizon is, 0 top .. 1 bottom."""
    defocus: float
    """Blur of the background, as a fraction of the frame's height."""
    scene_zoom: float = 1.0
    """How much nearer the place itself is: > 1 shows less of it."""


@dataclass
class Layer:
    """One sheet of the panel, straight (not premultiplied) colour and its coverage."""

    rgb: FloatArray
    alpha: FloatArray
    depth: float
    """0 far .. 1 near: what the camera's parallax and the defocus go by."""
    life: str | None = None
    """What moves in it by itself: clouds, water, foliage, flicker …; None for nothing."""


@dataclass
class Panel:
    """Layers from far to near, already graded; ``width`` × ``height`` is the frame, layers are MARGIN larger."""

    spec: PanelSpec
    layers: list[Layer]
    width: int
    height: int
    light: Light
    framing: Framing
    weather: tuple[str, ...] = field(default=())
    """Particles that the motion draws over it: rain, snow, dust, embers, fog, leaves …"""


def rng_of(*parts: object) -> np.random.Generator:
    """A generator that depends on these words and nothing else, the same on every platform."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def drawn_size(width: int, height: int) -> tuple[int, int]:
    """Even (width, height) in pixels of the layers of a ``width`` × ``height`` panel."""
    return round(width * MARGIN / 2) * 2, round(height * MARGIN / 2) * 2
