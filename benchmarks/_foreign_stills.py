"""Stills as strangers make them, each with the colours that must be seen: drawn here, known before they are written."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks._foreign import Case, Colours

QUADRANTS: Colours = ((200, 40, 40), (40, 180, 60), (50, 60, 200), (220, 200, 60))
"""Top left, top right, bottom left, bottom right."""
GREYS: Colours = ((30,) * 3, (100,) * 3, (170,) * 3, (240,) * 3)
WHITE = (255, 255, 255)
SIZE = (96, 64)
Pixels = NDArray[Any]

_LOSSY = 14
_EXACT = 2
_FORMATS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP", "tiff": "TIFF", "avif": "AVIF"}
_D65 = (0.3127, 0.3290)
_SRGB = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
_P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
_ADOBE = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))


def quadrants(colours: Any = QUADRANTS, size: tuple[int, int] = SIZE, dtype: Any = None) -> Pixels:
    width, height = size
    first = np.asarray(colours[0])
    dtype = dtype or (np.uint8 if np.max(colours) <= 255 else np.int64)
    picture = np.zeros((height, width, *first.shape), dtype)
    for place, colour in enumerate(colours):
        down, right = divmod(place, 2)
        picture[down * height // 2 : (down + 1) * height // 2, right * width // 2 : (right + 1) * width // 2] = colour
    return picture


def cases() -> Iterator[Case]:
    yield from _orientations()
    yield from _transparent()
    yield from _depths()
    yield from _colours()
    yield from _animated()
    yield from _broken()


def _still(group: str, name: str, content: bytes, colours: Colours, **more: Any) -> Case:
    more.setdefault("tolerance", _EXACT if name.endswith(("png", "tiff", "bmp", "gif")) else _LOSSY)
    return Case("still", group, name, lambda path: _write(path, content), colours=colours, **more)


def _write(path: Any, content: bytes) -> None:
    path.write_bytes(content)


def _saved(picture: Image.Image, suffix: str, **how: Any) -> bytes:
    out = io.BytesIO()
    if suffix in ("jpg", "avif", "webp"):
        how = {"quality": 95, **how}
    if suffix in ("jpg", "avif"):
        how = {"subsampling": "4:4:4", **how}
    picture.save(out, _FORMATS.get(suffix, suffix.upper()), **how)
    return out.getvalue()


# -- upright


def _orientations() -> Iterator[Case]:
    upright = quadrants()
    stored = {  # what a camera writes, so that the tag's turn brings it upright
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }
    for suffix in _FORMATS:
        for orientation, pixels in stored.items():
            exif = Image.Exif()
            exif[0x0112] = orientation
            picture = Image.fromarray(np.ascontiguousarray(pixels))
            content = _saved(picture, suffix, exif=exif.tobytes() if suffix == "tiff" else exif)
            if suffix == "tiff":
                content = _saved(picture, suffix, tiffinfo={0x0112: orientation})
            yield _still("orientation", f"exif-{orientation}.{suffix}", content, QUADRANTS, size=SIZE)


# -- transparent


def _transparent() -> Iterator[Case]:
    seen = (WHITE, QUADRANTS[1], QUADRANTS[2], QUADRANTS[3])
    hidden = np.dstack([quadrants(), quadrants((0, 255, 255, 255))])
    for suffix in ("png", "webp", "avif", "tiff"):
        yield _still("alpha", f"hidden.{suffix}", _saved(Image.fromarray(hidden), suffix), seen)
    half = np.dstack([quadrants(), quadrants((51, 255, 255, 255))])
    mixed = tuple(round(0.2 * c + 0.8 * 255) for c in QUADRANTS[0])
    for suffix in ("png", "webp", "tiff"):
        yield _still("alpha", f"half.{suffix}", _saved(Image.fromarray(half), suffix), (mixed, *QUADRANTS[1:]))
    grey = np.dstack([quadrants((30, 100, 170, 240)), quadrants((0, 255, 255, 255))])
    yield _still("alpha", "grey.png", _saved(Image.fromarray(grey, "LA"), "png"), (WHITE, *GREYS[1:]))
    palette = Image.fromarray(quadrants((0, 1, 2, 3)), "P")
    palette.putpalette([value for colour in QUADRANTS for value in colour])
    for suffix in ("png", "gif"):
        yield _still("alpha", f"palette.{suffix}", _saved(palette, suffix, transparency=0), seen)
    yield _still("alpha", "half-palette.png", _saved(palette, "png", transparency=bytes((51, 255))), (mixed, *seen[1:]))
    rgb = Image.fromarray(quadrants())
    yield _still("alpha", "one-colour.png", _saved(rgb, "png", transparency=QUADRANTS[0]), seen)
    level = Image.fromarray(quadrants((30, 100, 170, 240)))
    yield _still("alpha", "one-grey.png", _saved(level, "png", transparency=30), (WHITE, *GREYS[1:]))
    deep = quadrants([(*(c * 257 for c in colour), 0 if n == 0 else 65535) for n, colour in enumerate(QUADRANTS)])
    yield _still("alpha", "deep.png", png(_deep(deep), 16, 6), seen)
    keyed = struct.pack(">3H", *(c * 257 for c in QUADRANTS[0]))
    content = png(_deep(quadrants([[c * 257 for c in q] for q in QUADRANTS])), 16, 2, (b"tRNS", keyed))
    yield _still("alpha", "deep-one-colour.png", content, seen)
    pair = quadrants([(g[0] * 257, 0 if n == 0 else 65535) for n, g in enumerate(GREYS)])
    yield _still("alpha", "deep-grey.png", png(_deep(pair), 16, 4), (WHITE, *GREYS[1:]))


# -- shades


def _depths() -> Iterator[Case]:
    levels = [g[0] for g in GREYS]
    deep = quadrants([level * 257 for level in levels], dtype=np.uint16)
    yield _still("depth", "grey16.png", _saved(Image.fromarray(deep), "png"), GREYS)
    yield _still("depth", "grey16.tiff", _saved(Image.fromarray(deep), "tiff"), GREYS)
    unit = quadrants([level / 255 for level in levels], dtype=np.float32)
    yield _still("depth", "float.tiff", _saved(Image.fromarray(unit), "tiff"), GREYS)
    bytes_ = quadrants([float(level) for level in levels], dtype=np.float32)
    yield _still("depth", "float255.tiff", _saved(Image.fromarray(bytes_), "tiff"), GREYS)
    for form in ("png", "jpg", "webp", "tiff", "bmp", "gif", "avif"):
        yield _still("depth", f"grey8.{form}", _saved(Image.fromarray(quadrants(levels)), form), GREYS)
        yield _still("depth", f"rgb8.{form}", _saved(Image.fromarray(quadrants()), form), QUADRANTS)
    bilevel = ((0,) * 3, WHITE, WHITE, (0,) * 3)
    for form in ("png", "tiff", "bmp"):
        picture = Image.fromarray(quadrants((0, 255, 255, 0))).convert("1")
        yield _still("depth", f"bits1.{form}", _saved(picture, form), bilevel)
    for bits in (1, 2, 4, 8):
        steps = (0, 1, 1, 0) if bits == 1 else (0, 1, 2, 3)
        top = 2**bits - 1
        shown = tuple((round(255 * step / top),) * 3 for step in steps)
        yield _still("depth", f"grey{bits}bit.png", png(_packed(quadrants(steps), bits), bits, 0), shown)
        table = b"".join(bytes(c) for c in QUADRANTS[: top + 1])
        shown = tuple(QUADRANTS[step] for step in steps)
        packed = png(_packed(quadrants(steps), bits), bits, 3, (b"PLTE", table))
        yield _still("depth", f"palette{bits}bit.png", packed, shown)
    yield _still(
        "depth", "rgb16.png", png(_deep(quadrants([[c * 257 for c in q] for q in QUADRANTS])), 16, 2), QUADRANTS
    )


# -- colours


def _colours() -> Iterator[Case]:
    for name, primaries, gamma in (("p3", _P3, 2.2), ("adobe", _ADOBE, 2.2), ("linear", _SRGB, 1.0)):
        profile = icc(primaries, gamma)
        seen = tuple(in_srgb(colour, primaries, gamma) for colour in QUADRANTS)
        for suffix in ("png", "jpg", "webp", "tiff", "avif"):
            content = _saved(Image.fromarray(quadrants()), suffix, icc_profile=profile)
            yield _still("colour", f"{name}.{suffix}", content, seen, tolerance=5 if suffix in ("png", "tiff") else 16)
    plain = _saved(Image.fromarray(quadrants()), "png", icc_profile=icc(_SRGB, None))
    yield _still("colour", "srgb.png", plain, QUADRANTS, tolerance=4)
    for gamma in (1.0, 2.2):
        seen = tuple(in_srgb(grey, _SRGB, gamma) for grey in GREYS)
        profile = icc(None, gamma)
        level = Image.fromarray(quadrants([grey[0] for grey in GREYS]))
        for suffix in ("png", "jpg", "tiff"):
            yield _still(
                "colour", f"grey{gamma}.{suffix}", _saved(level, suffix, icc_profile=profile), seen, tolerance=6
            )
        covered = _saved(level.convert("LA"), "png", icc_profile=profile)
        yield _still("colour", f"grey-alpha{gamma}.png", covered, seen, tolerance=6)
    level = Image.fromarray(quadrants([grey[0] for grey in GREYS]))
    yield _still("colour", "grey-srgb.jpg", _saved(level, "jpg", icc_profile=icc(_SRGB, None)), GREYS, tolerance=4)
    other = _saved(Image.fromarray(quadrants()), "png", icc_profile=icc(None, 1.0))
    yield _still("colour", "for-something-else.png", other, QUADRANTS, told=True)
    broken = _saved(Image.fromarray(quadrants()), "png", icc_profile=b"no profile at all, but long enough" * 8)
    yield _still("colour", "broken-profile.png", broken, QUADRANTS, told=True)
    for name, gamma, primaries in (("gama", 1.0, None), ("gama18", 1.8, None), ("chrm", 2.2, _P3)):
        chunks = [(b"gAMA", struct.pack(">I", round(100_000 / gamma)))]
        if primaries:
            points = (_D65, *primaries)
            chunks.append((b"cHRM", struct.pack(">8I", *(round(v * 100_000) for xy in points for v in xy))))
        seen = tuple(in_srgb(c, primaries or _SRGB, None if gamma == 2.2 else gamma) for c in QUADRANTS)
        yield _still("colour", f"{name}.png", png(_bytes(quadrants()), 8, 2, *chunks), seen, tolerance=5)
    seen = tuple(in_srgb(c, _P3, None) for c in QUADRANTS)
    yield _still(
        "colour", "cicp-p3.png", png(_bytes(quadrants()), 8, 2, (b"cICP", bytes((12, 13, 0, 1)))), seen, tolerance=4
    )
    both = png(_bytes(quadrants()), 8, 2, (b"gAMA", struct.pack(">I", 100_000)), (b"sRGB", b"\0"))
    yield _still("colour", "srgb-before-gama.png", both, QUADRANTS)
    ink = quadrants([(0, 255, 255, 0), (255, 0, 255, 0), (255, 255, 0, 0), (0, 0, 0, 255)])
    seen = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 0, 0))
    cmyk = Image.fromarray(ink, "CMYK")
    yield _still("colour", "cmyk-adobe.jpg", _saved(cmyk, "jpg"), seen, tolerance=24)
    yield _still("colour", "cmyk.tiff", _saved(cmyk, "tiff"), seen, tolerance=24)
    upside_down = without_adobe(_saved(Image.fromarray(255 - ink, "CMYK"), "jpg"))
    yield _still("colour", "cmyk-unmarked.jpg", upside_down, seen, tolerance=24)
    lab = quadrants(
        [
            (round(light * 2.55), a % 256, b % 256)
            for light, a, b in ((50, 60, 40), (60, -50, 50), (30, 20, -60), (90, 0, 0))
        ]
    )
    picture = Image.frombytes("LAB", SIZE, lab.tobytes())
    yield _still(
        "colour",
        "lab.tiff",
        _saved(picture, "tiff"),
        tuple(in_srgb_of_lab(*p) for p in ((50, 60, 40), (60, -50, 50), (30, 20, -60), (90, 0, 0))),
        tolerance=8,
    )


# -- moving, and broken


def _animated() -> Iterator[Case]:
    first, second = Image.fromarray(quadrants()), Image.new("RGB", SIZE, (9, 9, 9))
    for suffix in ("gif", "webp", "png", "avif", "tiff"):
        content = _saved(first, suffix, save_all=True, append_images=[second])
        yield _still("animated", f"two.{suffix}", content, QUADRANTS, told=True, tolerance=_LOSSY)


def _broken() -> Iterator[Case]:
    noise = np.random.default_rng(5).integers(0, 255, (64, 96, 3)).astype(np.uint8)
    for suffix in ("png", "jpg", "webp", "gif", "tiff", "bmp", "avif"):
        content = _saved(Image.fromarray(noise), suffix)
        for share in (0.2, 0.6, 0.9):
            cut = content[: int(len(content) * share)]
            yield _still("broken", f"cut-{share}.{suffix}", cut, QUADRANTS, refused=True)
    for name, content in (
        ("empty.png", b""),
        ("page.jpg", b"<!DOCTYPE html><html>404</html>"),
        ("json.webp", b'{"error": "expired"}'),
        ("heic.heic", b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf" + bytes(200)),
        ("vector.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ):
        yield _still("broken", name, content, QUADRANTS, refused=True)


# -- written by hand, since no library writes them


def png(rows: list[bytes], bits: int, colour: int, *chunks: tuple[bytes, bytes], size: tuple[int, int] = SIZE) -> bytes:
    """A PNG of these rows, with these chunks before its pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", *size, bits, colour, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    parts = [(b"IHDR", head), *chunks, (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def _bytes(pixels: Pixels) -> list[bytes]:
    return [row.astype(np.uint8).tobytes() for row in pixels]


