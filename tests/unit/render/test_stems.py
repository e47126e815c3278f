"""Stems: each as long as the film, at the film's level, and together its mix."""

from __future__ import annotations

import struct
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from cutting_room import make_speech, voice_like
from sound_room import SECOND, film, level, mixed, music, noise, sine, sound_file, sounding_clip

from film.errors import ComposeError, Interrupted
from film.render import stems
from film.render.mix import Rough, plan
from film.render.reading import Excerpt, read
from film.render.sound import Samples, measure
from film.timeline import Bed, Clip, EffectCue, Line, SoundTarget, Timeline


def samples(path: Path) -> Samples:
    return np.concatenate(list(read(Excerpt(path))))


@pytest.fixture
def everything(tmp_path: Path) -> Timeline:
    clip = sounding_clip(tmp_path / "c.mp4", noise(5))
    line = Line(make_speech(tmp_path / "v.wav", voice_like(2)), 72, 48, "Hello.", "emma", "shot")
    song, bang = sound_file(tmp_path / "m.wav", sine(4, 0.3)), sound_file(tmp_path / "e.wav", noise(1))
    return film(
        9,
        clips=(Clip("shot", clip, 216, hold=100, sound=clip),),
        lines=(line,),
        beds=(Bed("room", 0, 216, 1, 6, 6),),
        music=music(song, 9),
        effects=(EffectCue(bang, 24, Decimal(-18), "shot"),),
        title="The attic",
    )


def test_their_sum_is_the_mix_before_the_limiter(everything: Timeline, tmp_path: Path) -> None:
    made = stems.write(everything, tmp_path / "stems")
    assert list(made) == ["dialogue", "music", "effects", "clips", "ambience"]
    assert sorted(path.name for path in (tmp_path / "stems").glob("[!.]*")) == sorted(f"{name}.wav" for name in made)
    heard = [samples(path) for path in made.values()]
    assert {len(stem) for stem in heard} == {9 * SECOND}
    rough = Rough(plan(everything), tmp_path / "rough.f32", lambda: None)
    whole = np.concatenate(list(rough.finished(rough.gain, 99)))
    assert np.abs(sum(heard) - whole).max() < 1e-6


def test_they_are_as_loud_as_in_the_film(everything: Timeline, tmp_path: Path) -> None:
    quiet = replace(everything, target=SoundTarget(Decimal(-23)))
    sound, _ = mixed(quiet, tmp_path)  # at -23 no limiter is at work: the film is the sum
    total = sum(samples(path) for path in stems.write(quiet, tmp_path / "stems").values())
    assert level(total) == pytest.approx(level(sound), abs=0.3)
    assert level(total[:, 0] - sound[:, 0]) < level(sound) - 10  # what AAC takes away from noise
    assert measure([total.astype(np.float32)]).integrated == pytest.approx(-23, abs=0.3)


def test_they_are_broadcast_waves_that_begin_at_zero_and_tell_no_time(everything: Timeline, tmp_path: Path) -> None:
    first = {name: path.read_bytes() for name, path in stems.write(everything, tmp_path / "one").items()}
    again = {name: path.read_bytes() for name, path in stems.write(everything, tmp_path / "two").items()}
    assert first == again
    data = first["music"]
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", data, data.index(b"fmt ") + 8)
    assert (kind, channels, rate, bits) == (3, 2, 48_000, 32)
    bext = data.index(b"bext") + 8
    assert data[bext : bext + 256].rstrip(b"\0").decode() == "The attic · music"
    assert struct.unpack_from("<Q", data, bext + 256 + 32 + 32 + 10 + 8) == (0,)


def test_a_group_of_which_nothing_is_heard_has_no_file_and_older_stems_are_gone(
    everything: Timeline, tmp_path: Path
) -> None:
    stems.write(everything, tmp_path)
    made = stems.write(replace(everything, music=None, effects=()), tmp_path)
    assert list(made) == ["dialogue", "clips", "ambience"]
    there = {path.stem for path in tmp_path.glob("*.wav") if path.stem in stems.GROUPS}
    assert there == {"dialogue", "clips", "ambience"}
    assert stems.write(film(2), tmp_path / "silent") == {}


def test_a_stop_leaves_what_was_there(everything: Timeline, tmp_path: Path) -> None:
    folder = tmp_path / "stems"
    before = {path.name: path.read_bytes() for path in stems.write(film(2, beds=everything.beds), folder).values()}
    left = 4

    def tick() -> None:
        nonlocal left
        left -= 1
        if not left:
            raise Interrupted("stopped")

    with pytest.raises(Interrupted):
        stems.write(everything, folder, tick=tick)
    assert {path.name: path.read_bytes() for path in folder.glob("[!.]*")} == before


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "stems").write_text("a file")
    with pytest.raises(ComposeError, match="stems could not be written") as refused:
        stems.write(film(1, beds=(Bed("room", 0, 24, 1),)), tmp_path / "stems")
    assert refused.value.hint
