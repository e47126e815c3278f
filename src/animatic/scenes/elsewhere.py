"""Places of stories: castle, ruins, graveyard, battlefield."""

from __future__ import annotations

import math

import numpy as np

from animatic.canvas import Sheet, mix, ramp
from animatic.elements import RGB, FloatArray, Layer
from animatic.light import blend
from animatic.scenes import land, plants
from animatic.scenes.materials import bricks, stone
from animatic.scenes.setup import Place, Setup
from animatic.scenes.sky import sky
from animatic.scenes.stage import Lamp, Material, Stage, Surface, linear
from animatic.scenes.wild import depth_y


def castle(setup: Setup) -> Place:
    """Towers on a hill, a road up to the gate."""
    rng, canvas = setup.rng, setup.canvas
    horizon = setup.framing.horizon
    back = sky(setup, horizon, clouds=0.8)
    layers = [back.layer(0.02, "clouds")]
    far = land.ranges(setup, 2, ((0.34, 0.38, 0.44), (0.26, 0.31, 0.28)), top=0.20, rough=0.7, relief=0.5)
    layers.append(land.stacked(far).layer(0.1))
    layers.append(land.fog(setup, horizon, 0.05, 0.6, 0.13))
    cx = 0.5 + setup.pick(-1, 1) * setup.between(0.08, 0.2)
    hump = np.exp(-(((canvas.x[0] - np.float32(cx)) / np.float32(0.27)) ** 2)) * np.float32(0.13)
    line = (np.float32(horizon + 0.035) - hump + canvas.line(rng, 4, 4) * np.float32(0.010)).astype(np.float32)
    hill = land.ridge(setup, line, (0.27, 0.30, 0.22), 0.34, relief=0.5, mist=0.45, cells=9)
    keep(setup, hill, cx, horizon - 0.075, 0.30 * (0.8 + 0.2 * setup.framing.scene_zoom))
    firs: list[plants.Outline] = []
    for _ in range(40):
        x = float(rng.uniform(-0.1, 1.1))
        base = float(line[int(np.clip(canvas.px(x), 0, canvas.width - 1))]) + float(rng.uniform(0.02, 0.07))
        firs += plants.conifer(setup, x, base, float(rng.uniform(0.03, 0.075)), rng)
    land.painted(setup, firs, land.lit(setup, (0.12, 0.17, 0.12), 0.3), rim=0.5, sheet=hill)
    layers.append(hill.layer(0.22))
    ground = (np.float32(depth_y(setup, 0.14)) + canvas.line(rng, 1.0, 4, 0.4) * np.float32(0.03)).astype(np.float32)
    soil = land.ground(setup, (0.32, 0.36, 0.18), (0.22, 0.26, 0.13), line=ground)
    road: list[tuple[float, float]] = []
    other: list[tuple[float, float]] = []
    for k in range(14):
        t = k / 13
        y = depth_y(setup, 0.14) + (1.15 - depth_y(setup, 0.14)) * t
        x = cx + (0.5 - cx) * t + 0.07 * math.sin(t * 5.0) * (1 - t * 0.5)
        w = canvas.across(0.006 + 0.24 * t**1.6)
        road.append((x - w, y))
        other.append((x + w, y))
    mask = canvas.polygons([road + other[::-1]])
    soil.haze(land.lit(setup, (0.56, 0.48, 0.36)), mask * soil.alpha * np.float32(0.8))
    layers.append(soil.layer(0.48))
    front = land.painted(setup, plants.blades(setup, 1.12, 0.16, 90, rng), land.lit(setup, (0.14, 0.17, 0.07)), rim=0.8)
    layers.append(front.layer(0.92, "grass"))
    return Place(layers, setup.outdoor(), frozenset({"castle"}))


