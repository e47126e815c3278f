"""How one shot becomes the next: a row per kind, each a way of making one picture out of two.

A new kind is one function here and its name in ``film.timeline.TransitionKind``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from film.compose.pictures import Picture

Blend = Callable[[Picture, Picture, int, int], Picture]
"""(outgoing, incoming, step, steps) → picture, for step 0 to steps - 1."""


def dissolve(outgoing: Picture, incoming: Picture, step: int, steps: int) -> Picture:
    """Mixes in even steps. Neither end is a plain copy of a shot: the bodies beside it show those frames."""
    weight = round(256 * (step + 1) / (steps + 1))
    mixed = outgoing.astype(np.uint16)
    mixed *= 256 - weight
    mixed += incoming.astype(np.uint16) * np.uint16(weight)
    mixed += 128
    mixed >>= 8
    return mixed.astype(np.uint8)


BLENDS: Mapping[str, Blend] = {"crossfade": dissolve}
