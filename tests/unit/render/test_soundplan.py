"""The key of a mix: everything that is heard changes it, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from film.render import mix
from film.render.settings import EncodeSettings
from film.timeline import (
    Bed,
    Clip,
    EffectCue,
    Line,
    Music,
    Slate,
    SoundTarget,
    Source,
    Timeline,
    Transition,
)


def source(name: str) -> Source:
    return Source(name * 64, Path(f"{name}.wav"), "audio")


CLIP = Clip("one", source("c"), 96, source_in=12, sound=source("c"))
LINE = Line(source("l"), 24, 48, "Hello.", "emma", "one")
MUSIC = Music(source("m"), 12, 180, Decimal(-20), Decimal(-10), 24, 72, Fraction(1))
EFFECT = EffectCue(source("e"), 30, Decimal(-22), "one")
FILM = Timeline(
    Fraction(24),
    320,
    180,
    (CLIP, replace(CLIP, shot_id="two", sound=source("d"))),
    (Transition("crossfade", 12),),
    (LINE,),
    (Bed("room", 0, 180, 1, 6, 6),),
    music=MUSIC,
    effects=(EFFECT,),
    target=SoundTarget(Decimal(-23)),
)


def key(timeline: Timeline) -> str:
    return mix.key(mix.plan(timeline), EncodeSettings())


def first_clip(**changes: object) -> Timeline:
    return replace(FILM, clips=(replace(CLIP, **changes), *FILM.clips[1:]))  # type: ignore[arg-type]


HEARD: dict[str, Callable[[], Timeline]] = {
    "line moved": lambda: replace(FILM, lines=(replace(LINE, start_frame=25),)),
    "line spoken again": lambda: replace(FILM, lines=(replace(LINE, source=source("x")),)),
    "music": lambda: replace(FILM, music=replace(MUSIC, source=source("x"))),
    "music later": lambda: replace(FILM, music=replace(MUSIC, start_frame=13, frames=179)),
    "music level": lambda: replace(FILM, music=replace(MUSIC, level=Decimal(-21))),
    "music ducked": lambda: replace(FILM, music=replace(MUSIC, duck=Decimal(-11))),
    "music fades": lambda: replace(FILM, music=replace(MUSIC, fade_out=71)),
    "music offset": lambda: replace(FILM, music=replace(MUSIC, offset=Fraction(2))),
    "music once": lambda: replace(FILM, music=replace(MUSIC, loop=False)),
    "no music": lambda: replace(FILM, music=None),
    "effect moved": lambda: replace(FILM, effects=(replace(EFFECT, start_frame=31),)),
    "effect level": lambda: replace(FILM, effects=(replace(EFFECT, level=Decimal(-20)),)),
    "effect": lambda: replace(FILM, effects=(replace(EFFECT, source=source("x")),)),
    "clip's sound": lambda: first_clip(sound=source("x")),
    "clip dropped": lambda: first_clip(sound=None),
    "clip trimmed": lambda: first_clip(source_in=13),
    "clip slowed": lambda: first_clip(speed=Fraction(4, 5)),
    "clip held": lambda: first_clip(hold=10),
    "transition": lambda: replace(FILM, transitions=(Transition("dip-to-black", 12),)),
    "longer transition": lambda: replace(FILM, transitions=(Transition("crossfade", 13),)),
    "loudness": lambda: replace(FILM, target=replace(FILM.target, loudness=Decimal(-16))),
    "true peak": lambda: replace(FILM, target=replace(FILM.target, true_peak=Decimal(-2))),
    "clips' level": lambda: replace(FILM, target=replace(FILM.target, clips_level=Decimal(-30))),
    "place": lambda: replace(FILM, beds=(Bed("sea", 0, 180, 1, 6, 6),)),
}


def test_everything_that_is_heard_changes_the_key() -> None:
    keys = {name: key(make()) for name, make in HEARD.items()}
    assert len({key(FILM), *keys.values()}) == 1 + len(HEARD)


@pytest.mark.parametrize(
    "same",
    [
        lambda: replace(FILM, lines=(replace(LINE, text="Bye", character="tom", shot_id="x"),)),
        lambda: replace(FILM, music=replace(MUSIC, level=Decimal("-20.0"), frames=999)),
        lambda: replace(FILM, effects=(replace(EFFECT, shot_id="x"), EffectCue(source("x"), 180, Decimal(-9), "x"))),
        lambda: replace(FILM, effects=(replace(EFFECT, source=replace(EFFECT.source, path=Path("moved.wav"))),)),
        lambda: first_clip(shot_id="x", slate=Slate("1", "wide"), fit="fill", source=source("y")),
        lambda: replace(FILM, transitions=(Transition("wipe-left", 12),)),
        lambda: replace(FILM, title="x", width=640, target=replace(FILM.target, loudness=Decimal("-23.00"))),
    ],
    ids=["line", "music", "effects", "file moved", "clip's picture", "as long a transition", "film"],
)
def test_what_is_only_seen_or_never_heard_does_not(same: Callable[[], Timeline]) -> None:
    assert key(same()) == key(FILM)


def test_how_far_music_steps_back_is_nothing_where_nobody_speaks() -> None:
    quiet = replace(FILM, lines=())
    assert key(quiet) == key(replace(quiet, music=replace(MUSIC, duck=Decimal(-30))))


def test_a_film_of_which_nothing_is_heard_is_silent() -> None:
    mute = Timeline(Fraction(24), 320, 180, (replace(CLIP, sound=None),), ())
    assert mix.plan(mute).silent
    assert mix.plan(replace(mute, music=replace(MUSIC, start_frame=96))).silent
    for heard in (
        {"music": MUSIC},
        {"effects": (EFFECT,)},
        {"clips": (CLIP,)},
        {"beds": FILM.beds},
        {"lines": (LINE,)},
    ):
        assert not mix.plan(replace(mute, **heard)).silent  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kept", "loudness"),
    [
        ({"lines", "music", "clips", "beds"}, -14),
        ({"music"}, -14),
        ({"lines"}, -14),
        ({"clips", "beds"}, -20),
        ({"beds"}, -26),
    ],
)
def test_who_asks_for_no_loudness_gets_one_that_fits(kept: set[str], loudness: float) -> None:
    quiet = {"lines": (), "music": None, "beds": (), "clips": tuple(replace(c, sound=None) for c in FILM.clips)}
    left = {name: nothing for name, nothing in quiet.items() if name not in kept}
    assert mix.plan(replace(FILM, target=SoundTarget(), effects=(), **left)).loudness == loudness  # type: ignore[arg-type]
