"""Reads looks: .cube files as colour programs write them, in one dimension or three."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from film.bounds import read_plain
from film.errors import InputError

_LARGEST = {1: 65_536, 3: 129}

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Cube:
    """``table`` is of shape (n, 3) in one dimension, and (n, n, n, 3) by blue, green, red in three."""

    table: Values
    low: Values
    high: Values

    def of(self, rgb: Values) -> Values:
        """What colours of shape (…, 3) become, by linear interpolation."""
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
                    low, high = np.full(3, float(words[1])), np.full(3, float(words[2]))
                case _:
                    rows.append([float(words[0]), float(words[1]), float(words[2])])
        except (ValueError, IndexError) as error:
            raise InputError(
                f"{line.strip()[:40]!r} is no line of a .cube file" if sizes else "this is no line of a .cube file",
                hint="export the look as .cube from a colour program",
                file=path,
                line=number,
            ) from error
    return _checked(path, sizes, low, high, np.array(rows, np.float64).reshape(-1, 3))


def _checked(path: Path, sizes: dict[int, int], low: Values, high: Values, rows: Values) -> Cube:
    if len(sizes) != 1:
        raise InputError("does not say its size once", hint="give a .cube with LUT_3D_SIZE or LUT_1D_SIZE", file=path)
    ((dimensions, size),) = sizes.items()
    wanted = size**dimensions
    if not 2 <= size <= _LARGEST[dimensions] or len(rows) != wanted:
        raise InputError(
            f"holds {len(rows)} colours where a size of {size} means {wanted}", hint="export the look again", file=path
        )
    if low.shape != (3,) or high.shape != (3,) or not (high > low).all() or not np.isfinite(rows).all():
        raise InputError("has a domain or colours that are no numbers", hint="export the look again", file=path)
    return Cube(rows.reshape((size,) * dimensions + (3,)), low, high)
