"""The cut list is exact: every frame is counted once, and what gives way is said."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import floor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from film.errors import ComposeError
from film.models import TransitionKind
from film.timeline import SLOWEST, Clip, LongDialogue, ShotCut, Source, Timeline, Transition, build_timeline

CLIP = Source("c" * 64, Path("clip.mp4"))
STILL = Source("d" * 64, Path("still.png"), "image")
SPEECH = Source("e" * 64, Path("line.wav"), "audio")
FILM = {"width": 320, "height": 180}
RATES = (Fraction(24), Fraction(24000, 1001), Fraction(25), Fraction(30), Fraction(60))


def shot(name: str = "shot", frames: int = 48, **more: object) -> ShotCut:
    return ShotCut(shot_id=name, source=CLIP, frames=frames, **{"source_frames": frames, **more})


def spoken(seconds: float, frames: int = 48, **more: object) -> ShotCut:
    return shot(frames=frames, speech=SPEECH, speech_samples=round(seconds * 48_000), dialogue="Hello.", **more)


def laid(*cuts: ShotCut, rate: Fraction = Fraction(24), **more: object) -> Timeline:
    return build_timeline(cuts, rate=rate, **FILM, **more)


shots = st.builds(
    ShotCut,
    shot_id=st.sampled_from(("a", "b", "c")),
    source=st.sampled_from((CLIP, STILL)),
    frames=st.integers(1, 200),
    source_frames=st.none() | st.integers(1, 250),
    landscapes=st.sampled_from(((), ("attic", "interior"), ("sea",), ("interior",))),
    time_of_day=st.sampled_from(("", "day", "night")),
    speech=st.none() | st.just(SPEECH),
    speech_samples=st.integers(0, 8 * 44_100),
    speech_rate=st.sampled_from((22_050, 44_100, 48_000)),
    ambience=st.sampled_from(("", "room", "sea")),
    transition=st.sampled_from((None, "cut", "crossfade")),
)
films = st.builds(
    build_timeline,
    st.lists(shots, min_size=1, max_size=12),
    rate=st.sampled_from(RATES),
    width=st.just(320),
    height=st.just(180),
    transition_default=st.sampled_from(("auto", "cut", "crossfade")),
    transition_seconds=st.fractions(Fraction(1, 25), 2, max_denominator=25),
)


@given(films)
def test_every_frame_is_counted_once(film: Timeline) -> None:
    assert film.frames == sum(c.frames for c in film.clips) - sum(t.frames for t in film.transitions)
    assert film.frames == sum(b - a for a, b in film.bodies) + sum(t.frames for t in film.transitions)
    assert film.duration == film.frames / film.rate


@given(films)
def test_clips_follow_each_other_and_keep_a_body(film: Timeline) -> None:
    assert film.starts[0] == 0
    assert all(a < b for a, b in pairwise(film.starts))
    assert all(stop - first >= 1 for first, stop in film.bodies)


@given(films)
def test_chapters_cover_the_film(film: Timeline) -> None:
    assert [c.start_frame for c in film.chapters] == list(film.starts)
    assert sum(c.frames for c in film.chapters) == film.frames


@given(films)
def test_lines_lie_in_their_shots_clear_of_the_fade_in_and_of_each_other(film: Timeline) -> None:
    assert all(a.start_frame + a.frames <= b.start_frame for a, b in pairwise(film.lines))
    for line in film.lines:
        homes = [
            (start + first, start + clip.frames)
            for clip, start, (first, _) in zip(film.clips, film.starts, film.bodies, strict=True)
            if clip.shot_id == line.shot_id
        ]
        assert any(a <= line.start_frame and line.start_frame + line.frames <= b for a, b in homes)


@given(films)
def test_beds_cover_what_has_ambience_and_three_never_sound_at_once(film: Timeline) -> None:
    assert all(bed.start_frame >= 0 and bed.start_frame + bed.frames <= film.frames for bed in film.beds)
    assert all(bed.fade_in + bed.fade_out <= bed.frames for bed in film.beds)
    for before, after in zip(film.beds, film.beds[2:], strict=False):
        assert before.start_frame + before.frames <= after.start_frame


@given(films)
def test_nobody_is_slowed_beyond_what_looks_right(film: Timeline) -> None:
    assert all(SLOWEST <= clip.speed <= 1 for clip in film.clips)
    assert all(clip.hold == 0 or clip.speed == SLOWEST for clip in film.clips)


def test_a_scene_is_cut_and_a_change_of_place_or_time_is_crossfaded() -> None:
    film = laid(
        shot(landscapes=("attic", "interior"), time_of_day="day"),
        shot(landscapes=("Attic", "doorway"), time_of_day="Day"),
        shot(landscapes=("kitchen", "interior"), time_of_day="day"),
        shot(landscapes=("kitchen",), time_of_day="night"),
        shot(),
    )
    assert [t.kind for t in film.transitions] == ["cut", "crossfade", "crossfade", "cut"]


def test_a_shot_says_itself_how_it_goes_over() -> None:
    film = laid(shot(transition="crossfade"), shot(transition="cut", landscapes=("sea",)), shot(landscapes=("bar",)))
    assert [t.frames for t in film.transitions] == [12, 0]


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
    assert ("held for" in warning) == (rule != "slow") and ("slowed to" in warning) == (rule != "hold")


@pytest.mark.parametrize("kind", ["iris", "whip", "push-left", "dip-to-black"])
def test_transitions_take_the_time_of_the_film_or_of_their_join(kind: TransitionKind) -> None:
    film = laid(
        shot("a"),
        shot("b", transition="wipe-up", transition_seconds=Fraction(1, 4)),
        shot("c"),
        transition_default=kind,
        transition_seconds=Fraction(3, 4),
    )
    assert film.transitions == (Transition(kind, 18), Transition("wipe-up", 6))


def test_fades_that_do_not_fit_are_shortened_and_it_is_said() -> None:
    film = laid(shot("a"), shot("b", 9), shot("c"), transition_default="crossfade")
    assert [t.frames for t in film.transitions] == [4, 4]
    assert film.warnings == (
        "a: the crossfade of 12 frames into the next shot was shortened to 4",
        "b: the crossfade of 12 frames into the next shot was shortened to 4",
    )


def test_a_fade_into_a_shot_of_one_frame_becomes_a_cut() -> None:
    film = laid(shot("a"), shot("b", 1), transition_default="crossfade")
    assert film.transitions == (Transition(),)
    assert "made a cut" in film.warnings[0]


def test_speech_waits_for_the_fade_to_end() -> None:
    film = laid(spoken(1), spoken(1), transition_default="crossfade")
    assert [line.start_frame for line in film.lines] == [8, 36 + 12]


def test_long_speech_first_takes_the_rest_of_the_clip() -> None:
    film = laid(spoken(2.5, frames=48, source_frames=100))
    (clip,) = film.clips
    assert (clip.frames, clip.speed, clip.hold) == (8 + 60 + 5, 1, 0)
    assert film.warnings == ("shot: speech of 2.5 s in a shot of 2.0 s: 25 more frames shown",)


def test_then_slows_the_clip_down() -> None:
    (clip,) = laid(spoken(2.0, frames=48, source_frames=60)).clips
    assert (clip.frames, clip.speed, clip.hold) == (61, Fraction(60, 61), 0)


def test_then_holds_the_last_picture() -> None:
    film = laid(spoken(5.0, frames=48, source_frames=60))
    (clip,) = film.clips
    assert (clip.frames, clip.speed, clip.hold) == (133, SLOWEST, 133 - 75)
    assert film.warnings == (
        "shot: speech of 5.0 s in a shot of 2.0 s: 12 more frames shown, slowed to 0.80x, "
        "last picture held for 58 frames",
    )


def test_a_still_lasts_as_long_as_the_speech() -> None:
    cut = ShotCut("still", STILL, 24, speech=SPEECH, speech_samples=96_000)
    (clip,) = laid(cut).clips
    assert (clip.frames, clip.speed, clip.hold) == (61, 1, 0)


def test_a_clip_shorter_than_its_shot_is_stretched_and_it_is_said() -> None:
    film = laid(shot(frames=120, source_frames=119))
    assert film.frames == 120
    assert film.warnings == ("shot: a clip of 4.96 s for a shot of 5.00 s: slowed to 0.99x",)


def test_ambience_goes_on_while_the_place_stays_and_blends_where_it_changes() -> None:
    film = laid(
        shot(ambience="room"),
        shot(ambience="room"),
        shot(ambience="sea", transition="crossfade"),
        shot(ambience="wind"),
    )
    assert [(b.kind, b.start_frame, b.start_frame + b.frames) for b in film.beds] == [
        ("room", 0, 99),
        ("sea", 93, 144),
        ("wind", 132, 180),
    ]


def test_what_a_source_is_does_not_depend_on_where_it_lies() -> None:
    assert Source("a" * 64, Path("here.mp4")) == Source("a" * 64, Path("there.mp4"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"clips": ()}, "no shots"),
        ({"transitions": (Transition(),)}, "1 transitions between 1 clips"),
        ({"width": 321}, "321x180"),
        ({"rate": Fraction(0)}, "cannot be encoded"),
    ],
)
def test_a_film_that_cannot_be_is_refused(change: dict[str, object], says: str) -> None:
    fields = {"rate": Fraction(24), "clips": (Clip("a", CLIP, 24),), "transitions": (), **FILM, **change}
    with pytest.raises(ComposeError, match=says) as refused:
        Timeline(**fields)
    assert refused.value.hint


@pytest.mark.parametrize("fields", [{"frames": 0}, {"hold": 24}, {"speed": Fraction(0)}, {"source_in": -1}])
def test_a_clip_that_cannot_be_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ComposeError):
        Clip(**{"shot_id": "a", "source": CLIP, "frames": 24, **fields})


def test_fades_may_not_swallow_a_shot() -> None:
    clips = (Clip("a", CLIP, 24), Clip("b", CLIP, 12))
    with pytest.raises(ComposeError, match="b: its 12 frames all lie in fades"):
        Timeline(Fraction(24), 320, 180, clips, (Transition("crossfade", 12),))
