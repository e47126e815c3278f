"""Where people live: attic, living room, bedroom, kitchen, bathroom, cabin, doorway."""

from __future__ import annotations

import math

from animatic.elements import RGB
from animatic.scenes import props
from animatic.scenes.materials import carpet, planks, plaster, stone, tiles, wallpaper, wood
from animatic.scenes.room import Room
from animatic.scenes.setup import Place, Setup
from animatic.scenes.stage import Lamp, linear


def attic(setup: Setup) -> Place:
    """Rafters, boards, a gable window and what nobody threw away."""
    st = setup.indoor(ambient=0.9)
    timber = setup.make((0.50, 0.35, 0.22), (0.44, 0.33, 0.24), (0.53, 0.40, 0.26))
    room = Room(setup, st, width=5.4, behind=2.9, height=3.3, floor=planks(timber, 0.2, gap=0.018),
                wall=planks(timber, 0.18), side=planks(timber, 0.2, across=True), ceiling=None)  # fmt: skip
    slope = planks((timber[0] * 0.8, timber[1] * 0.8, timber[2] * 0.8), 0.24, across=True)
    peak, knee, mid = room.height + 0.25, 1.15, (room.left + room.right) / 2
    length = room.depth - room.start
    for side, x in ((1, room.left), (-1, room.right)):
        st.quad(
            (x, knee, room.start),
            (0, 0, length),
            (side * abs(mid - x), peak - knee, 0),
            slope,
            "shell",
            walled=True,
            order=880.0,
        )
    dark = (timber[0] * 0.62, timber[1] * 0.60, timber[2] * 0.58)
    z = room.start + 0.5
    while z < room.depth - 0.15:
        for side, x in ((1, room.left), (-1, room.right)):
            run = abs(mid - x)
            st.quad((x + side * 0.05, knee - 0.10, z), (0, 0, 0.16), (side * run, peak - knee, 0), wood(dark), "shell",
                    order=800.0 - z)  # fmt: skip
            st.quad((x + side * 0.05, knee - 0.10, z), (0, -0.18, 0), (side * run, peak - knee, 0),
                    wood((dark[0] * 0.7, dark[1] * 0.7, dark[2] * 0.7)), "shell", order=800.1 - z)  # fmt: skip
        if z > 1.4:
            tie = (peak - 2.32) / (peak - knee) * abs(mid - room.left)
            st.quad((mid - tie, 2.28, z), (2 * tie, 0, 0), (0, 0.17, 0), wood(dark), "shell", order=799.0 - z)
            st.quad((mid - tie, 2.28, z), (2 * tie, 0, 0), (0, 0, 0.16),
                    wood((dark[0] * 0.6, dark[1] * 0.6, dark[2] * 0.6)), "shell", order=799.1 - z)  # fmt: skip
        z += 1.15
    room.sunlight("back", lean=setup.between(0.15, 0.5) * setup.light.key_side, power=1.15)
    room.window("back", x=0.5 + (setup.light.sun_x - 0.5) * 0.6, sill=1.05, size=(1.0, 1.2),
                panes=setup.make((2, 3), (2, 2), (3, 4)), frame=(0.45, 0.35, 0.26), power=1.25)  # fmt: skip
    _attic_things(setup, room)
    if setup.dim:
        props.hanging_lamp(
            st, st.reach(0.5 - 0.18 * setup.light.key_side, st.stand + 0.8), 2.0, st.stand + 0.8, lit=True, top=3.0
        )
    return room.place("trunk", "box", "beam", weather=("dust",), dust=1.25)


