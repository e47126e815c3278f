"""Sand and rock: desert, canyon, cave."""

from __future__ import annotations

import math

import numpy as np

from animatic.canvas import Sheet, mix, ramp, soft
from animatic.elements import RGB
from animatic.light import blend
from animatic.scenes import land, plants
from animatic.scenes.setup import Place, Setup
from animatic.scenes.sky import sky
from animatic.scenes.wild import depth_y


def desert(setup: Setup) -> Place:
    """Dune behind dune, one side lit, ripples at our feet."""
    rng, canvas, light = setup.rng, setup.canvas, setup.light
    back = sky(setup, setup.framing.horizon, clouds=0.12)
    sand: RGB = setup.make((0.82, 0.60, 0.36), (0.86, 0.68, 0.46), (0.78, 0.52, 0.32))
    layers = [back.layer(0.02, "clouds")]
    if setup.says("mesa", "butte", "western", "monument") or setup.make(True, False, False):
        sheet = canvas.sheet()
        mesas(setup, sheet, (0.60, 0.34, 0.22), 3)
        layers.append(sheet.layer(0.12))
    for i in range(3):
        t = i / 2
        wave = canvas.line(rng, (0.95 - 0.12 * i) / setup.framing.scene_zoom, 3, 0.30)
        rise = np.clip(np.float32(0.75) - np.abs(wave) * np.float32(1.1), -0.2, 1)  # sharp crests, wide hollows
        line = np.float32(depth_y(setup, 0.04 + 0.15 * i)) - rise * np.float32(0.17 - 0.03 * i)
        line = line.astype(np.float32)
        sheet = canvas.sheet(land.lit(setup, sand, 0.62 - 0.28 * i))
        # The crest throws one flank into shade along a winding line below it.
        under = np.maximum(canvas.y - line[None, :], 0)
        slope = np.gradient(soft(np.repeat(line[None, :], 3, 0), canvas.frame_height * 0.02)[0]) * np.float32(
            canvas.frame_height
        )
        facing = np.clip(slope * np.float32(-2.6 * light.key_side) + np.float32(0.15), -1, 1)[None, :]
        reach = np.float32(0.05 + 0.08 * t) * (1 + canvas.line(rng, 3, 3)[None, :] * np.float32(0.3))
        dark = np.clip(-facing, 0, 1) * ramp(under, float(0.14 + 0.1 * t), 0.0) * (under < reach * 3)
        sheet.rgb = mix(
            sheet.rgb, blend(land.lit(setup, sand, 0.5 - 0.3 * t, 0.5), light.shade, 0.35), np.clip(dark * 1.1, 0, 0.85)
        )
        bright = np.clip(facing, 0, 1) * ramp(under, 0.2, 0.0)
        sheet.rgb = mix(sheet.rgb, blend(land.lit(setup, sand, 0.2, 1.25), light.sun, 0.35), bright * np.float32(0.65))
        sheet.haze(land.air(setup, 0.9), ramp(under, 0.0, 0.2) * np.float32(0.32 * (1 - t)))
        sheet.alpha = canvas.below(line)
        layers.append(sheet.layer(0.18 + 0.14 * i))
    line = np.float32(depth_y(setup, 0.42)) + canvas.line(rng, 0.8, 3, 0.35) * np.float32(0.035)
    soil = land.ground(
        setup,
        sand,
        (sand[0] * 0.80, sand[1] * 0.74, sand[2] * 0.70),
        line=line.astype(np.float32),
        cells=1.1,
        stretch=7.0,
        contrast=0.45,
        haze=0.3,
    )
    layers.append(soil.layer(0.52))
    front = canvas.sheet()
    drift = np.float32(1.0) + canvas.line(rng, 0.7, 3) * np.float32(0.045)
    front.over(blend(land.lit(setup, sand, 0.0, 0.62), light.shade, 0.3), canvas.below(drift.astype(np.float32)))
    layers.append(front.layer(0.92))
    return Place(
        layers, setup.outdoor(), frozenset({"sand"}), ("dust",) if setup.says("wind", "sandstorm", "dust") else ()
    )


