"""The bed of music: at its level, long enough, out of the way of the voices, without a seam one would hear."""

from __future__ import annotations

import tracemalloc
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from cutting_room import make_speech, onsets, voice_like
from sound_room import SECOND, film, groups, level, levels, music, noise, sine, sound_file, steepest

from film.errors import ComposeError, Interrupted
from film.render.ducking import Duck
from film.render.music import MusicBed, crossed, seam
from film.render.reading import listen
from film.render.sound import Samples, integrated
from film.render.soundplan import PlacedMusic
from film.timeline import Line, Music


def bed(asked: Music, seconds: float, **changes: object) -> Samples:
    return groups(film(seconds, music=asked, **changes))["music"]


def beats(seconds: float, every: float = 0.5, fading: float = 0.0) -> np.ndarray:
    """A drum over a pad, as regular as music is; ``fading`` seconds of it fade out."""
    sound = sine(seconds, 0.05, 220) + sine(seconds, 0.05, 331)
    hit = sine(0.1, 0.5, 900) * np.exp(-np.arange(4800) / 800)
    for n in range(int(seconds / every)):
        at = round(n * every * SECOND)
        sound[at : at + 4800] += hit[: len(sound) - at]
    if fading:
        sound[-round(fading * SECOND) :] *= np.linspace(1, 0, round(fading * SECOND), dtype=np.float32) ** 2
    return sound


@pytest.mark.parametrize("recorded", [0.02, 0.9])
def test_it_comes_to_its_level_however_loud_it_was_recorded(recorded: float, tmp_path: Path) -> None:
    song = sound_file(tmp_path / "song.wav", noise(12, recorded * 0.3))
    assert integrated([bed(music(song, 8, level=Decimal(-27)), 8)]) == pytest.approx(-27, abs=0.3)


def test_it_begins_and_ends_where_it_should_and_fades_there(tmp_path: Path) -> None:
    song = sound_file(tmp_path / "song.wav", noise(20))
    heard = bed(music(song, 8, start_frame=48, frames=6 * 24, fade_in=24, fade_out=48), 10)
    assert np.abs(heard[: 2 * SECOND]).max() == 0
    assert np.abs(heard[8 * SECOND :]).max() == 0
    full = level(heard[4 * SECOND : 5 * SECOND])
    assert level(heard[round(2.45 * SECOND) : round(2.55 * SECOND)]) == pytest.approx(full - 3, abs=0.5)
    assert level(heard[round(6.95 * SECOND) : round(7.05 * SECOND)]) == pytest.approx(full - 3, abs=0.5)
    assert level(heard[round(7.99 * SECOND) : 8 * SECOND]) < full - 30


def test_it_is_cut_off_with_the_film(tmp_path: Path) -> None:
    song = sound_file(tmp_path / "song.wav", noise(20))
    heard = bed(music(song, 30, fade_out=24), 6)
    assert len(heard) == 6 * SECOND
    assert level(heard[-480:]) < level(heard[: 4 * SECOND]) - 30


def test_it_may_begin_in_the_middle_of_its_file(tmp_path: Path) -> None:
    song = sound_file(tmp_path / "song.wav", np.concatenate([sine(3, 0.2, 300), sine(5, 0.2, 600)]))
    heard = bed(music(song, 4, offset=Fraction(3)), 4)[:SECOND, 0]
    assert np.count_nonzero(np.diff(np.signbit(heard))) == pytest.approx(1200, abs=3)


def test_it_steps_back_before_the_first_syllable_and_comes_again_after_the_last(tmp_path: Path) -> None:
    song = sound_file(tmp_path / "song.wav", noise(20))
    voice = make_speech(tmp_path / "voice.wav", voice_like(2))
    line = Line(voice, 4 * 24, 2 * 24, "Hello.", "emma", "shot")
    heard = bed(music(song, 12, duck=Decimal(-12)), 12, lines=(line,))
    full = level(heard[:SECOND])
    assert level(heard[4 * SECOND : 6 * SECOND]) == pytest.approx(full - 12, abs=0.3)
    assert level(heard[round(3.2 * SECOND) : round(3.5 * SECOND)]) == pytest.approx(full, abs=0.3)
    assert level(heard[round(7.1 * SECOND) : 12 * SECOND]) == pytest.approx(full, abs=0.3)


