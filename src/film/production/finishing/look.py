"""The film's look, laid on the timeline: each clip's grade, from its settings and its neighbours.

    FilmFile.look ──(with_look)──► Clip.grade

Shots of one scene, one place at one time of day, are matched to the scene's first shot, and to nothing else: an edit
of one shot then changes its own grade, and not that of all the others.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from film.planning.params import FilmParams
from film.production.finishing.user_files import given
from film.render.cube import read_cube
from film.render.tones import Gain, matched, tone_of
from film.timeline import Clip, Grade, ShotCut, Timeline, same_scene

_AS_IT_IS: Gain = (Fraction(1), Fraction(1), Fraction(1))


def check_look(params: FilmParams) -> None:
    """Read the LUT before anything is made for a film that could not be cut with it. Raises InputError."""
    if params.film.look.lut and params.film.look.lut_strength:
        read_cube(params.film.look.lut)


def with_look(timeline: Timeline, params: FilmParams, cuts: Sequence[ShotCut]) -> Timeline:
    """The timeline of ``cuts`` with its grades; a clip that needs none has none."""
    look = params.film.look
    gains = _matched(timeline.clips, cuts) if look.match else [_AS_IT_IS] * len(cuts)
    lut = given(look.lut, "lut") if look.lut and look.lut_strength else None
    plain = Grade()
    clips: list[Clip] = []
    for clip, gain in zip(timeline.clips, gains, strict=True):
        grade = Grade(
            gain=gain,
            lut=lut,
            lut_strength=Fraction(look.lut_strength) if lut else plain.lut_strength,
            grain=Fraction(look.grain),
            grain_seed=zlib.crc32(clip.source.sha256.encode()) if look.grain else 0,
        )
        clips.append(replace(clip, grade=None if grade == plain or clip.title else grade))
    return replace(timeline, clips=tuple(clips))


def _matched(clips: Sequence[Clip], cuts: Sequence[ShotCut]) -> list[Gain]:
    gains: list[Gain] = []
    anchor: tuple[float, float, float] | None = None
    for place, clip in enumerate(clips):
        if clip.title or not place or not same_scene(cuts[place - 1], cuts[place]):
            anchor = None
        tone = None if clip.title else tone_of(clip.source)
        gains.append(matched(tone, anchor) if tone and anchor else _AS_IT_IS)
        anchor = anchor or tone
    return gains
