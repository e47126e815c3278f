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

from film.providers.draft.canvas import Canvas, Sheet, resized
from film.providers.draft.elements import RGB, FloatArray, Framing, Layer

ADULT = 1.72
"""Metres from sole to crown."""
NEAR = 0.22
"""Metres before the lens where things are cut off."""

BANDS: dict[str, float] = {"shell": 0.14, "far": 0.24, "mid": 0.42, "near": 0.62, "front": 0.92}
"""Depth of each band of a stage, 0 far .. 1 near."""

COARSE = 24_000
"""Pixels from which on a face's light is reckoned at a lower resolution: it is smooth."""
UNDERFOOT = 0.75
"""Metres behind people at which the floor begins to be as near as they are."""

Vector = tuple[float, float, float]


@dataclass
class Surface:
    """What a material sees of the face it covers: places in metres along the face, distance, detail left."""

    a: FloatArray
    b: FloatArray
    z: FloatArray
    width: float
    height: float

    def fade(self, size: float, sharpness: float = 900.0) -> FloatArray:
        """1 where a detail of ``size`` metres can be seen, 0 where it would only flicker."""
        return np.clip(np.float32(size * sharpness / 22.0) / self.z - 0.25, 0, 1)


Material = Callable[[Surface], FloatArray] | RGB


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
    points: FloatArray
    corner: FloatArray
    normal: FloatArray
    along: FloatArray
    upward: FloatArray
    material: Material
    band: str
    order: float
    emission: Material | None = None
    shell: bool = False
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


