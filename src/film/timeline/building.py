"""Lays shots out as a timeline: how they go over into each other, how long each lasts, when each line begins.

joins.kind_of_join ──► lengths.clip_of ──► joins.shorten_to_fit ──► Timeline ──► its lines, beds.beds_of
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import ceil

from film.models import TransitionKind
from film.timeline.beds import beds_of
from film.timeline.joins import TRANSITION_SECONDS, TransitionDefault, kind_of_join, shorten_to_fit
from film.timeline.lengths import LAST_BREATH, SPEECH_LEAD, LongDialogue, clip_of
from film.timeline.shots import ShotCut
from film.timeline.sound import Line
from film.timeline.timeline import Timeline, Transition


def build_timeline(
    cuts: Sequence[ShotCut],
    *,
    rate: Fraction,
    width: int,
    height: int,
    transition_default: TransitionDefault = "auto",
    transition_seconds: Fraction = TRANSITION_SECONDS,
    long_dialogue: LongDialogue = "extend",
    title: str = "",
    comment: str = "",
) -> Timeline:
    """Lay the shots out. Whatever had to give way to make them fit is told in ``Timeline.warnings``."""
    warnings: list[str] = []
    kinds: list[TransitionKind] = [kind_of_join(a, b, transition_default) for a, b in pairwise(cuts)]
    wished = [
        0 if kind == "cut" else max(1, round((cut.transition_seconds or transition_seconds) * rate))
        for cut, kind in zip(cuts, kinds, strict=False)
    ]
    leads = [max(ceil(SPEECH_LEAD * rate), fade) for fade in (0, *wished)]
    clips = [
        clip_of(cut, lead, fade, rate, long_dialogue, warnings)
        for cut, lead, fade in zip(cuts, leads, (*wished, ceil(LAST_BREATH * rate)), strict=False)
    ]
    fades = shorten_to_fit([clip.frames for clip in clips], wished)
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
            words=cut.words,
        )
        for cut, start, (first, _) in zip(cuts, laid.starts, laid.bodies, strict=True)
        if cut.speech and cut.speech_samples > 0
    )
