"""The cut: a timeline in, one film file out; what was encoded before is not encoded again.

compose(timeline, store, out)
  segments.plan ──► store.peek ──► encode.run, side by side ─┐
  mix.plan      ──► store.peek ──► mix.make, beside them ────┴──► join.join ──► out
"""

from film.render.crew import ComposeProgress
from film.render.cut import Composed, compose
from film.render.settings import EncodeSettings
from film.render.sound import Loudness
from film.render.store import SegmentStore

__all__ = [
    "ComposeProgress",
    "Composed",
    "EncodeSettings",
    "Loudness",
    "SegmentStore",
    "compose",
]
