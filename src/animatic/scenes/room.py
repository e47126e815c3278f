"""Four walls: a room round the people, its windows and doors, and the light that comes in by them.

    Room(setup, stage, …) ─► shell faces ─► window / door / beams ─► furniture by the scene ─► place()

Windows are put where the *frame* wants them (``x`` across the frame), then found in space, so that a composition holds
however the room is turned. By day they light the room and throw sun on the floor; by night lamps do.
"""

from __future__ import annotations

import math

import numpy as np

from animatic.canvas import mix, ramp, soft
from animatic.elements import RGB, FloatArray, Layer
from animatic.light import blend
from animatic.scenes.materials import grain_at, wood
from animatic.scenes.setup import Place, Setup
from animatic.scenes.stage import BANDS, Aperture, Material, Stage, Surface, Vector, linear

WALLS: dict[str, Vector] = {"back": (0, 0, -1), "left": (1, 0, 0), "right": (-1, 0, 0)}
"""Which way each wall faces."""


class Room:
    """A box-shaped room with the camera inside it."""

    def __init__(
        self,
        setup: Setup,
        stage: Stage,
        *,
        width: float = 5.6,
        behind: float = 2.8,
        height: float = 2.7,
        floor: Material,
        wall: Material,
        ceiling: Material | None = (0.72, 0.70, 0.66),
        side: Material | None = None,
        shift: float | None = None,
    ) -> None:
        self.setup, self.stage = setup, stage
        self.depth = stage.stand + behind
        self.height = max(height, stage.eye + 0.35)
        width *= min(0.86 + 0.10 * stage.stand, 1.5)
        move = setup.between(-0.10, 0.10) * width if shift is None else shift
        self.left, self.right = -width / 2 + move, width / 2 + move
        self.start = -1.6 - abs(stage.yaw) * 4
        self.beams: list[Aperture] = []
        self.doors = 0
        side = wall if side is None else side
        length, deep = self.right - self.left, self.depth - self.start
        st = stage
        far = 900.0
        st.quad(
            (self.left, 0, self.start),
            (length, 0, 0),
            (0, 0, deep),
            floor,
            "shell",
            walled=True,
            floor=True,
            order=far + 4,
        )
        if ceiling is not None:
            st.quad((self.left, self.height, self.start), (length, 0, 0), (0, 0, deep), ceiling, "shell", walled=True,
                    order=far + 3)  # fmt: skip
        st.quad(
            (self.left, 0, self.depth), (length, 0, 0), (0, self.height, 0), wall, "shell", walled=True, order=far + 2
        )
        for x in (self.left, self.right):
            st.quad((x, 0, self.start), (0, 0, deep), (0, self.height, 0), side, "shell", walled=True, order=far + 1)

    # -- light

    def sunlight(self, wall: str, *, lean: float | None = None, power: float = 1.0) -> None:
        """Let the sun (or moon) stand before ``wall``, so that its windows throw beams."""
        setup, light = self.setup, self.setup.light
        inward = WALLS[wall]
        rise = 0.30 + 0.55 * min(light.sun_height, 0.75)
        slant = setup.between(0.25, 0.7) * setup.pick(-1, 1) if lean is None else lean
        side = (1.0, 0.0, 0.0) if wall == "back" else (0.0, 0.0, 1.0)
        if wall != "back":
            slant = setup.between(-0.15, 0.30)
        to = np.array([-inward[i] + side[i] * slant for i in range(3)]) + np.array([0, rise, 0])
        to /= np.linalg.norm(to)
        strength = (0.50 if light.night else 1.0 + 2.6 * light.ambient) * power
        if setup.says("rain", "storm", "overcast", "fog", "blizzard"):
            strength *= 0.25
        if light.ambient < 0.4 and not light.night:
            strength *= 0.35
        self.stage.sun = ((float(to[0]), float(to[1]), float(to[2])), linear(light.sun, strength))

    def window(
        self,
        wall: str = "back",
        *,
        x: float = 0.5,
        z: float | None = None,
        sill: float = 0.9,
        size: tuple[float, float] = (1.2, 1.4),
        panes: tuple[int, int] = (2, 3),
        frame: RGB = (0.74, 0.71, 0.66),
        power: float = 1.0,
        curtains: RGB | None = None,
        view: float = 0.35,
        beam: bool = True,
    ) -> Aperture:
        """A window: ``x`` is its middle across the frame (back wall), ``z`` its middle along a side wall in metres."""
        st, setup = self.stage, self.setup
        w, h = size
        inward = WALLS[wall]
        if wall == "back":
            middle = min(max(st.reach(x, self.depth), self.left + w / 2 + 0.15), self.right - w / 2 - 0.15)
            corner, across = (middle - w / 2, sill, self.depth), (w, 0.0, 0.0)
        else:
            at = (st.stand + 0.9) if z is None else z
            wall_x = self.left if wall == "left" else self.right
            corner, across = (wall_x, sill, at - w / 2), (0.0, 0.0, w)
        light = setup.light
        glow = blend(light.middle, light.horizon, 0.6)
        gain = (7.5 if not light.night else 2.6) * power
        aperture = Aperture(corner, across, (0, h, 0), inward, linear(glow, 1.0), gain, panes)
        st.windows.append(aperture)
        if beam:
            self.beams.append(aperture)
        out = 0.012
        place = tuple(corner[i] + inward[i] * out for i in range(3))
        st.quad((place[0], place[1], place[2]), across, (0, h, 0), (0.0, 0.0, 0.0), "shell",
                emission=self.outside(view, sill), order=700.0)  # fmt: skip
        self._casing(corner, across, inward, w, h, panes, frame)
        if curtains is not None:
            self._curtains(corner, across, inward, w, h, curtains)
        return aperture

    def outside(self, view: float, sill: float) -> Material:
        """What a window shows: the sky of the hour over blurred foliage or roofs."""
        light = self.setup.light
        gain = 1.12 if not light.night else 1.0
        salt = float(self.setup.place.uniform(0, 9))
        land = blend(light.shade, light.horizon, 0.45 if not light.night else 0.2)
        low, high = light.horizon, blend(light.middle, light.zenith, 0.4 if light.night else 0.12)
        white = 0.42 * light.ambient

        def draw(s: Surface) -> FloatArray:
            up = np.clip(s.b / np.float32(s.height), 0, 1)
            sky = mix(low, high, up * np.float32(0.9))
            sky = mix(sky, (1.0, 1.0, 0.97), white) * np.float32(gain)
            bush = np.float32(view) + (grain_at(s.a + salt, s.b * 0.5, 2.6, "stain") - np.float32(0.5)) * np.float32(
                0.35
            )
            cover = ramp(bush - up, -0.02, 0.06) * np.float32(0.62)
            return mix(sky, land, cover)

        return draw

    def _casing(self, corner: Vector, across: Vector, inward: Vector, w: float, h: float, panes: tuple[int, int],
                skin: RGB) -> None:  # fmt: skip
        st = self.stage
        unit = (across[0] / w, 0.0, across[2] / w)

        def bar(a: float, b: float, wide: float, high: float, thick: float, out: float, order: float) -> None:
            x = corner[0] + unit[0] * (a + wide / 2) + inward[0] * (out + thick / 2)
            z = corner[2] + unit[2] * (a + wide / 2) + inward[2] * (out + thick / 2)
            size = (wide, high, thick) if across[0] else (thick, high, wide)
            first = len(st.faces)
            st.box(x, corner[1] + b, z, size, wood(skin), "shell", shadow=False)
            for face in st.faces[first:]:
                face.order = order

        for i in range(1, panes[0]):
            bar(w * i / panes[0] - 0.017, 0, 0.034, h, 0.03, 0.0, 690.0)
        for j in range(1, panes[1]):
            bar(0, h * j / panes[1] - 0.017, w, 0.034, 0.03, 0.0, 690.0)
        for a, b, wide, high in (
            (-0.09, -0.04, 0.09, h + 0.13),
            (w, -0.04, 0.09, h + 0.13),
            (-0.12, h, w + 0.24, 0.11),
        ):
            bar(a, b, wide, high, 0.05, 0.0, 685.0)
        bar(-0.14, -0.07, w + 0.28, 0.06, 0.14, 0.0, 680.0)

    def _curtains(self, corner: Vector, across: Vector, inward: Vector, w: float, h: float, colour: RGB) -> None:
        st = self.stage
        unit = (across[0] / w, 0.0, across[2] / w)
        thin = blend(colour, self.setup.light.horizon, 0.35)

        def cloth(s: Surface) -> FloatArray:
            fold = np.sin(s.a * np.float32(42) + np.sin(s.b * 2.3) * 0.6) * np.float32(0.5) + np.float32(0.5)
            return np.asarray(mix(colour, thin, fold * np.float32(0.5)) * (0.62 + 0.38 * fold)[..., None], np.float32)

        for a in (-0.30, w - 0.12):
            start = tuple(corner[i] + unit[i] * a + inward[i] * 0.10 for i in range(3))
            st.quad(
                (start[0], 0.06, start[2]),
                (unit[0] * 0.42, 0, unit[2] * 0.42),
                (0, corner[1] + h + 0.12, 0),
                cloth,
                "shell",
                order=675.0,
            )

    # -- openings

    def door(
        self,
        x: float = 0.7,
        *,
        wall: str = "back",
        z: float | None = None,
        opened: bool = False,
        skin: RGB = (0.40, 0.27, 0.17),
        size: tuple[float, float] = (0.92, 2.06),
        glow: RGB | None = None,
    ) -> None:
        """A panelled door; opened, the light of the next room falls in."""
        st = self.stage
        self.doors += 1
        w, h = size
        if wall == "back":
            left = min(max(st.reach(x, self.depth) - w / 2, self.left + 0.2), self.right - w - 0.2)
            corner, across, inward = (left, 0.0, self.depth - 0.01), (w, 0.0, 0.0), WALLS[wall]
        else:
            at = (st.stand + 1.2) if z is None else z
            wall_x = self.left + 0.01 if wall == "left" else self.right - 0.01
            corner, across, inward = (wall_x, 0.0, at), (0.0, 0.0, w), WALLS[wall]

        def leaf(s: Surface) -> FloatArray:
            colour = (
                np.asarray(skin, np.float32)
                * (1 + np.float32(0.2) * (grain_at(s.a * 5, s.b * 0.6, 2.2) - np.float32(0.5)))[..., None]
            )
            for low, high in ((0.10, 0.44), (0.50, 0.93)):
                for a0, a1 in ((0.12, 0.46), (0.54, 0.88)):
                    da = np.minimum(s.a - w * a0, w * a1 - s.a)
                    db = np.minimum(s.b - h * low, h * high - s.b)
                    edge = np.minimum(da, db)
                    colour = colour * (1 - np.exp(-((edge / np.float32(0.018)) ** 2)) * np.float32(0.45))[..., None]
            knob = np.hypot(s.a - w * 0.92, s.b - h * 0.47) < 0.032
            return mix(colour, (0.72, 0.58, 0.32), knob.astype(np.float32))

        trim = wood((skin[0] * 1.25, skin[1] * 1.25, skin[2] * 1.25))
        unit = (across[0] / w, 0.0, across[2] / w)
        for a, b, wide, high in ((-0.10, 0.0, 0.10, h + 0.1), (w, 0.0, 0.10, h + 0.1), (-0.10, h, w + 0.2, 0.1)):
            st.quad((corner[0] + unit[0] * a, b, corner[2] + unit[2] * a), (unit[0] * wide, 0, unit[2] * wide),
                    (0, high, 0), trim, "shell", order=690.0)  # fmt: skip
        if not opened:
            st.quad(corner, across, (0, h, 0), leaf, "shell", order=689.0)
            return
        light = self.setup.light
        warm = (
            glow
            if glow is not None
            else ((0.95, 0.70, 0.40) if self.setup.dim else blend(light.horizon, light.sun, 0.5))
        )
        st.quad(corner, across, (0, h, 0), (0, 0, 0), "shell", order=689.0,
                emission=_doorway(warm, w, h))  # fmt: skip
        opening = Aperture(corner, across, (0, h, 0), inward, linear(warm, 1.0), 6.5, (1, 1))
        st.windows.append(opening)
        self.beams.append(opening)
        if st.sun is None:  # the next room's lamp throws the door's shape on our floor
            to = np.array([-inward[0] + inward[2] * 0.3, 0.42, -inward[2] + inward[0] * 0.3])
            to /= np.linalg.norm(to)
            st.sun = ((float(to[0]), float(to[1]), float(to[2])), linear(warm, 1.7))
        # The leaf, swung into the room.
        swing = 1.15
        dx = (math.cos(swing) * unit[0] + math.sin(swing) * inward[0]) * w
        dz = (math.cos(swing) * unit[2] + math.sin(swing) * inward[2]) * w
        st.quad(corner, (dx, 0, dz), (0, h, 0), leaf, "shell", order=660.0)

    # -- air

    def air(self, amount: float = 1.0) -> Layer | None:
        """Beams of light through the dust, from the windows that face the sun."""
        st, setup = self.stage, self.setup
        if st.sun is None or not self.beams or (setup.light.ambient < 0.3 and not setup.light.night):
            return None
        to = np.array(st.sun[0], np.float32)
        canvas = setup.canvas
        shapes: list[list[tuple[float, float]]] = []
        for window in self.beams:
            if float(np.dot(np.array(window.inward), to)) > -0.05:
                continue
            count = max(1, window.panes[0])
            for i in range(count):
                corners: list[tuple[float, float]] = []
                for fa in (i / count + 0.05 / count, (i + 1) / count - 0.05 / count):
                    for fb in (0.02, 0.98):
                        p = [window.corner[k] + window.across[k] * fa + window.up[k] * fb for k in range(3)]
                        run = min(p[1] / max(float(to[1]), 0.12), 4.2)
                        q = [p[k] - float(to[k]) * run for k in range(3)]
                        for point in (p, q):
                            spot = st.at(point[0], point[1], point[2])
                            if float(spot[2]) > 0.3:
                                corners.append(st.project(spot))
                if len(corners) >= 3:
                    shapes.append(_hull(corners))
        if not shapes:
            return None
        mask = canvas.polygons(shapes)
        mask = soft(mask, canvas.frame_height * 0.012)
        source = self.beams[0]
        x, y = st.seen(*(source.corner[k] + (source.across[k] + source.up[k]) / 2 for k in range(3)))
        fall = np.exp(-canvas.distance(x, y) * np.float32(1.15))
        swirl = canvas.noise(setup.rng, 3.0, 3, stretch=1.5, detail=4)
        light = setup.light
        strength = (0.30 if not light.night else 0.09) * amount
        alpha = np.clip(mask * fall * (np.float32(0.62) + swirl * np.float32(0.7)) * np.float32(strength), 0, 0.6)
        sheet = canvas.sheet(blend(light.sun, (1.0, 0.97, 0.9), 0.15))
        return Layer(sheet.rgb, alpha.astype(np.float32), 0.40, "rays")

    def place(self, *shows: str, dust: float = 1.0, weather: tuple[str, ...] = ()) -> Place:
        """The room with all that was put into it."""
        setup = self.setup
        if setup.name != "doorway" and not self.doors and setup.says("door", "doorway", "threshold"):
            self.door(
                0.5 + 0.30 * setup.side, opened=setup.says("doorway", "open door", "opening", "opens", "threshold")
            )
        layers = self.stage.layers()
        beams = self.air(dust) if dust > 0 else None
        if beams is not None:
            layers.append(beams)
            layers.sort(key=lambda layer: layer.depth)
        return Place(layers, self.stage, frozenset({"window", "door", "floor", *shows}), weather, outdoors=False)


def _doorway(colour: RGB, w: float, h: float) -> Material:
    def draw(s: Surface) -> FloatArray:
        up = np.clip(s.b / np.float32(h), 0, 1)
        side = np.abs(s.a / np.float32(w) - np.float32(0.5))
        tone = np.float32(0.92) - side * np.float32(0.35) - np.abs(up - np.float32(0.55)) * np.float32(0.35)
        return np.asarray(np.asarray(colour, np.float32) * tone[..., None], np.float32)

    return draw


def _hull(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The convex outline of some points."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return ordered

    def half(run: list[tuple[float, float]]) -> list[tuple[float, float]]:
        out: list[tuple[float, float]] = []
        for p in run:
            while len(out) >= 2 and _cross(out[-2], out[-1], p) <= 0:
                out.pop()
            out.append(p)
        return out[:-1]

    return half(ordered) + half(ordered[::-1])


def _cross(o: tuple[float, float], a: tuple[float, float], b: tuple[float, float]) -> float:
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])


FRONT_DEPTH = BANDS["front"]