def test_its_way_down_and_up_is_even(tmp_path: Path) -> None:
    duck = Duck([(4 * SECOND, 6 * SECOND)], -12, attack=SECOND * 2 // 5, release=SECOND)
    decibels = 20 * np.log10(duck.gain(3 * SECOND, 5 * SECOND))
    assert np.abs(np.diff(decibels)).max() < 0.001
    assert decibels.min() == pytest.approx(-12, abs=0.01)


def test_what_is_too_short_goes_on_in_time_and_at_one_level(tmp_path: Path) -> None:
    song = sound_file(tmp_path / "song.wav", beats(10.2))
    heard = bed(music(song, 40), 40)
    times = np.array(onsets(heard, 0.1 * float(np.abs(heard).max()) + 0.25 * float(np.abs(heard).max()), SECOND // 5))
    gaps = np.diff(times) / SECOND
    assert len(gaps) > 60
    assert np.abs(gaps - 0.5).max() < 0.03, "the beat goes on over every seam"
    every = levels(heard[: 39 * SECOND], 0.5)
    assert max(every) - min(every) < 2.5
    assert steepest(heard) < 1.2 * steepest(heard[: 9 * SECOND])


def test_a_fading_end_and_silence_at_both_ends_are_left_out_of_the_loop(tmp_path: Path) -> None:
    quiet = np.zeros(2 * SECOND, np.float32)
    song = sound_file(tmp_path / "song.wav", np.concatenate([quiet, beats(24, fading=4), quiet]))
    heard = bed(music(song, 75), 75)
    every = levels(heard[3 * SECOND : 74 * SECOND], 0.5)
    assert min(every) > np.median(every) - 12, "no hole"
    assert level(heard[:SECOND]) < -90, "the first time it begins as it was recorded"


def test_one_note_goes_on_as_one_note(tmp_path: Path) -> None:
    song = sound_file(tmp_path / "drone.wav", sine(6, 0.3, 200))
    every = levels(bed(music(song, 30), 30), 0.1)
    assert max(every) - min(every) < 1.5, "what is alike does not swell where it crosses itself"


def test_without_a_loop_it_ends_with_its_file_and_fades_there(tmp_path: Path) -> None:
    song = sound_file(tmp_path / "song.wav", noise(5))
    heard = bed(music(song, 12, loop=False, fade_out=24), 12)
    assert np.abs(heard[5 * SECOND :]).max() == 0
    assert level(heard[round(4.45 * SECOND) : round(4.55 * SECOND)]) == pytest.approx(
        level(heard[:SECOND]) - 3, abs=0.6
    )
    assert level(heard[5 * SECOND - 480 : 5 * SECOND]) < level(heard[:SECOND]) - 30


def test_how_it_is_cut_into_blocks_is_not_heard(tmp_path: Path) -> None:
    song = sound_file(tmp_path / "song.flac", beats(7), "flac", "flac")
    asked = PlacedMusic(1000, 20 * SECOND, music(song, 20), 4800, 4800)

    def in_blocks(size: int) -> Samples:
        made = MusicBed(asked, [(5 * SECOND, 6 * SECOND)], lambda: None)
        blocks = [np.zeros((min(size, 20 * SECOND - at), 2), np.float32) for at in range(0, 20 * SECOND, size)]
        for number, block in enumerate(blocks):
            made.add_to(block, number * size)
        return np.concatenate(blocks)

    assert (in_blocks(8 * SECOND) == in_blocks(7_777)).all()


def test_a_long_file_is_never_held_whole(tmp_path: Path) -> None:
    song = sound_file(tmp_path / "song.wav", noise(75), "wav", "pcm_s16le")
    asked = PlacedMusic(0, 90 * SECOND, music(song, 90), 0, 0)
    tracemalloc.start()
    made = MusicBed(asked, [], lambda: None)
    for at in range(0, 88 * SECOND, 4 * SECOND):
        made.add_to(np.zeros((4 * SECOND, 2), np.float32), at)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 15e6, "75 s are 29 MB"


@pytest.mark.parametrize(("seconds", "offset"), [(0.2, 0), (5, 4.9), (5, 60)])
def test_next_to_no_music_is_told(seconds: float, offset: float, tmp_path: Path) -> None:
    song = sound_file(tmp_path / "song.wav", noise(seconds))
    with pytest.raises(ComposeError, match=r"song\.wav holds 0\.\d s of music") as refused:
        bed(music(song, 8, offset=Fraction(str(offset))), 8)
    assert "offset" in refused.value.hint


def test_a_song_of_silence_is_silent(tmp_path: Path) -> None:
    song = sound_file(tmp_path / "song.wav", np.zeros(3 * SECOND, np.float32))
    assert np.abs(bed(music(song, 8), 8)).max() == 0


def test_a_stop_is_noticed_while_it_is_heard_through(tmp_path: Path) -> None:
    def stop() -> None:
        raise Interrupted("stopped")

    song = sound_file(tmp_path / "song.wav", noise(3))
    with pytest.raises(Interrupted):
        MusicBed(PlacedMusic(0, SECOND, music(song, 8), 0, 0), [], stop)


def test_a_seam_never_leaves_out_more_than_a_quarter() -> None:
    bell = np.zeros((20 * SECOND, 2), np.float32)
    bell[:SECOND] = np.repeat(noise(1)[:, None], 2, axis=1)
    found = seam(listen([bell]))
    assert found.end >= 15 * SECOND
    assert found.again == 0
    other = seam(listen([bell[::-1].copy()]))
    assert other.end == 20 * SECOND
    assert other.again <= 5 * SECOND


@pytest.mark.parametrize("alike", [False, True])
def test_two_sounds_cross_at_one_loudness(alike: bool) -> None:
    one = np.repeat(noise(2)[:, None], 2, axis=1)
    other = one.copy() if alike else np.repeat(noise(2, seed=2)[:, None], 2, axis=1)
    every = levels(crossed(one, other), 0.25)
    assert max(every) - min(every) < 0.5
