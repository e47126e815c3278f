"""Bare rooms: prison cell or cellar, warehouse or factory."""

from __future__ import annotations

import numpy as np

from animatic.canvas import mix, ramp
from animatic.elements import RGB, FloatArray
from animatic.scenes import props
from animatic.scenes.materials import (
    bricks,
    gradient,
    stone,
    wood,
)
from animatic.scenes.room import Room
from animatic.scenes.setup import Place, Setup
from animatic.scenes.stage import Material, Surface


def cell(setup: Setup) -> Place:
    """Bare stone, a barred window high up, bars; a basement or dungeon likewise."""
    st = setup.indoor(ambient=0.65)
    rock: RGB = setup.make((0.44, 0.42, 0.39), (0.40, 0.41, 0.40))
    room = Room(
        setup,
        st,
        width=4.2,
        behind=2.4,
        height=2.9,
        floor=stone((0.34, 0.33, 0.31), 0.5, 2.5),
        wall=bricks(rock, 0.7, 0.32, 0.3),
        ceiling=stone((0.30, 0.29, 0.28), 0.4),
    )
    key, weight, back = setup.light.key_side, setup.side, room.depth
    room.sunlight("back", lean=0.35 * key, power=1.4)
    room.window(
        "back",
        x=0.5 + 0.22 * key,
        sill=1.75,
        size=(0.95, 0.75),
        panes=(5, 1),
        frame=(0.20, 0.20, 0.21),
        power=2.0,
        view=0.0,
    )
    prison = not setup.says("basement", "cellar", "bunker")
    if prison:
        bx = st.reach(0.5 + 0.30 * weight, back - 0.6)
        st.group(bx, back - 0.5, "far")
        st.box(bx, 0.42, back - 0.5, (1.9, 0.10, 0.8), gradient((0.30, 0.30, 0.28), (0.48, 0.47, 0.43)))
        for dx in (-0.85, 0.85):
            st.box(bx + dx, 0, back - 0.5, (0.06, 0.42, 0.7), props.IRON)
        st.box(bx + 0.7, 0.52, back - 0.5, (0.42, 0.1, 0.6), (0.62, 0.60, 0.55), shadow=False)
        st.ungroup()
    else:
        for k in range(3):
            props.crate(
                st,
                st.reach(0.5 + weight * (0.26 + 0.12 * k), back - 0.6),
                back - 0.6 - 0.2 * (k % 2),
                size=0.6 + 0.1 * (k % 2),
                turn=0.2 * k,
            )
        st.cylinder(
            st.reach(0.5 - 0.30 * weight, back - 0.6), 0, back - 0.6, 0.3, 0.85, wood((0.36, 0.25, 0.16)), "far"
        )
        st.box(0, room.height - 0.4, back - 1.4, (8, 0.14, 0.14), props.IRON, "far", shadow=False)
    if st.stand > 1.4 and prison and setup.allows("bars"):
        z = st.stand * 0.52
        x = -4.0
        while x < 4.0:
            fx = st.seen(x, 1, z)[0]
            if abs(fx - 0.5) > 0.26:
                st.cylinder(x, 0, z, 0.022, 3.2, props.IRON, "front")
            x += 0.16
    if setup.dim or not prison:
        props.hanging_lamp(
            st,
            st.reach(0.5 - 0.14 * weight, st.stand + 0.9),
            2.05,
            st.stand + 0.9,
            lit=True,
            top=room.height,
            power=0.9,
        )
    return room.place("bars", dust=1.3, weather=("dust",))


def warehouse(setup: Setup) -> Place:
    """Concrete, steel trusses, racks of crates, light from roof and end wall."""
    st = setup.indoor(ambient=0.8)
    room = Room(
        setup,
        st,
        width=13.0,
        behind=12.0,
        height=6.5,
        floor=stone((0.42, 0.41, 0.40), 0.4, 6),
        wall=_corrugated((0.44, 0.46, 0.47)),
        ceiling=_corrugated((0.30, 0.31, 0.33)),
    )
    key, weight = setup.light.key_side, setup.side
    room.sunlight("left" if key < 0 else "right", power=1.3)
    for k in range(4):
        room.window(
            "left" if key < 0 else "right",
            z=st.stand + 1.5 + 3.2 * k,
            sill=3.3,
            size=(2.3, 1.7),
            panes=(4, 3),
            frame=(0.24, 0.25, 0.26),
            power=0.9,
            view=0.0,
        )
    room.window("back", x=0.5, sill=3.6, size=(3.4, 1.6), panes=(6, 3), frame=(0.24, 0.25, 0.26), view=0.0)
    for z in (st.stand + 0.5, st.stand + 4.0, st.stand + 7.5, st.stand + 11):
        st.box(0, 5.6, z, (room.right - room.left, 0.2, 0.2), (0.34, 0.22, 0.18), "shell", shadow=False)
        for x in (room.left + 0.3, room.right - 0.3):
            st.box(x, 0, z, (0.28, 6.5, 0.28), (0.36, 0.24, 0.19), "far")
    for k in range(3):
        z = st.stand + 2.2 + 3.0 * k
        for x in (st.reach(0.5 + weight * 0.36, z), st.reach(0.5 - weight * 0.44, z + 1)):
            for row in range(2 + k % 2):
                props.crate(
                    st,
                    x + setup.between(-0.1, 0.1),
                    z,
                    size=1.15,
                    y=1.15 * row,
                    turn=setup.between(-0.12, 0.12),
                    band="mid" if k == 0 else "far",
                )
    if st.stand > 1.5:
        z = st.stand * 0.62
        edge = st.edge(z, -weight)
        st.cylinder(edge + weight * 0.3, 0, z, 0.3, 0.9, (0.20, 0.34, 0.42), "front")
    if setup.dim:
        for z in (st.stand + 2, st.stand + 6):
            props.hanging_lamp(st, 0.6 * weight, 4.4, z, lit=True, top=room.height, band="far", power=1.6, reach=2.8)
    return room.place("crate", "machine", dust=1.2, weather=("dust",))


def _corrugated(colour: RGB) -> Material:
    def draw(s: Surface) -> FloatArray:
        fade = s.fade(0.2)
        wave = np.sin(s.a * np.float32(31)) * np.float32(0.13) * fade
        seam = (np.mod(s.b, 2.2) < 0.03).astype(np.float32) * np.float32(0.3)
        rust = np.float32(0.0) + np.sin(s.a * 1.7) * np.sin(s.b * 2.9 + s.a)
        body = np.asarray(colour, np.float32) * (1 + wave - seam)[..., None]
        return mix(body, (0.36, 0.22, 0.15), ramp(rust, 0.55, 1.0) * np.float32(0.55))

    return draw
