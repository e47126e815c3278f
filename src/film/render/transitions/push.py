"""The next shot pushes the last one off the screen: both move together, as two cards side by side."""

from __future__ import annotations

import numpy as np

from film.render.pictures import Picture, planes_in
from film.render.transitions.mixing import Way, eased, progress


def push(outgoing: Picture, incoming: Picture, step: int, steps: int, *, way: Way) -> Picture:
    """Gently off, gently there."""
    at = eased(progress(step, steps))
    pushed = np.empty_like(outgoing)
    for out, before, after in zip(planes_in(pushed), planes_in(outgoing), planes_in(incoming), strict=True):
        views = (out, before, after) if way in ("left", "right") else (out.T, before.T, after.T)
        _pushed(*views, at, forwards=way in ("left", "up"))
    return pushed


def _pushed(out: Picture, before: Picture, after: Picture, at: float, *, forwards: bool) -> None:
    """Along the columns; ``forwards`` is to the left."""
    length = out.shape[1]
    gone = round(at * length)
    if forwards:
        out[:, : length - gone] = before[:, gone:]
        out[:, length - gone :] = after[:, :gone]
    else:
        out[:, gone:] = before[:, : length - gone]
        out[:, :gone] = after[:, length - gone :]
