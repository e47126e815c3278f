"""How one shot becomes the next: a row per kind, each a way of making one picture out of two.

A new kind is one file here, a row below, and its name in ``film.models.TransitionKind``. Both shots run on beneath a
transition; neither its first nor its last picture is a plain copy of a shot, since the bodies beside it show those.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from film.render.transitions.dip import dip
from film.render.transitions.dissolve import dissolve
from film.render.transitions.iris import iris
from film.render.transitions.mixing import Blend
from film.render.transitions.push import push
from film.render.transitions.slide import slide
from film.render.transitions.whip import whip
from film.render.transitions.wipe import wipe

__all__ = ["BLENDS", "Blend"]

BLENDS: Mapping[str, Blend] = {
    "crossfade": dissolve,
    "dip-to-black": partial(dip, level=16),
    "dip-to-white": partial(dip, level=235),
    "iris": iris,
    "whip": whip,
    **{
        f"{name}-{way}": partial(blend, way=way)
        for name, blend in (("wipe", wipe), ("slide", slide), ("push", push))
        for way in ("left", "right", "up", "down")
    },
}
"""By the name that stands in shots.json."""