def keep(setup: Setup, sheet: Sheet, x: float, base: float, size: float) -> None:
    """Towers with cones and battlements, lit from one side, their windows by night."""
    canvas, light, rng = setup.canvas, setup.light, setup.rng
    a = canvas.across
    wall = land.lit(setup, (0.48, 0.45, 0.41), 0.32)
    parts = [
        (-0.55, 0.20, 0.55, True),
        (0.62, 0.18, 0.60, True),
        (0.28, 0.16, 0.98, True),
        (-0.22, 0.22, 0.80, False),
        (0.02, 0.55, 0.48, False),
        (-0.62, 0.9, 0.25, False),
        (0.55, 0.7, 0.22, False),
    ]
    for dx, w, h, cone in parts:
        slits = rng.uniform((-0.55, 0.25), (0.55, 0.85), (3, 2))
        cx, half, high = x + a(size * dx), a(size * w / 2), size * h
        shape = [
            (cx - half, base + size * 0.35),
            (cx - half, base - high),
            (cx + half, base - high),
            (cx + half, base + size * 0.35),
        ]
        mask, y0, x0 = canvas.patch([shape])
        if mask.size == 0:
            continue
        ph, pw = mask.shape
        t = np.linspace(-1, 1, pw, dtype=np.float32)[None, :] * np.float32(light.key_side)
        rough = setup.leaves()[y0 : y0 + ph, x0 : x0 + pw]
        tone = np.clip(np.float32(0.5) + t * np.float32(0.45) + (rough - 0.5) * np.float32(0.5), 0, 1)
        foot = ramp(canvas.y[y0 : y0 + ph], base - size * 0.2, base + size * 0.3) * np.float32(0.4)
        body = mix(blend(wall, light.shade, 0.45), blend(wall, light.sun, 0.3 if not light.night else 0.08), tone)
        sheet.over(mix(body, land.air(setup, 0.8), np.broadcast_to(foot, mask.shape)), mask, y0, x0)
        dark = blend(wall, light.shade, 0.55)
        if cone:
            land.painted(
                setup,
                [[(cx - half * 1.3, base - high), (cx, base - high - size * 0.34), (cx + half * 1.3, base - high)]],
                blend(land.lit(setup, (0.26, 0.24, 0.30), 0.25), light.shade, 0.2),
                rim=0.8,
                sheet=sheet,
            )
        else:
            teeth: list[plants.Outline] = []
            count = max(3, int(w * 14))
            for k in range(count):
                tx = cx - half + 2 * half * (k + 0.15) / count
                tw = 2 * half / count * 0.55
                teeth.append(
                    [
                        (tx, base - high + 0.004),
                        (tx, base - high - size * 0.045),
                        (tx + tw, base - high - size * 0.045),
                        (tx + tw, base - high + 0.004),
                    ]
                )
            land.painted(setup, teeth, blend(dark, wall, 0.6), sheet=sheet)
        for sx, sy in slits:
            wx, wy = cx + half * float(sx), base - high * float(sy)
            s = size * 0.018
            slit = [
                (wx - a(s * 0.5), wy),
                (wx - a(s * 0.5), wy - s * 1.8),
                (wx, wy - s * 2.4),
                (wx + a(s * 0.5), wy - s * 1.8),
                (wx + a(s * 0.5), wy),
            ]
            land.painted(setup, [slit], (1.1, 0.74, 0.36) if setup.dim else blend(dark, (0, 0, 0), 0.3), sheet=sheet)


