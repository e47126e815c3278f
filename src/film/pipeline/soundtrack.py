"""What is heard beside the dialogue, laid on the timeline: the film's music, the shots' effects, its target.

    FilmFile.music, .sound ─┐
    Shot.effects ───────────┴──(with_soundtrack)──► Timeline.music, .effects, .target, .beds

How any of it sounds is the mix's affair; here stands only which file is heard from which frame on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from film.filmfile import MusicFile
from film.pipeline.given import given
from film.pipeline.params import FilmParams
from film.pipeline.results import CompletedShot
from film.timeline import EffectCue, Music, SoundTarget, Timeline


def with_soundtrack(timeline: Timeline, params: FilmParams, shots: Sequence[CompletedShot]) -> Timeline:
    """The timeline of ``shots`` with everything that is heard beside what they say."""
    sound = params.film.sound
    return replace(
        timeline,
        music=_music(timeline, params.film.music) if params.film.music else None,
        effects=_effects(timeline, shots),
        target=SoundTarget(sound.loudness, sound.true_peak, sound.clips_level),
        beds=timeline.beds if sound.ambience else (),
    )


def _music(timeline: Timeline, bed: MusicFile) -> Music | None:
    start = _frames(bed.start, timeline.rate)
    if start >= timeline.frames:
        return None
    return Music(
        source=given(bed.file, "audio"),
        start_frame=start,
        frames=timeline.frames - start,
        level=bed.level,
        duck=bed.duck,
        fade_in=_frames(bed.fade_in, timeline.rate),
        fade_out=_frames(bed.fade_out, timeline.rate),
        offset=Fraction(bed.offset),
        loop=bed.loop,
    )


def _effects(timeline: Timeline, shots: Sequence[CompletedShot]) -> tuple[EffectCue, ...]:
    return tuple(
        EffectCue(given(effect.file, "audio"), start + _frames(effect.at, timeline.rate), effect.level, done.shot_id)
        for done, start in zip(shots, timeline.starts, strict=True)
        for effect in done.shot.effects
    )


def _frames(seconds: Decimal, rate: Fraction) -> int:
    return round(Fraction(seconds) * rate)