def _array(*values: float) -> FloatArray:
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
        self._turn = (math.cos(self.yaw), math.sin(self.yaw))

    # -- space

    def at(self, x: float, y: float, z: float) -> FloatArray:
        """A world point in camera space."""
        c, s = self._turn
        dz = z - self.stand
        return _array(x * c + dz * s, y - self.eye, -x * s + dz * c + self.stand)

    def direction(self, v: Vector) -> FloatArray:
        c, s = self._turn
        return _array(v[0] * c + v[2] * s, v[1], -v[0] * s + v[2] * c)

    def project(self, point: FloatArray) -> tuple[float, float]:
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
        c, s = self._turn
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

    def _add(self, points: FloatArray, along: FloatArray, upward: FloatArray, normal: FloatArray, material: Material,
             band: str, order: float | None, **more: object) -> Face:  # fmt: skip
        if self._group is not None:
            band, order = self._group
        else:
            band = self._near(band, float(points[:, 2].mean()))
        distance = float(points[:, 2].mean()) if order is None else order
        face = Face(points, points[0], normal, along, upward, material, band, distance, **more)  # pyright: ignore[reportArgumentType]
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
        shell: bool = False,
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
        self._add(points, a, b, normal, material, band, order, emission=emission, shell=shell, floor=floor,
                  rounded=rounded, opacity=opacity)  # fmt: skip

    def polygon(self, points: FloatArray, along: FloatArray, up: FloatArray, normal: FloatArray, material: Material,
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
                sheet = made[face.band] = self.canvas.sheet()
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
        colour = albedo * self._shine(face, point, surface)
        if face.emission is not None:
            glow = face.emission(surface) if callable(face.emission) else np.asarray(face.emission, np.float32)
            colour = np.maximum(colour, glow)
        if self.fog is not None:
            share = 1 - np.exp(-z * np.float32(self.fog[1]))
            colour = colour + (np.asarray(self.fog[0], np.float32) - colour) * share[..., None]
        sheet.over(np.broadcast_to(colour, (h, w, 3)), mask, y0, x0)

    def _shine(self, face: Face, point: tuple[FloatArray, FloatArray, FloatArray], surface: Surface) -> FloatArray:
        """Displayed brightness of white on a face; on large ones reckoned at every second or third pixel."""
        high, wide = surface.z.shape
        step = 1 if high * wide < COARSE else 2 if high * wide < 9 * COARSE else 3
        if step == 1:
            return np.sqrt(self._light(face, point, surface))
        part = np.s_[::step, ::step]
        few = tuple(p[part] for p in point)
        thin = Surface(surface.a[part], surface.b[part], surface.z[part], surface.width, surface.height)
        light = np.sqrt(self._light(face, (few[0], few[1], few[2]), thin))
        if light.shape[:2] != few[2].shape:
            return light
        return np.stack([resized(light[..., c], wide, high) for c in range(3)], -1)

    def _light(self, face: Face, point: tuple[FloatArray, FloatArray, FloatArray], surface: Surface) -> FloatArray:
        """Linear light on a face, per pixel where it varies."""
        nx, ny, nz = (np.float32(v) for v in face.normal)
        if face.rounded:
            t = np.clip(surface.a / np.float32(surface.width) * 2 - 1, -1, 1)
            along = face.along / np.float32(surface.width)
            rest = np.sqrt(np.maximum(1 - t * t, 0.0))
            nx, ny, nz = nx * rest + along[0] * t, ny * rest + along[1] * t, nz * rest + along[2] * t
        sky, low = np.asarray(self.sky_light, np.float32), np.asarray(self.bounce, np.float32)
        up = np.asarray(ny * np.float32(0.5) + np.float32(0.5), np.float32)
        total: FloatArray = low + (sky - low) * up[..., None]
        if face.shell:
            total = total * self._corners(surface)[..., None]
        elif not face.floor and float(face.normal[1]) < 0.5:
            # Things are darker towards the floor they stand on.
            height = point[1] + np.float32(self.eye)
            total = total * np.clip(np.float32(0.62) + height * np.float32(0.42), 0.5, 1)[..., None]
        shadow = self._contact(surface, face) if face.floor else None
        for window in self.windows:
            total = total + self._window(window, point, (nx, ny, nz))[..., None] * np.asarray(window.colour, np.float32)
        for lamp in self.lamps:
            dx, dy, dz = (np.float32(p) - q for p, q in zip(self.at(*lamp.at), point, strict=True))
            squared = dx * dx + dy * dy + dz * dz
            facing = (nx * dx + ny * dy + nz * dz) / np.sqrt(squared + 1e-4)
            amount = (np.float32(0.16) + np.maximum(facing, 0)) * np.float32(lamp.power)
            amount = amount / (1 + squared / np.float32(lamp.reach * lamp.reach))
            total = total + amount[..., None] * np.asarray(lamp.colour, np.float32)
        if self.sun is not None:
            to = self.direction(self.sun[0])
            facing = np.maximum(nx * to[0] + ny * to[1] + nz * to[2], 0)
            if np.any(facing > 0):
                if self.indoors:
                    facing = facing * self._through(point, to)
                total = total + np.asarray(facing, np.float32)[..., None] * np.asarray(self.sun[1], np.float32)
        return total if shadow is None else total * shadow[..., None]

    def _corners(self, s: Surface) -> FloatArray:
        """Less light reaches where walls meet."""
        shade = np.float32(1.0)
        for d in (s.a, np.float32(s.width) - s.a, s.b, np.float32(s.height) - s.b):
            shade = shade * (1 - np.float32(0.42) * np.exp(np.maximum(d, 0) * np.float32(-2.6)))
        return np.asarray(shade, np.float32)

    def _contact(self, s: Surface, face: Face) -> FloatArray:
        origin = self._world(face.points[0])
        shade = np.ones_like(s.a)
        for foot in self.footprints:
            dx = (s.a + np.float32(origin[0] - foot.x)) / np.float32(foot.rx)
            dz = (s.b + np.float32(origin[2] - foot.z)) / np.float32(foot.rz)
            shade *= 1 - np.float32(foot.strength) * np.exp(-((dx * dx + dz * dz) ** 2) * np.float32(0.55))
        return shade

    def _world(self, point: FloatArray) -> Vector:
        c, s = self._turn
        x, z = float(point[0]), float(point[2]) - self.stand
        return x * c - z * s, float(point[1]) + self.eye, x * s + z * c + self.stand

    def _window(
        self, window: Aperture, point: tuple[FloatArray, FloatArray, FloatArray], normal: tuple[object, ...]
    ) -> FloatArray:
        """Sky light from a window: the cosine at both ends, softened near it."""
        a, b = self.direction(window.across), self.direction(window.up)
        middle = self.at(*window.corner) + (a + b) / 2
        area = float(np.linalg.norm(a) * np.linalg.norm(b))
        inward = self.direction(window.inward)
        dx, dy, dz = (np.float32(m) - p for m, p in zip(middle, point, strict=True))
        squared = dx * dx + dy * dy + dz * dz
        nx, ny, nz = normal
        one = np.maximum(nx * dx + ny * dy + nz * dz, 0)  # pyright: ignore[reportOperatorIssue]
        other = np.maximum(-(inward[0] * dx + inward[1] * dy + inward[2] * dz), 0)
        return np.asarray(
            np.float32(area * window.power) * (one * other) / (squared * (squared * np.float32(1.6) + area)), np.float32
        )

    def _through(self, point: tuple[FloatArray, FloatArray, FloatArray], to: FloatArray) -> FloatArray:
        """How much of the sun's disc is seen from each point through the windows and between their bars."""
        total = np.zeros_like(point[2])
        for window in self.windows:
            a, b = self.direction(window.across), self.direction(window.up)
            la, lb = float(np.linalg.norm(a)), float(np.linalg.norm(b))
            inward = self.direction(window.inward)
            leaning = float(inward @ to)
            if leaning > -0.02:
                continue
            corner = self.at(*window.corner)
            k = sum((np.float32(inward[i]) * (corner[i] - point[i]) for i in range(3)), np.float32(0)) / np.float32(
                leaning
            )
            hit = tuple(point[i] + k * to[i] - corner[i] for i in range(3))
            s = (hit[0] * a[0] + hit[1] * a[1] + hit[2] * a[2]) / np.float32(la * la)
            t = (hit[0] * b[0] + hit[1] * b[1] + hit[2] * b[2]) / np.float32(lb * lb)
            edge = np.float32(0.012) + np.maximum(k, 0) * np.float32(0.006)
            lit = np.clip((0.5 - np.abs(s - 0.5)) * la / edge, 0, 1) * np.clip(
                (0.5 - np.abs(t - 0.5)) * lb / edge, 0, 1
            )
            for field_, count, size in ((s, window.panes[0], la), (t, window.panes[1], lb)):
                if count > 1:
                    phase = np.abs(field_ * count - np.round(field_ * count)) / np.float32(count) * np.float32(size)
                    lit = lit * np.clip((phase - np.float32(window.bar / 2)) / edge + np.float32(0.6), 0.12, 1)
            total += lit * (k > 0)
        return np.minimum(total, 1)


def _along(point: tuple[FloatArray, FloatArray, FloatArray], corner: FloatArray, axis: FloatArray) -> FloatArray:
    return sum(((point[i] - corner[i]) * axis[i] for i in range(3)), np.float32(0))  # pyright: ignore[reportReturnType]


def _clip(points: FloatArray) -> list[FloatArray]:
    """The part of a polygon that lies before the lens."""
    kept: list[FloatArray] = []
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