def _attic_things(setup: Setup, room: Room) -> None:
    st, rng = room.stage, setup.rng
    weight = setup.side
    back = room.depth
    far_x = st.reach(0.5 + 0.30 * weight, back - 0.7)
    props.trunk(st, far_x, back - 0.75, turn=setup.between(-0.5, 0.5), band="far", size=(1.05, 0.55, 0.55))
    props.trunk(st, far_x + 0.1 * weight, back - 0.72, y=0.62, turn=setup.between(-0.4, 0.4), band="far",
                size=(0.7, 0.3, 0.42), skin=(0.24, 0.26, 0.22))  # fmt: skip
    for i in range(3):
        x = st.reach(0.5 - weight * (0.36 + 0.06 * i), back - 0.5 - 0.35 * i)
        props.carton(
            st, x, back - 0.5 - 0.35 * i, size=setup.between(0.42, 0.62), turn=setup.between(-0.6, 0.6), band="far"
        )
    x = st.reach(0.5 - weight * 0.40, back - 0.55)
    props.carton(st, x, back - 0.62, size=0.42, y=0.42, turn=setup.between(-0.4, 0.4), band="far")
    if st.stand > 1.4:
        z = st.stand + 0.7
        chair_x = st.reach(0.5 + weight * 0.27, z)
        props.chair(st, chair_x, z, turn=setup.between(2.0, 4.0), skin=(0.36, 0.25, 0.16))
        z = st.stand * 0.62
        edge = st.edge(z, weight)
        props.crate(st, edge - weight * 0.35, z, size=0.62, turn=float(rng.uniform(0.2, 0.6)), band="front")
        props.carton(st, edge - weight * 0.25, z + 0.05, size=0.4, y=0.62, turn=0.4, band="front")


def living_room(setup: Setup) -> Place:
    """A sitting room: sofa, rug, lamp, books."""
    st = setup.indoor()
    paper = setup.make((0.55, 0.50, 0.42), (0.42, 0.50, 0.49), (0.58, 0.47, 0.40), (0.50, 0.53, 0.44))
    old = setup.says("victorian", "old", "antique", "mansion", "manor", "vintage", "grandmother")
    wall = (
        wallpaper(paper, (paper[0] * 0.82, paper[1] * 0.80, paper[2] * 0.76), 0.2, 0.95)
        if old or setup.make(True, False)
        else plaster(paper, 0.08)
    )
    room = Room(setup, st, width=6.2, behind=3.0, height=2.85, floor=planks((0.44, 0.30, 0.19), 0.13), wall=wall)
    key, weight = setup.light.key_side, setup.side
    cloth = setup.make((0.55, 0.32, 0.26), (0.36, 0.42, 0.46), (0.62, 0.54, 0.40))
    room.sunlight("back", lean=0.4 * key)
    room.window("back", x=0.5 + 0.24 * key, sill=0.75, size=(1.35, 1.65), panes=(2, 3), curtains=cloth)
    seat = setup.make((0.40, 0.29, 0.24), (0.27, 0.35, 0.36), (0.44, 0.37, 0.25), (0.42, 0.22, 0.20))
    back = room.depth
    st.quad((room.left + 0.9, 0.006, back - 2.7), (room.right - room.left - 1.8, 0, 0), (0, 0, 2.2),
            carpet((0.46, 0.23, 0.20), (0.70, 0.60, 0.42), room.right - room.left - 1.8, 2.2), "shell", floor=True,
            order=880.0)  # fmt: skip
    props.bookcase(st, st.reach(0.5 + 0.43 * weight, back - 0.2), back - 0.18, width=1.25, seed=setup.between(0, 9))
    props.armchair(
        st, st.reach(0.5 + 0.17 * weight, back - 0.85), back - 0.75, width=2.05, turn=0.0, skin=seat, band="far"
    )
    lamp_x = st.reach(0.5 + 0.31 * weight, back - 0.7)
    props.standing_lamp(st, lamp_x, back - 0.65, lit=setup.dim)
    sx = st.reach(0.5 - 0.06 * weight, back)
    props.picture(st, (sx - 0.3 + 0.4 * weight, 1.45, back - 0.02), (0.75, 0, 0), 0.55, setup.between(0, 6))
    if st.stand > 1.5:
        z = st.stand + 0.25
        props.table(st, st.reach(0.5 + 0.26 * weight, z), z, (0.95, 0.42, 0.55), skin=props.WALNUT)
        props.armchair(st, st.reach(0.5 - 0.36 * weight, z), z + 0.1, turn=1.1 * -weight + math.pi / 2, skin=seat)
        z = st.stand * 0.55
        props.plant(st, st.edge(z, -weight) + 0.15 * weight, z, setup.rng, height=1.25, band="front")
    elif st.stand > 0.9:
        props.plant(st, st.reach(0.5 - 0.40 * weight, back - 0.6), back - 0.6, setup.rng, height=1.4)
    return room.place(
        "sofa", "lamp", "chair", "books", "curtain", weather=("dust",) if not setup.light.night else (), dust=0.7
    )


