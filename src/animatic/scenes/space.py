"""Beyond the sky: space with its planets, and the ground of another world."""

from __future__ import annotations

import math

import numpy as np

from animatic.canvas import Sheet, mix, ramp
from animatic.elements import RGB
from animatic.scenes import land, plants
from animatic.scenes.setup import Place, Setup
from animatic.scenes.sky import scatter_stars, sky
from animatic.scenes.wild import depth_y


def space(setup: Setup) -> Place:
    """Stars, a nebula, a planet's limb with its air."""
    rng, canvas, light = setup.rng, setup.canvas, setup.light
    back = canvas.sheet((0.006, 0.009, 0.022))
    back.alpha[:] = 1
    back.touched = True
    cloud = canvas.noise(rng, 2.2, 6, stretch=1.6, gain=0.6)
    veil = canvas.noise(rng, 3.4, 5, stretch=1.3, gain=0.62)
    one: RGB = setup.make((0.34, 0.16, 0.46), (0.10, 0.28, 0.46), (0.44, 0.18, 0.20))
    two: RGB = setup.make((0.14, 0.36, 0.50), (0.46, 0.24, 0.40), (0.40, 0.34, 0.18))
    gain = 0.75 if light.night else 1.0
    back.add((one[0] * gain, one[1] * gain, one[2] * gain), ramp(cloud, 0.46, 0.86) * np.float32(0.9))
    back.add(
        (two[0] * gain, two[1] * gain, two[2] * gain), ramp(veil, 0.55, 0.92) * ramp(cloud, 0.35, 0.7) * np.float32(0.9)
    )
    back.rgb *= (np.float32(1) - np.float32(0.5) * ramp(canvas.noise(rng, 4, 5), 0.5, 0.75))[..., None]
    scatter_stars(setup, back, 2.6, 1.0, 900)
    layers = [back.layer(0.02, "stars")]
    globe = canvas.sheet()
    way = light.key_side
    px, py, radius = 0.5 - way * setup.between(0.10, 0.30), setup.between(0.85, 1.15), setup.between(0.55, 0.85)
    if setup.says("galaxy", "deep space", "void"):
        py, radius = 1.5, 0.6
    planet(setup, globe, px, py, radius, (way, -0.8))
    layers.append(globe.layer(0.22))
    small = canvas.sheet()
    planet(
        setup,
        small,
        0.5 + way * setup.between(0.22, 0.34),
        setup.between(0.20, 0.32),
        setup.between(0.04, 0.07),
        (way, -0.5),
    )
    layers.append(small.layer(0.12))
    debris = canvas.sheet()
    stones = [
        plants.clump(setup, float(rng.uniform(-0.05, 1.05)), float(rng.uniform(0.1, 0.9)), s, rng, 12)
        for s in rng.uniform(0.004, 0.02, 16)
    ]
    land.boulders(setup, debris, stones, (0.30, 0.28, 0.27))
    layers.append(debris.layer(0.42))
    front = canvas.sheet()
    stones = [
        plants.rock(
            setup, 0.5 + setup.side * float(rng.uniform(0.38, 0.55)), float(rng.uniform(0.95, 1.2)), 0.42, 0.34, rng
        )
    ]
    land.boulders(setup, front, stones, (0.26, 0.24, 0.23))
    layers.append(front.layer(0.92))
    layers.sort(key=lambda layer: layer.depth)
    return Place(layers, setup.outdoor(), frozenset({"stars", "moon", "planet"}), ("dust",))


