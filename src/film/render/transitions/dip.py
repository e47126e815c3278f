"""Down to black, or up to white, and out of it into the next shot: a breath between scenes, a flash of memory."""

from __future__ import annotations

import numpy as np

from film.render.pictures import Picture, planes_in
from film.render.transitions.mixing import FULL, mixed_into, progress

_REST = 0.08
"""Share of the time that is spent in plain black or white: without a moment of rest a dip reads as a flicker."""
_GREY = 128


def dip(outgoing: Picture, incoming: Picture, step: int, steps: int, *, level: int) -> Picture:
    """Through luma ``level``. The light goes as a lamp does: slowly at first, then all of it."""
    at = progress(step, steps)
    gone = min(1.0, min(at, 1 - at) / (0.5 - _REST / 2))
    weight = round(FULL * gone**1.5)
    mixed = np.empty_like(outgoing)
    plain = np.empty_like(outgoing)
    for plane, value in zip(planes_in(plain), (level, _GREY, _GREY), strict=True):
        plane[:] = value
    mixed_into(mixed, outgoing if at < 0.5 else incoming, plain, weight)
    return mixed