def bedroom(setup: Setup) -> Place:
    """A bed by the window."""
    st = setup.indoor()
    paper = setup.make((0.50, 0.54, 0.56), (0.60, 0.54, 0.47), (0.54, 0.48, 0.50))
    room = Room(
        setup, st, width=5.2, behind=2.9, height=2.65, floor=planks((0.47, 0.34, 0.22), 0.14), wall=plaster(paper, 0.08)
    )
    key, weight = setup.light.key_side, setup.side
    room.sunlight("back", lean=0.35 * key)
    room.window("back", x=0.5 + 0.27 * key, sill=0.8, size=(1.2, 1.4), panes=(2, 2), curtains=(0.72, 0.68, 0.60))
    back = room.depth
    bed_x = st.reach(0.5 + 0.17 * weight, back - 1.1)
    cover = setup.make((0.38, 0.46, 0.55), (0.58, 0.36, 0.32), (0.47, 0.50, 0.40))
    st.quad(
        (bed_x - 1.5, 0.006, back - 2.6),
        (3.0, 0, 0),
        (0, 0, 1.7),
        carpet((0.58, 0.52, 0.44), (0.40, 0.33, 0.28), 3.0, 1.7),
        "shell",
        floor=True,
        order=880.0,
    )
    props.bed(st, bed_x, back - 1.08, cover=cover)
    table_x = bed_x - weight * 1.05
    props.cabinet(st, table_x, back - 0.35, (0.48, 0.55, 0.4), doors=1, drawers=2, band="far")
    props.desk_lamp(st, table_x, 0.58, back - 0.35, lit=setup.dim, band="far")
    props.picture(st, (bed_x - 0.4, 1.55, back - 0.02), (0.8, 0, 0), 0.5, setup.between(0, 6))
    props.cabinet(st, st.reach(0.5 + 0.46 * weight, back - 0.4), back - 0.35, (1.1, 1.95, 0.55), band="far")
    if st.stand > 1.5:
        z = st.stand * 0.6
        props.chair(st, st.edge(z, -weight) + weight * 0.25, z + 0.2, turn=1.0 * -weight, band="front")
    return room.place("bed", "lamp", "curtain", dust=0.7, weather=() if setup.light.night else ("dust",))


