"""One storyboard panel: place, traces and people put together by depth, focused and graded; and its still.

    spec ─► light.of, framing.of ─► scene ─► traces ─► figures ─► layers far to near
                                                                     │  focus: blur by distance from the people
                                                                     │  bloom: bright things glow
                                                                     └─ grade: exposure, colour, contrast, shoulder
    Panel ─► still: flattened, cropped to the frame, vignette, grain, eight bits

The same spec and size give the same pixels on every run; another size gives the same picture. Grain and vignette are
laid on stills only: a moving camera puts its own on every frame.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from film.providers.draft import framing as framings
from film.providers.draft import light as lights
from film.providers.draft import traces
from film.providers.draft.canvas import Canvas, luminance, resized, shrunk, soft
from film.providers.draft.elements import FloatArray, Layer, Light, Panel, PanelSpec, rng_of
from film.providers.draft.figures import draw_figures
from film.providers.draft.scenes import registry

FOCUS = 0.60
"""Depth of what the lens is focused on: people."""


def draw_panel(spec: PanelSpec, width: int, height: int) -> Panel:
    """Draw the panel of a shot for a frame of ``width`` × ``height`` pixels."""
    light = lights.of(spec)
    framing = registry.fit(registry.LANDSCAPES[registry.name_of(spec)], framings.of(spec))
    canvas = Canvas(width, height)
    setup, place = registry.draw(spec, light, framing, canvas)
    people = draw_figures(spec, lights.indoors(light) if not place.outdoors else light, framing, canvas.width, canvas.height, place.ground)
    extra, weather = traces.draw(setup, place, held=bool(people) and framing.name == "insert")
    layers = place.layers + extra
    layers.sort(key=lambda layer: layer.depth)
    for layer in layers:
        _focus(layer, framing.defocus * height)
        _bloom(layer, canvas)
    layers = sorted([*layers, *people], key=lambda layer: layer.depth)
    tilt = rng_of("dutch", spec.seed, spec.prompt).choice((-1, 1)) * 0.13 if framing.name == "dutch" else 0.0
    for layer in layers:
        if tilt:
            _tilt(layer, tilt)
        _grade(layer, light)
    return Panel(spec, layers, width, height, light, framing, tuple(dict.fromkeys((*place.weather, *weather))))


def still(panel: Panel) -> NDArray[np.uint8]:
    """The panel as a picture of the frame's size."""
    first = panel.layers[0]
    picture = first.rgb * first.alpha[..., None]
    for layer in panel.layers[1:]:
        picture += (layer.rgb - picture) * layer.alpha[..., None]
    high, wide = picture.shape[:2]
    y, x = (high - panel.height) // 2, (wide - panel.width) // 2
    frame = picture[y : y + panel.height, x : x + panel.width]
    across = np.linspace(-1, 1, panel.width, dtype=np.float32)[None, :]
    down = np.linspace(-1, 1, panel.height, dtype=np.float32)[:, None]
    corner = np.clip(np.sqrt(across * across * np.float32(0.85) + down * down * np.float32(0.75)) - 0.45, 0, None)
    frame = frame * (1 - np.float32(0.32) * corner * corner / (corner * corner + np.float32(0.35)) * 1.6)[..., None]
    rng = rng_of("grain", panel.spec.seed, panel.width, panel.height)
    grain = rng.standard_normal((panel.height, panel.width), np.float32)
    grain = grain * np.float32(0.75) + soft(grain, 0.8) * np.float32(0.9)
    value = luminance(frame)
    strength = np.float32(0.006) + np.float32(0.007) * np.sqrt(np.clip(value * (1 - value), 0, 1))
    frame = frame + (grain * strength)[..., None]
    dither = rng.random((panel.height, panel.width), np.float32)[..., None]
    return np.clip(np.floor(frame * 255 + dither), 0, 255).astype(np.uint8)


# -- lens


def _focus(layer: Layer, radius: float) -> None:
    """Blur by the distance from the plane of focus, in the light itself, so that lamps open into discs."""
    away = (FOCUS - layer.depth) / FOCUS if layer.depth < FOCUS else (layer.depth - FOCUS) / (1 - FOCUS) * 1.15
    size = radius * min(1.0, max(0.0, away * 1.25))
    if size < 0.6:
        return
    factor = max(1, min(4, int(size / 2.2)))
    height, width = layer.alpha.shape
    disc = _disc(size / factor)
    opaque = float(layer.alpha.min()) >= 0.999
    alpha = shrunk(layer.alpha, factor) if factor > 1 else layer.alpha
    spread = np.maximum(_convolved(alpha, disc), 0) if not opaque else alpha
    out = np.empty_like(layer.rgb)
    for channel in range(3):
        field = np.ascontiguousarray(layer.rgb[..., channel])
        field = shrunk(field, factor) if factor > 1 else field
        bright = field * field * (1 + np.maximum(field - np.float32(0.7), 0) * np.float32(5))
        bright = _convolved(bright * alpha, disc)
        if not opaque:
            bright = bright / np.maximum(spread, 1e-3)
        bright = np.sqrt(np.maximum(bright, 0))
        out[..., channel] = resized(bright, width, height) if factor > 1 else bright
    layer.rgb = np.clip(out, 0, 1.6)
    if not opaque:
        layer.alpha = np.clip(resized(spread, width, height) if factor > 1 else spread, 0, 1)


