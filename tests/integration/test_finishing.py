"""What a finished film carries and what lies beside it: captions, a signed manifest, and nothing stale."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import av
import pysubs2
import pytest
from pipeline_room import Room, shot

from film.errors import ConfigurationError, InputError
from film.production.finishing import sealing
from film.production.finishing.soundtrack import LARGEST_SOUND
from film.provenance import verify
from film.settings import Settings

TWO = [shot(1, dialogue="They should have been back by now."), shot(2, duration=2)]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    gallery = tmp_path / "gallery"
    return Room(Settings(gallery=gallery, database_url=f"sqlite:///{gallery / 'film.db'}"), tmp_path)


def settings_of(room: Room, text: str) -> None:
    (room.folder / "film.toml").write_text(text)


def beside(film: Any) -> set[str]:
    return {path.suffix for path in film.path.parent.iterdir()} - {".mp4", ".json"}


def text_tracks(film: Any) -> list[list[str]]:
    with av.open(str(film.path)) as container:
        return [
            [bytes(p)[2:].decode() for p in container.demux(track) if p.size > 2]
            for track in container.streams.subtitles
        ]


def notes(room: Room) -> list[object]:
    """What was told of manifests."""
    return [told["message"] for told in room.told("warning") if "manifest" in str(told["message"])]


def comment(film: Any) -> str:
    with av.open(str(film.path)) as container:
        return container.metadata["comment"]


def test_a_film_has_captions_beside_it_and_in_it(room: Room) -> None:
    film = room.make(TWO)
    assert beside(film) == {".srt", ".vtt"}
    (event,) = pysubs2.load(str(film.path.with_suffix(".srt")))
    assert event.plaintext == TWO[0]["dialogue"]
    assert text_tracks(film) == [[TWO[0]["dialogue"]]]
    (event,) = pysubs2.load(str(film.path.with_suffix(".vtt")))
    assert event.plaintext.replace("\n", " ") == TWO[0]["dialogue"]


def test_captions_go_when_the_film_no_longer_has_any(room: Room) -> None:
    room.make(TWO)
    film = room.make(TWO, captions=False)
    assert not film.unchanged
    assert film.segments_made == 0
    assert beside(film) == set()
    assert text_tracks(film) == []
    room.make(TWO)
    silent = room.make([{**TWO[0], "dialogue": None}, TWO[1]])
    assert beside(silent) == set()


def test_files_without_a_track_and_a_track_without_files(room: Room) -> None:
    settings_of(room, "[captions]\ntrack = false\n")
    film = room.make(TWO)
    assert (beside(film), text_tracks(film)) == ({".srt", ".vtt"}, [])
    settings_of(room, "[captions]\nfiles = false\n")
    film = room.make(TWO)
    assert (beside(film), len(text_tracks(film))) == (set(), 1)


def test_files_that_are_lost_come_back_without_a_new_cut(room: Room) -> None:
    film = room.make(TWO)
    text = film.path.with_suffix(".srt").read_text()
    film.path.with_suffix(".srt").unlink()
    again = room.make(TWO)
    assert again.unchanged
    assert again.path.with_suffix(".srt").read_text() == text


def test_captions_that_somebody_edited_are_theirs(room: Room) -> None:
    film = room.make(TWO)
    edited = film.path.with_suffix(".srt")
    edited.write_text("1\n00:00:00,000 --> 00:00:01,000\nmine\n")
    settings_of(room, "[captions]\nspeakers = true\n")
    again = room.make([{**TWO[0], "characters": ["mara"]}, TWO[1]])
    assert "mine" in edited.read_text()
    assert any("film.srt" in str(told["message"]) for told in room.told("warning"))
    assert "<v mara>" in again.path.with_suffix(".vtt").read_text()
    assert "mine" in room.make(TWO, captions=False).path.with_suffix(".srt").read_text()


def test_what_stands_where_captions_belong_is_left_and_told_and_the_film_is_there(room: Room) -> None:
    film = room.make(TWO, captions=False)
    theirs = film.path.with_suffix(".srt")
    theirs.mkdir()
    again = room.make(TWO)
    assert theirs.is_dir() and len(text_tracks(again)) == 1
    assert any("film.srt was not written by this program" in str(told["message"]) for told in room.told("warning"))


def test_editing_soft_captions_encodes_nothing_and_burning_them_in_only_where_they_are_read(room: Room) -> None:
    shots = [{**TWO[0], "characters": ["mara"], "duration": 5}, TWO[1]]
    room.make(shots)
    settings_of(room, "[captions]\nspeakers = true\nlanguage = 'de'\n")
    soft = room.make(shots)
    assert (soft.unchanged, soft.segments_made, soft.segments_reused) == (False, 0, 2)
    burnt = room.make(shots, burn_in=True)
    assert (burnt.segments_made, burnt.segments_reused) == (1, 1)
    assert room.make(shots, burn_in=True).unchanged


def test_a_paid_film_says_that_it_is_ai_generated_and_by_whom(room: Room) -> None:
    film = room.make(TWO)
    verdict = verify(film.path)
    assert (verdict.state, verdict.test, verdict.source) == ("valid", True, "AI-generated")
    assert verdict.title == "film"
    assert [(s["shot_id"], s["picture"]["provider"]) for s in verdict.shots] == [
        ("shot_001", "fake"),
        ("shot_002", "fake"),
    ]
    assert verdict.shots[0]["speech"]["sha256"] == film.shots[0].audio.sha256
    assert "prompt 1" not in film.path.read_bytes().decode("latin-1")
    assert comment(film).startswith("AI-generated: pictures by fake")
    assert film.path.parent.joinpath("film.build.json").read_text().count('"sha256"') == 1


def test_prompts_are_told_when_asked_for_and_a_comment_of_ones_own_stands_first(room: Room) -> None:
    settings_of(room, 'title = "Harbour"\ncomment = "For Ann"\n[provenance]\nprompts = true\n')
    film = room.make(TWO)
    assert verify(film.path).shots[0]["prompt"] == "prompt 1"
    assert verify(film.path).title == "Harbour"
    assert comment(film).startswith("For Ann · AI-generated")


def test_an_unchanged_film_is_not_signed_again(room: Room) -> None:
    film = room.make(TWO)
    before = film.path.read_bytes()
    again = room.make(TWO)
    assert again.unchanged
    assert again.path.read_bytes() == before


def test_the_manifest_is_off_by_a_flag_and_that_costs_no_encoding(room: Room) -> None:
    room.make(TWO)
    film = room.make(TWO, provenance=False)
    assert (film.unchanged, film.segments_made) == (False, 0)
    assert verify(film.path).state == "none"
    assert not notes(room)
    assert comment(film).startswith("AI-generated")


def test_without_the_library_a_film_is_made_with_one_note(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "available", lambda: False)
    film = room.make(TWO)
    assert film.path.is_file()
    assert notes(room) == [sealing.UNSIGNED]
    room.make(TWO)
    assert not notes(room)


def test_a_certificate_that_cannot_sign_is_told_before_anything_is_bought(room: Room) -> None:
    (room.folder / "chain.pem").write_text("no certificate")
    settings_of(room, '[provenance]\ncertificate = "chain.pem"\nprivate_key = "chain.pem"\n')
    with pytest.raises(ConfigurationError, match="holds no certificate"):
        room.make(TWO)
    settings_of(room, '[provenance]\ncertificate = "chain.pem"\n')
    with pytest.raises(ConfigurationError, match="a private key is missing"):
        room.make(TWO)
    assert room.vendor.posts == 0


@pytest.mark.parametrize("row", ["0 0", "1e308 0 0", "nan 0 0", "0 0 -65505"])
def test_a_look_that_cannot_be_laid_on_is_told_before_anything_is_bought(room: Room, row: str) -> None:
    (room.folder / "look.cube").write_text("LUT_3D_SIZE 2\n" + "0 0 0\n" * 7 + row)
    settings_of(room, 'look = {lut = "look.cube"}\n')
    with pytest.raises(InputError, match=r"look\.cube"):
        room.make(TWO)
    assert room.vendor.posts == 0


def test_a_sound_that_is_too_large_is_told_before_anything_is_bought(room: Room) -> None:
    """A file with a hole is as large as it says, and would be read to its end."""
    sound = room.folder / "music.wav"
    sound.write_bytes(
        b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\1\0\2\0\x80\xbb\0\0\0\xee\2\0\4\0\x10\0data\xff\xff\xff\xff"
    )
    os.truncate(sound, LARGEST_SOUND + 1)
    settings_of(room, 'music = "music.wav"\n')
    with pytest.raises(InputError, match="larger than 8 GiB"):
        room.make(TWO)
    assert room.vendor.posts == 0


def test_a_film_whose_signing_fails_is_what_it_was(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    film = room.make(TWO)
    before = film.path.read_bytes()

    def fail(self: sealing.Seal, whole: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sealing.Seal, "sign", fail)
    with pytest.raises(Exception, match="No space left"):
        room.make([{**TWO[0], "duration": 2}, TWO[1]])
    assert film.path.read_bytes() == before
    assert not list(film.path.parent.glob(".*part"))


def test_a_shot_that_was_drawn_is_named_in_the_manifest(room: Room) -> None:
    film = room.make([TWO[0], shot(2, video_provider="draft")])
    assert verify(film.path).shots[1]["clip"]["provider"] == "draft"
    assert json.loads((film.path.parent / "film.build.json").read_text())["captions"].keys() == {"film.srt", "film.vtt"}
