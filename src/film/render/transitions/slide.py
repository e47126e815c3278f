"""The next shot slides in over the last one, which stays where it is and falls into its shadow."""

from __future__ import annotations

import numpy as np

from film.render.pictures import BLACK, Picture, planes_in
from film.render.transitions.mixing import FULL, Way, eased, mixed_into, progress, ramp

_SHADOW, _DEEP = 0.07, 0.5
"""How far the shadow falls, as a share of the way, and how dark it is at the edge."""


def slide(outgoing: Picture, incoming: Picture, step: int, steps: int, *, way: Way) -> Picture:
    """Gently off, gently there; the shadow is gone when it arrives."""
    at = eased(progress(step, steps))
    mixed = np.empty_like(outgoing)
    planes = zip(planes_in(mixed), planes_in(outgoing), planes_in(incoming), BLACK, strict=True)
    for out, before, after, black in planes:
        across = way in ("left", "right")
        flipped = way in ("left", "up")
        out_, before_, after_ = (_along(plane, across, flipped) for plane in (out, before, after))
        length = out_.shape[1]
        covered = round(at * length)
        out_[:, :covered] = after_[:, length - covered :]
        rest = before_[:, covered:]
        shade = ramp(np.arange(length - covered, dtype=np.float32) / length, 0.0, 2 * _SHADOW * (1 - at) + 1e-6)
        shade = (shade * np.float32(2 * _DEEP)).astype(np.uint16)
        dark = int(np.count_nonzero(shade))
        out_[:, covered + dark :] = rest[:, dark:]
        black_ = np.full((1, 1), black, np.uint8)
        mixed_into(
            out_[:, covered : covered + dark],
            rest[:, :dark],
            np.broadcast_to(black_, rest[:, :dark].shape),
            np.minimum(shade[None, :dark], FULL),
        )
    return mixed


def _along(plane: Picture, across: bool, flipped: bool) -> Picture:
    """A view of the plane in which the way goes to the right."""
    seen = plane if across else plane.T
    return seen[:, ::-1] if flipped else seen
