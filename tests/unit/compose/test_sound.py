"""Sound in and out: nothing shifted, nothing lost, loudness as the standard counts it."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from cutting_room import film_sound, make_speech, onsets

from film.compose.sound import (
    SAMPLE_RATE,
    SILENT,
    Samples,
    comment_of,
    decode,
    integrated,
    limited,
    measure,
    write_aac,
    write_comment,
)
from film.errors import ComposeError


def sine(seconds: float, level: float, hertz: float = 1000) -> Samples:
    wave = level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def in_blocks(samples: Samples, size: int = 10_000) -> list[Samples]:
    return [samples[at : at + size] for at in range(0, len(samples), size)]


def write(
    path: Path, samples: np.ndarray, container: str, codec: str, layout: str = "stereo", rate: int = 48_000
) -> Path:
    """``samples`` are (n, channels) in float."""
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=48_000, layout=layout)
        whole = np.ascontiguousarray(samples.astype(np.float32)).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(whole, "flt", layout)
        frame.sample_rate = 48_000
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def test_a_full_scale_sine_is_as_loud_as_the_standard_says() -> None:
    # EBU Tech 3341: 1 kHz at -23 dBFS in both channels reads -23 LUFS
    found = measure(in_blocks(sine(5, 10 ** (-23 / 20))))
    assert found.integrated == pytest.approx(-23, abs=0.1)
    assert found.true_peak == pytest.approx(-23, abs=0.2)
    assert integrated(in_blocks(sine(5, 10 ** (-23 / 20)))) == found.integrated


@pytest.mark.parametrize("samples", [np.zeros((96_000, 2), np.float32), sine(0.1, 0.5)], ids=["silent", "short"])
def test_what_cannot_be_measured_is_silent(samples: Samples) -> None:
    assert integrated([samples]) == SILENT


@pytest.mark.parametrize("ceiling", [-30, -2, 6])
def test_the_limiter_holds_peaks_and_shifts_nothing(ceiling: float) -> None:
    factor = np.float32(10 ** ((ceiling + 2) / 20))
    click = sine(2, 0.1) * factor
    click[48_000:48_400] *= 15
    held = np.concatenate(list(limited(in_blocks(click), ceiling)))
    assert held.shape == click.shape
    assert np.abs(held).max() <= 10 ** (ceiling / 20) + 1e-4 * factor
    assert np.abs(held[:40_000] - click[:40_000]).max() < 1e-4 * factor


def test_aac_is_heard_where_it_was_written_and_lasts_as_long(tmp_path: Path) -> None:
    sound = np.zeros((100_001, 2), np.float32)
    for at in (0, 50_000, 95_000):
        sound[at : at + 480] = sine(0.01, 0.5)
    path = tmp_path / "s.m4a"
    write_aac(tmp_path / "plain.m4a", in_blocks(sound), bitrate=192_000, coder="fast")
    write_comment(tmp_path / "plain.m4a", path, '{"a": 1}')
    assert onsets(film_sound(path), 0.1, 4800) == pytest.approx([0, 50_000, 95_000], abs=64)
    assert comment_of(path) == '{"a": 1}'
    with av.open(str(path)) as container:
        assert container.streams.audio[0].duration == 100_001


@pytest.mark.parametrize(
    ("container", "codec"),
    [
        ("wav", "pcm_s16le"),
        ("mp3", "libmp3lame"),
        ("flac", "flac"),
        ("ogg", "libopus"),
        ("ipod", "aac"),
        ("wav", "pcm_f32le"),
    ],
)
def test_every_kind_of_file_is_heard_alike(container: str, codec: str, tmp_path: Path) -> None:
    sound = np.concatenate([np.zeros((12_000, 2), np.float32), sine(0.5, 0.4, 440), np.zeros((12_000, 2), np.float32)])
    heard = decode(write(tmp_path / "voice", sound, container, codec))
    assert heard.dtype == np.float32
    assert len(heard) == pytest.approx(48_000, abs=2400)
    assert onsets(heard, 0.1, 48_000)[0] == pytest.approx(12_000, abs=1300)  # mp3 and opus have a delay of their own
    assert np.abs(heard[20_000:30_000]).max() == pytest.approx(0.4, abs=0.03)


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 96_000])
def test_other_rates_become_48_kilohertz(rate: int, tmp_path: Path) -> None:
    wave = 0.5 * np.sin(2 * np.pi * 300 * np.arange(rate) / rate)
    heard = decode(make_speech(tmp_path / "s.wav", wave, rate).path)
    assert len(heard) == pytest.approx(48_000, abs=64)
    crossings = np.count_nonzero(np.diff(np.signbit(heard[2400:-2400, 0])))
    assert crossings == pytest.approx(600 * 0.9, abs=2)


def test_mono_goes_to_both_sides_at_full_level_and_five_channels_become_two(tmp_path: Path) -> None:
    wave = 0.5 * np.sin(2 * np.pi * 300 * np.arange(24_000) / 48_000)
    heard = decode(make_speech(tmp_path / "s.wav", wave).path)
    assert (heard[:, 0] == heard[:, 1]).all()
    assert np.abs(heard).max() == pytest.approx(0.5, abs=0.01)
    surround = np.zeros((24_000, 6), np.float32)
    surround[:, 2] = wave  # the centre, where people speak
    heard = decode(write(tmp_path / "five", surround, "wav", "pcm_s16le", layout="5.1"))
    assert heard.shape[1] == 2
    assert np.abs(heard).max(axis=0) == pytest.approx([0.35, 0.35], rel=0.35)


@pytest.mark.parametrize("data", [b"", b"<html>", b"#EXTM3U\nx.wav\n", b"RIFF\x00\x00\x00\x00WAVE"])
def test_what_is_no_sound_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "s.wav").write_bytes(data)
    with pytest.raises(ComposeError, match=r"s\.wav") as refused:
        decode(tmp_path / "s.wav")
    assert refused.value.hint
