"""A soft edge crosses the screen and leaves the next shot behind it. Both pictures stand still."""

from __future__ import annotations

import numpy as np

from film.render.pictures import Picture, planes_in
from film.render.transitions.mixing import FULL, Way, mixed_into, progress, ramp

_SOFT = 0.06
"""Width of the edge, as a share of the way it goes."""


def wipe(outgoing: Picture, incoming: Picture, step: int, steps: int, *, way: Way) -> Picture:
    """At an even pace, which the eye follows best."""
    edge = progress(step, steps) * (1 + _SOFT) - _SOFT / 2
    mixed = np.empty_like(outgoing)
    planes = zip(planes_in(mixed), planes_in(outgoing), planes_in(incoming), strict=True)
    for out, before, after in planes:
        length = out.shape[1] if way in ("left", "right") else out.shape[0]
        line = ramp((np.arange(length, dtype=np.float32) + 0.5) / length, edge, _SOFT)
        if way in ("left", "up"):
            line = line[::-1]
        inside = np.flatnonzero((line > 0) & (line < FULL))
        band = slice(inside[0], inside[-1] + 1) if len(inside) else slice(0, 0)
        if way in ("left", "right"):
            out[:] = before
            out[:, line == FULL] = after[:, line == FULL]
            mixed_into(out[:, band], before[:, band], after[:, band], line[None, band])
        else:
            out[:] = before
            out[line == FULL] = after[line == FULL]
            mixed_into(out[band], before[band], after[band], line[band, None])
    return mixed
