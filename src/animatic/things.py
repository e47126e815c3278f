"""The things of a shot and of its place, as reliefs on the place's own stage; a card with its name for an unknown one.

Reading.things ─► row with a shape ─► relief, as large as it is ─► Layer on its shadow
               └► none ─► an outlined card that says what is missing
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from animatic.elements import FloatArray, Layer
from animatic.relief import drawable, relief
from animatic.scenes.catalogued import DESK, SLOTS
from animatic.scenes.setup import Place, Setup
from film.reading import PlaceRow, Reading, Thing, catalogue

HAND_BUILT = frozenset({"piano", "fire", "campfire", "tent", "table", "chair", "stairs"})
"""Rows that the place draws with its own hands."""
FLYING = frozenset(
    {"bird", "bat", "aeroplane", "helicopter", "drone", "hot-air balloon", "rocket", "satellite", "ufo", "parachute",
     "butterfly", "bee", "kite", "balloon", "moon", "star", "meteor", "cloud", "snowflake", "planet", "lightning bolt",
     "fireworks", "dragon", "tornado"}
)  # fmt: skip
MOST = 5
"""Things of the shot, and copies of one that is counted, that are drawn."""
_TARGET = {"extreme wide": 0.16, "wide": 0.34, "full": 0.42, "medium wide": 0.48, "medium": 0.54, "close-up": 0.66,
           "medium close-up": 0.60, "extreme close-up": 0.72, "insert": 0.56, "aerial": 0.12}  # fmt: skip


def of_shot(
    setup: Setup, place: Place, reading: Reading, *, side: int, people: bool, held: bool = False
) -> list[Layer]:
    """Layers of what the shot names."""
    layers: list[Layer] = []
    known = catalogue()
    close = setup.framing.name in ("insert", "extreme close-up")
    taken = 0
    for thing in reading.things:
        row = known.things.get(thing.row or "")
        if row is not None and (row.name in place.shows or (row.name in HAND_BUILT and not close)):
            continue
        if held and row is not None and (row.metres < 0.45 or row.name in ("umbrella", "lantern", "flowers")):
            continue  # it is in somebody's hand
        if taken and close:
            break
        for _ in range(min(max(thing.count, 1), MOST - taken)):
            layers += _one(setup, place, thing, taken, side=side, people=people)
            taken += 1
        if taken >= MOST:
            break
    return layers


def of_place(setup: Setup, place: Place, row: PlaceRow) -> list[Layer]:
    """Layers of what a row of the catalogue puts into its place."""
    if setup.framing.figure_height > 3 and setup.framing.name != "insert":
        return []
    known, st, layers = catalogue(), place.stage, list[Layer]()
    for k, text in enumerate(row.things):
        name, _, where = text.partition(":")[0].partition("@")
        thing = known.things.get(name)
        if thing is None or not drawable(thing) or name in place.shows:
            continue
        way = -1 if k % 2 else 1
        x = 0.5 + way * SLOTS[k % len(SLOTS)]
        z = st.stand + (2.4 if where in ("wall", "") else 1.5)
        if place.outdoors:
            z = st.stand + max(2.5, 1.6 * thing.metres)
        foot = {"wall": 1.45, "ceiling": 2.3, "desk": DESK}.get(where, 0.0)
        scale = st.scale(z)
        y = st.framing.horizon - scale * (foot - st.eye)
        layers += _placed(setup, Thing(name, name), x, y, thing.metres * scale, 0.40, shadow=foot == 0.0)
    return layers


def _one(setup: Setup, place: Place, thing: Thing, taken: int, *, side: int, people: bool) -> list[Layer]:
    st, frame = place.stage, setup.framing
    row = catalogue().things.get(thing.row or "")
    metres = row.metres if row else 0.8
    flying = row is not None and row.name in FLYING and (place.outdoors or row.metres < 0.6)
    target = _TARGET.get(frame.name, 0.5)
    if not people:
        share = target * (1.0 if taken == 0 else 0.62)
        spread = (0.0, 0.27, -0.27, 0.38, -0.38)[taken % 5]
        x, y = 0.5 + spread * side + 0.03, 0.83 - (0.05 if taken else 0.0)
        if frame.name in ("insert", "extreme close-up"):
            y = 0.80
        elif place.outdoors or frame.figure_height < 1:
            y = min(0.84, max(frame.horizon + 0.16, 0.60 + 0.30 * share))
        if flying:
            y = 0.24 + share + 0.05 * taken
        return _placed(setup, thing, x, y, share, 0.62 - 0.02 * taken, shadow=not flying)
    x = 0.5 + side * (0.24 + 0.11 * (taken // 2)) * (1 if taken % 2 == 0 else -1)
    z = max(st.stand * 1.02, st.stand + min(metres, 5.0) * 0.7 - 0.2)
    small = metres < 0.40
    scale = st.scale(z)
    share = metres * scale
    if small:  # a little thing is shown larger than it is, or nobody sees it
        share = max(share, 0.09)
    share = float(np.clip(share, 0.07, 0.80))
    y = frame.horizon + scale * st.eye
    if small and not place.outdoors:
        y = frame.horizon - scale * (DESK - st.eye)
    y = min(y, 0.86)
    if flying:
        y = 0.20 + share * 0.6 + 0.06 * taken
    return _placed(setup, thing, x, y, share, 0.54 if not small else 0.62, shadow=not flying)


def _placed(setup: Setup, thing: Thing, x: float, y: float, share: float, depth: float, *, shadow: bool) -> list[Layer]:
    """A thing whose foot is at (x, y) and that takes this share of the frame's height."""
    canvas = setup.canvas
    high = round(share * canvas.frame_height)
    if high < 4:
        return []
    row = catalogue().things.get(thing.row or "")
    if row is not None and drawable(row):
        rgb, cover = relief(row, min(high, 2 * canvas.height), setup.light, thing.said)
        if (1 if x < 0.5 else -1) < 0 and row.kind in ("animals", "vehicles"):
            rgb, cover = rgb[:, ::-1], cover[:, ::-1]
    else:
        rgb, cover = card(thing.words, high)
    sheet = canvas.sheet()
    tall, wide = cover.shape
    left, top = round(canvas.px(x) - wide / 2), round(canvas.py(y) - tall)
    if shadow:
        u = (canvas.x - np.float32(x)) * np.float32(canvas.frame_width / max(wide * 0.62, 1))
        v = (canvas.y - np.float32(y - 0.004)) * np.float32(canvas.frame_height / max(wide * 0.10, 2))
        dark = np.exp(-(u * u + v * v) * np.float32(1.6)) * np.float32(0.55)
        sheet.over((0.03, 0.03, 0.04), dark.astype(np.float32))
    y0, x0, y1, x1 = max(0, top), max(0, left), min(canvas.height, top + tall), min(canvas.width, left + wide)
    if y1 > y0 and x1 > x0:
        part = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
        sheet.over(rgb[part], cover[part], y0, x0)
    return [sheet.layer(depth)]


def card(words: str, high: int) -> tuple[FloatArray, FloatArray]:
    """An outlined card with a name on it: here stands something that has no picture."""
    wide = round(high * 1.25)
    image = Image.new("L", (wide, high), 0)
    draw = ImageDraw.Draw(image)
    stroke = max(1, high // 60)
    draw.rounded_rectangle([1, 1, wide - 2, high - 2], radius=high // 10, outline=255, width=stroke, fill=60)
    size = max(8, high // 5)
    font = ImageFont.load_default(size)
    while size > 8 and draw.textlength(words, font) > wide * 0.86:
        size -= max(1, size // 8)
        font = ImageFont.load_default(size)
    draw.text((wide / 2, high / 2), words, 255, font=font, anchor="mm")
    cover = np.asarray(image, np.float32) / np.float32(255)
    rgb = np.empty((high, wide, 3), np.float32)
    rgb[:] = (0.93, 0.92, 0.88)
    return rgb, cover
