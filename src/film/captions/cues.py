"""From lines of speech to captions in frames: what is read when.

    Timeline.lines ──► pages of each ──(when heard)──► cues ──(room to read)──► Caption …

A caption begins with its first word and stays a moment after its last: half a second at most, and seven in all. Within
that it stays longer where it could not be read otherwise, up to the next one; it does not hang over a cut without need;
and a gap too short to notice is closed to the two frames that tell the eye of a change, or opened until it is seen.
Two short lines that answer each other faster than that stand together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor

from film.captions.moments import SECOND, begun, heard, said
from film.captions.pages import LONGEST, SHORTEST, Page, pages
from film.captions.text import LETTER, LINE, clean, width
from film.models import SpokenWord
from film.timeline import Caption, Line, Timeline

GAP = 2
"""Frames between two captions, at least."""
READING_SPEED = 20 * LETTER
"""Units a second: 20 letters, or 7 ideographs."""
_LINGER, _LATEST = Fraction(1, 3), Fraction(1, 2)
"""Seconds that a caption stays after its last word, and that it stays at most, where it takes longer to read."""
_EARLIEST = Fraction(1, 8)
"""Seconds that it may begin before its first word, where it would be gone too soon: three frames of 24."""
_CLOSED = Fraction(1, 2)
"""A gap of less than this flickers."""
_LONGEST_NAME = LINE // 2


@dataclass(frozen=True)
class Cue:
    """A caption to be: heard from frame ``start`` to ``said``, in a shot on screen from ``shown`` to ``cut``."""

    start: int
    said: int
    shown: int
    cut: int
    lines: tuple[str, ...]
    speaker: str
    plain: str
    """Its words in one line, without the name."""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def captions_of(timeline: Timeline, *, speakers: bool = False) -> tuple[Caption, ...]:
    """The captions of everything that is said, in order; no two at once."""
    cues: list[Cue] = []
    last_speaker, shown = "", screens(timeline)
    lines = (turn for line in timeline.lines for turn in line.by_turns(timeline.rate))
    for line in sorted(lines, key=lambda line: line.start_frame):
        named = speakers and line.character != last_speaker
        cues += cues_of(line, timeline.rate, shown.get(line.shot_id, (0, timeline.frames)), named=named)
        last_speaker = line.character
    return tuple(_timed(_together(cues, timeline.rate), timeline))


def cues_of(line: Line, rate: Fraction, on_screen: tuple[int, int], *, named: bool = False) -> list[Cue]:
    """The pages of one line, each from its first word to its last; ``on_screen`` is its shot, from and to a frame."""
    speaker = clean(line.character.replace("_", " "))
    name = f"{speaker.upper()}: " if named and speaker and width(speaker) < _LONGEST_NAME else ""
    cues: list[Cue] = []
    lasts = Fraction(line.spoken[-1][1], 1000) if line.spoken else line.frames / rate
    for page, text, starts, ends in _read(line.text, line.words, line.spoken, lasts, width(name)):
        start = line.start_frame + min(round(starts * rate / SECOND), line.frames - 1)
        stop = max(line.start_frame + ceil(ends * rate / SECOND), start + 1)
        lines = page.lines if cues else (name + page.lines[0], *page.lines[1:])
        cues.append(Cue(start, stop, *on_screen, lines, speaker, text))
    return cues


@lru_cache(maxsize=4096)
def _read(
    dialogue: str, words: tuple[SpokenWord, ...], spoken: tuple[tuple[int, int], ...], seconds: Fraction, prefix: int
) -> tuple[tuple[Page, str, int, int], ...]:
    """Pages with their plain text and when they are heard. A timeline is laid again and again, its lines stay."""
    text = clean(dialogue)
    moments = heard(text, words, seconds, spoken)
    begins, ends = begun(moments, spoken), said(moments, spoken)
    return tuple(
        (page, text[page.start : page.stop].strip(), begins[page.start], ends[page.stop])
        for page in pages(text, begins, said=ends, prefix=prefix)
    )


def screens(timeline: Timeline) -> dict[str, tuple[int, int]]:
    """From when to when each shot has the screen to itself."""
    return {
        clip.shot_id: (start + first, start + stop)
        for clip, start, (first, stop) in zip(timeline.clips, timeline.starts, timeline.bodies, strict=True)
    }


def _together(cues: Sequence[Cue], rate: Fraction) -> list[Cue]:
    """Short lines of two speakers, the second too soon after the first for both to be read, as one with dashes."""
    found: list[Cue] = []
    for cue in cues:
        before = found[-1] if found else None
        if (
            before
            and before.cut != cue.cut
            and cue.start - before.start < ceil(SHORTEST * rate) + GAP
            and len(before.lines) == len(cue.lines) == 1
            and max(width(before.text), width(cue.text)) <= LINE - width("- ")
            and not before.text.startswith("- ")
        ):
            both = (f"- {before.text}", f"- {cue.text}")
            speaker = cue.speaker if cue.speaker == before.speaker else ""
            found[-1] = replace(before, said=cue.said, cut=cue.cut, lines=both, speaker=speaker)
        else:
            found.append(cue)
    return found


def _timed(cues: Sequence[Cue], timeline: Timeline) -> list[Caption]:
    """When each appears and goes: as heard, with the room there is to read it."""
    rate, found = timeline.rate, list[Caption]()
    free = 0
    """The first frame that the captions before leave."""
    for number, cue in enumerate(cues):
        later = cues[number + 1].start - GAP if number + 1 < len(cues) else timeline.frames
        start = max(cue.start, free)
        limit = max(min(later, timeline.frames), start + 1)
        if start >= timeline.frames:
            break
        needed = ceil(max(SHORTEST, Fraction(width(cue.text.replace("\n", " ")), READING_SPEED)) * rate)
        stop = _stop(cue, start, needed, limit, rate, is_last=number + 1 == len(cues))
        if stop - start < ceil(SHORTEST * rate):  # no room after it: begin a little before the first word
            early = max(free, cue.shown, start - floor(_EARLIEST * rate))
            start = max(min(start, stop - ceil(SHORTEST * rate)), min(start, early))
        found.append(Caption(start, stop - start, cue.text, cue.speaker))
        free = stop + GAP
    return found


def _stop(cue: Cue, start: int, needed: int, limit: int, rate: Fraction, *, is_last: bool) -> int:
    latest = min(cue.said + floor(_LATEST * rate), start + floor(LONGEST * rate))
    stop = min(max(cue.said + ceil(_LINGER * rate), start + needed), latest)
    before_cut = cue.cut - GAP
    if cue.said <= before_cut < stop and before_cut - start >= needed:
        stop = before_cut  # it would hang over the cut without need
    if not is_last and stop + ceil(_CLOSED * rate) > limit and stop != before_cut:
        opened = max(min(cue.said, latest), limit - ceil(_CLOSED * rate))
        if limit <= latest:
            stop = limit
        elif opened - start >= ceil(SHORTEST * rate):
            stop = min(stop, opened)
    return max(min(stop, limit), start + 1)
