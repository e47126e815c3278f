"""A timeline with one of everything, out of small synthetic media."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from film.files.digests import sha256_of_file
from film.testing import synthetic
from film.testing.faulty_films import Form, pan, tone, write_film
from film.timeline import (
    Bed,
    Caption,
    Clip,
    EffectCue,
    Line,
    Music,
    Slate,
    Source,
    SourceKind,
    Timeline,
    Transition,
)

HOSTILE = '../../étoile "x" <b>&amp; \'$(rm)'
"""A name that wants out of its folder, its quotes and its markup."""


def table(folder: Path, rate: Fraction = Fraction(24)) -> Timeline:
    """Six shots: cut, dissolve, wipe, dip, whip; one slowed, one held, one a still; two voices, effects, music."""
    videos = [_source(folder, f"clip{n}", _clip(n) if n else _clip_with_sound(), "video") for n in range(5)]
    still = _source(folder, "still", synthetic.picture(64, 36, 1), "image")
    voice = _source(folder, "voice", synthetic.speech("Hello there, you", 1), "audio")
    song = _source(folder, "song", synthetic.speech("la " * 40, 5), "audio")
    return Timeline(
        rate=rate,
        width=64,
        height=36,
        clips=(
            Clip("harbour", videos[0], 60, number="010", sound=videos[0]),
            Clip(HOSTILE, videos[1], 75, speed=Fraction(4, 5)),
            Clip("lamp", videos[2], 70, hold=10, source_in=2),
            Clip("stairs", videos[3], 50, hold=3),
            Clip("letter", still, 40, slate=Slate("5", "CLOSE", badge="MISSING")),
            Clip("dawn", videos[4], 30),
        ),
        transitions=(
            Transition("crossfade", 12),
            Transition("wipe-left", 7),
            Transition("dip-to-black", 12),
            Transition(),
            Transition("whip", 8),
        ),
        lines=(
            Line(voice, 20, 26, "Hello there, you", "mara", "harbour"),
            Line(voice, 130, 26, "Hello there, you", "ben", "lamp"),
            Line(voice, 200, 26, "Hello there, you", "mara", "stairs"),
        ),
        beds=(Bed("sea", 0, 289, 1),),
        music=Music(song, 12, 90, Decimal(-24), Decimal(-10), 12, 24, loop=False),
        effects=(EffectCue(voice, 5, Decimal(-20), "harbour"), EffectCue(voice, 10, Decimal(-20), "harbour")),
        captions=(Caption(20, 26, "Hello there,\nyou", "mara"),),
        title='The "Harbour" & <more>',
    )


def _source(folder: Path, name: str, data: bytes, kind: SourceKind) -> Source:
    path = folder / name
    path.write_bytes(data)
    return Source(sha256_of_file(path), path, kind)


@lru_cache(maxsize=1)
def _clip_with_sound() -> bytes:
    form = Form(width=64, height=36)
    with tempfile.TemporaryDirectory() as folder:
        return write_film(Path(folder) / "clip.mp4", form, pan(form), tone()).read_bytes()


@lru_cache(maxsize=8)
def _clip(number: int) -> bytes:
    return synthetic.clip(4, 64, 36, number, str(number))
