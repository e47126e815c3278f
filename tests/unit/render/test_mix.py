"""The mix: speech in front, the place behind it, nothing silent, nothing that clicks."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from cutting_room import FolderStore, film_sound, make_speech, voice_like
from sound_room import music, noise, sound_file

from film.errors import Interrupted
from film.render import mix, places
from film.render.balance import AMBIENCE_STEPS_BACK, BED, SPEECH
from film.render.ducking import Duck
from film.render.places import Ambience
from film.render.settings import EncodeSettings
from film.render.sound import SAMPLE_RATE, Samples, integrated, measure
from film.render.soundplan import PlacedBed, PlacedLine
from film.render.speech import Speech
from film.timeline import Bed, Clip, Line, SoundTarget, Source, Timeline

RATE = Fraction(24)
SECOND = SAMPLE_RATE
STILL = Source("a" * 64, Path("still.png"), "image")


def film(seconds: int, lines: tuple[Line, ...] = (), beds: tuple[Bed, ...] = ()) -> Timeline:
    return Timeline(RATE, 320, 180, (Clip("shot", STILL, seconds * 24),), (), lines, beds)


def bed(seconds: int, kind: str = "rain", start: int = 0) -> Bed:
    return Bed(kind, start * 24, seconds * 24, 1, 6, 6)


def line(folder: Path, at: float, seconds: float = 2, level: float = 0.2, seed: int = 1) -> Line:
    voice = make_speech(folder / f"{at}-{level}.wav", voice_like(seconds, 22_050, level, seed), 22_050)
    return Line(voice, round(at * 24), round(seconds * 24), "Hello.", "emma", "shot")


def made(timeline: Timeline, folder: Path) -> tuple[Samples, mix.Loudness]:
    path, loudness = mix.make(mix.plan(timeline), EncodeSettings(), FolderStore(folder / "store"), lambda: None)
    return film_sound(path)[: mix.plan(timeline).length], loudness


def level(samples: Samples) -> float:
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-12))


def test_a_film_with_dialogue_ends_at_its_target(tmp_path: Path) -> None:
    sound, loudness = made(film(12, (line(tmp_path, 1), line(tmp_path, 6)), (bed(12),)), tmp_path)
    assert integrated([sound.astype(np.float32)]) == pytest.approx(-14, abs=0.4)
    assert loudness.integrated == pytest.approx(-14, abs=0.25)
    assert loudness.true_peak <= -1
    assert 20 * np.log10(np.abs(sound).max()) <= -1


def test_a_place_where_nobody_speaks_stays_quiet(tmp_path: Path) -> None:
    _, loudness = made(film(8, beds=(bed(8),)), tmp_path)
    assert loudness.integrated == pytest.approx(-26, abs=0.25)


def test_in_a_film_of_few_words_they_are_spoken_and_not_shouted(tmp_path: Path) -> None:
    sound, loudness = made(film(60, (line(tmp_path, 30, 1),), (bed(60),)), tmp_path)
    spoken = sound[30 * SECOND : 31 * SECOND].astype(np.float32)
    assert integrated([spoken]) == pytest.approx(-13, abs=1)
    assert loudness.integrated < -14


def test_speech_stands_well_over_the_place(tmp_path: Path) -> None:
    with_bed, _ = made(film(8, (line(tmp_path, 2),), (bed(8),)), tmp_path)
    speaking, alone = level(with_bed[int(2.2 * SECOND) : int(3.8 * SECOND)]), level(with_bed[5 * SECOND : 7 * SECOND])
    assert speaking - alone > 15
    assert alone > -50


def test_nothing_is_dead_silent(tmp_path: Path) -> None:
    sound, _ = made(film(10, (line(tmp_path, 2),), (bed(6), bed(4, "sea", 6))), tmp_path)
    quiet = [level(part) for part in np.array_split(sound[2400:-2400], 100)]
    assert min(quiet) > -65


def test_loud_and_soft_voices_come_out_alike(tmp_path: Path) -> None:
    sound, _ = made(film(8, (line(tmp_path, 1, level=0.02), line(tmp_path, 5, level=0.6))), tmp_path)
    assert level(sound[1 * SECOND : 3 * SECOND]) == pytest.approx(level(sound[5 * SECOND : 7 * SECOND]), abs=1)


def test_the_place_steps_back_before_somebody_speaks_and_returns_without_a_jump() -> None:
    duck = Duck([(2 * SECOND, 4 * SECOND)], AMBIENCE_STEPS_BACK)
    gain = np.concatenate([duck.gain(at, 10_000) for at in range(0, 6 * SECOND, 10_000)])
    decibels = 20 * np.log10(gain)
    assert decibels[: int(1.7 * SECOND)] == pytest.approx(0, abs=0.01)
    assert decibels[2 * SECOND : 4 * SECOND] == pytest.approx(AMBIENCE_STEPS_BACK, abs=0.15)
    assert decibels[int(4.6 * SECOND) : 6 * SECOND] == pytest.approx(0, abs=0.01)
    assert np.abs(np.diff(gain)).max() < 1e-3


def test_it_does_not_rise_and_fall_between_two_lines_that_follow_closely() -> None:
    duck = Duck([(n * SECOND, n * SECOND + SECOND * 3 // 4) for n in range(4)], AMBIENCE_STEPS_BACK)
    assert 20 * np.log10(duck.gain(0, 3 * SECOND)) == pytest.approx(AMBIENCE_STEPS_BACK, abs=0.1)


def textured(kind: str, count: int, seed: int, rate: int) -> Samples:
    assert rate == SAMPLE_RATE
    return np.random.default_rng([seed, *kind.encode()]).standard_normal((count, 2)).astype(np.float32) * 0.01


def placed(start: float, stop: float, kind: str, fade_in: float = 0, fade_out: float = 0) -> PlacedBed:
    start, stop, fade_in, fade_out = (round(x * SECOND) for x in (start, stop, fade_in, fade_out))
    return PlacedBed(start, stop, Bed(kind, 0, 1, 1), fade_in, fade_out)


def rendered(ambience: Ambience, seconds: float, block: int) -> Samples:
    blocks: list[Samples] = []
    for start in range(0, round(seconds * SECOND), block):
        blocks.append(np.zeros((min(block, round(seconds * SECOND) - start), 2), np.float32))
        ambience.add_to(blocks[-1], start)
    return np.concatenate(blocks)


def test_one_place_gives_way_to_the_next_at_one_loudness(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "synthesize", textured)
    sound = rendered(Ambience([placed(0, 4, "a", 0, 1), placed(3, 7, "b", 1, 0)]), 7, 48_000)
    levels = [level(part) for part in np.array_split(sound, 35)]
    assert max(levels) - min(levels) < 0.6


def test_how_sound_is_cut_into_blocks_is_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "synthesize", textured)
    beds = [placed(0, 4, "a", 0.2, 1), placed(3, 7, "b", 1, 0.3)]
    assert (rendered(Ambience(beds), 7, 48_000) == rendered(Ambience(beds), 7, 7_777)).all()


def test_a_long_place_has_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    def hum(kind: str, count: int, seed: int, rate: int) -> Samples:
        wave = np.sin(2 * np.pi * 100.3 * np.arange(count) / rate).astype(np.float32)
        return np.stack([wave, wave], axis=1) * 0.02

    monkeypatch.setattr(places, "synthesize", hum)
    sound = rendered(Ambience([placed(0, 110, "a")]), 110, 480_000)
    steepest = np.abs(np.diff(sound[:SECOND, 0])).max()
    assert np.abs(np.diff(sound[:, 0])).max() < 1.5 * steepest
    assert integrated([sound]) == pytest.approx(BED, abs=0.5)


def test_lines_are_placed_to_the_sample_across_blocks(tmp_path: Path) -> None:
    wave = np.zeros(3 * SECOND)
    wave[::4800] = 0.5
    voice = make_speech(tmp_path / "clicks.wav", wave)
    said = PlacedLine(12_345, 12_345 + len(wave), Line(voice, 0, 72, "", "", ""))
    speech = Speech([said], 99)
    blocks = [np.zeros((10_000, 2), np.float32) for _ in range(20)]
    for n, block in enumerate(blocks):
        speech.add_to(block, n * 10_000)
    found = np.flatnonzero(np.concatenate(blocks)[:, 0] > 0.05)
    assert found.tolist() == [12_345 + n for n in range(4800, 3 * SECOND, 4800)]  # the first lies in the soft edge


def test_every_line_comes_to_one_level(tmp_path: Path) -> None:
    for seed, loud in enumerate((0.006, 0.03, 0.3)):
        voice = make_speech(tmp_path / f"{seed}.wav", voice_like(0.3, level=loud))  # shorter than can be measured
        samples = np.zeros((SECOND, 2), np.float32)
        Speech([PlacedLine(0, SECOND, Line(voice, 0, 24, "", "", ""))], 10).add_to(samples, 0)
        assert integrated([np.tile(samples[:14_400], (5, 1))]) == pytest.approx(SPEECH, abs=0.5)


def test_a_voice_file_of_silence_does_not_blow_up(tmp_path: Path) -> None:
    voice = make_speech(tmp_path / "silence.wav", np.zeros(SECOND))
    sound, loudness = made(film(4, (Line(voice, 24, 24, "", "", "shot"),)), tmp_path)
    assert np.abs(sound).max() < 1e-3
    assert loudness.integrated == -70


def test_the_key_changes_with_what_is_heard_and_with_nothing_else(tmp_path: Path) -> None:
    said = line(tmp_path, 1)
    base = film(8, (said,), (bed(8),))
    settings = EncodeSettings()

    def key(timeline: Timeline, with_settings: EncodeSettings = settings) -> str:
        return mix.key(mix.plan(timeline), with_settings)

    same = (replace(said, text="Bye", character="tom", shot_id="x", source=replace(said.source, path=Path("m.wav"))),)
    assert key(replace(base, lines=same, title="x")) == key(base)
    others = [
        key(replace(base, lines=(replace(said, start_frame=25),))),
        key(replace(base, lines=(replace(said, source=STILL),))),
        key(replace(base, beds=(bed(8, "sea"),))),
        key(replace(base, beds=(replace(bed(8), seed=2),))),
        key(replace(base, rate=Fraction(25))),
        key(base, EncodeSettings(audio_bitrate=128_000)),
        key(base, EncodeSettings.final()),
        key(base),
    ]
    assert len(set(others)) == len(others)


def test_a_stored_mix_knows_its_loudness(tmp_path: Path) -> None:
    timeline = film(3, beds=(bed(3),))
    path, loudness = mix.make(mix.plan(timeline), EncodeSettings(), FolderStore(tmp_path), lambda: None)
    assert mix.loudness_of(path) == loudness


def test_a_stop_leaves_nothing_behind(tmp_path: Path) -> None:
    store, asked = FolderStore(tmp_path), iter((False, True))

    def tick() -> None:
        if next(asked):
            raise Interrupted("stopped")

    with pytest.raises(Interrupted):
        mix.make(mix.plan(film(3, beds=(bed(3),))), EncodeSettings(), store, tick)
    assert list(tmp_path.iterdir()) == []


def scored(folder: Path, seconds: int = 20, target: SoundTarget | None = None) -> Timeline:
    """Two lines over music with beats in it, in a place."""
    beat = np.exp(-np.arange(24_000) / 3000) * np.sin(2 * np.pi * 110 * np.arange(24_000) / SECOND)
    song = sound_file(folder / "song.wav", np.tile(beat, 30) * 0.5 + noise(15, 0.01))
    lines = (line(folder, 2, 3), line(folder, 9, 4, level=0.05))
    return replace(film(seconds, lines, (bed(seconds),)), music=music(song, seconds), target=target or SoundTarget())


@pytest.mark.parametrize(
    ("asked", "limit"), [(None, -1), (-14, -1), (-23, -1), (-16, -2), (-27, -2), (-14, -3), (-9, Decimal("-0.5"))]
)
def test_a_film_comes_to_its_loudness_and_stays_under_its_true_peak(
    asked: float | None, limit: Decimal, tmp_path: Path
) -> None:
    target = SoundTarget(None if asked is None else Decimal(asked), Decimal(limit))
    sound, loudness = made(scored(tmp_path, target=target), tmp_path)
    found = measure([sound.astype(np.float32)])
    assert found.integrated == pytest.approx(-14 if asked is None else asked, abs=0.5)
    assert found.true_peak <= limit
    assert (found.integrated, found.true_peak) == pytest.approx((loudness.integrated, loudness.true_peak), abs=0.1)


def test_its_range_of_loudness_is_kept(tmp_path: Path) -> None:
    timeline = scored(tmp_path, 30, SoundTarget(Decimal(-16)))
    rough = mix.Rough(mix.plan(timeline), tmp_path / "rough.f32", lambda: None)
    before = measure(rough.finished(0, 99))
    sound, _ = made(timeline, tmp_path)
    assert measure([sound.astype(np.float32)]).range == pytest.approx(before.range, abs=1)


def test_music_lies_under_the_voices_and_over_the_place(tmp_path: Path) -> None:
    sound, _ = made(scored(tmp_path, 30), tmp_path)
    spoken = integrated([sound[9 * SECOND : 13 * SECOND].astype(np.float32)])
    played = integrated([sound[15 * SECOND : 26 * SECOND].astype(np.float32)])
    assert 3 < spoken - played < 9
    assert played > -24


def test_the_same_film_sounds_the_same_to_the_byte(tmp_path: Path) -> None:
    timeline = scored(tmp_path)
    first, again = (
        mix.make(mix.plan(timeline), EncodeSettings(), FolderStore(tmp_path / name), lambda: None)[0].read_bytes()
        for name in ("one", "two")
    )
    assert first == again


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001), Fraction(25)])
def test_a_mix_is_as_long_as_its_film(rate: Fraction, tmp_path: Path) -> None:
    timeline = replace(scored(tmp_path, 5), rate=rate)
    plan = mix.plan(timeline)
    path, _ = mix.make(plan, EncodeSettings(), FolderStore(tmp_path / "store"), lambda: None)
    with av.open(str(path)) as container:
        assert container.streams.audio[0].duration == plan.length == round(120 / rate * SECOND)


@pytest.mark.parametrize("crest", [8, 10, 15])
def test_peaks_of_speech_are_held_before_they_are_balanced(crest: float, tmp_path: Path) -> None:
    wave = voice_like(3) * 0.3
    wave[::12_000] = 0.9
    said = PlacedLine(0, 3 * SECOND, Line(make_speech(tmp_path / "p.wav", wave), 0, 72, "", "", ""))
    held, free = np.zeros((3 * SECOND, 2), np.float32), np.zeros((3 * SECOND, 2), np.float32)
    Speech([said], crest).add_to(held, 0)
    Speech([said], 99).add_to(free, 0)
    assert integrated([held]) == pytest.approx(integrated([free]), abs=0.2)
    assert 20 * np.log10(np.abs(held).max()) < SPEECH + crest + 3
    assert 20 * np.log10(np.abs(free).max()) > SPEECH + 15


def test_what_is_in_memory_does_not_grow_with_the_film(tmp_path: Path) -> None:
    def peak(seconds: int) -> int:
        timeline = replace(scored(tmp_path, seconds), beds=(Bed("sea", 0, seconds * 24, 1),))
        tracemalloc.start()
        mix.Rough(mix.plan(timeline), tmp_path / "rough.f32", lambda: None)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(110) < 1.1 * peak(60)