def _deep(pixels: Pixels) -> list[bytes]:
    return [row.astype(">u2").tobytes() for row in np.asarray(pixels, np.int64)]


def _packed(pixels: Pixels, bits: int) -> list[bytes]:
    per = 8 // bits
    rows = pixels.reshape(len(pixels), -1, per).astype(np.uint16)
    shifts = np.arange(per - 1, -1, -1) * bits
    return [(row << shifts).sum(axis=1).astype(np.uint8).tobytes() for row in rows]


def without_adobe(content: bytes) -> bytes:
    """A JPEG without Adobe's marker."""
    at = content.find(b"\xff\xee")
    return content[:at] + content[at + 2 + struct.unpack(">H", content[at + 2 : at + 4])[0] :]


def icc(primaries: Any, gamma: float | None) -> bytes:
    """A profile of three primaries and a curve: of 1.0 and more a power, of None sRGB's own. Without any, for grey."""
    adapted = _adapted_to_d50(_matrix(primaries)) if primaries else None

    def fixed(*values: float) -> bytes:
        return b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    if gamma is None:
        curve = b"para" + bytes(4) + struct.pack(">HH", 3, 0) + fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    else:
        curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    words = b"made here\0"
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", len(words)) + words + bytes(78),
        b"wtpt": b"XYZ " + bytes(4) + fixed(0.9642, 1.0, 0.8249),
        b"cprt": b"text" + bytes(4) + b"none\0",
    }
    if adapted is None:
        tags[b"kTRC"] = curve
    else:
        names = (b"rXYZ", b"gXYZ", b"bXYZ")
        tags |= {name: b"XYZ " + bytes(4) + fixed(*adapted[:, n]) for n, name in enumerate(names)}
        tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    at = 128 + 4 + 12 * len(tags)
    table, bodies = struct.pack(">I", len(tags)), b""
    for name, body in tags.items():
        padded = body + bytes(-len(body) % 4)
        table += name + struct.pack(">II", at + len(bodies), len(padded))
        bodies += padded
    head = struct.pack(
        ">I4sI4s4s4s12s4s",
        at + len(bodies),
        bytes(4),
        0x02400000,
        b"mntr",
        b"RGB " if primaries else b"GRAY",
        b"XYZ ",
        bytes(12),
        b"acsp",
    )
    head += bytes(28) + fixed(0.9642, 1.0, 0.8249)
    return head + bytes(128 - len(head)) + table + bodies


