"""What a film's settings say of its sound reaches its timeline and its mix, and is checked before anything is paid."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pipeline_room import Room, shot
from sound_room import levels, noise, sine, sound_file, sounding_clip

from film.errors import InputError
from film.models import AssetType, Generated
from film.planning.results import FilmResult
from film.production.finishing.cut import timeline_of
from film.providers.base import BaseProvider
from film.render.reading import Excerpt, read
from film.render.sound import integrated
from film.render.soundscapes import AIR_KIND
from film.settings import Settings
from film.testing.doubles import FakeVideoProvider
from film.timeline import Timeline


class SoundingVideoProvider(FakeVideoProvider):
    """Clips of a second with a sound of their own, as newer models make them."""

    clip: bytes = b""

    def media(self, seed: int) -> Generated:
        return Generated(data=self.clip, mime="video/mp4")


class SoundingRoom(Room):
    @property
    def providers(self) -> dict[tuple[AssetType, str], BaseProvider]:
        video = SoundingVideoProvider(vendor=self.vendor)
        video.clip = sounding_clip(self.folder / "clip.mp4", noise(1.5)).path.read_bytes()
        return {**super().providers, (AssetType.VIDEO, "fake"): video}

    def settings_file(self, line_tail: float = 0.4, **film: Mapping[str, Any]) -> None:
        lines = [f"line_tail = {line_tail}"]
        lines += [
            f"[{group}]\n" + "\n".join(f"{k} = {json.dumps(v)}" for k, v in g.items()) for group, g in film.items()
        ]
        (self.folder / "film.toml").write_text("\n".join(lines))

    def timeline(self, film: FilmResult, shots: list[dict[str, Any]]) -> Timeline:
        return timeline_of(self.params(shots), film.shots)


@pytest.fixture
def room(tmp_path: Path) -> SoundingRoom:
    gallery = tmp_path / "gallery"
    sound_file(tmp_path / "song.mp3", sine(4, 0.3), "mp3", "libmp3lame")
    sound_file(tmp_path / "bang.wav", noise(0.5))
    return SoundingRoom(Settings(gallery=gallery, database_url=f"sqlite:///{gallery / 'film.db'}"), tmp_path)


SHOTS = [
    shot(1, effects=[{"file": "bang.wav", "at": 0.5, "level": -18}]),
    shot(2, dialogue="Hello there."),
    shot(3),
]


def test_music_effects_and_the_clips_own_sound_are_heard(room: SoundingRoom) -> None:
    room.settings_file(0.2, music={"file": "song.mp3", "level": -22, "start": 0.5, "offset": 1})
    film = room.make(SHOTS)
    laid = room.timeline(film, SHOTS)
    assert laid.music is not None
    assert (laid.music.start_frame, laid.music.offset, laid.music.level) == (12, Fraction(1), Decimal(-22))
    assert [(cue.start_frame, cue.level, cue.shot_id) for cue in laid.effects] == [(12, Decimal(-18), "shot_001")]
    assert all(clip.sound and clip.sound.sha256 == clip.source.sha256 for clip in laid.clips)
    heard = np.concatenate(list(read(Excerpt(film.path))))
    assert integrated([heard]) == pytest.approx(-14, abs=0.5)


def test_the_clips_own_sound_may_be_dropped(room: SoundingRoom) -> None:
    room.settings_file(sound={"clips": "drop"})
    assert not any(clip.sound for clip in room.timeline(room.make(SHOTS), SHOTS).clips)


def test_without_places_there_is_air_where_anything_is_heard_and_nothing_where_nothing_is(room: SoundingRoom) -> None:
    room.settings_file(sound={"ambience": False, "clips": "drop"}, music={"file": "song.mp3", "loop": False})
    film = room.make(SHOTS)
    (bed,) = room.timeline(film, SHOTS).beds
    assert (bed.kind, bed.start_frame, bed.frames) == (AIR_KIND, 0, room.timeline(film, SHOTS).frames)
    heard = np.concatenate(list(read(Excerpt(film.path))))
    assert min(levels(heard[4800:-24_000], 0.1)) > -75

    quiet = [shot(3), shot(4)]
    room.settings_file(sound={"ambience": False, "clips": "drop"})
    assert room.timeline(room.make(quiet), quiet).beds == ()


def test_a_louder_song_is_mixed_again_and_nothing_is_encoded_again(room: SoundingRoom) -> None:
    room.settings_file(music={"file": "song.mp3"})
    room.make(SHOTS)
    room.settings_file(music={"file": "song.mp3", "level": -17})
    again = room.make(SHOTS)
    assert again.segments_made == 0 and not again.unchanged
    assert room.make(SHOTS).unchanged


def test_what_would_begin_after_the_end_is_told(room: SoundingRoom) -> None:
    shots = [shot(1, effects=[{"file": "bang.wav", "at": 60}])]
    room.settings_file(music={"file": "song.mp3", "start": 90})
    film = room.make(shots)
    assert [warning.partition(" is to begin")[0] for warning in film.warnings if "not heard" in warning] == [
        "shot_001: bang.wav would begin after the film's end: it is not heard",
        "the music",
    ]


@pytest.mark.parametrize(
    ("group", "data", "said"),
    [
        ("music", b"<html>404</html>", "HTML"),
        ("music", b"", "nothing"),
        ("music", b"#EXTM3U\nhttp://127.0.0.1/a.mp3\n", "text"),
        ("effects", b"\x89PNG\r\n\x1a\n" + bytes(64), "image/png"),
    ],
)
def test_what_is_no_sound_is_told_before_anything_is_paid(
    group: str, data: bytes, said: str, room: SoundingRoom
) -> None:
    (room.folder / "song.mp3").write_bytes(data)
    shots = [shot(1, effects=[{"file": "song.mp3"}] if group == "effects" else [])]
    if group == "music":
        room.settings_file(music={"file": "song.mp3"})
    with pytest.raises(InputError, match=rf"{group}: song\.mp3 .*{said}") as refused:
        room.make(shots)
    assert refused.value.field == group and refused.value.hint
    assert room.vendor.posts == 0


def test_music_that_is_over_before_it_begins_is_told_before_anything_is_paid(room: SoundingRoom) -> None:
    room.settings_file(music={"file": "song.mp3", "offset": 30})
    with pytest.raises(InputError, match=r"lasts 4\.\d s, and is to begin at 30 s"):
        room.make(SHOTS)
    assert room.vendor.posts == 0
