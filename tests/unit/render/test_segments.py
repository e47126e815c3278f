"""A segment's key is a promise: equal keys show equal pictures, and nothing else is in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from film.errors import ConfigurationError
from film.render.conform import Screen
from film.render.encode import tasks_for
from film.render.segments import plan
from film.render.settings import EncodeSettings, level_for, timescale
from film.timeline import Clip, Slate, Source, Timeline, Transition

A, B, C = (Source(letter * 64, Path(f"{letter}.mp4")) for letter in "abc")
PREVIEW = EncodeSettings.preview()


def film(*clips: Clip, fade: int = 6) -> Timeline:
    joins = tuple(Transition("crossfade", fade) if fade else Transition() for _ in clips[1:])
    return Timeline(Fraction(24), 320, 180, clips, joins)


def keys(timeline: Timeline, settings: EncodeSettings = PREVIEW) -> list[str]:
    return [segment.key for segment in plan(timeline, settings)]


BASE = Clip("shot", A, 48, slate=Slate("1", "WIDE", "Hello", "ANIMATIC"))


def test_the_plan_covers_the_film() -> None:
    timeline = film(Clip("a", A, 48), Clip("b", B, 48), Clip("c", C, 48))
    segments = plan(timeline, PREVIEW)
    assert [(s.name, s.kind, s.frames) for s in segments] == [
        ("a", "body", 42),
        ("a > b", "crossfade", 6),
        ("b", "body", 36),
        ("b > c", "crossfade", 6),
        ("c", "body", 42),
    ]
    assert sum(s.frames for s in segments) == timeline.frames


@pytest.mark.parametrize(
    "change",
    [
        lambda c: replace(c, source=B),
        lambda c: replace(c, source_in=1),
        lambda c: replace(c, frames=47),
        lambda c: replace(c, speed=Fraction(9, 10)),
        lambda c: replace(c, hold=3),
        lambda c: replace(c, fit="fill"),
        lambda c: replace(c, slate=None),
        lambda c: replace(c, slate=replace(c.slate, number="2")),
        lambda c: replace(c, slate=replace(c.slate, label="CLOSE")),
        lambda c: replace(c, slate=replace(c.slate, dialogue="Bye")),
        lambda c: replace(c, slate=replace(c.slate, badge="STILL")),
    ],
)
def test_whatever_changes_the_picture_changes_the_key(change: Callable[[Clip], Clip]) -> None:
    assert keys(film(change(BASE))) != keys(film(BASE))


@pytest.mark.parametrize(
    "change",
    [
        lambda t: replace(t, rate=Fraction(25)),
        lambda t: replace(t, width=322),
        lambda t: replace(t, height=182),
    ],
)
def test_so_does_the_screen(change: Callable[[Timeline], Timeline]) -> None:
    assert keys(change(film(BASE))) != keys(film(BASE))


def test_so_does_the_encoder() -> None:
    assert len({tuple(keys(film(BASE), s)) for s in (PREVIEW, EncodeSettings.final(), EncodeSettings(crf=21))}) == 3


def test_neither_name_nor_number_nor_place_nor_file_is_in_the_key() -> None:
    renamed = replace(BASE, shot_id="other", number="9", source=replace(A, path=Path("moved.mp4")))
    assert keys(film(renamed)) == keys(film(BASE))
    first, second = film(BASE, Clip("b", B, 48), fade=0), film(Clip("b", B, 48), BASE, fade=0)
    assert set(keys(first)) == set(keys(second))


def test_a_picture_that_is_held_is_the_same_however_it_is_said() -> None:
    one = film(Clip("a", A, 48, hold=8), Clip("b", B, 8, source_in=39, hold=7), fade=0)
    body = plan(film(Clip("a", A, 48, hold=8), Clip("b", B, 48), fade=4), PREVIEW)[1]
    same = plan(film(Clip("x", A, 44, source_in=4, hold=8), Clip("b", B, 48), fade=4), PREVIEW)[1]
    assert body.key == same.key
    assert len(set(keys(one))) == 2


def test_where_in_a_still_a_stretch_lies_does_not_count() -> None:
    still = Source("d" * 64, Path("d.png"), "image")
    one, two = film(Clip("a", still, 30), Clip("b", still, 24)), film(Clip("a", still, 40), Clip("b", still, 24))
    assert keys(one)[1:] == keys(two)[1:]


def test_a_body_and_the_join_after_it_are_in_one_task_and_nothing_is_made_twice() -> None:
    segments = plan(film(Clip("a", A, 48), Clip("b", B, 48), Clip("c", A, 48), Clip("d", B, 48)), PREVIEW)
    everything = tasks_for(segments, {})
    assert [s.name for task in everything for s in task.segments] == ["a", "a > b", "b", "b > c", "c", "d"]
    assert all(task.segments[0].kind == "body" for task in everything)
    one_gone = tasks_for(segments, {s.key for s in segments} - {segments[1].key})
    assert [[s.name for s in task.segments] for task in one_gone] == [["a > b"]]


def test_few_tasks_decode_ahead_of_their_encoder_and_many_do_not() -> None:
    segments = plan(film(Clip("a", A, 48), Clip("b", B, 48), Clip("c", A, 48)), PREVIEW)
    edited = tasks_for(segments, {s.key for s in segments} - {segments[2].key}, workers=2)
    assert [task.threads for task in edited] == [2]
    short_and_long = tasks_for(segments, {s.key for s in segments} - {s.key for s in segments[1:3]}, workers=2)
    assert [task.threads for task in short_and_long] == [1, 2], "a short one is done before the long one anyway"
    assert {task.threads for task in tasks_for(segments, {}, workers=2)} == {1}
    assert {task.threads for task in tasks_for(segments, {}, workers=1)} == {1}


@pytest.mark.parametrize("workers", [1, 2, 16])
def test_tasks_get_smaller_so_that_all_workers_end_together(workers: int) -> None:
    sources = [Source(f"{n:064x}", Path(f"{n}.mp4")) for n in range(40)]
    segments = plan(film(*(Clip(f"s{n}", source, 120) for n, source in enumerate(sources))), PREVIEW)
    sizes = [task.frames for task in tasks_for(segments, {}, workers=workers)]
    assert sum(sizes) == sum(s.frames for s in segments)
    assert len(sizes) >= 2 * workers and sizes[-1] <= 120
    assert sizes[0] <= sum(sizes) / workers / 1.4


@pytest.mark.parametrize(
    ("width", "height", "rate", "level"),
    [
        (320, 180, 24, "4.0"),
        (1920, 1080, 30, "4.0"),
        (1920, 1080, 60, "4.2"),
        (2560, 1440, 30, "5.0"),
        (3840, 2160, 24, "5.1"),
        (3840, 2160, 60, "5.2"),
        (7680, 4320, 60, "6.2"),
    ],
)
def test_the_level_is_the_lowest_that_holds_the_film(width: int, height: int, rate: int, level: str) -> None:
    assert level_for(Screen(width, height, Fraction(rate))) == level


def test_more_than_h264_allows_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="more than H"):
        level_for(Screen(15360, 8640, Fraction(60)))


@pytest.mark.parametrize("fields", [{"crf": 60}, {"crf": -1}, {"audio_bitrate": 1}])
def test_settings_that_cannot_work_are_refused(fields: dict[str, int]) -> None:
    with pytest.raises(ConfigurationError):
        EncodeSettings(**fields)


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(24000, 1001), Fraction(1), Fraction(120), Fraction(25, 2)])
def test_a_frame_is_a_whole_number_of_ticks(rate: Fraction) -> None:
    ticks, frame = timescale(rate)
    assert Fraction(frame, ticks) == 1 / rate
    assert ticks >= 10_000
