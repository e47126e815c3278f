"""Hats, glasses and what else is worn on a head, in head space."""

from __future__ import annotations

import numpy as np

from animatic.elements import RGB
from animatic.figures.appearance import Appearance
from animatic.figures.head import Head
from animatic.figures.surface import Floats, Material, Surface, array, ball, resample, tube, turn

GOLD: RGB = (0.80, 0.64, 0.30)


def wear(look: Appearance, head: Head) -> list[Surface]:
    """What this person has on the head."""
    parts: list[Surface] = []
    makers = {
        "fedora": _fedora,
        "straw": _straw,
        "cap": _cap,
        "officer": _officer,
        "beanie": _beanie,
        "helmet": _helmet,
        "crown": _crown,
        "headscarf": _headscarf,
        "hood": _hood,
        "turban": _turban,
    }
    if look.hat is not None:
        parts += makers[look.hat](look, head)
    if look.glasses and not look.robot:
        parts += _glasses(look, head)
    if look.robot:
        parts += _antennae(head)
    return parts


def _dome(
    head: Head,
    rim: Floats | float,
    ease: float,
    color: RGB,
    *,
    tall: float = 0.0,
    material: Material = Material.CLOTH,
) -> Surface:
    """A cap over the skull down to ``rim``, raised by ``tall`` on top."""
    angle = turn(64) - np.pi
    end = np.broadcast_to(np.asarray(rim, np.float32), angle.shape)
    along = np.linspace(0.0, 1, 30, dtype=np.float32)[:, None]
    y = 0.5 * np.cos(along * np.arccos(np.clip(end * 2, -1, 1))[None])
    grid = head.surface_at(y.astype(np.float32), angle[None] + 0 * y)
    outward = grid - array([0, 0.02, -0.06])
    outward /= np.maximum(np.sqrt(np.sum(outward**2, axis=-1, keepdims=True)), 1e-6)
    grid = grid + outward * ease
    grid[..., 1] += tall * np.clip(1 - along, 0, 1) ** 0.5
    return Surface(grid.astype(np.float32), color, material, solid=False)


def _ring(head: Head, high: float, low: float, ease: float, color: RGB, material: Material = Material.CLOTH) -> Surface:
    """A band round the head."""
    angle = turn(64) - np.pi
    y = np.linspace(high, low, 7, dtype=np.float32)[:, None] + 0 * angle[None]
    grid = head.surface_at(y, angle[None] + 0 * y)
    bulge = ease + 0.012 * np.sin(np.linspace(0, np.pi, 7))[:, None]
    grid[..., 0] += np.sin(angle)[None] * bulge
    grid[..., 2] += np.cos(angle)[None] * bulge
    return Surface(grid.astype(np.float32), color, material, solid=False)


def _brim(head: Head, y: float, inner: float, outer: Floats, lift: Floats, color: RGB) -> Surface:
    """A brim: from the crown's foot outwards by ``outer`` per angle, its edge lifted."""
    angle = turn(72) - np.pi
    part = np.linspace(0, 1, 9, dtype=np.float32)[:, None]
    base = head.surface_at(np.full_like(angle, y), angle)
    reach = inner + outer[None] * part
    x = base[None, :, 0] + np.sin(angle)[None] * reach
    z = base[None, :, 2] + np.cos(angle)[None] * reach
    height = y + lift[None] * part**2
    return Surface(np.stack([x, height + 0 * x, z], axis=-1).astype(np.float32), color, Material.CLOTH, solid=False)


def _crown_part(head: Head, foot: float, top: float, pinch: float, taper: float, color: RGB) -> Surface:
    """The upright part of a hat with a dented top."""
    angle = turn(64) - np.pi
    base = head.surface_at(np.full_like(angle, foot), angle)
    part = np.concatenate([np.linspace(0, 1, 16), [1.0, 1.0, 1.0]]).astype(np.float32)[:, None]
    close = np.concatenate([np.ones(14), [0.985, 0.94, 0.80, 0.45, 0.02]]).astype(np.float32)[:, None]
    ease = 1.07 - taper * part
    x = base[None, :, 0] * ease * close
    z = (base[None, :, 2] + 0.05) * ease * close - 0.05
    front = np.clip(np.cos(angle), 0, 1)[None]
    x = x * (1 - pinch * front * part**2)
    dent = 0.075 * np.exp(-((x / 0.10) ** 2)) * np.clip(part * 4 - 3, 0, 1) if pinch else 0.0
    y = foot - 0.01 + (top - foot) * part * (0.94 + 0.06 * front) - dent
    return Surface(np.stack([x, y + 0 * x, z], axis=-1).astype(np.float32), color, Material.CLOTH)


