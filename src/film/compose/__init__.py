"""The cut: a timeline in, one film file out; what was encoded before is not encoded again.

compose(timeline, store, out)
  segments.plan ──► store.peek ──► encode.run, side by side ─┐
  mix.plan      ──► store.peek ──► mix.make, beside them ────┴──► join.join ──► out
"""

from film.compose.crew import ComposeProgress
from film.compose.cut import Composed, compose
from film.compose.settings import EncodeSettings
from film.compose.sound import Loudness
from film.compose.store import SegmentStore

__all__ = [
    "ComposeProgress",
    "Composed",
    "EncodeSettings",
    "Loudness",
    "SegmentStore",
    "compose",
]
