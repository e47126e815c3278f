"""What gives way to a line longer than its clip, in which order, and that it is told."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from laid_out import SPEECH, STILL, films, laid, shot, spoken

from film.timeline import SLOWEST, LongDialogue, ShotCut, Timeline


@given(films)
def test_nobody_is_slowed_beyond_what_looks_right(film: Timeline) -> None:
    assert all(SLOWEST <= clip.speed <= 1 for clip in film.clips)
    assert all(clip.hold == 0 or clip.speed == SLOWEST for clip in film.clips)


@pytest.mark.parametrize(
    ("rule", "speed", "hold"),
    [("extend", Fraction(4, 5), 30), ("next-length", Fraction(4, 5), 30), ("hold", Fraction(1), 48)],
)
def test_the_film_says_what_gives_way_to_a_long_line(rule: LongDialogue, speed: Fraction, hold: int) -> None:
    line = spoken(4, 72)  # 8 + 96 + 5 frames are needed
    (clip,) = laid(line, long_dialogue=rule).clips
    assert (clip.frames, clip.speed) == (109, speed)
    assert clip.hold == clip.frames - floor(72 / speed)
    (slow,) = laid(line, long_dialogue="slow").clips
    assert (slow.speed, slow.hold) == (Fraction(72, 109), 0), "rather slow than still"


@pytest.mark.parametrize("rule", ["extend", "slow", "hold", "next-length"])
def test_whatever_gives_way_is_told(rule: LongDialogue) -> None:
    (warning,) = laid(spoken(4, 60), long_dialogue=rule).warnings
    assert "speech of 4.0 s in a shot of 2.5 s" in warning
    assert ("held for" in warning) == (rule == "hold") and ("slowed to" in warning) == (rule != "hold")
    assert ("creeping in" in warning) == (rule not in ("hold", "slow"))


def test_only_a_film_that_asks_for_it_stands_still() -> None:
    rules: tuple[LongDialogue, ...] = ("extend", "next-length", "slow", "hold")
    clips = [laid(spoken(9, 48), long_dialogue=rule).clips[0] for rule in rules]
    assert all(clip.hold for clip in clips)
    assert [clip.creep for clip in clips] == [True, True, True, False]


def test_long_speech_first_takes_the_rest_of_the_clip() -> None:
    film = laid(spoken(2.5, frames=48, source_frames=100))
    (clip,) = film.clips
    assert (clip.frames, clip.speed, clip.hold) == (8 + 60 + 5 + 12, 1, 0)
    assert film.warnings == ("shot: speech of 2.5 s in a shot of 2.0 s: 37 more frames shown",)


def test_a_film_does_not_end_with_its_last_syllable_where_the_clip_lasts_for_more() -> None:
    first, last = laid(spoken(1.5, source_frames=100), spoken(1.5, source_frames=100)).clips
    assert (first.frames, last.frames) == (8 + 36 + 5, 8 + 36 + 5 + 12)
    (short,) = laid(spoken(1.5, source_frames=50)).clips
    assert (short.frames, short.speed, short.hold) == (50, 1, 0)


def test_speech_is_over_before_the_fade_where_the_clip_lasts_for_it() -> None:
    def talking(clip: int | None) -> Timeline:
        return laid(spoken(2.0, frames=48, source_frames=clip), shot(), transition_default="crossfade")

    for clip in (100, None):
        film = talking(clip)
        assert film.clips[0].frames == 8 + 48 + 5 + 12
        assert film.lines[0].start_frame + film.lines[0].frames + 5 == film.starts[1]
    assert talking(66).clips[0].frames == 66, "all there is"
    short = talking(58).clips[0]
    assert (short.frames, short.speed) == (8 + 48 + 5, Fraction(58, 61)), "and no more is slowed for it"


def test_then_slows_the_clip_down() -> None:
    (clip,) = laid(spoken(2.0, frames=48, source_frames=60)).clips
    assert (clip.frames, clip.speed, clip.hold) == (61, Fraction(60, 61), 0)


def test_then_creeps_in_on_the_last_picture() -> None:
    film = laid(spoken(5.0, frames=48, source_frames=60))
    (clip,) = film.clips
    assert (clip.frames, clip.speed, clip.hold, clip.creep) == (133, SLOWEST, 133 - 75, True)
    assert film.warnings == (
        "shot: speech of 5.0 s in a shot of 2.0 s: 12 more frames shown, slowed to 0.80x, "
        "creeping in on its last picture for 58 frames",
    )


def test_a_still_lasts_as_long_as_the_speech() -> None:
    cut = ShotCut("still", STILL, 24, speech=SPEECH, speech_samples=96_000)
    (clip,) = laid(cut).clips
    assert (clip.frames, clip.speed, clip.hold) == (8 + 48 + 5 + 12, 1, 0)


def test_a_clip_shorter_than_its_shot_is_stretched_and_it_is_said() -> None:
    film = laid(shot(frames=120, source_frames=119))
    assert film.frames == 120
    assert film.warnings == ("shot: a clip of 4.96 s for a shot of 5.00 s: slowed to 0.99x",)
