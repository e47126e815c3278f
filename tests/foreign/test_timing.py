"""Cuts stay where the seconds add up to, and a shot is made longer for its line, and for nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from film.errors import InputError
from film.planning.params import film_params
from film.planning.requests import ProviderSet, RequestBuilder
from film.render import EncodeSettings, segments
from film.settings import load_settings
from film.shots.shotfile import load_shots
from film.timeline import ShotCut, Source, Timeline, build_timeline

CLIP = Source("c" * 64, Path("clip.mp4"))
SPEECH = Source("e" * 64, Path("line.wav"), "audio")
RATES = ("24", "24000/1001", "25", "30000/1001", "30", "50", "60000/1001", "12", "120")


def cut(name: str, seconds: str, rate: Fraction, **more: Any) -> ShotCut:
    exact = Fraction(seconds)
    frames = max(1, round(exact * rate))
    return ShotCut(name, CLIP, frames, seconds=exact, **{"source_frames": frames, **more})


def laid(cuts: list[ShotCut], rate: Fraction, **more: Any) -> Timeline:
    return build_timeline(cuts, rate=rate, width=320, height=180, **{"transition_default": "cut", **more})


def spoken(name: str, seconds: str, line: str, rate: Fraction = Fraction(24), **more: Any) -> ShotCut:
    samples = round(Fraction(line) * 48_000)
    return cut(name, seconds, rate, source_frames=None, speech=SPEECH, speech_samples=samples, dialogue="x", **more)


@pytest.mark.parametrize("rate", map(Fraction, RATES))
@pytest.mark.parametrize("seconds", ["1.02", "1.001", "2.5", "1.333"])
def test_every_cut_lies_within_half_a_frame_of_the_sum_of_the_seconds_before_it(rate: Fraction, seconds: str) -> None:
    film = laid([cut(f"s{n}", seconds, rate) for n in range(30)], rate)
    for number, start in enumerate([*film.starts, film.frames]):
        assert abs(start - number * Fraction(seconds) * rate) <= Fraction(1, 2)
    assert film.warnings == () and all(clip.speed == 1 for clip in film.clips)


def test_thirty_shots_of_1_02_s_are_30_6_s() -> None:
    film = laid([cut(f"s{n}", "1.02", Fraction(24)) for n in range(30)], Fraction(24))
    assert film.frames == 734 and abs(float(film.duration) - 30.6) < 0.5 / 24


def test_ten_thousand_shots_do_not_drift() -> None:
    rate = Fraction(24000, 1001)
    film = laid([cut(f"s{n}", "1.017", rate) for n in range(10_000)], rate)
    assert abs(film.frames - 10_000 * Fraction("1.017") * rate) <= Fraction(1, 2)


def test_transitions_are_part_of_the_sum() -> None:
    rate = Fraction(24000, 1001)
    film = laid([cut(f"s{n}", "2.02", rate) for n in range(200)], rate, transition_default="crossfade")
    exact = (200 * Fraction("2.02") - 199 * Fraction(1, 2)) * rate
    assert abs(film.frames - exact) <= Fraction(1, 2)


def test_an_edit_makes_those_pieces_anew_whose_frames_change_and_no_others() -> None:
    rate, settings = Fraction(24), EncodeSettings.preview()
    lengths = ["1.02", "1.5", "2.25", "1.04"] * 10
    before = [cut(f"s{n}", length, rate, source_frames=80) for n, length in enumerate(lengths)]
    before = [replace(c, source=Source(f"{n:064d}", Path("clip.mp4"))) for n, c in enumerate(before)]
    after = [*before[:5], replace(before[5], frames=48, seconds=Fraction(2)), *before[6:]]
    old, new = laid(before, rate), laid(after, rate)
    kept = {piece.key for piece in segments.plan(old, settings)}
    made = [n for n, piece in enumerate(segments.plan(new, settings)) if piece.key not in kept]
    moved = [n for n, (a, b) in enumerate(zip(old.clips, new.clips, strict=True)) if a.frames != b.frames]
    assert made == moved and made == [5], "half a second is twelve whole frames: nothing after it is rounded otherwise"

    odd = [*before[:5], replace(before[5], frames=37, seconds=Fraction("1.53")), *before[6:]]
    new = laid(odd, rate)
    made = [n for n, piece in enumerate(segments.plan(new, settings)) if piece.key not in kept]
    assert made == [n for n, (a, b) in enumerate(zip(old.clips, new.clips, strict=True)) if a.frames != b.frames]
    assert all(abs(a.frames - b.frames) <= 1 for a, b in zip(old.clips, new.clips, strict=True))


def test_a_line_that_needs_more_moves_what_follows_by_whole_frames() -> None:
    rate = Fraction(24)
    plain = [cut(f"s{n}", "1.02", rate) for n in range(12)]
    long = [*plain[:3], spoken("s3", "1.02", "3.21"), *plain[4:]]
    a, b = laid(plain, rate), laid(long, rate)
    assert [c.frames for c in a.clips[4:]] == [c.frames for c in b.clips[4:]]


# -- room


def test_a_transition_longer_than_its_shots_makes_none_of_them_longer() -> None:
    shots = [spoken(f"s{n}", "2", "1.1") if n % 2 else cut(f"s{n}", "2", Fraction(24)) for n in range(6)]
    film = laid(shots, Fraction(24), transition_default="crossfade", transition_seconds=Fraction(4))
    usual = laid(shots, Fraction(24), transition_default="crossfade")
    assert film.frames <= usual.frames and film.duration < 12
    assert all(join.frames for join in film.transitions)
    assert all(clip.frames <= 63 for clip in film.clips), "half a second at either end, the line, and its air"


def test_one_long_wipe_leaves_four_seconds_of_shots_about_four_seconds() -> None:
    shots = [
        cut("a", "1", Fraction(24), transition="wipe-left", transition_seconds=Fraction(10)),
        spoken("b", "2", "1.1"),
        cut("c", "1", Fraction(24)),
    ]
    film = laid(shots, Fraction(24))
    assert 3 < film.duration <= 4


def test_a_shot_between_cuts_has_no_room_for_transitions() -> None:
    film = laid([spoken("a", "1", "2"), cut("b", "1", Fraction(24))], Fraction(24))
    assert film.clips[0].frames == 8 + 48 + 10, "a moment before it, the line, and 0.4 s"


def test_transitions_take_what_lines_leave() -> None:
    film = laid(
        [cut("a", "5", Fraction(24)), spoken("b", "5", "1"), cut("c", "5", Fraction(24))],
        Fraction(24),
        transition_default="crossfade",
        transition_seconds=Fraction(4),
    )
    assert film.clips[1].frames == 120 and [join.frames for join in film.transitions] == [43, 43]


@pytest.mark.parametrize("tail", ["0", "0.4", "1.25", "10"])
def test_the_air_after_a_line_is_what_the_film_says(tail: str) -> None:
    film = laid([spoken("a", "1", "2"), cut("b", "1", Fraction(24))], Fraction(24), line_tail=Fraction(tail))
    line = film.lines[0]
    air = film.starts[1] - line.start_frame - line.frames
    assert air == -(-Fraction(tail) * 24 // 1)


def film(folder: Path, shots: list[dict[str, Any]], **settings: Any) -> Path:
    path = folder / "shots.json"
    every = [{"enhanced_prompt": "A harbour", "duration": 5, **shot} for shot in shots]
    path.write_text(json.dumps({"shots": every, **settings}), "utf-8")
    return path


LINE = {"dialogue": "There she is, and there she stays for ever.", "characters": ["mara"]}


def bought(path: Path, settings: Any, number: int = 1) -> Decimal:
    params = film_params(path, settings, tier="budget")
    builder = RequestBuilder(params, ProviderSet())
    return (
        builder.video_outlook(params.shots[number])
        .provider.quote(builder.video_outlook(params.shots[number]).config)
        .amount
    )


@pytest.mark.parametrize("seconds", [0.5, 1, 2, 4, 10])
def test_no_longer_clip_is_bought_for_a_long_transition(tmp_path: Path, seconds: float) -> None:
    shots = [{"shot_id": "s0"}, {"shot_id": "s1", **LINE}, {"shot_id": "s2"}]
    path = film(tmp_path, shots, long_dialogue="next-length", transition="crossfade", transition_seconds=seconds)
    settings = load_settings()
    assert bought(path, settings) == bought(path, settings, 0)


def test_a_long_line_still_buys_the_next_length_and_a_part_of_the_film_the_same(tmp_path: Path) -> None:
    line = "There she is, and there she stays for ever, and nobody who saw her that night will say so."
    shots = [{"shot_id": "s0"}, {"shot_id": "s1", **LINE, "dialogue": line}, {"shot_id": "s2"}]
    path = film(tmp_path, shots, long_dialogue="next-length", transition="crossfade")
    settings = load_settings()
    assert bought(path, settings) > bought(path, settings, 0)
    params = film_params(path, settings, tier="budget")
    alone = params.model_copy(update={"shots": params.shots[1:2]})
    whole, part = (RequestBuilder(p, ProviderSet()).video_outlook(params.shots[1]).request for p in (params, alone))
    assert whole == part


@pytest.mark.parametrize("wrong", [-1, 11, "long", True])
def test_a_line_tail_that_cannot_be_is_refused_by_its_name(tmp_path: Path, wrong: Any) -> None:
    with pytest.raises(InputError, match="line_tail"):
        load_shots(film(tmp_path, [{"shot_id": "s0"}], line_tail=wrong))


def test_the_default_air_is_0_4_s(tmp_path: Path) -> None:
    assert load_shots(film(tmp_path, [{"shot_id": "s0"}])).film.line_tail == Decimal("0.4")


def test_a_draft_s_clip_does_not_hang_on_its_neighbours(tmp_path: Path) -> None:
    params = film_params(film(tmp_path, [{"shot_id": "s0", **LINE}]), load_settings())
    asked = [
        RequestBuilder(
            params.model_copy(update={"film": params.film.model_copy(update={"transition_seconds": Decimal(t)})}),
            ProviderSet(),
        )
        .video(params.shots[0], "a" * 64, speech_seconds=Decimal(5))
        .request.params
        for t in ("0.5", "4")
    ]
    assert asked[0] == asked[1]
