"""Reads looks: .cube files as colour programs write them, in one dimension, three, or one before three.

    colours ──(into video range)──► shaper ──► table ──(out of video range)──► colours

Resolve writes a shaper, a curve for each channel, before its table where that needs more room than 0 to 1, and says
where a look was made for video levels.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from film.errors import InputError
from film.files.bounds import read_plain

_BRIGHTEST = 65_504.0
"""The largest number of half precision, which colour programs reckon in; what is beyond it is no colour."""
_LARGEST = {1: 65_536, 3: 129}

_VIDEO = (64 / 1023, (940 - 64) / 1023)
"""Black, and from there to white, at ten bits."""

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Cube:
    """``table`` is of shape (n, 3) in one dimension, and (n, n, n, 3) by blue, green, red in three."""

    table: Values
    low: Values
    high: Values
    shaper: Cube | None = None
    """What comes before it."""
    takes_video: bool = False
    gives_video: bool = False
    """Black and white lie at video levels in what it takes, in what it gives."""

    def of(self, rgb: Values) -> Values:
        """What colours of shape (…, 3) become, by linear interpolation."""
        black, span = _VIDEO
        if self.takes_video:
            rgb = black + span * rgb
        made = self._looked_up(self.shaper.of(rgb) if self.shaper else rgb)
        return (made - black) / span if self.gives_video else made

    def _looked_up(self, rgb: Values) -> Values:
        size = len(self.table)
        at = ((rgb - self.low) / (self.high - self.low)).clip(0, 1) * (size - 1)
        if self.table.ndim == 2:
            places = np.arange(size)
            return np.stack([np.interp(at[..., i], places, self.table[:, i]) for i in range(3)], axis=-1)
        below = np.minimum(at.astype(int), size - 2)
        inside = at - below
        mixed = np.zeros_like(rgb)
        for corner in range(8):
            step = np.array([corner & 1, corner >> 1 & 1, corner >> 2])
            share = np.where(step, inside, 1 - inside).prod(axis=-1, keepdims=True)
            red, green, blue = np.moveaxis(below + step, -1, 0)
            mixed += share * self.table[blue, green, red]
        return mixed


def read_cube(path: Path) -> Cube:
    """Read a .cube file. InputError names the line that is wrong."""
    text = read_plain(path, "LUT", hint="check the path of the LUT").decode("utf-8", "replace").removeprefix("\ufeff")
    sizes: dict[int, int] = {}
    low, high = np.zeros(3), np.ones(3)
    ranges: dict[int, tuple[Values, Values]] = {}
    video: set[str] = set()
    rows: list[list[float]] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split("#")[0].split()
        if not words or words[0] == "TITLE":
            continue
        try:
            match words[0]:
                case "LUT_1D_SIZE" | "LUT_3D_SIZE":
                    sizes[int(words[0][4])] = int(words[1])
                case "DOMAIN_MIN":
                    low = np.array([float(word) for word in words[1:4]])
                case "DOMAIN_MAX":
                    high = np.array([float(word) for word in words[1:4]])
                case "LUT_1D_INPUT_RANGE" | "LUT_3D_INPUT_RANGE":
                    ranges[int(words[0][4])] = np.full(3, float(words[1])), np.full(3, float(words[2]))
                case "LUT_IN_VIDEO_RANGE" | "LUT_OUT_VIDEO_RANGE":
                    video.add(words[0])
                case _:
                    rows.append([float(words[0]), float(words[1]), float(words[2])])
        except (ValueError, IndexError) as error:
            raise InputError(
                f"{line.strip()[:40]!r} is no line of a .cube file" if sizes else "this is no line of a .cube file",
                hint="export the look as .cube from a colour program",
                file=path,
                line=number,
            ) from error
    return _assembled(path, sizes, (low, high), ranges, video, np.array(rows, np.float64).reshape(-1, 3))


def _assembled(
    path: Path,
    sizes: Mapping[int, int],
    usual: tuple[Values, Values],
    ranges: Mapping[int, tuple[Values, Values]],
    video: Collection[str],
    colours: Values,
) -> Cube:
    if not sizes:
        raise InputError("does not say its size once", hint="give a .cube with LUT_3D_SIZE or LUT_1D_SIZE", file=path)
    wanted = sum(size**dimensions for dimensions, size in sizes.items())
    if any(not 2 <= size <= _LARGEST[dimensions] for dimensions, size in sizes.items()) or len(colours) != wanted:
        both = " and ".join(f"{size} in {dimensions}D" for dimensions, size in sorted(sizes.items()))
        meant = both if len(sizes) > 1 else str(*sizes.values())
        raise InputError(
            f"holds {len(colours)} colours where a size of {meant} means {wanted}",
            hint="export the look again",
            file=path,
        )
    first = sizes.get(1, 0)
    shaper = _checked(path, 1, first, ranges.get(1, usual), colours[:first]) if first else None
    if 3 in sizes:
        look = _checked(
            path, 3, sizes[3], ranges.get(3, (np.zeros(3), np.ones(3)) if shaper else usual), colours[first:]
        )
    else:
        assert shaper is not None
        look, shaper = shaper, None
    return replace(
        look,
        shaper=shaper,
        takes_video="LUT_IN_VIDEO_RANGE" in video,
        gives_video="LUT_OUT_VIDEO_RANGE" in video,
    )


def _checked(path: Path, dimensions: int, size: int, domain: tuple[Values, Values], rows: Values) -> Cube:
    low, high = domain
    if low.shape != (3,) or high.shape != (3,) or not (high > low).all() or not (np.abs(rows) <= _BRIGHTEST).all():
        raise InputError("has a domain or colours that are no numbers", hint="export the look again", file=path)
    return Cube(rows.reshape((size,) * dimensions + (3,)), low, high)