def _matrix(primaries: Any) -> Pixels:
    def xyz(x: float, y: float) -> list[float]:
        return [x / y, 1.0, (1 - x - y) / y]

    columns = np.array([xyz(*point) for point in primaries]).T
    return columns * np.linalg.solve(columns, np.array(xyz(*_D65)))


def _adapted_to_d50(matrix: Pixels) -> Pixels:
    bradford = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    scale = (bradford @ [0.9642, 1.0, 0.8249]) / (bradford @ [0.95047, 1.0, 1.08883])
    return np.linalg.inv(bradford) @ np.diag(scale) @ bradford @ matrix


def in_srgb(colour: Any, primaries: Any, gamma: float | None) -> tuple[int, ...]:
    """What a colour of other primaries and another curve looks like on an sRGB screen."""
    code = np.asarray(colour) / 255
    light = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4) if gamma is None else code**gamma
    return _shown(np.linalg.inv(_matrix(_SRGB)) @ _matrix(primaries) @ light)


def in_srgb_of_lab(lightness: float, a: float, b: float) -> tuple[int, ...]:
    """A colour of L*a*b* under D50 on an sRGB screen."""
    fy = (lightness + 16) / 116
    f = np.array([fy + a / 500, fy, fy - b / 200])
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * [0.9642, 1.0, 0.8249]
    return _shown(np.linalg.inv(_adapted_to_d50(_matrix(_SRGB))) @ xyz)


def _shown(light: Any) -> tuple[int, ...]:
    light = np.asarray(light, float).clip(0, 1)
    codes = (12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055 for v in light.tolist())
    return tuple(round(255 * code) for code in codes)