def kitchen(setup: Setup) -> Place:
    """Counter under the window, table with its chairs."""
    st = setup.indoor(ambient=1.1)
    front: RGB = setup.make((0.42, 0.50, 0.46), (0.68, 0.64, 0.55), (0.36, 0.44, 0.52), (0.56, 0.42, 0.28))
    room = Room(
        setup,
        st,
        width=5.2,
        behind=2.8,
        height=2.65,
        floor=tiles((0.62, 0.56, 0.48), (0.38, 0.33, 0.29), 0.36),
        wall=plaster((0.70, 0.66, 0.57), 0.06),
    )
    key, weight = setup.light.key_side, setup.side
    back = room.depth
    room.sunlight("back", lean=0.35 * key)
    middle = st.reach(0.5 + 0.20 * key, back)
    st.quad(
        (room.left, 0.92, back - 0.01),
        (room.right - room.left, 0, 0),
        (0, 0.62, 0),
        tiles((0.80, 0.79, 0.74), None, 0.155),
        "shell",
        order=880.0,
    )
    room.window("back", x=0.5 + 0.20 * key, sill=1.12, size=(1.3, 1.05), panes=(2, 2))
    x = room.left + 0.5
    while x < room.right - 0.4:
        props.cabinet(
            st, x, back - 0.32, (0.9, 0.88, 0.6), skin=front, band="far", drawers=int(setup.place.integers(0, 2)) * 3
        )
        x += 0.9
    x = room.left + 0.45
    while x < room.right - 0.4:
        if abs(x - middle) > 1.25:
            st.group(x, back - 0.19, "far")
            st.box(x, 1.52, back - 0.19, (0.78, 0.72, 0.34), wood((front[0] * 0.9, front[1] * 0.9, front[2] * 0.9)))
            st.ungroup()
        x += 0.82
    for i in range(5):
        jx = middle + (i - 2) * 0.27 + 0.05
        props.rounded(st, jx, 0.92, back - 0.25, [(0.05, 0), (0.07, 0.08), (0.05, 0.17 + 0.03 * (i % 3)), (0.055, 0.2)],
                      setup.pick((0.60, 0.36, 0.24), (0.36, 0.45, 0.50), (0.74, 0.70, 0.60)), band="far")  # fmt: skip
    z = st.stand + 0.75
    if st.stand > 1.3:
        tx = st.reach(0.5 + 0.20 * weight, z)
        props.chair(st, tx + 0.3, z + 0.62, turn=0.1)
        props.table(st, tx, z, (1.4, 0.75, 0.8))
        props.rounded(st, tx - 0.2, 0.75, z, [(0.06, 0), (0.10, 0.05), (0.03, 0.16), (0.045, 0.22)], (0.62, 0.66, 0.70))
        props.rounded(st, tx + 0.25, 0.75, z, [(0.05, 0), (0.15, 0.08)], (0.66, 0.40, 0.26))
        props.chair(st, tx - weight * 1.0, z - 0.1, turn=-weight * 1.5)
        if setup.dim:
            props.hanging_lamp(st, tx, 1.62, z, lit=True, top=room.height, skin=(0.45, 0.20, 0.16))
    elif setup.dim:
        props.hanging_lamp(st, st.reach(0.5 + 0.3 * weight, back - 1), 1.75, back - 1.0, lit=True, top=room.height)
    return room.place("table", "chair", dust=0.5)


def bathroom(setup: Setup) -> Place:
    """Tiles, basin, mirror."""
    st = setup.indoor(ambient=1.25)
    tone = setup.make((0.58, 0.68, 0.68), (0.72, 0.72, 0.68), (0.50, 0.60, 0.56))
    room = Room(setup, st, width=4.0, behind=2.1, height=2.6, floor=tiles((0.72, 0.72, 0.70), (0.20, 0.22, 0.24), 0.22),
                wall=tiles(tone, None, 0.16))  # fmt: skip
    key, weight = setup.light.key_side, setup.side
    back = room.depth
    room.sunlight("back", lean=0.3 * key)
    room.window("back", x=0.5 + 0.26 * key, sill=1.35, size=(0.8, 0.9), panes=(1, 2), view=0.1)
    bx = st.reach(0.5 + 0.2 * weight, back - 0.3)
    _mirror(setup, room, bx, 1.2, (0.8, 0.95))
    props.cabinet(st, bx, back - 0.26, (0.9, 0.80, 0.48), skin=(0.62, 0.60, 0.55), band="far")
    props.rounded(st, bx, 0.82, back - 0.28, [(0.14, 0), (0.27, 0.12)], (0.92, 0.92, 0.90), band="far")
    st.group(st.reach(0.5 - 0.33 * weight, back - 0.6), back - 0.6, "mid")
    tub = st.reach(0.5 + 0.36 * key, back - 0.6)
    st.box(tub, 0, back - 0.55, (1.6, 0.56, 0.75), (0.90, 0.89, 0.86), top=(0.52, 0.54, 0.55))
    st.ungroup()
    if setup.dim:
        st.lamps.append(Lamp((bx, 2.2, back - 0.4), linear((1.0, 0.86, 0.66)), 1.4, 2.2))
        props.rounded(st, bx, 2.18, back - 0.1, [(0.05, 0), (0.09, 0.06), (0.05, 0.14)], (1, 0.9, 0.7), band="far",
                      emission=(1.1, 1.0, 0.8))  # fmt: skip
    return room.place("mirror", "basin", dust=0.5)