def ruins(setup: Setup) -> Place:
    """Broken columns and an arch in the grass; a temple when the words say so."""
    rng, canvas = setup.rng, setup.canvas
    back = sky(setup, setup.framing.horizon)
    sheets = land.ranges(setup, 3, ((0.38, 0.40, 0.42), (0.34, 0.36, 0.24)), top=0.20, rough=0.5, relief=0.4)
    layers = [back.layer(0.02, "clouds"), land.stacked(sheets[:2]).layer(0.12), sheets[2].layer(0.2)]
    dust: RGB = (0.58, 0.50, 0.36)
    line = (np.float32(depth_y(setup, 0.10)) + canvas.line(rng, 1.5, 4) * np.float32(0.014)).astype(np.float32)
    layers.append(land.ground(setup, dust, (0.36, 0.38, 0.20), line=line, contrast=0.7).layer(0.24))
    st = setup.outdoor(fog=0.010)
    pale: RGB = setup.make((0.70, 0.64, 0.54), (0.60, 0.57, 0.52))
    for row in (-1, 1):
        for k in range(5):
            z = st.stand + 1.8 + 3.0 * k
            x = row * 3.0
            tall = 4.62 if k == 3 or rng.random() < 0.35 else setup.between(1.0, 3.6)
            st.group(x, z, "mid")
            st.box(x, 0, z, (1.05, 0.28, 1.05), stone(pale, 0.4, 2))
            st.cylinder(x, 0.28, z, 0.38, tall, _flutes(pale), top=pale, taper=0.9)
            if tall > 4.5:
                st.box(x, 0.28 + tall, z, (1.0, 0.26, 1.0), stone(pale, 0.4, 2), shadow=False)
            st.ungroup()
    lintel = st.stand + 1.8 + 3.0 * 3
    st.box(0, 5.16, lintel, (7.0, 0.7, 0.9), stone(pale, 0.5, 2), "far", shadow=False)
    for _ in range(4):
        z = st.stand + setup.between(0.8, 3.0)
        x = st.reach(0.5 + setup.pick(-1, 1) * setup.between(0.22, 0.45), z)
        st.box(
            x,
            0,
            z,
            (setup.between(0.5, 1.0), setup.between(0.25, 0.5), 0.6),
            stone(pale, 0.5, 2),
            "mid",
            turn=setup.between(-0.8, 0.8),
        )
    layers += [layer for layer in st.layers() if layer.depth != 0.56]
    front = canvas.sheet()
    stones = [
        plants.rock(
            setup, 0.5 + setup.side * float(rng.uniform(0.34, 0.5)), 1.12, 0.4, float(rng.uniform(0.1, 0.2)), rng
        )
    ]
    land.boulders(setup, front, stones, land.lit(setup, (0.46, 0.42, 0.35)))
    land.painted(
        setup, plants.blades(setup, 1.12, 0.16, 90, rng), land.lit(setup, (0.26, 0.26, 0.11)), rim=0.8, sheet=front
    )
    layers.append(front.layer(0.92, "grass"))
    layers.sort(key=lambda layer: layer.depth)
    return Place(layers, st, frozenset({"column", "rock"}), ("dust",))


def _flutes(colour: RGB) -> Material:
    def draw(s: Surface) -> FloatArray:
        wave = np.cos(s.a / np.float32(s.width) * np.float32(62)) * np.float32(0.11) * s.fade(0.12)
        crack = np.sin(s.b * 7 + np.sin(s.a * 9)) * np.float32(0.04)
        joint = np.exp(-((np.mod(s.b, 1.1) / np.float32(0.03)) ** 2)) * np.float32(0.3)
        return np.asarray(np.asarray(colour, np.float32) * (1 + wave + crack - joint)[..., None], np.float32)

    return draw


def graveyard(setup: Setup) -> Place:
    """Headstones in the mist, an iron fence, a bare tree, a chapel."""
    rng, canvas = setup.rng, setup.canvas
    back = sky(setup, setup.framing.horizon, clouds=0.7)
    sheets = land.ranges(setup, 2, ((0.30, 0.33, 0.34), (0.20, 0.24, 0.17)), top=0.12, rough=0.2, relief=0.15)
    line = (np.float32(depth_y(setup, 0.06)) + canvas.line(rng, 1.0, 4) * np.float32(0.018)).astype(np.float32)
    soil = land.ground(setup, (0.25, 0.29, 0.15), (0.17, 0.20, 0.11), line=line)
    layers = [back.layer(0.03, "clouds"), land.stacked(sheets).layer(0.12), soil.layer(0.22)]
    st = setup.outdoor(fog=0.025)
    for _ in range(34):
        z = st.stand + float(rng.uniform(0.9, 16))
        x = float(rng.uniform(-1.05, 1.05)) * st.canvas.aspect / 2 * z / st.focal
        if abs(st.seen(x, 0, z)[0] - 0.5) < 0.13 and z < st.stand + 2.5:
            continue
        _headstone(setup, st, x, z)
    x, z = st.reach(0.5 + setup.side * 0.32, st.stand + 19), st.stand + 19
    st.group(x, z, "far")
    rock = bricks((0.44, 0.42, 0.40), 0.7, 0.35)
    st.box(x, 0, z, (6, 3.6, 8), rock)
    st.cutout(x, 3.6, z - 4.05, [(-3.3, 0), (0, 3.2), (3.3, 0)], rock)
    st.box(x, 0, z - 4.3, (2.2, 7.5, 2.0), rock)
    st.cutout(x, 7.5, z - 5.3, [(-1.3, 0), (0, 4.2), (1.3, 0)], (0.24, 0.24, 0.27), rounded=True)
    st.quad(
        (x - 0.45, 0.2, z - 5.32),
        (0.9, 0, 0),
        (0, 1.9, 0),
        (0.08, 0.06, 0.05),
        emission=(0.62, 0.42, 0.2) if setup.dim else None,
    )
    st.ungroup()
    layers += [layer for layer in st.layers() if layer.depth != 0.56]
    layers.append(land.fog(setup, depth_y(setup, 0.4), 0.13, 0.75, 0.46))
    tree = canvas.sheet()
    wood, _leaves = plants.broadleaf(
        setup,
        0.5 - setup.side * setup.between(0.34, 0.42),
        depth_y(setup, 0.55),
        setup.between(0.62, 0.8),
        rng,
        bare=1,
        spread=1.25,
    )
    land.painted(setup, wood, blend(land.lit(setup, (0.13, 0.11, 0.09)), setup.light.shade, 0.4), rim=0.8, sheet=tree)
    layers.append(tree.layer(0.5))
    fence: list[plants.Outline] = []
    a = canvas.across
    for k in range(40):
        fx = -0.1 + 1.2 * k / 39
        if 0.22 < fx < 0.78 and setup.framing.figure_height < 1.0:
            continue
        fence.append(
            [(fx - a(0.006), 1.2), (fx - a(0.006), 0.885), (fx, 0.850), (fx + a(0.006), 0.885), (fx + a(0.006), 1.2)]
        )
    for x0, x1 in ((-0.1, 0.22), (0.78, 1.1)):
        fence.append([(x0, 0.905), (x1, 0.905), (x1, 0.917), (x0, 0.917)])
    layers.append(land.painted(setup, fence, blend(setup.light.shade, (0.02, 0.02, 0.024), 0.5), rim=0.8).layer(0.92))
    layers.sort(key=lambda layer: layer.depth)
    return Place(layers, st, frozenset({"tree", "grave"}), ("fog",))


