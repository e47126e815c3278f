"""A place in metres: flat faces in space, seen by the framing's camera and lit by sun, windows and lamps.

    quad, box, cutout ─► Face, in camera space ─► painted far to near, band by band
                                                    │  per pixel: ray ∩ plane ─► point ─► material × light, then fog
    sun, windows, lamps, contact shadows ───────────┘
    bands "shell", "far", "mid", "near", "front" ─► one Sheet each ─► layers by depth

World axes: x right, y up from the floor, z away from the camera, which stands at x = z = 0. Verticals stay vertical
(a shift lens), so the horizon may lie anywhere in the frame. The camera's height is not free: an adult of 1.72 m must
come out as tall, and with feet as high, as the framing says.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from animatic.canvas import Canvas, Field, Sheet
from animatic.elements import RGB, Framing, Layer
from animatic.scenes.lighting import shine

ADULT = 1.72
"""Metres from sole to crown."""
NEAR = 0.22
"""Metres before the lens where things are cut off."""

BANDS: dict[str, float] = {"shell": 0.14, "far": 0.24, "mid": 0.42, "near": 0.62, "front": 0.92}
"""Depth of each band of a stage, 0 far .. 1 near."""

CORNER: RGB = (0.10, 0.085, 0.075)
"""What is seen in the seam of two walls."""
UNDERFOOT = 0.75
"""Metres behind people at which the floor begins to be as near as they are."""

Vector = tuple[float, float, float]


@dataclass
class Surface:
    """What a material sees of the face it covers: places in metres along the face, distance, detail left."""

    a: Field
    b: Field
    z: Field
    width: float
    height: float

    def fade(self, size: float, sharpness: float = 900.0) -> Field:
        """1 where a detail of ``size`` metres can be seen, 0 where it would only flicker."""
        return np.clip(np.float32(size * sharpness / 22.0) / self.z - 0.25, 0, 1)


Material = Callable[[Surface], Field] | RGB


@dataclass
class Lamp:
    """A small warm light; ``reach`` is where it has fallen to half."""

    at: Vector
    colour: RGB
    reach: float = 1.4
    power: float = 1.0


@dataclass
class Aperture:
    """A window or door that light comes in by: corner, its two edges, panes, light of the sky behind it."""

    corner: Vector
    across: Vector
    up: Vector
    inward: Vector
    colour: RGB
    power: float = 1.0
    panes: tuple[int, int] = (2, 2)
    bar: float = 0.04


@dataclass
class Face:
    points: Field
    corner: Field
    normal: Field
    along: Field
    upward: Field
    material: Material
    band: str
    order: float
    emission: Material | None = None
    walled: bool = False
    rounded: bool = False
    soft: float = 0.0
    opacity: float = 1.0
    floor: bool = False


@dataclass
class _Footprint:
    x: float
    z: float
    rx: float
    rz: float
    strength: float


def _array(*values: float) -> Field:
    return np.array(values, np.float32)


@dataclass
class Stage:
    """Camera, lights and faces of one place."""

    canvas: Canvas
    framing: Framing
    yaw: float = 0.0
    """Radians that the place is turned about the spot where people stand."""
    centre: float = 0.0
    """Where the vanishing point of z lies, in frame heights from the middle."""
    wide: float = 1.05
    """Focal length in frame heights at scene_zoom 1."""
    sky_light: RGB = (0.5, 0.5, 0.5)
    """Linear light that falls on what looks up."""
    bounce: RGB = (0.3, 0.3, 0.3)
    """Linear light that falls on what looks down."""
    sun: tuple[Vector, RGB] | None = None
    """Direction to the sun and its linear colour."""
    fog: tuple[RGB, float] | None = None
    """Colour and density per metre."""
    indoors: bool = True
    lamps: list[Lamp] = field(default_factory=list["Lamp"])
    windows: list[Aperture] = field(default_factory=list["Aperture"])
    faces: list[Face] = field(default_factory=list["Face"])
    footprints: list[_Footprint] = field(default_factory=list["_Footprint"])

    def __post_init__(self) -> None:
        frame = self.framing
        self.focal = self.wide * frame.scene_zoom
        sole = frame.head_top + frame.figure_height
        self.eye = min(max(ADULT * (sole - frame.horizon) / frame.figure_height, 0.25), 40.0)
        self.stand = self.focal * ADULT / frame.figure_height
        """Distance at which people stand."""
        self._group: tuple[str, float] | None = None
        self.turned = (math.cos(self.yaw), math.sin(self.yaw))

    # -- space

    def at(self, x: float, y: float, z: float) -> Field:
        """A world point in camera space."""
        c, s = self.turned
        dz = z - self.stand
        return _array(x * c + dz * s, y - self.eye, -x * s + dz * c + self.stand)

    def direction(self, v: Vector) -> Field:
        c, s = self.turned
        return _array(v[0] * c + v[2] * s, v[1], -v[0] * s + v[2] * c)

    def project(self, point: Field) -> tuple[float, float]:
        """Camera space to frame fractions."""
        z = max(float(point[2]), NEAR)
        u = self.centre + self.focal * float(point[0]) / z
        return 0.5 + u / self.canvas.aspect, self.framing.horizon - self.focal * float(point[1]) / z

    def seen(self, x: float, y: float, z: float) -> tuple[float, float]:
        """A world point in frame fractions."""
        return self.project(self.at(x, y, z))

    def scale(self, z: float) -> float:
        """Frame heights that one metre takes at a distance."""
        return self.focal / max(z, NEAR)

    def edge(self, z: float, side: int) -> float:
        """World x at the frame's left (-1) or right (1) edge at distance ``z`` (for small turns)."""
        return (side * self.canvas.aspect / 2 - self.centre) * z / self.focal

    def reach(self, x: float, z: float) -> float:
        """World x at which the frame fraction ``x`` meets the upright plane at world ``z``."""
        ray = ((x - 0.5) * self.canvas.aspect - self.centre) / self.focal
        c, s = self.turned
        # The lens in world axes, and the ray's direction there.
        lens_x, lens_z = self.stand * s, self.stand - self.stand * c
        dx, dz = ray * c - s, ray * s + c
        return lens_x + dx * (z - lens_z) / max(dz, 0.05)

    # -- things

    def group(self, x: float, z: float, band: str = "mid") -> None:
        """Faces made from here on are one thing at (x, z), painted together."""
        distance = float(self.at(x, 0, z)[2])
        self._group = (self._near(band, distance), distance)

    def _near(self, band: str, distance: float) -> str:
        """What stands on the near floor must be as near as that floor is."""
        return "near" if band == "mid" and distance < self.stand + UNDERFOOT + 0.1 else band

    def ungroup(self) -> None:
        self._group = None

    def _add(self, points: Field, along: Field, upward: Field, normal: Field, material: Material,
             band: str, order: float | None, **more: object) -> Face:  # fmt: skip
        if self._group is not None:
            band, order = self._group
        else:
            band = self._near(band, float(points[:, 2].mean()))
        distance = float(points[:, 2].mean()) if order is None else order
        face = Face(points, points[0], normal, along, upward, material, band, distance, **more)  # pyright: ignore[reportArgumentType]  # numpy forgets how long a row is
        self.faces.append(face)
        return face

    def quad(
        self,
        corner: Vector,
        across: Vector,
        up: Vector,
        material: Material,
        band: str = "mid",
        *,
        emission: Material | None = None,
        order: float | None = None,
        walled: bool = False,
        floor: bool = False,
        both: bool = True,
        rounded: bool = False,
        opacity: float = 1.0,
    ) -> None:
        """A rectangle from its corner and edges. ``both``: seen from behind as well."""
        a, b = self.direction(across), self.direction(up)
        origin = self.at(*corner)
        normal = np.cross(a, b).astype(np.float32)
        length = float(np.linalg.norm(normal))
        if length < 1e-9:
            return
        normal = normal / np.float32(length)
        if float(normal @ (origin + (a + b) / 2)) > 0:
            if not both:
                return
            normal = -normal
        points = np.stack([origin, origin + a, origin + a + b, origin + b]).astype(np.float32)
        self._add(points, a, b, normal, material, band, order, emission=emission, walled=walled, floor=floor,
                  rounded=rounded, opacity=opacity)  # fmt: skip

    def polygon(self, points: Field, along: Field, up: Field, normal: Field, material: Material,
                band: str = "mid", *, emission: Material | None = None) -> None:  # fmt: skip
        """A flat piece with free corners, given in camera space."""
        self._add(points, along, up, normal, material, band, None, emission=emission)

    def box(
        self,
        x: float,
        y: float,
        z: float,
        size: Vector,
        material: Material,
        band: str = "mid",
        *,
        turn: float = 0.0,
        emission: Material | None = None,
        top: Material | None = None,
        shadow: bool = True,
    ) -> None:
        """A box standing at (x, y, z): the middle of its underside. ``size`` is width, height, depth."""
        w, h, d = size
        c, s = math.cos(turn), math.sin(turn)
        ax, az = (c * w, -s * w), (s * d, c * d)
        x0, z0 = x - ax[0] / 2 - az[0] / 2, z - ax[1] / 2 - az[1] / 2
        across, deep, up = (ax[0], 0.0, ax[1]), (az[0], 0.0, az[1]), (0.0, h, 0.0)
        far = (x0 + az[0], y, z0 + az[1])
        right = (x0 + ax[0], y, z0 + ax[1])
        centre = self.at(x, y + h / 2, z)
        order = float(np.hypot(centre[0], centre[2]))
        sides: list[tuple[Vector, Vector, Vector, Vector]] = [
            ((x0, y, z0), across, up, (-az[0], 0, -az[1])),
            (far, across, up, (az[0], 0, az[1])),
            ((x0, y, z0), deep, up, (-ax[0], 0, -ax[1])),
            (right, deep, up, (ax[0], 0, ax[1])),
            ((x0, y + h, z0), across, deep, (0, 1, 0)),
            ((x0, y, z0), across, deep, (0, -1, 0)),
        ]
        for corner, a, b, outward in sides:
            normal = self.direction(outward)
            if float(normal @ (self.at(*corner) + (self.direction(a) + self.direction(b)) / 2)) >= 0:
                continue
            skin = top if top is not None and outward[1] > 0 else material
            self.quad(corner, a, b, skin, band, emission=emission, order=order)
        if shadow and y < 0.05:
            self.contact(x, z, w * 0.62 + d * 0.1 * abs(s), d * 0.62 + w * 0.1 * abs(s))

    def contact(self, x: float, z: float, rx: float, rz: float, strength: float = 0.62) -> None:
        """The soft dark patch under a thing on the floor."""
        self.footprints.append(_Footprint(x, z, max(rx, 0.04), max(rz, 0.04), strength))

    def cutout(
        self,
        x: float,
        y: float,
        z: float,
        outline: Sequence[tuple[float, float]],
        material: Material,
        band: str = "mid",
        *,
        rounded: bool = False,
        emission: Material | None = None,
        soft: float = 0.0,
        opacity: float = 1.0,
        order: float | None = None,
    ) -> None:
        """A flat shape in metres around (x, y), facing the camera; ``rounded`` shades it as a turned thing."""
        origin = self.at(x, y, z)
        shape = np.array([(p[0], p[1], 0.0) for p in outline], np.float32)
        low, high = shape.min(axis=0), shape.max(axis=0)
        points = (origin + shape).astype(np.float32)
        a = _array(max(float(high[0] - low[0]), 1e-4), 0, 0)
        b = _array(0, max(float(high[1] - low[1]), 1e-4), 0)
        face = self._add(points, a, b, _array(0, 0, -1), material, band, order, rounded=rounded, emission=emission,
                         soft=soft, opacity=opacity)  # fmt: skip
        # Material coordinates start at the shape's lower left corner, not at its first point.
        face.corner = (origin + low).astype(np.float32)

    def cylinder(self, x: float, y: float, z: float, radius: float, height: float, material: Material,
                 band: str = "mid", *, top: Material | None = None, taper: float = 1.0,
                 emission: Material | None = None) -> None:  # fmt: skip
        """An upright round thing: a shaded silhouette and, seen from above, its lid."""
        scale = float(self.at(x, y, z)[2])
        drop = radius * (self.eye - y) / max(scale, 0.3)
        rise = radius * taper * (self.eye - y - height) / max(scale, 0.3)
        turn = [i * math.pi / 10 for i in range(11)]
        lower = [(-math.cos(t) * radius, -math.sin(t) * drop * 0.9) for t in turn]
        upper = [(math.cos(t) * radius * taper, height - math.sin(t) * max(rise, 0) * 0.9) for t in turn]
        self.cutout(x, y, z, lower + upper, material, band, rounded=True, emission=emission)
        if rise > 0.002:
            lid = [(math.cos(t) * radius * taper, height + math.sin(t) * rise * 0.9)
                   for t in (i * math.pi / 10 for i in range(20))]  # fmt: skip
            self.cutout(x, y, z, lid, top if top is not None else material, band, emission=emission)
        if y < 0.05:
            self.contact(x, z, radius * 1.3, radius * 1.3)

    # -- picture

    def sheets(self) -> dict[str, Sheet]:
        """Paint all faces; the bands that got any, far to near."""
        made: dict[str, Sheet] = {}
        for face in sorted(self.faces, key=lambda f: -f.order):
            sheet = made.get(face.band)
            if sheet is None:
                sheet = made[face.band] = self.canvas.sheet(CORNER)
                if face.band == "shell" and self.indoors:
                    sheet.alpha[:] = 1  # where walls meet no light shows through
            self._paint(face, sheet)
        return {band: made[band] for band in BANDS if band in made and made[band].touched}

    def layers(self) -> list[Layer]:
        """The bands as layers, and the floor by people's feet once more, as near as they are: a moving camera must
        not slide them over it."""
        sheets = self.sheets()
        layers = [sheet.layer(BANDS[band]) for band, sheet in sheets.items()]
        sole = self.framing.head_top + self.framing.figure_height
        if "shell" in sheets and sole < 1.08:
            shell = sheets["shell"]
            start = self.framing.horizon + self.focal * self.eye / (self.stand + UNDERFOOT)
            rise = np.clip((self.canvas.y - np.float32(start)) / np.float32(max((sole - start) * 0.6, 0.004)), 0, 1)
            layers.append(Layer(shell.rgb.copy(), (shell.alpha * rise).astype(np.float32), 0.56))
            layers.sort(key=lambda layer: layer.depth)
        return layers

    def _paint(self, face: Face, sheet: Sheet) -> None:
        corner = face.corner
        clipped = _clip(face.points)
        if len(clipped) < 3:
            return
        canvas = self.canvas
        shape = [self.project(p) for p in clipped]
        mask, y0, x0 = canvas.patch([shape])
        if mask.size == 0 or not mask.any():
            return
        if face.soft > 0:
            ramp_x = np.linspace(-1, 1, mask.shape[1], dtype=np.float32)[None, :]
            ramp_y = np.linspace(-1, 1, mask.shape[0], dtype=np.float32)[:, None]
            falloff = np.clip(1.0 - (ramp_x * ramp_x + ramp_y * ramp_y), 0, 1)
            mask = mask * (falloff * np.float32(face.soft) + np.float32(1 - face.soft))
        if face.opacity < 1:
            mask = mask * np.float32(face.opacity)
        h, w = mask.shape
        rx = (canvas.u[:, x0 : x0 + w] - np.float32(self.centre)) / np.float32(self.focal)
        ry = (np.float32(self.framing.horizon) - canvas.y[y0 : y0 + h]) / np.float32(self.focal)
        n = face.normal
        slope = n[0] * rx + n[1] * ry + n[2]
        reach = float(n @ corner)
        slope = np.where(np.abs(slope) < 1e-5, np.float32(-1e-5), slope)
        z = np.clip(np.float32(reach) / slope, NEAR, 4000.0)
        point = (rx * z, ry * z, z)
        la, lb = float(np.linalg.norm(face.along)), float(np.linalg.norm(face.upward))
        a = _along(point, corner, face.along / la)
        b = _along(point, corner, face.upward / lb)
        surface = Surface(a, b, z, la, lb)
        albedo = face.material(surface) if callable(face.material) else np.asarray(face.material, np.float32)
        colour = albedo * shine(self, face, point, surface)
        if face.emission is not None:
            glow = face.emission(surface) if callable(face.emission) else np.asarray(face.emission, np.float32)
            colour = np.maximum(colour, glow)
        if self.fog is not None:
            share = 1 - np.exp(-z * np.float32(self.fog[1]))
            colour = colour + (np.asarray(self.fog[0], np.float32) - colour) * share[..., None]
        sheet.over(np.broadcast_to(colour, (h, w, 3)), mask, y0, x0)


def _along(point: tuple[Field, Field, Field], corner: Field, axis: Field) -> Field:
    return sum(((point[i] - corner[i]) * axis[i] for i in range(3)), np.float32(0))  # pyright: ignore[reportReturnType]  # sum() widens to the type of its start


def _clip(points: Field) -> list[Field]:
    """The part of a polygon that lies before the lens."""
    kept: list[Field] = []
    for i in range(len(points)):
        p, q = points[i - 1], points[i]
        if (p[2] >= NEAR) != (q[2] >= NEAR):
            t = (NEAR - p[2]) / (q[2] - p[2])
            kept.append(p + (q - p) * t)
        if q[2] >= NEAR:
            kept.append(q)
    return kept


def linear(colour: RGB, power: float = 1.0) -> RGB:
    """A displayed colour as light."""
    return colour[0] ** 2 * power, colour[1] ** 2 * power, colour[2] ** 2 * power