def planet(setup: Setup, sheet: Sheet, x: float, y: float, radius: float, sun: tuple[float, float]) -> None:
    """A lit globe with weather and a rim of air."""
    canvas, rng = setup.canvas, setup.rng
    u = (canvas.u - np.float32((x - 0.5) * canvas.aspect)) / np.float32(radius)
    v = (canvas.y - np.float32(y)) / np.float32(radius)
    d2 = u * u + v * v
    d = np.sqrt(d2)
    z = np.sqrt(np.clip(1 - d2, 0, 1))
    length = math.hypot(sun[0], sun[1], 0.55)
    lit = np.clip((u * sun[0] + v * sun[1] + z * np.float32(0.55)) / np.float32(length), 0, 1)
    low: RGB = setup.pick((0.10, 0.26, 0.44), (0.46, 0.28, 0.18), (0.42, 0.40, 0.34), (0.20, 0.34, 0.32))
    high: RGB = setup.pick((0.84, 0.88, 0.90), (0.84, 0.66, 0.44), (0.70, 0.76, 0.70))
    bands = canvas.noise(rng, 6 / max(radius, 0.2) * 0.5, 6, stretch=2.6, gain=0.6)
    surface = mix(low, high, ramp(bands, 0.42, 0.74))
    body = surface * (lit**1.1 * np.float32(1.15) + np.float32(0.012))[..., None]
    edge = np.clip((1 - d) * np.float32(radius * canvas.frame_height) + 0.5, 0, 1)
    rim = np.exp(-np.clip(1 - d, 0, 1) * np.float32(13)) * lit
    body = mix(body, (0.55, 0.80, 1.0), np.clip(rim * np.float32(0.8), 0, 1))
    halo = np.exp(-np.clip(d - 1, 0, None) * np.float32(24)) * np.clip(
        (u * sun[0] + v * sun[1]) / np.maximum(d, 0.05) * 0.6 + 0.3, 0, 1
    )
    sheet.over((0.42, 0.68, 1.0), np.clip(halo * np.float32(0.55), 0, 1).astype(np.float32))
    sheet.over(body, edge.astype(np.float32))


def alien(setup: Setup) -> Place:
    """The ground of another world: crags, two moons, a strange sky."""
    rng, canvas, light = setup.rng, setup.canvas, setup.light
    back = sky(setup, setup.framing.horizon, clouds=0.3)
    tint: RGB = setup.make((0.62, 0.30, 0.22), (0.24, 0.42, 0.44), (0.42, 0.28, 0.50))
    if setup.says("moon", "lunar"):
        tint = (0.52, 0.52, 0.52)
        back.rgb *= np.float32(0.06)
        scatter_stars(setup, back, setup.framing.horizon, 1.0, 500)
    else:
        back.rgb = mix(back.rgb, back.rgb * np.asarray((tint[0] * 2.0, tint[1] * 2.0, tint[2] * 2.0), np.float32), 0.55)
    x = light.sun_x + (0.42 if light.sun_x < 0.5 else -0.42)
    planet(setup, back, x, setup.framing.horizon * 0.42, 0.15, (light.key_side, -0.4))
    planet(setup, back, x + 0.16, setup.framing.horizon * 0.18, 0.04, (light.key_side, -0.4))
    sheets = land.ranges(
        setup, 3, ((tint[0] * 0.8, tint[1] * 0.8, tint[2] * 0.85), tint), top=0.32, rough=0.9, cells=1.7, relief=0.9
    )
    layers = [
        back.layer(0.03),
        sheets[0].layer(0.12),
        sheets[1].layer(0.2),
        land.fog(setup, setup.framing.horizon + 0.01, 0.05, 0.5, 0.22),
        sheets[2].layer(0.3),
    ]
    line = (np.float32(depth_y(setup, 0.12)) + canvas.line(rng, 1.4, 4) * np.float32(0.02)).astype(np.float32)
    soil = land.ground(setup, tint, (tint[0] * 0.66, tint[1] * 0.62, tint[2] * 0.62), line=line, contrast=0.6)
    layers.append(soil.layer(0.5))
    mid = canvas.sheet()
    stones = [
        plants.rock(setup, float(rng.uniform(0, 1)), depth_y(setup, float(rng.uniform(0.2, 0.6))), s, s * 0.6, rng)
        for s in rng.uniform(0.02, 0.09, 9)
    ]
    land.boulders(setup, mid, stones, land.lit(setup, (tint[0] * 0.7, tint[1] * 0.7, tint[2] * 0.7)))
    layers.append(mid.layer(0.54))
    front = canvas.sheet()
    stones = [
        plants.rock(setup, 0.5 + s * float(rng.uniform(0.36, 0.56)), 1.12, 0.4, float(rng.uniform(0.12, 0.3)), rng)
        for s in (-1, 1)
    ]
    land.boulders(setup, front, stones, land.lit(setup, (tint[0] * 0.45, tint[1] * 0.45, tint[2] * 0.45)))
    layers.append(front.layer(0.92))
    return Place(layers, setup.outdoor(), frozenset({"planet", "moon", "rock"}), ("dust",))
