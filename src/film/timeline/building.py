"""Lays shots out as a timeline: how they go over into each other, how long each lasts, when each line begins.

joins.kind_of_join ──► joins.shorten_to_fit ──► lengths.clip_of ──► Timeline ──► its lines, beds.beds_of

Where a shot begins is rounded from the exact seconds before it, never from rounded ones: a cut to the beat stays on it.
So a shot's frames may differ by one with its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from film.models import SpokenWord
from film.timeline.beds import beds_of
from film.timeline.clip import Clip
from film.timeline.joins import TRANSITION_SECONDS, kind_of_join, shorten_to_fit
from film.timeline.lengths import LAST_BREATH, LINE_TAIL, SPEECH_LEAD, LongDialogue, clip_of, spoken_frames
from film.timeline.shots import ShotCut
from film.timeline.sound import Line, within
from film.timeline.timeline import Timeline, Transition
from film.transitions import TransitionDefault, TransitionKind


def build_timeline(
    cuts: Sequence[ShotCut],
    *,
    rate: Fraction,
    width: int,
    height: int,
    transition_default: TransitionDefault = "auto",
    transition_seconds: Fraction = TRANSITION_SECONDS,
    long_dialogue: LongDialogue = "extend",
    line_tail: Fraction = LINE_TAIL,
    title: str = "",
    comment: str = "",
) -> Timeline:
    """Lay the shots out. Whatever had to give way to make them fit is told in ``Timeline.warnings``."""
    warnings: list[str] = []
    kinds: list[TransitionKind] = [kind_of_join(a, b, transition_default) for a, b in pairwise(cuts)]
    exactly = [
        Fraction(0) if kind == "cut" else (cut.transition_seconds or transition_seconds) * rate
        for cut, kind in zip(cuts, kinds, strict=False)
    ]
    wished = [max(1, round(fade)) if fade else 0 for fade in exactly]
    lead = ceil(SPEECH_LEAD * rate)
    lines = [
        spoken and spoken + (0 if fade else lead)
        for spoken, fade in zip((spoken_frames(c, rate, line_tail) for c in cuts), (0, *wished), strict=True)
    ]
    fades = shorten_to_fit([cut.frames for cut in cuts], wished, lines, max(1, round(TRANSITION_SECONDS * rate)))
    overlaps = [
        exact if fade == wish else Fraction(fade) for exact, wish, fade in zip(exactly, wished, fades, strict=True)
    ]
    clips: list[Clip] = []
    begins = Fraction(0)
    for cut, before, fade, overlap in zip(cuts, (0, *fades), (*fades, 0), (*overlaps, Fraction(0)), strict=True):
        ends = begins + cut.exact_frames(rate) - overlap
        plain = _whole(ends) + fade - _whole(begins)
        frames = max(plain, before + fade + 1)
        room = fade if len(clips) < len(fades) else ceil(LAST_BREATH * rate)
        made = replace(cut, frames=frames)
        clips.append(clip_of(made, max(lead, before), room, rate, long_dialogue, warnings, line_tail))
        begins = ends + clips[-1].frames - plain
    for cut, kind, wish, fade in zip(cuts, kinds, wished, fades, strict=False):
        if fade < wish:
            became = f"shortened to {fade}" if fade else "made a cut"
            warnings.append(f"{cut.shot_id}: the {kind} of {wish} frames into the next shot was {became}")
    laid = Timeline(
        rate=rate,
        width=width,
        height=height,
        clips=tuple(clips),
        transitions=tuple(
            Transition(kind, fade) if fade else Transition() for kind, fade in zip(kinds, fades, strict=True)
        ),
        title=title,
        comment=comment,
        warnings=tuple(warnings),
    )
    return replace(laid, lines=_lines(cuts, laid), beds=beds_of(cuts, laid))


def _whole(frames: Fraction) -> int:
    """The nearest frame; of two the later one, so that equal shots take turns in one way only."""
    return floor(frames + Fraction(1, 2))


def _lines(cuts: Sequence[ShotCut], laid: Timeline) -> tuple[Line, ...]:
    """Speech begins once the shot has the screen to itself and has been seen for a moment."""
    lead = ceil(SPEECH_LEAD * laid.rate)
    return tuple(
        Line(
            source=cut.speech,
            start_frame=start + max(lead, first),
            frames=cut.speech_frames(laid.rate),
            text=cut.dialogue,
            character=cut.character,
            shot_id=cut.shot_id,
            words=_earlier(cut.words, cut.speech_in),
            turns=tuple(replace(turn, start=max(Fraction(0), turn.start - cut.speech_in)) for turn in cut.turns),
            source_in=cut.speech_in,
            spoken=within(cut.spoken, round(cut.speech_in * 1000)),
        )
        for cut, start, (first, _) in zip(cuts, laid.starts, laid.bodies, strict=True)
        if cut.speech and cut.speech_samples > 0
    )


def _earlier(words: Sequence[SpokenWord], by: Fraction) -> tuple[SpokenWord, ...]:
    """The words' times from the first sound of the voice on."""
    if not by:
        return tuple(words)
    return tuple(
        word.model_copy(update={"start": max(0.0, word.start - float(by)), "end": max(0.0, word.end - float(by))})
        for word in words
    )
