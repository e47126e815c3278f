"""What is heard beside the dialogue, laid on the timeline: music, effects, the clips' own sound, and the film's target.

    FilmFile.music, .sound ─┐
    Shot.effects ───────────┼──(with_soundtrack)──► Timeline.music, .effects, .target, .beds, Clip.sound
    clips with sound ───────┘

How any of it sounds is the mix's affair; here stands only which file is heard from which frame on.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil
from pathlib import Path

from film.cache import CachedAsset
from film.errors import BadMedia, InputError
from film.media.opening import audio_stream, open_media
from film.models import AssetType
from film.planning.params import FilmParams
from film.planning.readings import says, sound_reading
from film.planning.results import CompletedShot
from film.production.finishing.user_files import given
from film.render.soundscapes import AIR_KIND
from film.shots.filmfile import MusicFile
from film.timeline import AMBIENCE_BLEND, Bed, Clip, EffectCue, Music, SoundTarget, Source, Timeline


def with_soundtrack(timeline: Timeline, params: FilmParams, shots: Sequence[CompletedShot]) -> Timeline:
    """The timeline of ``shots`` with everything that is heard beside what they say."""
    sound = params.film.sound
    warnings = list(timeline.warnings)
    effects = tuple(_effects(timeline, shots, warnings))
    clips = timeline.clips
    if sound.clips == "keep":
        clips = tuple(_with_sound(clip, done.video) for clip, done in zip(clips, shots, strict=True))
    laid = replace(
        timeline,
        clips=clips,
        music=_music(timeline, params.film.music, warnings) if params.film.music else None,
        effects=effects,
        target=SoundTarget(
            sound.loudness, sound.true_peak, sound.clips_level, sound.dialogue, 6 if sound.channels == "5.1" else 2
        ),
        warnings=tuple(warnings),
    )
    return laid if sound.ambience else replace(laid, beds=_air(laid))


LARGEST_SOUND = 8 << 30
"""Bytes: more than eight hours of uncompressed stereo at 48 kHz and 24 bits."""


def check_sounds(params: FilmParams) -> None:
    """Open every file that is to be heard, before anything is made for a film that could not be mixed.

    Raises InputError for one that holds no sound, or none where the music is to begin.
    """
    files = {effect.file: ("effects", Fraction(0)) for shot in params.shots for effect in shot.effects}
    if bed := params.film.music:
        files[bed.file] = ("music", Fraction(bed.offset))
    for file, (field, offset) in files.items():
        if file.stat().st_size > LARGEST_SOUND:
            raise InputError(
                f"{field}: {file.name} is larger than {LARGEST_SOUND >> 30} GiB, the most that a sound may have",
                hint="cut out what is to be heard; see docs/reference/limits.md",
                field=field,
            )
        try:
            with open_media(file, AssetType.AUDIO) as container:
                stream = audio_stream(container, file.name)
                sounds = next(container.decode(stream), None) is not None
                length = Fraction(stream.duration or 0) * (stream.time_base or 0)
        except BadMedia as error:
            raise InputError(f"{field}: {error.message}", hint="name a file with sound in it", field=field) from error
        if not sounds:
            raise InputError(f"{field}: {file.name} holds no sound", hint="name another file", field=field)
        if length and offset >= length:
            raise InputError(
                f"{field}: {file.name} lasts {float(length):.1f} s, and is to begin at {float(offset):g} s",
                hint="lower the offset",
                field=field,
            )


def _music(timeline: Timeline, bed: MusicFile, warnings: list[str]) -> Music | None:
    start = _frames(bed.start, timeline.rate)
    if start >= timeline.frames:
        warnings.append(f"the music is to begin at {bed.start:g} s, when the film is over: it is not heard")
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


def _effects(timeline: Timeline, shots: Sequence[CompletedShot], warnings: list[str]) -> Iterator[EffectCue]:
    for done, start in zip(shots, timeline.starts, strict=True):
        for effect in done.shot.effects:
            frames = _frames(effect.at, timeline.rate)
            at, offset = start + frames, Fraction(effect.at) - frames / timeline.rate
            if at < timeline.frames:
                yield EffectCue(given(effect.file, "audio"), at, effect.level, done.shot_id, offset)
            else:
                warnings.append(f"{done.shot_id}: {effect.file.name} would begin after the film's end: it is not heard")


def _with_sound(clip: Clip, made: CachedAsset | None) -> Clip:
    """The clip with its own sound, where it has any. What is drawn and moved here never has."""
    if made is None or says(made, "made_to_fit"):
        return clip
    try:
        sounds = _has_sound(made.sha256, made.path)
    except BadMedia:  # who needs the picture will say so
        return clip
    return replace(clip, sound=Source(made.sha256, made.path, "video", sound_reading(made.path))) if sounds else clip


@lru_cache(maxsize=4096)
def _has_sound(sha256: str, path: Path) -> bool:
    """Looked up once: the bytes behind a hash do not change."""
    with open_media(path, AssetType.VIDEO) as container:
        return bool(container.streams.audio)


def _air(timeline: Timeline) -> tuple[Bed, ...]:
    """Room tone under a film that wants no places: where music, effects or clips stop, silence must not be dead.

    A film in which nothing else is heard stays without sound.
    """
    if not (timeline.lines or timeline.music or timeline.effects or any(clip.sound for clip in timeline.clips)):
        return ()
    fade = min(ceil(AMBIENCE_BLEND * timeline.rate), timeline.frames // 2)
    return (Bed(AIR_KIND, 0, timeline.frames, zlib.crc32(AIR_KIND.encode()), fade, fade),)


def _frames(seconds: Decimal, rate: Fraction) -> int:
    return round(Fraction(seconds) * rate)
