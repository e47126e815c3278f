"""The camera is torn round: one shot smears away and the next one comes to rest out of the smear.

The two stand on one long strip with their mirror images between them, so that nothing strange flies past:

    | outgoing | its mirror | the incoming's mirror | incoming |
    ──► the window runs along it, and every picture is the mean of what it passes while the shutter is open
"""

from __future__ import annotations

import numpy as np

from film.render.pictures import Picture, planes_in
from film.render.transitions.mixing import eased, progress

_SHUTTER = 0.55
"""Share of a picture's time for which the shutter is open: 0.5 is a film camera's."""
_SCREENS = 3
"""The window's way."""


def whip(outgoing: Picture, incoming: Picture, step: int, steps: int) -> Picture:
    """Off slowly, through the smear at full speed, and to rest."""
    whipped = np.empty_like(outgoing)
    at = progress(step, steps)
    half = _SHUTTER / 2 / (steps + 1)
    opens, closes = (_SCREENS * eased(min(1.0, max(0.0, at + side))) for side in (-half, half))
    for out, before, after in zip(planes_in(whipped), planes_in(outgoing), planes_in(incoming), strict=True):
        width = out.shape[1]
        first, smear = round(opens * width), max(1, round((closes - opens) * width))
        out[:] = _smeared(_passed(before, after, first, width + smear), smear)
    return whipped


def _passed(before: Picture, after: Picture, first: int, length: int) -> Picture:
    """``length`` columns of the strip."""
    width = before.shape[1]
    parts: list[Picture] = []
    at, stop = first, first + length
    while at < stop:
        screen, inside = divmod(at, width)
        take = min(width - inside, stop - at)
        panel = (before, before[:, ::-1], after[:, ::-1], after)[min(screen, _SCREENS)]
        if screen > _SCREENS:  # a column or two behind the end, by rounding
            panel = np.broadcast_to(after[:, -1:], after.shape)
        parts.append(panel[:, inside : inside + take])
        at += take
    return np.concatenate(parts, axis=1)


def _smeared(passed: Picture, smear: int) -> Picture:
    """Each column with the mean of itself and what follows, over ``smear`` columns."""
    if smear == 1:
        return passed[:, :-1]
    sums = np.zeros((passed.shape[0], passed.shape[1] + 1), np.uint32)
    np.cumsum(passed, axis=1, dtype=np.uint32, out=sums[:, 1:])
    window = sums[:, smear:-1] - sums[:, : -smear - 1]
    window += np.uint32(smear // 2)
    return (window // np.uint32(smear)).astype(np.uint8)
