"""Built places under the sky: skyline and rooftop, village, park; and what they share with the streets."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from animatic.canvas import Sheet, mix, ramp
from animatic.elements import RGB, FloatArray
from animatic.light import blend
from animatic.scenes import land, plants, props
from animatic.scenes.materials import bricks, facade, plaster, stone, tiles, wood
from animatic.scenes.setup import Place, Setup
from animatic.scenes.sky import sky
from animatic.scenes.stage import BANDS, Lamp, Material, Stage, linear
from animatic.scenes.wild import depth_y, hills, lone_tree

BRICK: RGB = (0.52, 0.30, 0.23)


def glow_share(setup: Setup) -> float:
    """How many windows are lit at this hour."""
    light = setup.light
    if light.night:
        return 0.42
    if light.ambient < 0.4:
        return 0.34
    return 0.12 if light.ambient < 0.62 else 0.0


def panes(setup: Setup) -> RGB:
    """Window glass by day: it holds the sky."""
    light = setup.light
    return blend(light.shade, blend(light.middle, light.horizon, 0.4), 0.55 if not light.night else 0.25)


def towers(setup: Setup, distance: float, low: float, high: float, base: float, *, wide: float = 0.075) -> Sheet:
    """One row of a skyline: masses with setbacks, masts, and lit windows by night."""
    canvas, rng = setup.canvas, setup.rng
    body = land.lit(setup, (0.34, 0.36, 0.40), distance, 0.8)
    sheet = canvas.sheet(body)
    x = -0.12
    zoom = 0.75 + 0.25 * setup.framing.scene_zoom
    while x < 1.12:
        w = canvas.across(wide * float(rng.uniform(0.55, 1.4)) * zoom)
        h = float(rng.uniform(low, high)) * (0.75 + 0.5 * math.exp(-(((x - 0.5) * 2.4) ** 2))) * zoom
        kind, salt = int(rng.integers(5)), float(rng.uniform(0, 99))
        top = base - h
        shape = [(x, base + 0.05), (x, top), (x + w, top), (x + w, base + 0.05)]
        if kind == 1:
            shape = [
                (x, base + 0.05),
                (x, top + h * 0.16),
                (x + w * 0.2, top + h * 0.16),
                (x + w * 0.2, top),
                (x + w * 0.8, top),
                (x + w * 0.8, top + h * 0.16),
                (x + w, top + h * 0.16),
                (x + w, base + 0.05),
            ]
        elif kind == 2:
            shape = [(x, base + 0.05), (x, top + h * 0.06), (x + w, top), (x + w, base + 0.05)]
        mask, y0, x0 = canvas.patch([shape])
        if kind in {1, 3}:
            mast = canvas.across(0.0022)
            antenna = [(x + w / 2 - mast, top + 0.01), (x + w / 2, top - h * 0.22), (x + w / 2 + mast, top + 0.01)]
            land.painted(setup, [antenna], body, sheet=sheet)
        if mask.size:
            sheet.over(_tower(setup, mask, y0, x0, x, w, base, body, distance, salt), mask, y0, x0)
        x += w * float(rng.uniform(0.86, 1.25))
    sheet.haze(
        land.air(setup, 0.95),
        np.broadcast_to(ramp(canvas.y, base - 0.12, base + 0.02) * np.float32(0.5 * distance + 0.1), sheet.alpha.shape),
    )
    return sheet


def _tower(
    setup: Setup,
    mask: FloatArray,
    y0: int,
    x0: int,
    left: float,
    w: float,
    base: float,
    body: RGB,
    distance: float,
    salt: float,
) -> FloatArray:
    canvas, light = setup.canvas, setup.light
    h, width = mask.shape
    xs, ys = canvas.x[:, x0 : x0 + width], canvas.y[y0 : y0 + h]
    side = (xs - np.float32(left)) / np.float32(w) - np.float32(0.5)
    lit_side = np.clip(np.float32(0.5) + side * np.float32(light.key_side * 1.4), 0, 1)
    tone = mix(
        blend(body, light.shade, 0.35 * (1 - distance)),
        blend(body, light.sun, 0.20 if not light.night else 0.05),
        np.broadcast_to(lit_side, mask.shape),
    )
    cell = (0.011 + 0.007 * (salt * 7.31 % 1)) * (1.25 - distance) * (0.7 + 0.3 * setup.framing.scene_zoom)
    gx = (xs - np.float32(left)) * np.float32(canvas.aspect / (cell * 0.8))
    gy = (np.float32(base) - ys) / np.float32(cell)
    i, j = np.floor(gx), np.floor(gy)
    pane = ((gx - i > 0.22) & (gx - i < 0.80) & (gy - j > 0.25) & (gy - j < 0.78)).astype(np.float32)
    visible = float(np.clip(cell * canvas.frame_height / 3.2 - 0.35, 0, 1))
    chance = hashed_cell(i * 7 + j * 13, salt)
    share = glow_share(setup) * (0.25 + salt * 3.77 % 1)
    glass = blend(body, panes(setup), 0.4)
    tone = mix(tone, glass, pane * np.float32(0.55 * max(visible, 0.25)))
    if share:
        on = (chance < share).astype(np.float32) * (pane * visible + np.float32(0.42 * (1 - visible)))
        power = np.float32(0.45) + np.float32(0.75) * hashed_cell(i * 3 + j * 5, 4.2)
        warm = mix((1.0, 0.76, 0.44), (0.75, 0.86, 1.0), (hashed_cell(i + j * 9, 8.1) < 0.2).astype(np.float32))
        tone = tone + warm * (on * power * np.float32(1 - distance * 0.55) * np.float32(0.9))[..., None]
    return np.asarray(tone, np.float32)


def hashed_cell(index: FloatArray, salt: float) -> FloatArray:
    value = np.sin(index * np.float32(12.9898) + np.float32(salt)) * np.float32(437.5453)
    return value - np.floor(value)


def skyline(setup: Setup) -> Place:
    """A city across the water or beyond the parapet."""
    horizon = setup.framing.horizon
    back = sky(setup, horizon)
    base = horizon + 0.035
    far = towers(setup, 0.78, 0.10, 0.30, base, wide=0.05)
    mid = towers(setup, 0.50, 0.12, 0.40, base + 0.012, wide=0.07)
    layers = [back.layer(0.02, "clouds"), far.layer(0.10)]
    layers += [land.fog(setup, horizon, 0.05, 0.5, 0.13), mid.layer(0.2)]
    if setup.says("water", "river", "harbor", "harbour", "bay", "bridge") or setup.make(True, False):
        behind = setup.canvas.sheet()
        behind.rgb[:] = back.rgb
        behind.over(far.rgb, far.alpha)
        behind.over(mid.rgb, mid.alpha)
        layers.append(land.water(setup, behind, horizon=base, calm=0.55).layer(0.35, "water"))
        stage = setup.outdoor()
        _quay(setup, stage)
        layers += stage.layers()
    else:
        near = towers(setup, 0.22, 0.06, 0.30, base + 0.07, wide=0.12)
        layers.append(near.layer(0.36))
        stage = setup.outdoor()
        _parapet(setup, stage)
        layers += stage.layers()
    return Place(layers, stage, frozenset({"city", "skyline"}))


def _quay(setup: Setup, st: Stage) -> None:
    """The paved edge of the water, with a railing."""
    z = st.stand + 1.6
    st.quad(
        (-30, 0, 0.2), (60, 0, 0), (0, 0, z - 0.2), tiles((0.44, 0.43, 0.42), None, 0.9), "mid", floor=True, order=900
    )
    _railing(st, z - 0.2)


def _railing(st: Stage, z: float) -> None:
    reach = st.canvas.aspect * z / st.focal
    for y in (0.98, 0.55):
        st.box(0, y, z, (reach * 2 + 4, 0.05, 0.05), props.IRON, "mid", shadow=False)
    x = -math.ceil(reach + 2)
    while x < reach + 2:
        st.box(x, 0, z, (0.06, 1.02, 0.06), props.IRON, "mid", shadow=False)
        x += 1.6


def _parapet(setup: Setup, st: Stage) -> None:
    """A flat roof: felt, a low wall, vents, a water tank."""
    z = st.stand + 2.4
    st.quad((-30, 0, 0.2), (60, 0, 0), (0, 0, z), stone((0.34, 0.33, 0.33), 0.35, 5), "mid", floor=True, order=900)
    st.box(0, 0, z, (60, 0.85, 0.35), bricks((0.44, 0.30, 0.25)), "mid", top=(0.52, 0.50, 0.47))
    side = setup.side
    x = st.reach(0.5 + 0.34 * side, z - 0.8)
    st.group(x, z - 0.8, "mid")
    for dx in (-0.4, 0.4):
        for dz in (-0.4, 0.4):
            st.box(x + dx, 0, z - 0.8 + dz, (0.08, 1.1, 0.08), props.IRON)
    st.cylinder(x, 1.1, z - 0.8, 0.72, 1.35, wood((0.42, 0.30, 0.21)), taper=0.97)
    st.cutout(x, 2.42, z - 0.8, [(-0.78, 0), (0, 0.5), (0.78, 0)], (0.26, 0.24, 0.23), rounded=True)
    st.ungroup()
    vx = st.reach(0.5 - 0.30 * side, z - 0.7)
    st.box(vx, 0, z - 0.7, (1.1, 0.7, 0.7), (0.50, 0.51, 0.52), "mid", turn=0.2)
    st.cylinder(vx + 1.2, 0, z - 0.5, 0.12, 0.8, (0.52, 0.52, 0.52), "mid")
    if setup.dim:
        st.lamps.append(Lamp((x, 2.6, z - 1.4), linear((1.0, 0.74, 0.42)), 2.2, 1.6))


def panel(st: Stage, x: float, corners: list[tuple[float, float, float]], material: Material, band: str) -> None:
    """A flat piece with four free corners, near enough planar."""
    points = np.stack([st.at(x + p[0], p[1], p[2]) for p in corners])
    along, up = points[1] - points[0], points[3] - points[0]
    normal = np.cross(along, up)
    normal = (normal / max(float(np.linalg.norm(normal)), 1e-6)).astype(np.float32)
    if float(normal @ points.mean(axis=0)) > 0:
        normal = -normal
    st.polygon(points.astype(np.float32), along.astype(np.float32), up.astype(np.float32), normal, material, band)


def village(setup: Setup) -> Place:
    """Cottages with pitched roofs along a lane, a church spire behind."""
    rng, light = setup.rng, setup.light
    place = hills(setup)
    layers = [layer for layer in place.layers if layer.depth < 0.15]
    st = setup.outdoor(fog=0.012)
    lane = stone((0.52, 0.45, 0.36), 0.4, 3)
    st.quad((-60, 0, 0.2), (120, 0, 0), (0, 0, 160), stone((0.28, 0.34, 0.17), 0.55, 6), "shell", floor=True, order=995)
    st.quad((-2.2, 0.01, 0.2), (4.4, 0, 0), (0, 0, 90), lane, "shell", floor=True, order=994)
    share = glow_share(setup)
    for side in (-1, 1):
        z = st.stand + 1.5 + setup.between(0, 3)
        while z < 60:
            w, d, h = setup.between(5, 7), setup.between(6, 8), setup.between(2.6, 3.4)
            x = side * (setup.between(4.2, 6.0) + w / 2)
            wall: RGB = setup.pick((0.78, 0.73, 0.62), (0.66, 0.58, 0.47), (0.72, 0.64, 0.56))
            cottage(setup, st, x, z + d / 2, (w, h, d), wall, share)
            z += d + setup.between(1.5, 5)
    spire = st.stand + 62
    sx = setup.side * setup.between(2, 9)
    st.box(sx, 0, spire, (5, 15, 5), stone((0.52, 0.50, 0.46), 0.4), "far")
    st.cutout(sx, 15, spire, [(-2.7, 0), (0, 11), (2.7, 0)], (0.34, 0.33, 0.36), "far", rounded=True)
    for side in (-1, 1):
        z = st.stand * 0.7
        _fence(st, side * 2.7, z, z + 16)
    near = setup.canvas.sheet()
    land.painted(
        setup, plants.blades(setup, 1.1, 0.13, 80, rng), land.lit(setup, (0.16, 0.20, 0.08)), rim=0.7, sheet=near
    )
    if light.night or light.ambient < 0.4:
        st.lamps.append(Lamp((setup.side * 2.6, 2.6, st.stand + 3), linear((1.0, 0.72, 0.4)), 3.0, 2.6))
    layers += st.layers()
    layers.append(near.layer(0.92, "grass"))
    layers.sort(key=lambda layer: layer.depth)
    return Place(layers, st, frozenset({"house"}))


def cottage(
    setup: Setup, st: Stage, x: float, z: float, size: tuple[float, float, float], wall: RGB, share: float
) -> None:
    """A small house, its ridge along the lane."""
    w, h, d = size
    skin, shine = facade(
        wall,
        (0.18, 0.20, 0.22),
        share=min(1.0, share * 1.5),
        bay=1.9,
        storey=2.3,
        seed=setup.between(0, 40),
        opening=(0.42, 0.42),
        base=0.3,
    )
    roof: RGB = setup.pick((0.44, 0.25, 0.19), (0.36, 0.30, 0.25), (0.30, 0.29, 0.31))
    st.group(x, z, "far")
    st.box(x, 0, z, (w, h, d), skin, emission=shine)
    rise, over = w * 0.42, 0.35
    slate = bricks(roof, 0.4, 0.22, 0.35)
    for side in (1, -1):
        st.quad(
            (x + side * (w / 2 + over), h - over * 0.5, z - d / 2 - 0.2),
            (0, 0, d + 0.4),
            (-side * (w / 2 + over), rise + over * 0.5, 0),
            slate,
        )
    front = z - d / 2
    corners = [(-w / 2, h, front), (w / 2, h, front), (0.02, h + rise, front), (-0.02, h + rise, front)]
    panel(st, x, corners, plaster(wall, 0.12), "far")
    st.box(x + w * 0.22, h + rise * 0.45, z + d * 0.2, (0.6, rise * 0.9, 0.6), bricks((0.42, 0.27, 0.22)))
    st.ungroup()


def _fence(st: Stage, x: float, z0: float, z1: float) -> None:
    z = z0
    while z < z1:
        st.box(x, 0, z, (0.07, 0.95, 0.07), wood((0.46, 0.40, 0.32)), "mid", shadow=False)
        z += 1.2
    for y in (0.35, 0.72):
        st.box(x, y, (z0 + z1) / 2, (0.04, 0.09, z1 - z0), wood((0.50, 0.43, 0.34)), "mid", shadow=False)


def park(setup: Setup) -> Place:
    """Lawn, path, trees, a bench and lamps."""
    rng = setup.rng
    place = hills(setup)
    layers = [layer for layer in place.layers if layer.depth < 0.36]
    if setup.says("city", "urban", "central park", "downtown"):
        layers.append(towers(setup, 0.66, 0.10, 0.30, setup.framing.horizon + 0.02, wide=0.06).layer(0.12))
    canvas = setup.canvas
    lawn = land.ground(setup, (0.28, 0.40, 0.15), (0.20, 0.30, 0.11), horizon=setup.framing.horizon + 0.005,
                       line=np.full(canvas.width, depth_y(setup, 0.06), np.float32))  # fmt: skip
    row = canvas.sheet()
    for _ in range(7):
        x = float(rng.uniform(-0.05, 1.05))
        lone_tree(
            setup,
            row,
            x,
            depth_y(setup, float(rng.uniform(0.05, 0.12))),
            float(rng.uniform(0.20, 0.32)),
            (0.20, 0.29, 0.11),
        )
    row.haze(land.air(setup, 0.9), 0.28)
    layers.append(row.layer(0.34, "foliage"))
    st = setup.outdoor()
    bend = setup.between(-1.5, 1.5)
    st.quad(
        (-1.5 + bend, 0.01, 0.2),
        (3.0, 0, 0),
        (-bend * 5, 0, 50),
        stone((0.62, 0.55, 0.44), 0.3, 2),
        "shell",
        floor=True,
        order=990,
    )
    for z in (st.stand + 2.0, st.stand + 9):
        _park_lamp(setup, st, 2.6 * setup.side, z)
    _bench(st, st.reach(0.5 + 0.33 * setup.side, st.stand + 0.9), st.stand + 0.9)
    path = [replace(layer, depth=0.32) if layer.depth == BANDS["shell"] else layer for layer in st.layers()]
    lawn_layer = lawn.layer(0.30)
    side_tree = canvas.sheet()
    lone_tree(
        setup,
        side_tree,
        0.5 - setup.side * setup.between(0.34, 0.44),
        depth_y(setup, 0.75),
        setup.between(0.62, 0.80),
        (0.16, 0.24, 0.09),
    )
    layers += [lawn_layer, *path, side_tree.layer(0.58, "foliage")]
    flowers = land.painted(
        setup, plants.blades(setup, 1.1, 0.15, 110, rng), land.lit(setup, (0.14, 0.19, 0.07)), rim=0.8
    )
    dots: list[plants.Outline] = [
        plants.clump(setup, float(rng.uniform(-0.1, 1.1)), float(rng.uniform(0.96, 1.08)), 0.010, rng, 8)
        for _ in range(30)
    ]
    land.painted(
        setup,
        dots,
        land.lit(setup, setup.make((0.86, 0.42, 0.44), (0.90, 0.78, 0.40), (0.80, 0.76, 0.86))),
        sheet=flowers,
    )
    layers.append(flowers.layer(0.92, "grass"))
    layers.sort(key=lambda layer: layer.depth)
    return Place(
        layers, st, frozenset({"tree", "bench", "lamp"}), ("leaves",) if setup.says("autumn", "fall", "wind") else ()
    )


def _park_lamp(setup: Setup, st: Stage, x: float, z: float) -> None:
    lit = setup.dim or setup.light.ambient < 0.5
    st.group(x, z, "mid")
    props.rounded(st, x, 0, z, [(0.16, 0), (0.10, 0.25), (0.05, 0.4), (0.045, 2.9), (0.1, 3.0)], props.IRON)
    props.rounded(st, x, 3.0, z, [(0.12, 0), (0.22, 0.2), (0.12, 0.42), (0.02, 0.55)], (0.72, 0.70, 0.62),
                  emission=(1.2, 0.98, 0.66) if lit else None)  # fmt: skip
    st.ungroup()
    if lit:
        st.lamps.append(Lamp((x, 3.1, z - 0.2), linear((1.0, 0.76, 0.45)), 2.6, 2.4))


def _bench(st: Stage, x: float, z: float) -> None:
    st.group(x, z, "mid")
    for k in range(3):
        st.box(x, 0.62 + 0.13 * k, z + 0.24, (1.7, 0.09, 0.03), wood((0.42, 0.29, 0.18)), shadow=False)
    for dx in (-0.7, 0.7):
        st.box(x + dx, 0, z, (0.07, 0.44, 0.45), props.IRON)
    for k in range(3):
        st.box(x, 0.43, z - 0.17 + 0.15 * k, (1.7, 0.04, 0.11), wood((0.46, 0.32, 0.20)), shadow=False)
    st.contact(x, z, 1.1, 0.45, 0.5)
    st.ungroup()