def _fedora(look: Appearance, head: Head) -> list[Surface]:
    color = _dark(look.palette.main if look.cut != "trench" else look.palette.legs, 0.85)
    angle = turn(72) - np.pi
    outer = 0.205 + 0.03 * np.abs(np.cos(angle))
    lift = 0.055 * np.abs(np.sin(angle)) ** 2 - 0.065 * np.clip(np.cos(angle), 0, 1)
    return [
        _crown_part(head, 0.235, 0.66, 0.24, 0.15, color),
        _ring(head, 0.315, 0.225, 0.030, _dark(look.palette.accent, 0.6)),
        _brim(head, 0.225, 0.02, outer.astype(np.float32), lift.astype(np.float32), color),
    ]


def _straw(look: Appearance, head: Head) -> list[Surface]:
    color: RGB = (0.80, 0.66, 0.42)
    angle = turn(72) - np.pi
    outer = 0.36 + 0 * angle
    lift = -0.07 + 0.05 * np.abs(np.sin(angle))
    return [
        _crown_part(head, 0.235, 0.58, 0.0, 0.16, color),
        _ring(head, 0.315, 0.230, 0.030, look.palette.accent),
        _brim(head, 0.225, 0.02, outer.astype(np.float32), lift.astype(np.float32), color),
    ]


def _visor(head: Head, y: float, reach: float, droop: float, color: RGB, material: Material) -> Surface:
    angle = np.linspace(-1.15, 1.15, 40, dtype=np.float32)
    part = np.linspace(0, 1, 9, dtype=np.float32)[:, None]
    base = head.surface_at(np.full_like(angle, y), angle)
    out = reach * np.clip(np.cos(angle / 1.15 * np.pi / 2), 0, 1)[None] ** 0.7 * part
    x = base[None, :, 0] * (1.03 + 0.05 * part)
    z = base[None, :, 2] + 0.03 + out
    height = y - droop * part**1.3 * np.ones_like(x) - 0.03 * (x / 0.35) ** 2 * part
    return Surface(np.stack([x, height, z], axis=-1).astype(np.float32), color, material, closed=False, solid=False)


def _cap(look: Appearance, head: Head) -> list[Surface]:
    color = look.palette.accent
    angle = turn(64) - np.pi
    rim = 0.20 - 0.10 * np.clip(-np.cos(angle), 0, 1)
    return [
        _dome(head, rim.astype(np.float32), 0.050, color, tall=0.03),
        _visor(head, 0.215, 0.30, 0.06, _dark(color, 0.8), Material.CLOTH),
    ]


def _officer(look: Appearance, head: Head) -> list[Surface]:
    color = look.palette.main
    angle = turn(64) - np.pi
    part = np.linspace(0, 1, 12, dtype=np.float32)[:, None]
    base = head.surface_at(np.full_like(angle, 0.24), angle)
    wide = np.interp(part[:, 0], (0, 0.55, 0.75, 0.9, 1), (1.08, 1.30, 1.28, 0.9, 0.02))[:, None]
    rise = np.interp(part[:, 0], (0, 0.55, 0.75, 0.9, 1), (0.0, 0.17, 0.215, 0.225, 0.225))[:, None]
    x, z = base[None, :, 0] * wide, (base[None, :, 2] + 0.05) * wide - 0.05
    y = 0.29 + rise + 0.16 * (z + 0.05) * np.clip(part * 2, 0, 1)
    top = Surface(np.stack([x, y, z], axis=-1).astype(np.float32), color, Material.CLOTH)
    badge = ball((0.0, 0.36, float(head.section(array(0.3))[1]) + 0.085), (0.045, 0.055, 0.02), GOLD, Material.HARD)
    return [
        _ring(head, 0.315, 0.205, 0.035, _dark(color, 0.75)),
        top,
        badge,
        _visor(head, 0.215, 0.20, 0.10, (0.06, 0.06, 0.07), Material.HARD),
    ]


