"""The cut as editing programs think of it: clips end to end, and transitions that reach over the cut on both sides.

Here a transition lets the tail of one clip overlap the head of the next. An editing program cuts in the middle of it
and takes what is shown beyond the cut from the clips' handles:

    ours     |------------ clip 1 ----------------|
                                     |----- clip 2 -----------------------|
    theirs   |------------ clip 1 -------|------- clip 2 -----------------|
                                     in_offset · out_offset

All in whole frames of the film, and pure: the same picture stands at every frame in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias, TypeVar

from film.timeline import Clip, Timeline
from film.transitions import TransitionKind


@dataclass(frozen=True)
class Piece:
    """``frames`` of film from ``start``, showing a clip from ``source_start`` on, counted in frames of the film's rate.

    A ``speed`` of 0 is a held picture.
    """

    place: int
    """Which of the timeline's clips."""
    start: int
    frames: int
    source_start: Fraction
    speed: Fraction

    @property
    def stop(self) -> int:
        return self.start + self.frames

    @property
    def held(self) -> bool:
        return self.speed == 0


@dataclass(frozen=True)
class Join:
    """A transition over the cut at frame ``cut``, from ``in_offset`` before it to ``out_offset`` after it."""

    kind: TransitionKind
    cut: int
    in_offset: int
    out_offset: int


Placed: TypeAlias = Piece | Join
Item = TypeVar("Item")


def placed(timeline: Timeline) -> list[Placed]:
    """Pieces with the joins between them, in order; a hard cut is no join."""
    joins: list[Join | None] = [
        _join(t.kind, t.frames, clip, start)
        for t, clip, start in zip(timeline.transitions, timeline.clips, timeline.starts[1:], strict=False)
    ]
    items: list[Placed] = []
    for place, (clip, start) in enumerate(zip(timeline.clips, timeline.starts, strict=True)):
        before, after = (joins[place - 1] if place else None), (joins[place] if place < len(joins) else None)
        head = before.in_offset if before else timeline.transitions[place - 1].frames if place else 0
        tail = after.out_offset if after else timeline.transitions[place].frames if place < len(joins) else 0
        items += _pieces(place, clip, start, head, clip.frames - tail)
        if after:
            items.append(after)
    return items


def _join(kind: TransitionKind, frames: int, outgoing: Clip, begins: int) -> Join | None:
    """Around the middle, or up to its end where the outgoing clip is held and has no pictures of its own to lend."""
    if not frames:
        return None
    before = frames // 2
    if 0 < outgoing.hold <= frames - before:
        before = frames
    return Join(kind, begins + before, before, frames - before)


def _pieces(place: int, clip: Clip, start: int, first: int, stop: int) -> list[Piece]:
    """Frames ``first`` to ``stop`` of a clip: what moves, and what is held."""
    moving = clip.frames - clip.hold
    pieces: list[Piece] = []
    if first < min(stop, moving):
        source = clip.source_in + first * clip.speed
        pieces.append(Piece(place, start + first, min(stop, moving) - first, source, clip.speed))
    if stop > moving:
        held = clip.source_in + (moving - 1) * clip.speed
        begins = max(first, moving)
        pieces.append(Piece(place, start + begins, stop - begins, held, Fraction(0)))
    return pieces


def lanes(items: Sequence[tuple[int, int, Item]]) -> list[list[tuple[int, int, Item]]]:
    """(start, frames, item) spread over as few tracks as hold them without overlap, each in order."""
    tracks: list[list[tuple[int, int, Item]]] = []
    for start, frames, item in sorted(items, key=lambda entry: entry[:2]):
        track = next((t for t in tracks if t[-1][0] + t[-1][1] <= start), None)
        if track is None:
            tracks.append(track := [])
        track.append((start, frames, item))
    return tracks
