"""The editor's cut shows at every frame what ours shows, whatever the lengths, speeds, holds and transitions."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from film.export.names import plain, reel
from film.export.placing import Join, Piece, lanes, placed
from film.timeline import Clip, Source, Timeline, Transition

SOURCE = Source("0" * 64, Path("x"))


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    count = draw(st.integers(1, 6))
    fades = [draw(st.sampled_from([0, 0, 1, 2, 5, 12])) for _ in range(count - 1)]
    clips: list[Clip] = []
    for n in range(count):
        beside = (fades[n - 1] if n else 0) + (fades[n] if n < count - 1 else 0)
        frames = draw(st.integers(beside + 1, beside + 40))
        hold = draw(st.integers(0, frames - 1))
        speed = draw(st.sampled_from([Fraction(1), Fraction(4, 5), Fraction(5, 6)]))
        clips.append(Clip(f"s{n}", SOURCE, frames, source_in=draw(st.integers(0, 3)), speed=speed, hold=hold))
    joins = tuple(Transition("crossfade", fade) if fade else Transition() for fade in fades)
    return Timeline(Fraction(24), 64, 36, tuple(clips), joins)


@settings(max_examples=150, deadline=None)
@given(timelines())
def test_pieces_tile_the_film_and_show_the_same_source_frames(timeline: Timeline) -> None:
    items = placed(timeline)
    pieces = [item for item in items if isinstance(item, Piece)]
    at = 0
    for piece in pieces:
        assert piece.start == at and piece.frames >= 1
        at = piece.stop
        clip, start = timeline.clips[piece.place], timeline.starts[piece.place]
        for frame in range(piece.start, piece.stop):
            k = frame - start
            assert 0 <= k < clip.frames
            shown = clip.source_in + min(k, clip.frames - clip.hold - 1) * clip.speed
            assert shown == piece.source_start + (frame - piece.start) * piece.speed
    assert at == timeline.frames


@settings(max_examples=150, deadline=None)
@given(timelines())
def test_joins_cover_our_transitions_frame_for_frame(timeline: Timeline) -> None:
    items = placed(timeline)
    joins = [item for item in items if isinstance(item, Join)]
    ours = [(start, t.frames) for t, start in zip(timeline.transitions, timeline.starts[1:], strict=True) if t.frames]
    assert [(j.cut - j.in_offset, j.in_offset + j.out_offset) for j in joins] == ours
    for join, before, after in zip(items[1:-1], items, items[2:], strict=False):
        if isinstance(join, Join):
            assert isinstance(before, Piece) and isinstance(after, Piece)
            assert before.stop == join.cut == after.start
            clip = timeline.clips[before.place]
            moving = timeline.starts[before.place] + clip.frames - clip.hold
            assert before.held or join.cut + join.out_offset <= moving  # handles are true pictures


def test_what_sounds_at_once_lies_on_different_tracks() -> None:
    tracks = lanes([(0, 10, "a"), (5, 10, "b"), (10, 5, "c"), (15, 1, "d")])
    assert [[name for _, _, name in track] for track in tracks] == [["a", "c", "d"], ["b"]]


@given(st.text(max_size=80))
def test_names_are_plain_whatever_they_are_made_of(text: str) -> None:
    name = plain(text, "shot")
    assert name and all(c.isascii() and (c.isalnum() or c in "-_") for c in name) and len(name) <= 60
    tape = reel(f"001_{name}.mp4")
    assert tape.startswith("001") and len(tape) <= 8 and tape.isalnum()


def test_names_keep_what_can_be_kept() -> None:
    assert plain('Zoë\'s café: "take 2"') == "Zoes_cafe_take_2"
    assert plain("../../etc/passwd") == "etc_passwd"
    assert plain("灯台", "shot") == "shot"
