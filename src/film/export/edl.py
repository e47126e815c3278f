"""The picture track as a CMX 3600 edit decision list: what any editing program of the last forty years can read.

    004  004HARBO V     C        00:00:04:12 00:00:04:12 00:00:14:00 00:00:14:00
    004  005LAMP  V     D    012 00:00:00:00 00:00:05:00 00:00:14:00 00:00:19:00
    * FROM CLIP NAME:  004_harbour.mp4
    * TO CLIP NAME:  005_lamp.mp4

Written here, since the library's adapter counts a slowed clip's source the wrong way round, cuts reels off until they
are the same, and gives a transition the media of the clip it leaves. It reads these lists, and the tests hold it to it.
A list has no handles, no sound and no words for a slide: names, reels and comments say which file is meant, and how.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from film.export.media import ExportedMedia
from film.export.names import plain, reel
from film.export.soundtracks import clip_material
from film.timecode import nominal, smpte, timecode
from film.timeline import Clip, Timeline
from film.transitions import ROWS, TransitionKind


@dataclass(frozen=True)
class _Event:
    clip: Clip
    reel: str
    name: str
    source: Fraction
    start: int
    frames: int
    speed: Fraction
    fade: int = 0
    kind: TransitionKind = "cut"

    @property
    def source_frames(self) -> int:
        return max(1, round(self.frames * self.speed))

    @property
    def held(self) -> bool:
        return self.speed == 0


def edl(timeline: Timeline, exported: ExportedMedia) -> str:
    """The list, with the record side at the film's own time codes, which are never drop-frame.

    A film at a rate that has no time codes is counted at the nearest that has.
    """
    lines = [f"TITLE: {plain(timeline.title, 'film').upper()}", "FCM: NON-DROP FRAME", ""]
    before: _Event | None = None
    for number, event in enumerate(_events(timeline, exported), 1):
        lines += [*_told(number, event, before, timeline.rate), ""]
        before = event
    if (counted := smpte(timeline.rate)) != timeline.rate:
        lines.insert(-1, f"* COUNTED AT {float(counted):.5g} FRAMES A SECOND, MADE AT {float(timeline.rate):.5g}")
    return "\n".join(lines)


def _events(timeline: Timeline, exported: ExportedMedia) -> Iterator[_Event]:
    """A clip begins where its transition does: a list has no cut within a dissolve."""
    stops = (*timeline.starts[1:], timeline.frames)
    for place, (clip, start, stop) in enumerate(zip(timeline.clips, timeline.starts, stops, strict=True)):
        material = clip_material(clip, place, exported)
        joined = timeline.transitions[place - 1] if place else None
        moving = min(stop - start, clip.frames - clip.hold)
        still = clip.source.kind == "image"
        shown = _Event(
            clip=clip,
            reel=reel(material.name),
            name=material.name,
            source=Fraction(0) if still else Fraction(clip.source_in),
            start=start,
            frames=stop - start if still else moving,
            speed=Fraction(0) if still else clip.speed,
            fade=joined.frames if joined else 0,
            kind=joined.kind if joined else "cut",
        )
        yield shown
        if not still and stop - start > moving:
            last = clip.source_in + (clip.frames - clip.hold - 1) * clip.speed
            yield _Event(clip, shown.reel, shown.name, last, start + moving, stop - start - moving, Fraction(0))


def _told(number: int, event: _Event, before: _Event | None, rate: Fraction) -> Iterator[str]:
    counted = smpte(rate)

    def at(frame: int | Fraction) -> int:
        return int(frame) if counted == rate else round(frame * counted / rate)

    def code(frame: int | Fraction) -> str:
        return timecode(at(frame), counted)

    into = code(event.source)
    lasts = at(event.start + event.frames) - at(event.start)  # a list has as many frames of a clip as of the film
    out = timecode(at(event.source) + max(1, round(lasts * event.speed)), counted)
    record = f"{code(event.start)} {code(event.start + event.frames)}"
    if event.fade and before:
        left = code(int(before.source) + (1 if before.held else before.source_frames))
        yield f"{number:03d}  {before.reel:<8} V     C        {left} {left} {code(event.start)} {code(event.start)}"
        how = ROWS[event.kind].edl
        yield f"{number:03d}  {event.reel:<8} V     {how:<4} {at(event.fade):03d} {into} {out} {record}"
        yield f"* FROM CLIP NAME:  {before.name}"
        yield f"* TO CLIP NAME:  {event.name}"
        if event.kind != "crossfade":
            yield f"* FILM TRANSITION: {event.kind}"
    else:
        yield f"{number:03d}  {event.reel:<8} V     C        {into} {out} {record}"
        yield f"* FROM CLIP NAME:  {event.name}"
    if event.speed != 1:
        yield f"M2   {event.reel:<8}       {float(event.speed * nominal(counted)):05.1f}                {into}"
    if event.held:
        yield "* FREEZE FRAME"
    yield f"* SOURCE FILE: media/{event.name}"
    yield f"* SHOT: {plain(event.clip.shot_id, 'shot')}"
