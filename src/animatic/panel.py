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
from PIL import Image, ImageDraw

from animatic import framing as framings
from animatic import light as lights
from animatic import traces
from animatic.canvas import Canvas, luminance, resized, shrunk, soft
from animatic.elements import FloatArray, Framing, Layer, Light, Panel, PanelSpec, rng_of
from animatic.exposure import lift_dark
from animatic.figures import draw_figures
from animatic.figures.directions import prop_of
from animatic.scenes import registry
from animatic.scenes.setup import Setup

SOFT = 0.006
"""Defocus from which on a place is drawn at half size."""
FOCUS = 0.60
"""Depth of what the lens is focused on: people."""


def draw_panel(spec: PanelSpec, width: int, height: int) -> Panel:
    """Draw the panel of a shot for a frame of ``width`` × ``height`` pixels."""
    light = lights.of(spec)
    framing = registry.fit(registry.landscape_of(spec), framings.of(spec))
    canvas = Canvas(width, height)
    # Behind a long lens the place is soft anyway: drawn at half size it costs a quarter.
    rough = framing.defocus >= SOFT and height >= 400
    setup, place = registry.draw(spec, light, framing, Canvas(width // 2, height // 2) if rough else canvas)
    lit = light if place.outdoors else lights.indoors(light)
    people = draw_figures(spec, lit, framing, canvas.width, canvas.height, place.ground)
    held = bool(people) and (framing.name == "insert" or prop_of(spec.prompt) is not None)
    if rough and framing.name in {"insert", "extreme close-up"}:
        layers = [_enlarged(layer, canvas) for layer in _developed(place.layers, setup.canvas, framing, light)]
        setup.canvas = place.stage.canvas = canvas  # the thing itself is sharp
        extra, weather = traces.draw(setup, place, side=_free_side(people, setup.side), people=bool(people), held=held)
        layers += _developed(extra, canvas, framing, light)
    else:
        extra, weather = traces.draw(setup, place, side=_free_side(people, setup.side), people=bool(people), held=held)
        layers = _developed(place.layers + extra, setup.canvas, framing, light)
        if rough:
            layers = [_enlarged(layer, canvas) for layer in layers]
    people = _gathered(people, within=0.012)  # a person and the shadow they stand on
    for layer in people:
        _grade(layer, light)
    layers = sorted([*layers, *people], key=lambda layer: layer.depth)
    lift_dark(layers, width, height)
    tilt = rng_of("dutch", spec.seed, spec.prompt).choice((-1, 1)) * 0.13 if framing.name == "dutch" else 0.0
    if tilt:
        for layer in layers:
            _tilt(layer, tilt)
    return Panel(spec, layers, width, height, light, framing, _falling(place.weather, weather, setup))


def _falling(of_place: tuple[str, ...], of_words: tuple[str, ...], setup: Setup) -> tuple[str, ...]:
    """Particles of the place and of the words, each once, none that the shot forbids."""
    return tuple(kind for kind in dict.fromkeys((*of_words, *of_place)) if setup.allows(kind))


def _free_side(people: list[Layer], otherwise: int) -> int:
    """The side of the frame that people leave open: -1 left, 1 right."""
    if not people:
        return otherwise
    columns = np.max([layer.alpha.max(axis=0) for layer in people], axis=0)
    half = len(columns) // 2
    left, right = float(columns[: int(half * 0.8)].sum()), float(columns[-int(half * 0.8) :].sum())
    return otherwise if abs(left - right) < 0.02 * half else (-1 if left < right else 1)


def _developed(layers: list[Layer], canvas: Canvas, framing: Framing, light: Light) -> list[Layer]:
    """Layers gathered by depth, focused, blooming and graded."""
    gathered = _gathered(sorted(layers, key=lambda layer: layer.depth))
    for layer in gathered:
        _focus(layer, framing.defocus * canvas.frame_height)
        _bloom(layer, canvas)
        _grade(layer, light)
    return gathered


def _enlarged(layer: Layer, canvas: Canvas) -> Layer:
    """A layer drawn small, at the size of the panel; no more of it than it covers."""
    rgb = np.zeros((canvas.height, canvas.width, 3), np.float32)
    high, wide = layer.alpha.shape
    rows, columns = _extent(layer.alpha)
    scale_y, scale_x = canvas.height / high, canvas.width / wide
    y0, y1 = int(rows.start * scale_y), min(canvas.height, int(np.ceil(rows.stop * scale_y)) + 2)
    x0, x1 = int(columns.start * scale_x), min(canvas.width, int(np.ceil(columns.stop * scale_x)) + 2)
    box = (x0 / scale_x, y0 / scale_y, x1 / scale_x, y1 / scale_y)
    for channel in range(3):
        rgb[y0:y1, x0:x1, channel] = resized(layer.rgb[..., channel], x1 - x0, y1 - y0, box)
    alpha = np.zeros((canvas.height, canvas.width), np.float32)
    alpha[y0:y1, x0:x1] = resized(layer.alpha, x1 - x0, y1 - y0, box)
    return Layer(np.clip(rgb, 0, 1), np.clip(alpha, 0, 1), layer.depth, layer.life)


def _gathered(layers: list[Layer], within: float = 0.11) -> list[Layer]:
    """Neighbours in depth as one sheet: no camera move tells them apart, and each costs time and memory."""
    out: list[Layer] = []
    for layer in layers:
        y, x = _extent(layer.alpha)
        if y.stop == 0:
            continue
        under = out[-1] if out else None
        if under is None or layer.depth - under.depth > within or (layer.life != under.life and layer.life is not None):
            out.append(layer)
            continue
        cover = layer.alpha[y, x]
        alpha = under.alpha[y, x]
        total = cover + alpha * (1 - cover)
        share = cover if float(alpha.min()) >= 1 else cover / np.maximum(total, 1e-4)
        under.rgb[y, x] += (layer.rgb[y, x] - under.rgb[y, x]) * share[..., None]
        under.alpha[y, x] = total
    return out


def _extent(alpha: FloatArray) -> tuple[slice, slice]:
    """Rows and columns that a coverage touches."""
    rows, columns = np.flatnonzero(alpha.max(axis=1) > 0.002), np.flatnonzero(alpha.max(axis=0) > 0.002)
    if not rows.size:
        return slice(0, 0), slice(0, 0)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def still(panel: Panel) -> NDArray[np.uint8]:
    """The panel as a picture of the frame's size."""
    high, wide = panel.layers[0].alpha.shape
    y, x = (high - panel.height) // 2, (wide - panel.width) // 2
    crop = np.s_[y : y + panel.height, x : x + panel.width]
    frame = panel.layers[0].rgb[crop] * panel.layers[0].alpha[crop][..., None]
    for layer in panel.layers[1:]:
        alpha = layer.alpha[crop]
        rows, columns = _extent(alpha)
        part = frame[rows, columns]
        part += (layer.rgb[crop][rows, columns] - part) * alpha[rows, columns][..., None]
    _precipitate(panel, frame)
    across = np.linspace(-1, 1, panel.width, dtype=np.float32)[None, :]
    down = np.linspace(-1, 1, panel.height, dtype=np.float32)[:, None]
    corner = np.maximum(
        np.sqrt(across * across * np.float32(0.85) + down * down * np.float32(0.75)) - np.float32(0.45), 0
    )
    corner *= corner
    rng = rng_of("grain", panel.spec.seed, panel.width, panel.height)
    grain = rng.standard_normal((panel.height, panel.width), np.float32)
    grain = grain * np.float32(0.75) + soft(grain, 0.8) * np.float32(0.9)
    value = np.clip(frame[..., 1], 0, 1)
    grain *= np.float32(0.006) + np.float32(0.007) * np.sqrt(value * (1 - value))
    grain += (rng.random((panel.height, panel.width), np.float32)) / np.float32(255)  # dither: nothing bands
    frame *= (1 - np.float32(0.51) * corner / (corner + np.float32(0.35)))[..., None]
    frame += grain[..., None]
    frame *= 255
    np.clip(frame, 0, 255, out=frame)
    return frame.astype(np.uint8)


def _precipitate(panel: Panel, frame: FloatArray) -> None:
    """Rain and snow held in the air; in motion they fall by themselves."""
    kinds = set(panel.weather)
    rain, snow = kinds & {"rain", "storm", "drizzle"}, kinds & {"snow", "blizzard"}
    if not rain and not snow:
        return
    rng = rng_of("weather", panel.spec.seed, panel.spec.prompt)
    image = Image.new("L", (panel.width, panel.height), 0)
    draw = ImageDraw.Draw(image)
    unit = panel.height / 540
    count = 150 if "drizzle" in rain else 420 if "storm" in rain else 290
    for x, y, near in rng.random((count, 3)):
        left, top = (x * 1.2 - 0.1) * panel.width, (y * 1.2 - 0.1) * panel.height
        if rain:
            long = (14 + 46 * near**2) * unit
            line = [(left, top), (left - long * 0.16, top + long)]
            draw.line(line, fill=int(34 + 70 * near), width=max(1, round(unit * (0.8 + near))))
        else:
            r = (0.9 + 3.6 * near**4) * unit
            draw.ellipse([left - r, top - r, left + r, top + r], fill=int(110 + 120 * (1 - near)))
    cover = soft(np.asarray(image, np.float32) / np.float32(255), 0.55 * unit) * np.float32(0.62 if rain else 0.9)
    tone = np.asarray(
        lights.blend(panel.light.horizon, (0.92, 0.95, 1.0), 0.35 if panel.light.night else 0.6), np.float32
    )
    frame += (tone * np.float32(0.75 if rain else 1.0) - frame) * cover[..., None]


# -- lens


def _focus(layer: Layer, radius: float) -> None:
    """Blur by the distance from the plane of focus, in the light itself, so that lamps open into discs."""
    away = (FOCUS - layer.depth) / FOCUS if layer.depth < FOCUS else (layer.depth - FOCUS) / (1 - FOCUS) * 1.15
    size = radius * min(1.0, max(0.0, away * 1.25))
    if size < 0.6:
        return
    factor = max(1, min(5, int(size / 1.45)))
    rows, columns = _extent(layer.alpha)
    if rows.stop == 0:
        return
    pad = int(size * 1.6) + 3  # what is blurred spreads
    high, wide = layer.alpha.shape
    rows = slice(max(0, rows.start - pad), min(high, rows.stop + pad))
    columns = slice(max(0, columns.start - pad), min(wide, columns.stop + pad))
    source, cover = layer.rgb[rows, columns], layer.alpha[rows, columns]
    height, width = cover.shape
    disc = _disc(size / factor)
    opaque = float(cover.min()) >= 0.999
    alpha = shrunk(cover, factor) if factor > 1 else cover
    filtering = _Iris(disc, alpha.shape)
    spread = alpha if opaque else np.maximum(filtering(alpha), 0)
    out = np.empty_like(source)
    for channel in range(3):
        field = np.ascontiguousarray(source[..., channel])
        field = shrunk(field, factor) if factor > 1 else field
        bright = field * field * (1 + np.maximum(field - np.float32(0.7), 0) * np.float32(5))
        bright = filtering(bright if opaque else bright * alpha)
        if not opaque:
            bright = bright / np.maximum(spread, 1e-3)
        bright = np.sqrt(np.clip(bright, 0, 2.5))
        out[..., channel] = resized(bright, width, height) if factor > 1 else bright
    layer.rgb[rows, columns] = np.maximum(out, 0)
    if not opaque:
        layer.alpha[rows, columns] = np.clip(resized(spread, width, height) if factor > 1 else spread, 0, 1)


def _disc(radius: float) -> FloatArray:
    """An iris: a soft-edged disc, a little brighter at its rim, of sum 1."""
    reach = int(np.ceil(radius)) + 1
    at = np.arange(-reach, reach + 1, dtype=np.float32)
    r = np.hypot(at[:, None], at[None, :])
    disc = np.clip(radius - r + 0.5, 0, 1) * (1 + np.float32(0.25) * (r / max(radius, 1e-3)) ** 2)
    return (disc / disc.sum()).astype(np.float32)


class _Iris:
    """Convolution with one small kernel, its transform kept for all channels; borders are continued."""

    def __init__(self, kernel: FloatArray, shape: tuple[int, ...]) -> None:
        self.reach = kernel.shape[0] // 2
        self.size = (_fast(shape[0] + 2 * self.reach), _fast(shape[1] + 2 * self.reach))
        self.spectrum = np.fft.rfft2(kernel, self.size)

    def __call__(self, field: FloatArray) -> FloatArray:
        wide = np.pad(field, self.reach, mode="edge")
        result = np.fft.irfft2(np.fft.rfft2(wide, self.size) * self.spectrum, self.size)
        edge = 2 * self.reach
        return result[edge : edge + field.shape[0], edge : edge + field.shape[1]].astype(np.float32)


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
    if layer.life in {"fog", "rays"}:
        return
    factor = max(2, canvas.frame_height // 135)
    height, width = layer.alpha.shape
    alpha = shrunk(layer.alpha, factor)
    for channel in range(3):
        small = np.maximum(shrunk(layer.rgb[..., channel], factor) - np.float32(0.84), 0) * alpha
        if float(small.max()) < 0.02:
            continue
        glow = soft(small, canvas.frame_height * 0.010 / factor) * np.float32(0.55)
        glow += soft(small, canvas.frame_height * 0.045 / factor) * np.float32(0.75)
        layer.rgb[..., channel] += resized(glow, width, height)


def _tilt(layer: Layer, angle: float) -> None:
    """Turn the whole sheet about the frame's middle, enlarged so that no corner is left empty."""
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
    rows, columns = _extent(layer.alpha)
    # A little beyond the edge too: sampling between pixels reads what lies there.
    rgb = layer.rgb[max(0, rows.start - 4) : rows.stop + 4, max(0, columns.start - 4) : columns.stop + 4]
    grey = luminance(rgb) * np.float32(light.brightness * (1 - light.saturation))
    pivot, knee = np.float32(0.16 if light.night else 0.36), np.float32(0.72)
    slope = np.float32(0.4 + 0.6 * light.contrast)
    toe = np.float32((light.contrast - 1) * 0.9)
    for channel in range(3):
        value = rgb[..., channel] * np.float32(light.brightness * light.saturation)
        value += grey
        value *= np.float32(light.tint[channel])
        np.maximum(value, 0, out=value)
        # Above the pivot a straight line, below it a toe that keeps blacks apart.
        low = np.minimum(value, pivot)
        value -= low
        value *= slope
        value += low * (1 - toe + low * (toe / pivot))
        over = np.maximum(value - knee, 0)
        value -= over
        value += over / (1 + over * np.float32(1 / (1 - 0.72)))
        np.maximum(value, np.float32(0.004), out=value)
        rgb[..., channel] = value