def _mirror(setup: Setup, room: Room, x: float, y: float, size: tuple[float, float]) -> None:
    st, light = room.stage, setup.light
    low = (light.shade[0] * 1.8, light.shade[1] * 1.8, light.shade[2] * 1.8)
    from animatic.scenes.materials import gradient

    w, h = size
    st.quad(
        (x - w / 2 - 0.05, y - 0.05, room.depth - 0.03),
        (w + 0.1, 0, 0),
        (0, h + 0.1, 0),
        wood(props.BRASS),
        "shell",
        order=650,
    )
    st.quad((x - w / 2, y, room.depth - 0.04), (w, 0, 0), (0, h, 0), (0.4, 0.42, 0.44), "shell", order=649,
            emission=gradient(low, (light.middle[0] * 0.6, light.middle[1] * 0.6, light.middle[2] * 0.6)))  # fmt: skip


def cabin(setup: Setup) -> Place:
    """Logs, a stone hearth with its fire, a small window."""
    st = setup.indoor(ambient=0.75)
    log = setup.make((0.46, 0.31, 0.19), (0.40, 0.29, 0.20))
    room = Room(setup, st, width=5.6, behind=2.7, height=2.7, floor=planks((0.38, 0.27, 0.18), 0.2, gap=0.016),
                wall=planks(log, 0.24, across=True, gap=0.04), ceiling=planks((0.34, 0.24, 0.16), 0.24))  # fmt: skip
    key, weight = setup.light.key_side, setup.side
    back = room.depth
    for z in (st.stand * 0.4, st.stand + 0.3, back - 0.6):
        st.quad(
            (room.left, room.height - 0.26, z),
            (room.right - room.left, 0, 0),
            (0, 0.26, 0),
            wood((0.26, 0.18, 0.11)),
            "shell",
            order=800 - z,
        )
        st.quad(
            (room.left, room.height - 0.26, z),
            (room.right - room.left, 0, 0),
            (0, 0, 0.24),
            wood((0.18, 0.12, 0.08)),
            "shell",
            order=800.1 - z,
        )
    room.sunlight("back", lean=0.4 * key)
    room.window(
        "back", x=0.5 + 0.28 * key, sill=1.05, size=(1.0, 0.95), panes=(2, 2), frame=(0.36, 0.25, 0.16), view=0.5
    )
    hearth(setup, room, st.reach(0.5 + 0.20 * weight, back))
    if st.stand > 1.4:
        z = st.stand + 0.9
        props.armchair(st, st.reach(0.5 + 0.40 * weight, z), z, turn=weight * -1.0, skin=(0.42, 0.24, 0.17))
        st.quad((st.reach(0.5 + 0.2 * weight, z) - 0.9, 0.006, z - 0.6), (1.8, 0, 0), (0, 0, 1.1),
                carpet((0.45, 0.20, 0.16), (0.66, 0.55, 0.38), 1.8, 1.1), "shell", floor=True, order=880)  # fmt: skip
        z = st.stand + 0.5
        props.table(st, st.reach(0.5 - 0.34 * weight, z), z, (1.1, 0.74, 0.7))
        props.candle(st, st.reach(0.5 - 0.34 * weight, z), 0.74, z, power=1.0 if setup.dim else 0.4)
    return room.place(
        "fire", "fireplace", "candle", "table", "chair", weather=("embers",) if setup.dim else ("dust",), dust=0.9
    )


