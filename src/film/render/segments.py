"""Cuts a timeline into pieces that can be encoded, kept and found again on their own.

    Timeline ──(plan)──► body 1 · join 1-2 · body 2 · join 2-3 · … each with the key of what is seen in it

A key says which pictures the piece shows and how they are encoded, and not which shot it is or where it stands: a
shot that moves keeps its body, and an edit changes the keys of that body and of the joins beside it only.

    sha256( {"film": "segment/2", "look": digest of size, rate, encoder and its version, "kind", "shows": [stretch …]} )
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

from film.hashing import content_key
from film.render.conform import Screen, Stretch
from film.render.fonts import faces_for
from film.render.settings import EncodeSettings, codec_version
from film.timeline import Caption, Grade, Slate, Timeline

RECIPE = "segment/2"
"""Changes whenever the same timeline would be made into other pictures."""


@dataclass(frozen=True)
class Segment:
    """``frames`` of film. A body shows one stretch; a join goes over from its first stretch into its second."""

    key: str
    kind: str
    shows: tuple[Stretch, ...]

    @property
    def frames(self) -> int:
        return self.shows[0].frames

    @property
    def name(self) -> str:
        """For people: ``shot_003``, or ``shot_003 > shot_004``."""
        return " > ".join(stretch.clip.shot_id for stretch in self.shows)


def screen_of(timeline: Timeline) -> Screen:
    return Screen(timeline.width, timeline.height, timeline.rate)


def plan(timeline: Timeline, settings: EncodeSettings) -> tuple[Segment, ...]:
    """All segments of the film in order. Pure and quick: no file is opened."""
    look = _look(screen_of(timeline), settings)
    return tuple(Segment(_key(look, kind, shows), kind, shows) for kind, shows in _pieces(timeline))


def is_same_here(segment: Segment, screen: Screen, settings: EncodeSettings) -> bool:
    """Whether this machine, with its encoder and its fonts, would make what the segment's key promises."""
    return _key(_look(screen, settings), segment.kind, segment.shows) == segment.key


def _look(screen: Screen, settings: EncodeSettings) -> str:
    codec = settings.codec(screen)
    master = (
        {"codec": codec.encoder, "pixels": codec.pixels, "tagged": "each picture"} if settings.format != "web" else {}
    )
    return content_key(
        RECIPE,
        {
            "size": [screen.width, screen.height],
            "rate": str(screen.rate),
            "encoder": codec.options,
            "libavcodec": codec_version(),
            **master,
        },
    )


def _key(look: str, kind: str, shows: Sequence[Stretch]) -> str:
    return content_key(RECIPE, {"look": look, "kind": kind, "shows": [_identity(stretch) for stretch in shows]})


def _pieces(timeline: Timeline) -> Iterator[tuple[str, tuple[Stretch, ...]]]:
    joins = chain(timeline.transitions, repeat(None))
    followers = chain(timeline.clips[1:], repeat(None))
    for clip, (first, stop), join, follower in zip(timeline.clips, timeline.bodies, joins, followers, strict=False):
        yield "body", (Stretch(clip, first, stop),)
        if join and follower and join.frames:
            yield join.kind, (Stretch(clip, stop, clip.frames), Stretch(follower, 0, join.frames))


def _identity(stretch: Stretch) -> dict[str, object]:
    """What is seen, said in one way only: a held picture is the same however its clip came to hold it."""
    clip = stretch.clip
    moving = max(1, min(stretch.frames, stretch.moving - stretch.first))
    seen: dict[str, object] = {
        "source": clip.source.identity,
        "frames": stretch.frames,
        "fit": clip.fit,
        "slate": clip.slate and _slate_identity(clip.slate, stretch),
        "captions": _read_in(clip.captions, stretch) or None,
    }
    if clip.grade:
        seen["grade"] = _grade_identity(clip.grade, stretch.first)
    if clip.source.kind == "image":
        return seen | {"still": True}
    if clip.creep and stretch.stop > stretch.moving:
        seen["creep"] = max(0, stretch.first - stretch.moving + 1)
    return seen | {
        "from": str(next(stretch.positions())),
        "speed": str(clip.speed if moving > 1 else 1),
        "held": stretch.frames - moving,
    }


def _grade_identity(grade: Grade, place: int) -> dict[str, object]:
    """Grain moves from frame to frame, so with it the place in the clip is part of what is seen."""
    return {
        "gain": [str(part) for part in grade.gain],
        "lut": [grade.lut.sha256, str(grade.lut_strength)] if grade.lut else None,
        "grain": [str(grade.grain), grade.grain_seed, place] if grade.grain else None,
    }


def _slate_identity(slate: Slate, stretch: Stretch) -> dict[str, object]:
    words = (slate.number, slate.label, slate.badge, None if slate.pages else slate.dialogue)
    pages = _read_in(slate.pages, stretch)
    return {"words": list(words), "faces": list(faces_for("".join(filter(None, words)))), "pages": pages or None}


def _read_in(captions: Sequence[Caption], stretch: Stretch) -> list[object]:
    """What is read in a stretch, from which of its frames and for how long, and what it is drawn with."""
    found: list[object] = []
    for caption in captions:
        first = max(caption.start_frame, stretch.first) - stretch.first
        stop = min(caption.start_frame + caption.frames, stretch.stop) - stretch.first
        if first < stop:
            found.append([first, stop - first, caption.text, list(faces_for(caption.text))])
    return found
