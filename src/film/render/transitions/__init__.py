"""How one shot becomes the next: a file per kind, each a way of making one picture out of two.

A new kind is one file here and a row in ``film.transitions``. Both shots run on beneath a transition; neither its first
nor its last picture is a plain copy of a shot, since the bodies beside it show those.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from importlib import import_module

from film.render.transitions.mixing import Blend
from film.transitions import ROWS

__all__ = ["BLENDS", "Blend"]


def _drawn_by(name: str) -> Blend:
    return getattr(import_module(f"film.render.transitions.{name}"), name)


BLENDS: Mapping[str, Blend] = {
    row.name: partial(_drawn_by(row.drawn_by), **row.arguments) if row.arguments else _drawn_by(row.drawn_by)
    for row in ROWS.values()
}
"""By the name that stands in shots.json."""