def _headstone(setup: Setup, st: Stage, x: float, z: float) -> None:
    tone: RGB = setup.pick((0.48, 0.47, 0.45), (0.40, 0.40, 0.40), (0.52, 0.49, 0.43))
    kind = int(setup.rng.integers(3))
    lean = setup.between(-0.06, 0.06)
    st.group(x, z, "mid" if z < st.stand + 6 else "far")
    if kind == 2:
        parts = (
            [(-0.06, 0), (0.06, 0), (0.06, 1.15), (-0.06, 1.15)],
            [(-0.30, 0.72), (0.30, 0.72), (0.30, 0.84), (-0.30, 0.84)],
        )
        for part in parts:
            st.cutout(x, 0, z, [(px + py * lean, py) for px, py in part], stone(tone, 0.5, 1))
    else:
        head = [
            (math.cos(t) * 0.28, 0.72 + math.sin(t) * (0.28 if kind else 0.12)) for t in np.linspace(0, math.pi, 11)
        ]
        outline = [(0.28, 0.0), *head, (-0.28, 0.0)]
        back = [(px + py * lean + 0.05, py + 0.02) for px, py in outline]
        st.cutout(x, 0, z + 0.08, back, (tone[0] * 0.5, tone[1] * 0.5, tone[2] * 0.5))
        st.cutout(x, 0, z, [(px + py * lean, py) for px, py in outline], stone(tone, 0.5, 1))
    st.contact(x, z, 0.4, 0.25)
    st.ungroup()