def mesas(setup: Setup, sheet: Sheet, colour: RGB, count: int, *, size: float = 1.0, distance: float = 0.45) -> None:
    """Table mountains: flat heads, sheer bands, skirts of scree."""
    rng, canvas, light = setup.rng, setup.canvas, setup.light
    base = setup.framing.horizon + 0.02
    layered, furrowed = canvas.noise(rng, 26, 2, stretch=9), canvas.noise(rng, 16, 3, stretch=0.25)
    for k in range(count):
        x = (k + float(rng.uniform(0.1, 0.9))) / count
        w, h = float(rng.uniform(0.05, 0.17)) * size, float(rng.uniform(0.10, 0.24)) * size
        left = [
            (x - w * 1.9, base),
            (x - w * 1.25, base - h * 0.32),
            (x - w * 1.05, base - h * 0.42),
            (x - w, base - h),
        ]
        right = [
            (x + w, base - h * float(rng.uniform(0.92, 1.0))),
            (x + w * 1.05, base - h * 0.42),
            (x + w * 1.3, base - h * 0.30),
            (x + w * 2.0, base),
        ]
        mask, y0, x0 = canvas.patch([left + right])
        if mask.size == 0:
            continue
        ph, pw = mask.shape
        body = land.lit(setup, colour, distance)
        strata = layered[y0 : y0 + ph, x0 : x0 + pw]
        gully = furrowed[y0 : y0 + ph, x0 : x0 + pw]
        across = np.linspace(-1, 1, pw, dtype=np.float32)[None, :] * np.float32(light.key_side)
        tone = np.clip(0.5 + across * 0.38 + (gully - 0.5) * 0.9 + (strata - 0.5) * 0.5, 0, 1)
        rgb = mix(
            blend(body, light.shade, 0.42), blend(land.lit(setup, colour, distance * 0.6, 1.3), light.sun, 0.22), tone
        )
        rise = ramp(canvas.y[y0 : y0 + ph], base - h * 0.4, base)
        sheet.over(mix(rgb, land.air(setup, 0.9), np.broadcast_to(rise * np.float32(0.4), mask.shape)), mask, y0, x0)


def canyon(setup: Setup) -> Place:
    """Red walls that narrow on a strip of sky."""
    rng, canvas, light = setup.rng, setup.canvas, setup.light
    back = sky(setup, setup.framing.horizon, clouds=0.3)
    rock: RGB = setup.make((0.68, 0.36, 0.22), (0.72, 0.44, 0.28))
    mesas(setup, back, rock, 4, distance=0.66)
    layers = [back.layer(0.03, "clouds")]
    vanish = 0.5 + setup.between(-0.08, 0.08)
    for i in range(3):
        sheet = canvas.sheet()
        distance = 0.5 - 0.2 * i
        for side in (-1, 1):
            inner = vanish + side * (0.10 + 0.115 * i)
            steps = canvas.x[0] - np.float32(inner)
            inside = np.clip(steps * side, 0, None)
            rough = canvas.line(rng, 3.0, 5) * np.float32(0.05)
            cliff = (
                np.float32(setup.framing.horizon + 0.02 + 0.06 * i)
                - np.minimum(inside * np.float32(14.0), 0.30 + 0.16 * i) * (1 + rough * 3)
                - inside * np.float32(0.35)
            )
            cliff = np.where(inside > 0, cliff + rough * np.float32(0.3), np.float32(1.4)).astype(np.float32)
            mask = canvas.below(cliff)
            strata = canvas.noise(rng, 15, 4, stretch=7)
            gully = canvas.noise(rng, 7, 4, stretch=0.3)
            key = 0.62 if side == -light.key_side else 0.26  # the wall across from the sun takes the light
            tone = np.clip(np.float32(key) + (gully - 0.5) * np.float32(1.3) + (strata - 0.5) * np.float32(0.9), 0, 1)
            body = mix(blend(land.lit(setup, rock, distance, 0.55), light.shade, 0.35),
                       blend(land.lit(setup, rock, distance * 0.7, 1.25), light.sun, 0.18), tone)  # fmt: skip
            sheet.over(body, mask)
        layers.append(sheet.layer(0.14 + 0.14 * i))
    line = np.float32(depth_y(setup, 0.16)) + canvas.line(rng, 2, 4) * np.float32(0.01)
    layers.append(
        land.ground(setup, (0.70, 0.46, 0.30), (0.52, 0.32, 0.22), line=line.astype(np.float32), haze=0.4).layer(0.5)
    )
    front = canvas.sheet()
    stones = [plants.rock(setup, 0.5 + s * float(rng.uniform(0.34, 0.58)), 1.12, float(rng.uniform(0.25, 0.5)),
                        float(rng.uniform(0.10, 0.26)), rng) for s in (-1, 1, setup.side)]  # fmt: skip
    land.boulders(setup, front, stones, land.lit(setup, (0.42, 0.25, 0.18)))
    layers.append(front.layer(0.92))
    return Place(layers, setup.outdoor(), frozenset({"rock"}))


