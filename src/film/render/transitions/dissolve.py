"""One shot melts into the other."""

from __future__ import annotations

import numpy as np

from film.render.pictures import Picture
from film.render.transitions.mixing import FULL, mixed_into, progress


def dissolve(outgoing: Picture, incoming: Picture, step: int, steps: int) -> Picture:
    """In even steps."""
    mixed = np.empty_like(outgoing)
    mixed_into(mixed, outgoing, incoming, round(FULL * progress(step, steps)))
    return mixed