def battlefield(setup: Setup) -> Place:
    """Churned earth, wire and broken posts, smoke and distant fires."""
    rng, canvas, light = setup.rng, setup.canvas, setup.light
    horizon = setup.framing.horizon
    back = sky(setup, horizon, clouds=1.0)
    back.haze(blend(light.horizon, (0.45, 0.36, 0.28), 0.4), 0.22)
    for _ in range(4):
        x = float(rng.uniform(0.05, 0.95))
        back.add((1.0, 0.45, 0.14), canvas.glow(x, horizon, 0.10) * np.float32(0.75 if setup.dim else 0.42))
    sheets = land.ranges(setup, 2, ((0.30, 0.28, 0.26), (0.24, 0.21, 0.17)), top=0.08, rough=0.3, relief=0.3)
    layers = [back.layer(0.03, "clouds"), land.stacked(sheets).layer(0.12)]
    for k in range(3):
        layers.append(_smoke(setup, float(rng.uniform(0.05, 0.95)), horizon + 0.01, 0.16 + 0.02 * k))
    line = (np.float32(depth_y(setup, 0.08)) + canvas.line(rng, 2.2, 5) * np.float32(0.022)).astype(np.float32)
    soil = land.ground(
        setup, (0.31, 0.25, 0.18), (0.18, 0.145, 0.11), line=line, contrast=0.85, cells=1.7, stretch=2.0, haze=0.6
    )
    layers.append(soil.layer(0.3))
    mid = canvas.sheet()
    posts: list[plants.Outline] = []
    a = canvas.across
    for _ in range(13):
        x, t = float(rng.uniform(-0.05, 1.05)), float(rng.uniform(0.10, 0.62))
        y = depth_y(setup, t)
        h, lean = 0.05 + 0.17 * t * float(rng.uniform(0.7, 1.2)), float(rng.uniform(-0.4, 0.4))
        w = a(0.003 + 0.008 * t)
        posts.append(
            [(x - w, y), (x - w * 0.7 + a(h * lean), y - h), (x + w * 0.4 + a(h * lean), y - h * 1.05), (x + w, y)]
        )
    for _ in range(4):
        x, t = float(rng.uniform(0, 1)), float(rng.uniform(0.02, 0.2))
        wood, _leaves = plants.broadleaf(
            setup, x, depth_y(setup, t), float(rng.uniform(0.12, 0.28)), rng, bare=1, spread=0.7
        )
        posts += wood[: max(3, len(wood) // 3)]
    land.painted(setup, posts, blend(land.lit(setup, (0.15, 0.12, 0.10), 0.08), light.shade, 0.3), rim=0.7, sheet=mid)
    layers.append(mid.layer(0.42))
    layers.append(land.fog(setup, depth_y(setup, 0.3), 0.12, 0.6, 0.46, blend(light.horizon, (0.40, 0.34, 0.28), 0.5)))
    front = canvas.sheet()
    berm = (np.float32(1.0) - np.abs(canvas.line(rng, 1.6, 5)) * np.float32(0.07)).astype(np.float32)
    front.over(blend(land.lit(setup, (0.17, 0.14, 0.11)), light.shade, 0.3), canvas.below(berm))
    coil: list[plants.Outline] = []
    for k in range(60):
        cx, r = -0.1 + 1.2 * k / 59, 0.045
        if 0.30 < cx < 0.70:
            continue
        ring = [(cx + a(math.cos(i * math.tau / 20) * r), 0.955 + math.sin(i * math.tau / 20) * r) for i in range(21)]
        coil.append(ring + [(cx + (px - cx) * 0.93, 0.955 + (py - 0.955) * 0.93) for px, py in reversed(ring)])
    land.painted(setup, coil, blend(light.shade, (0.04, 0.036, 0.03), 0.5), rim=0.6, sheet=front)
    layers.append(front.layer(0.92))
    layers.sort(key=lambda layer: layer.depth)
    stage = setup.outdoor()
    stage.lamps.append(Lamp((2.0, 0.8, stage.stand + 4), linear((1.0, 0.5, 0.2)), 3.0, 1.2))
    return Place(layers, stage, frozenset({"smoke", "fire"}), ("embers", "fog"))


def _smoke(setup: Setup, x: float, base: float, depth: float) -> Layer:
    """A column that leans and widens as it rises."""
    canvas = setup.canvas
    up = np.clip((np.float32(base) - canvas.y) / np.float32(0.6), 0, 1.4)
    lean = setup.pick(-1, 1) * setup.between(0.10, 0.28)
    centre = np.float32((x - 0.5) * canvas.aspect) + up * np.float32(lean)
    wide = np.float32(0.018) + up * np.float32(0.13)
    noise = canvas.noise(setup.rng, 7, 4, stretch=0.8, detail=3)
    shape = np.exp(-(((canvas.u - centre + (noise - np.float32(0.5)) * wide * np.float32(1.7)) / wide) ** 2))
    alpha = shape * np.clip(np.float32(1.1) - up, 0, 1) * (up > 0) * np.float32(0.75)
    tone = blend(setup.light.shade, setup.light.horizon, 0.16)
    sheet = canvas.sheet(tone)
    sheet.haze((0.9, 0.42, 0.16), ramp(up, 0.22, 0.0) * np.float32(0.55))
    return Layer(sheet.rgb, np.clip(alpha, 0, 1).astype(np.float32), depth, "smoke")