def cave(setup: Setup) -> Place:
    """Rock all round, the mouth bright before us."""
    rng, canvas, light = setup.rng, setup.canvas, setup.light
    horizon = setup.framing.horizon
    back = sky(setup, horizon, clouds=0.2)
    sheets = land.ranges(setup, 2, ((0.36, 0.40, 0.40), (0.26, 0.30, 0.20)), top=0.12, rough=0.2)
    for sheet in sheets:
        back.over(sheet.rgb, sheet.alpha)
    layers = [back.layer(0.02)]
    bright, dark, floor_tone, floor_dark = _walls(setup)
    mx, my = 0.5 + setup.between(-0.12, 0.12), horizon - 0.03
    shapes = ((0.30, 0.24), (0.45, 0.36), (0.66, 0.56))
    for i, (rx, ry) in enumerate(shapes):
        sheet = canvas.sheet()
        angle = np.arctan2((canvas.y - np.float32(my)), canvas.u - np.float32((mx - 0.5) * canvas.aspect))
        knots = rng.uniform(0.80, 1.16, 20).astype(np.float32)
        at = (angle + np.float32(math.pi)) / np.float32(math.tau) * 20
        low = np.floor(at).astype(np.int32) % 20
        t = at - np.floor(at)
        wob = knots[low] * (1 - t) + knots[(low + 1) % 20] * t
        fine = canvas.noise(rng, 11, 4)
        wob = wob * (1 + (fine - np.float32(0.5)) * np.float32(0.26))
        r = np.hypot(
            (canvas.u - np.float32((mx - 0.5) * canvas.aspect)) / np.float32(rx),
            (canvas.y - np.float32(my)) / np.float32(ry),
        )
        edge = r / wob
        mask = np.clip((edge - 1) * np.float32(canvas.frame_height * ry * 0.8) + 0.5, 0, 1)
        glow = np.exp(-(np.maximum(edge - 1, 0)) * np.float32(4.2 - i * 0.6))
        rocky = canvas.noise(rng, 9, 5, gain=0.62)
        body = mix(blend(light.shade, dark, 0.6), land.lit(setup, bright, 0.12 * (2 - i)),
                   np.clip(glow * (0.5 + rocky * 0.7) + (rocky - 0.5) * np.float32(0.22), 0, 1))  # fmt: skip
        sheet.over(body, mask.astype(np.float32))
        layers.append(sheet.layer(0.16 + 0.17 * i))
    line = np.float32(depth_y(setup, 0.55)) + canvas.line(rng, 3, 4) * np.float32(0.02)
    floor = land.ground(setup, floor_tone, floor_dark, line=line.astype(np.float32), haze=0.25)
    spot = np.exp(-(((canvas.x - np.float32(mx)) * 2.3) ** 2)) * ramp(canvas.y, 1.1, float(line.mean()))
    floor.rgb = floor.rgb * (np.float32(0.42) + spot * np.float32(1.0))[..., None]
    layers.append(floor.layer(0.55))
    front = canvas.sheet()
    teeth: list[plants.Outline] = []
    for _ in range(9):
        x, w = float(rng.uniform(-0.1, 1.1)), float(rng.uniform(0.015, 0.05))
        teeth.append([(x - w, -0.2), (x + w, -0.2), (x + w * 0.2, float(rng.uniform(-0.03, 0.16)))])
    stones = [
        plants.rock(setup, 0.5 + s * float(rng.uniform(0.32, 0.56)), 1.14, 0.4, float(rng.uniform(0.12, 0.28)), rng)
        for s in (-1, 1)
    ]
    land.painted(
        setup,
        teeth + stones,
        blend(light.shade, (dark[0] * 0.75, dark[1] * 0.75, dark[2] * 0.75), 0.5),
        rim=0.7,
        texture=0.5,
        sheet=front,
    )
    layers.append(front.layer(0.92))
    stage = setup.outdoor()
    return Place(layers, stage, frozenset({"rock"}), ("dust",), outdoors=False)


def _walls(setup: Setup) -> tuple[RGB, RGB, RGB, RGB]:
    """What a cave is of: its walls in light and in shadow, its floor and the hollows in that."""
    if setup.says("ice", "ice cave", "glacier", "frozen", "icy"):
        return (0.56, 0.80, 0.92), (0.07, 0.17, 0.26), (0.66, 0.80, 0.90), (0.38, 0.55, 0.70)
    if setup.says("salt", "crystal", "crystals", "quartz", "marble", "limestone"):
        return (0.86, 0.79, 0.73), (0.19, 0.165, 0.16), (0.76, 0.71, 0.66), (0.55, 0.49, 0.46)
    return (0.42, 0.36, 0.31), (0.04, 0.036, 0.034), (0.34, 0.29, 0.25), (0.18, 0.155, 0.14)
