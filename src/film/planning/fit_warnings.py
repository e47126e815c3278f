"""What the cut will have to do to make things fit, told with the plan: before a clip is bought that its line outlasts.

    FilmPlan ──► lengths: of what is in the library as it is, of clips as they are sold, of lines by their words
             ──► the same cut list that the film gets ──► its warnings

Clips that are made here are made as long as their lines, so nothing has to give way to those.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import cast

from film.media.voices import Span
from film.models import AssetType
from film.planning.lengths import seconds_of, spoken_seconds
from film.planning.plan import FilmPlan, PlannedAsset, ShotPlan
from film.planning.readings import voice_of
from film.providers.base import BaseVideoProvider
from film.timeline import ShotCut, Source, build_timeline

_UNMADE = Source("", Path())
_CLOCK = 1000
"""Lengths that are reckoned, in thousandths of a second."""


def fit_warnings(plan: FilmPlan) -> list[str]:
    """A sentence for each shot whose clip has to be slowed or held, and each transition that has to be shortened."""
    params = plan.params
    rows = [shot.assets.get(AssetType.VIDEO) for shot in plan.shots]
    if all(row is None or row.ask.provider.local for row in rows):
        return []
    timeline = build_timeline(
        [_cut(shot, params.rate) for shot in plan.shots],
        rate=params.rate,
        width=params.width,
        height=params.height,
        transition_default=params.film.transition,
        transition_seconds=Fraction(params.film.transition_seconds),
        long_dialogue=params.film.long_dialogue,
        line_tail=Fraction(params.film.line_tail),
    )
    reckoned = {shot.shot.shot_id for shot in plan.shots if _is_reckoned(shot)}
    lasts = {clip.shot_id for clip in timeline.clips if clip.speed == 1 and not clip.hold}
    told: list[str] = []
    for message in timeline.warnings:
        shot_id, _, what = message.partition(": ")
        if not what.startswith("speech"):
            told.append(message)
        elif shot_id not in lasts:
            told.append(f"{message}, as reckoned from its words" if shot_id in reckoned else message)
    if params.film.long_dialogue != "next-length" and any(clip.hold for clip in timeline.clips):
        told.append('long_dialogue = "next-length" buys longer clips for long lines, where they are sold')
    return told


def _cut(plan: ShotPlan, rate: Fraction) -> ShotCut:
    shot, row = plan.shot, plan.assets.get(AssetType.VIDEO)
    clip = _clip_seconds(row) if row else None
    line = _line_seconds(plan) if clip is not None else None
    return ShotCut(
        shot_id=shot.shot_id,
        source=_UNMADE,
        frames=max(1, round(Fraction(shot.duration) * rate)),
        seconds=Fraction(shot.duration),
        source_frames=None if clip is None else max(1, round(clip * rate)),
        landscapes=shot.landscapes,
        time_of_day=shot.time_of_day or "",
        speech=None if line is None else _UNMADE,
        speech_samples=round((line or 0) * _CLOCK),
        speech_rate=_CLOCK,
        spoken=_spoken(plan),
        transition=shot.transition,
        transition_seconds=Fraction(shot.transition_seconds) if shot.transition_seconds else None,
    )


def _clip_seconds(row: PlannedAsset) -> Fraction | None:
    """How long the clip is, or will be; None where it is made to fit its line."""
    if row.cached and row.cached.details.get("seconds"):
        return Fraction(row.cached.details["seconds"])
    if row.ask.provider.local:
        return None
    return Fraction(cast(BaseVideoProvider, row.ask.provider).clip_seconds(row.ask.config))


def _line_seconds(plan: ShotPlan) -> Decimal | None:
    if (row := plan.assets.get(AssetType.AUDIO)) is None:
        return None
    return seconds_of(row.cached) or spoken_seconds(plan.shot.spoken or "")


def _spoken(plan: ShotPlan) -> tuple[Span, ...]:
    """When its voice is heard, where it is there."""
    row = plan.assets.get(AssetType.AUDIO)
    return voice_of(row.cached) if row and row.cached else ()


def _is_reckoned(plan: ShotPlan) -> bool:
    row = plan.assets.get(AssetType.AUDIO)
    return row is not None and seconds_of(row.cached) is None