def _disc(radius: float) -> FloatArray:
    """An iris: a soft-edged disc, a little brighter at its rim, of sum 1."""
    reach = int(np.ceil(radius)) + 1
    at = np.arange(-reach, reach + 1, dtype=np.float32)
    r = np.hypot(at[:, None], at[None, :])
    disc = np.clip(radius - r + 0.5, 0, 1) * (1 + np.float32(0.25) * (r / max(radius, 1e-3)) ** 2)
    return (disc / disc.sum()).astype(np.float32)


def _convolved(field: FloatArray, kernel: FloatArray) -> FloatArray:
    """The field under a small kernel, its borders continued."""
    reach = kernel.shape[0] // 2
    wide = np.pad(field, reach, mode="edge")
    height, width = _fast(wide.shape[0]), _fast(wide.shape[1])
    spectrum = np.fft.rfft2(wide, (height, width)) * np.fft.rfft2(kernel, (height, width))
    result = np.fft.irfft2(spectrum, (height, width))
    return result[2 * reach : 2 * reach + field.shape[0], 2 * reach : 2 * reach + field.shape[1]].astype(np.float32)


def _fast(size: int) -> int:
    """The next size that a Fourier transform likes: factors 2, 3, 5 only."""
    while True:
        rest = size
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return size
        size += 1


def _bloom(layer: Layer, canvas: Canvas) -> None:
    """What is brighter than paper glows into its surroundings."""
    if layer.life in {"fog", "rays"} or not np.any(layer.rgb > 0.86):
        return
    factor = max(2, canvas.frame_height // 135)
    height, width = layer.alpha.shape
    for channel in range(3):
        small = shrunk(np.maximum(layer.rgb[..., channel] - np.float32(0.84), 0) * layer.alpha, factor)
        glow = soft(small, canvas.frame_height * 0.010 / factor) * np.float32(0.55)
        glow += soft(small, canvas.frame_height * 0.045 / factor) * np.float32(0.75)
        layer.rgb[..., channel] += resized(glow, width, height)


def _tilt(layer: Layer, angle: float) -> None:
    """Turn the whole sheet about the frame's middle, enlarged so that no corner is left empty."""
    from PIL import Image

    height, width = layer.alpha.shape
    grow = 1 / (1 + abs(np.sin(angle)) * 0.42)
    c, s = float(np.cos(angle) * grow), float(np.sin(angle) * grow)
    cx, cy = width / 2, height / 2
    matrix = (c, s, cx - c * cx - s * cy, -s, c, cy + s * cx - c * cy)

    def turned(field: FloatArray) -> FloatArray:
        edge = 24
        image = Image.fromarray(np.ascontiguousarray(np.pad(field, edge, mode="edge")))
        a, b, e, d, f, g = matrix
        e, g = e + edge - edge * (a + b) + edge * 0, g + edge - edge * (d + f)
        moved = image.transform((width + 2 * edge, height + 2 * edge), Image.Transform.AFFINE,
                                (a, b, e, d, f, g), Image.Resampling.BICUBIC)  # fmt: skip
        return np.array(moved, np.float32)[edge:-edge, edge:-edge]

    layer.rgb = np.stack([turned(layer.rgb[..., c]) for c in range(3)], -1)
    layer.alpha = np.clip(turned(layer.alpha), 0, 1)


def _grade(layer: Layer, light: Light) -> None:
    """Exposure, saturation, contrast about middle grey, tint, and a shoulder that never clips."""
    rgb = layer.rgb
    rgb *= np.float32(light.brightness)
    if light.saturation != 1.0:
        grey = luminance(rgb)[..., None]
        rgb -= grey
        rgb *= np.float32(light.saturation)
        rgb += grey
    np.maximum(rgb, 0, out=rgb)
    rgb *= np.asarray(light.tint, np.float32)
    pivot = np.float32(0.16 if light.night else 0.36)
    if light.contrast != 1.0:
        # Above the pivot a straight line, below it a toe that keeps blacks apart.
        k = np.float32(light.contrast)
        low = np.minimum(rgb / pivot, 1)
        rgb[:] = np.where(rgb > pivot, pivot + (rgb - pivot) * (np.float32(0.4) + np.float32(0.6) * k),
                          rgb * (1 + (low - 1) * (k - 1) * np.float32(0.9)))  # fmt: skip
    knee = np.float32(0.72)
    over = np.maximum(rgb - knee, 0)
    np.minimum(rgb, knee, out=rgb)
    rgb += over / (1 + over / (1 - knee))
    np.maximum(rgb, np.float32(0.004), out=rgb)