def hearth(setup: Setup, room: Room, x: float) -> None:
    """A stone fireplace on the back wall, burning."""
    st, back = room.stage, room.depth
    rock = stone(setup.make((0.46, 0.42, 0.37), (0.40, 0.38, 0.36)), 0.9, 1.5)
    st.group(x, back - 0.3, "far")
    for dx in (-0.68, 0.68):
        st.box(x + dx, 0, back - 0.28, (0.4, 1.15, 0.55), rock)
    st.box(x, 1.12, back - 0.28, (1.85, 0.18, 0.62), wood((0.36, 0.24, 0.15)))
    st.quad((x - 0.7, 1.3, back - 0.25), (1.4, 0, 0), (0, room.height - 1.3, 0), rock)
    st.quad((x - 0.49, 0.0, back - 0.1), (0.98, 0, 0), (0, 1.12, 0), (0.05, 0.04, 0.035))
    for i, dx in enumerate((-0.2, 0.0, 0.2)):
        st.box(x + dx, 0.05 + 0.05 * (i % 2), back - 0.32, (0.5, 0.1, 0.1), (0.20, 0.12, 0.08), turn=0.4 * (i - 1))
    flames(setup, room.stage, x, 0.12, back - 0.36, 0.62)
    st.ungroup()
    st.lamps.append(Lamp((x, 0.55, back - 0.75), linear((1.0, 0.58, 0.24)), 1.7, 3.2 if setup.dim else 1.6))


def flames(setup: Setup, st: object, x: float, y: float, z: float, size: float) -> None:
    """Tongues of fire, hot at the root."""
    from animatic.scenes.materials import gradient
    from animatic.scenes.stage import Stage

    assert isinstance(st, Stage)
    for scale, low, high in (
        (1.0, (1.15, 0.55, 0.16), (0.95, 0.28, 0.06)),
        (0.72, (1.3, 0.85, 0.35), (1.1, 0.55, 0.14)),
        (0.42, (1.4, 1.25, 0.85), (1.3, 0.95, 0.45)),
    ):
        for i in range(5):
            dx = (i - 2) * 0.17 * size * (0.6 + 0.4 * scale)
            high_ = size * scale * setup.between(0.55, 1.0) * (1.05 - 0.16 * abs(i - 2))
            w = 0.15 * size * (0.5 + 0.5 * scale)
            sway = setup.between(-0.06, 0.06) * size
            shape = [
                (dx - w * 0.6, 0),
                (dx - w, high_ * 0.28),
                (dx - w * 0.35 + sway, high_ * 0.62),
                (dx + sway * 1.8, high_),
                (dx + w * 0.45 + sway, high_ * 0.55),
                (dx + w, high_ * 0.25),
                (dx + w * 0.6, 0),
            ]
            st.cutout(x, y, z - 0.01 * scale, shape, low, emission=gradient(low, high), opacity=0.9)


def doorway(setup: Setup) -> Place:
    """An inner door that stands open on a lighter room."""
    st = setup.indoor(ambient=0.7)
    paper = setup.make((0.50, 0.44, 0.37), (0.42, 0.45, 0.44), (0.50, 0.40, 0.34))
    room = Room(setup, st, width=4.4, behind=2.0, height=2.75, floor=planks((0.38, 0.26, 0.17), 0.14),
                wall=wallpaper(paper, (paper[0] * 0.86, paper[1] * 0.84, paper[2] * 0.80), 0.18, 0.9))  # fmt: skip
    key, weight = setup.light.key_side, setup.side
    room.door(0.5 + 0.14 * key, opened=True)
    back = room.depth
    props.cabinet(
        st,
        st.reach(0.5 + 0.33 * weight, back - 0.3),
        back - 0.28,
        (1.0, 0.86, 0.4),
        skin=props.WALNUT,
        drawers=3,
        band="far",
    )
    props.desk_lamp(st, st.reach(0.5 + 0.33 * weight, back - 0.3), 0.9, back - 0.28, lit=setup.dim, band="far")
    px = st.reach(0.5 + 0.33 * weight, back)
    props.picture(st, (px - 0.35, 1.4, back - 0.02), (0.7, 0, 0), 0.55, setup.between(0, 6))
    if st.stand > 1.5:
        z = st.stand * 0.5
        st.group(st.edge(z, weight), z, "front")
        st.box(st.edge(z, weight) - weight * 0.02, 0, z, (0.24, room.height, 0.3), wood((0.20, 0.14, 0.10)))
        st.ungroup()
    return room.place("door", dust=0.6, weather=("dust",))