def _beanie(look: Appearance, head: Head) -> list[Surface]:
    color = look.palette.accent
    dome = _dome(head, 0.20, 0.055, color, tall=0.07)
    ribs = 1 + 0.010 * np.cos(turn(64) * 32)[None, :, None]
    dome.grid = (dome.grid * ribs).astype(np.float32)
    return [dome, _ring(head, 0.30, 0.13, 0.076, _dark(color, 0.88))]


def _helmet(look: Appearance, head: Head) -> list[Surface]:
    angle = turn(64) - np.pi
    rim = 0.13 - 0.16 * np.clip(-np.cos(angle * 0.8), 0, 1)
    color = look.palette.main
    flare = turn(72) - np.pi
    dome = _dome(head, rim.astype(np.float32), 0.085, color, material=Material.HARD, tall=0.02)
    brim = _brim(
        head,
        0.155,
        0.070,
        (0.050 + 0 * flare).astype(np.float32),
        (-0.05 + 0 * flare).astype(np.float32),
        _dark(color, 0.8),
    )
    strap = resample(
        [(-0.34, 0.10, 0.0), (-0.31, -0.2, 0.12), (0, -0.53, 0.26), (0.31, -0.2, 0.12), (0.34, 0.10, 0.0)],
        30,
        4,
    )
    line = tube(strap, np.full(30, 0.012, np.float32), color=_dark(color, 0.5), material=Material.HARD, columns=8)
    return [dome, brim, line]


def _crown(look: Appearance, head: Head) -> list[Surface]:
    angle = turn(80) - np.pi
    part = np.linspace(0, 1, 8, dtype=np.float32)[:, None]
    base = head.surface_at(np.full_like(angle, 0.30), angle)
    points = 0.10 + 0.11 * np.abs(((angle * 9 / (2 * np.pi)) % 1) * 2 - 1) ** 1.3
    spread = 1.10 + 0.06 * part
    grid = np.stack(
        [base[None, :, 0] * spread, 0.30 + points[None] * part, (base[None, :, 2] + 0.05) * spread - 0.05],
        axis=-1,
    )
    band = Surface(grid.astype(np.float32), GOLD, Material.HARD, solid=False)
    jewel = ball(
        (0.0, 0.36, float(head.section(array(0.3))[1]) + 0.065),
        (0.03, 0.035, 0.02),
        look.palette.main,
        Material.HARD,
    )
    return [band, jewel]


def _headscarf(look: Appearance, head: Head) -> list[Surface]:
    color = look.palette.accent
    opening = np.radians(52)
    angle = np.linspace(opening, 2 * np.pi - opening, 84, dtype=np.float32)
    along = np.linspace(0, 1, 54, dtype=np.float32)[:, None]
    # Over the top the cloth comes forward to the forehead, below it closes under the chin and spreads to the shoulders.
    y = 0.5 - 1.42 * along + 0 * angle[None]
    keys = (
        (-0.62, 0.02),
        (-0.52, 0.08),
        (-0.38, 0.55),
        (0.0, 1.0),
        (0.20, 0.98),
        (0.30, 0.72),
        (0.36, 0.30),
        (0.42, 0.02),
    )
    close = np.interp(y[:, 0], [key[0] for key in keys], [key[1] for key in keys])[:, None]
    turned = np.pi + (angle[None] - np.pi) * (np.pi - opening * close) / (np.pi - opening)
    on = np.clip(y, -0.30, 0.4995)
    grid = head.surface_at(on.astype(np.float32), turned.astype(np.float32))
    low = np.clip((-0.34 - y) / 0.56, 0, 1)
    ease = 0.055 + 0.010 * np.cos(turned * 9 + along * 8) * (1 + 2 * low) + 0.17 * low**1.5
    grid[..., 0] += np.sin(turned) * ease * (1 + 0.5 * low)
    grid[..., 2] += np.cos(turned) * ease
    grid[..., 1] = y + 0.045 * (1 - along) ** 6
    ahead = np.cos(turned) > 0
    grid[..., 2] = np.where(ahead, grid[..., 2] * (1 - 0.25 * low), grid[..., 2] + 0.10 * low)
    return [Surface(grid.astype(np.float32), color, Material.CLOTH, closed=False, solid=False, lined=True)]


