"""A film is looked over when it is made: once, against its plan, and in one line."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from pipeline_room import Room, shot

from film.errors import ProviderRefused
from film.inspect import expected, inspect_film
from film.settings import Settings


@pytest.fixture
def room(tmp_path: Path) -> Room:
    gallery = tmp_path / "gallery"
    return Room(Settings(gallery=gallery, database_url=f"sqlite:///{gallery / 'film.db'}"), tmp_path)


def test_a_new_film_is_checked_and_an_unchanged_one_is_not_again(room: Room) -> None:
    film = room.make([shot(1), shot(2, dialogue="Hello there.")])
    assert "LUFS" in film.checked and not inspect_film(film.path).of("error")
    assert [facts["summary"] for facts in room.told("film_checked")] == [film.checked]
    again = room.make([shot(1), shot(2, dialogue="Hello there.")])
    assert again.unchanged and again.checked == film.checked and not room.told("film_checked")


def test_the_manifest_says_where_each_shot_lies(room: Room) -> None:
    film = room.make([shot(1, transition="crossfade", transition_seconds=0.25), shot(2, duration=2)])
    plan = expected(film.path)
    assert plan is not None and plan.frames == 24 + 48 - 6 and plan.has_sound
    first, second = plan.clips
    assert (first.shot_id, first.start, first.stop, first.join, first.join_frames) == (
        "shot_001",
        0,
        24,
        "crossfade",
        6,
    )
    assert (second.shot_id, second.start, second.stop) == ("shot_002", 18, 66)


def test_a_film_of_few_words_is_told_as_such(room: Room) -> None:
    quiet = [shot(number, duration=5) for number in range(2, 5)]
    film = room.make([shot(1, dialogue="Hello there."), *quiet])
    plan = expected(film.path)
    assert plan is not None and plan.spoken and plan.mixed is not None and plan.mixed < -15
    assert [f.kind for f in inspect_film(film.path).findings if "word" in f.kind] == ["few-words"]


def test_a_missing_shot_is_an_error_at_its_place_and_its_still_no_freeze(room: Room) -> None:
    room.vendor.fails("submit", ProviderRefused("not this picture", provider="fake"))
    film = room.make([shot(1, duration=2), shot(2, duration=2)])
    (missing,) = film.failed
    report = inspect_film(film.path)
    (found,) = report.of("error")
    start = {clip.shot_id: clip.start for clip in (expected(film.path) or pytest.fail("no manifest")).clips}
    assert found.kind == "missing-shot" and missing.shot_id in found.what and "not this picture" in found.what
    assert found.start == Decimal(start[missing.shot_id]) / 24
    assert film.checked.startswith("1 error") and report.missing == (missing.shot_id,)


def test_a_film_that_was_changed_behind_its_back_is_told(room: Room) -> None:
    film = room.make([shot(1)])
    with film.path.open("ab") as file:
        file.write(b"\0\0\0\x10freenothing!")
    assert "changed" in {f.kind for f in inspect_film(film.path).findings}


def test_a_manifest_of_nonsense_is_no_plan(room: Room) -> None:
    film = room.make([shot(1)])
    manifest = film.path.with_name("film.build.json")
    for nonsense in ("", "[1]", '{"clips": 7, "frames": "many", "sound": [], "shots": [3], "frame_rate": "1/0"}'):
        manifest.write_text(nonsense)
        assert inspect_film(film.path).clean
    manifest.write_text(json.dumps({"frames": 7}))
    assert {f.kind for f in inspect_film(film.path).of("error")} == {"frame-count"}


def test_a_flipped_byte_that_every_decoder_swallows_breaks_the_signature(room: Room) -> None:
    provenance = pytest.importorskip("film.provenance")
    if not provenance.available():
        pytest.skip("no library for manifests")
    film = room.make([shot(1)])
    data = bytearray(film.path.read_bytes())
    data[data.index(b"mdat") + 4 + len(data) // 3] ^= 0xFF
    film.path.write_bytes(data)
    (found,) = [f for f in inspect_film(film.path).findings if f.kind == "changed"]
    assert found.severity == "error" and "signature does not hold" in found.what