def _hood(look: Appearance, head: Head) -> list[Surface]:
    """A hood that is up."""
    parts = _headscarf(look, head)
    cloth = parts[0]
    centre = array([0.0, 0.0, -0.08])
    swell = np.array([1.22, 1.14, 1.20], np.float32)
    cloth.grid = (centre + (cloth.grid - centre) * swell).astype(np.float32)
    cloth.color = _dark(look.palette.main, 0.92)
    return parts


def _turban(look: Appearance, head: Head) -> list[Surface]:
    """Cloth wound round the head, band over band, higher in front."""
    color = look.palette.accent
    angle = turn(64) - np.pi
    rim = 0.17 - 0.16 * np.clip(-np.cos(angle), 0, 1)
    parts = [_dome(head, rim.astype(np.float32), 0.13, _dark(color, 0.92), tall=0.10)]
    for k, (high, low, ease) in enumerate(((0.33, 0.10, 0.135), (0.42, 0.20, 0.15), (0.47, 0.30, 0.13))):
        band = _ring(head, high, low, ease, _dark(color, 1.0 - 0.07 * (k % 2)))
        band.grid[..., 1] += (0.05 * np.cos(angle) + 0.03 * (-1) ** k * np.sin(angle))[None]
        parts.append(band)
    return parts


def _glasses(look: Appearance, head: Head) -> list[Surface]:
    parts: list[Surface] = []
    color: RGB = (0.13, 0.11, 0.11) if look.hair_seed % 3 else (0.55, 0.42, 0.22)
    wire = 0.0055 if look.hair_seed % 2 else 0.0085
    angle = turn(40)
    z = float(head.point(array(0.0), array(0.02))[2]) + 0.045
    spacing = 0.162 * look.face.eye_spacing
    for side in (-1, 1):
        square = 3.0 if look.hair_seed % 5 < 3 else 2.0
        cos, sin = np.cos(angle), np.sin(angle)
        x = side * spacing + 0.112 * np.sign(cos) * np.abs(cos) ** (2 / square)
        y = -0.005 + 0.088 * np.sign(sin) * np.abs(sin) ** (2 / square)
        depth = z - 0.22 * np.clip(np.abs(x) - 0.10, 0, None) ** 1.15
        ring = np.stack([x, y, depth], axis=1)
        ring = np.concatenate([ring, ring[:2]]).astype(np.float32)
        parts.append(
            tube(
                ring,
                np.full(len(ring), wire, np.float32),
                color=color,
                material=Material.HARD,
                columns=8,
                rounded=(False, False),
            )
        )
        arm = resample(
            [
                (side * (spacing + 0.112), 0.03, z - 0.06),
                (side * 0.372, 0.03, 0.05),
                (side * 0.372, 0.02, -0.10),
            ],
            14,
            2,
        )
        parts.append(tube(arm, np.full(14, wire, np.float32), color=color, material=Material.HARD, columns=8))
    bridge = resample([(-spacing + 0.10, 0.02, z), (0, 0.035, z + 0.012), (spacing - 0.10, 0.02, z)], 10, 1)
    parts.append(tube(bridge, np.full(10, wire, np.float32), color=color, material=Material.HARD, columns=8))
    return parts


def _antennae(head: Head) -> list[Surface]:
    """A machine's ears."""
    parts: list[Surface] = []
    for side in (-1, 1):
        width = float(head.section(array(0.0))[0])
        parts.append(ball((side * width, 0.0, -0.06), (0.05, 0.11, 0.11), (0.35, 0.38, 0.42), Material.HARD))
        rod = resample([(side * (width + 0.02), 0.05, -0.06), (side * (width + 0.05), 0.50, -0.10)], 8)
        parts.append(
            tube(
                rod,
                np.full(8, 0.014, np.float32),
                color=(0.45, 0.48, 0.52),
                material=Material.HARD,
                columns=8,
            )
        )
    return parts


def _dark(color: RGB, by: float) -> RGB:
    return color[0] * by, color[1] * by, color[2] * by
