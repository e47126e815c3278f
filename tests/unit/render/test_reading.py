"""Sound files as streams: any stretch of any file, to the sample, without ever holding it whole."""

from __future__ import annotations

import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from cutting_room import make_clip, make_speech, onsets
from sound_room import SECOND, level, noise, sine, sound_file, sounding_clip

from film.errors import ComposeError
from film.render.reading import Excerpt, Tape, decode, listen, read
from film.render.sound import SILENT, Samples

KINDS = [
    ("wav", "pcm_s16le"),
    ("flac", "flac"),
    ("mp3", "libmp3lame"),
    ("ipod", "aac"),
    ("ogg", "libopus"),
    ("aiff", "pcm_s16be"),
    ("mp4", "alac"),
]


def whole(excerpt: Excerpt) -> Samples:
    blocks = list(read(excerpt))
    return np.concatenate(blocks) if blocks else np.zeros((0, 2), np.float32)


def lag(one: Samples, other: Samples) -> int:
    """By how many samples the second is late against the first."""
    n = min(len(one), len(other), SECOND)
    spectrum = np.fft.rfft(one[:n, 0], 2 * n).conj() * np.fft.rfft(other[:n, 0], 2 * n)
    best = int(np.argmax(np.fft.irfft(spectrum)))
    return best if best < n else best - 2 * n


@pytest.mark.parametrize(("container", "codec"), KINDS)
def test_every_format_begins_where_it_is_asked_to(container: str, codec: str, tmp_path: Path) -> None:
    """Near enough to be decoded up to there, and so far on that it is sought."""
    file = sound_file(tmp_path / "music", noise(33), container, codec).path
    everything = whole(Excerpt(file))
    for offset in (Fraction(7, 3), Fraction(94, 3)):
        from_start = everything[round(offset * SECOND) :]
        from_there = whole(Excerpt(file, offset, SECOND))
        assert len(from_there) == SECOND
        assert lag(from_start, from_there) == 0
        assert np.abs(from_there[4800:] - from_start[4800:SECOND]).max() < 0.05  # decoders need a moment to find in


def test_what_is_asked_for_beyond_the_end_is_not_there(tmp_path: Path) -> None:
    file = sound_file(tmp_path / "s.wav", noise(1)).path
    assert len(whole(Excerpt(file, length=5 * SECOND))) == SECOND
    assert len(whole(Excerpt(file, Fraction(1, 2)))) == SECOND // 2
    assert len(whole(Excerpt(file, Fraction(2)))) == 0


@pytest.mark.parametrize("speed", [Fraction(4, 5), Fraction(3, 2), Fraction(2, 5)])
def test_slower_sound_keeps_its_pitch_and_its_moments(speed: Fraction, tmp_path: Path) -> None:
    sound = np.zeros(4 * SECOND, np.float32)
    for at in (0.5, 2, 3.5):
        sound[round(at * SECOND) :][: SECOND // 5] = sine(0.2, 0.5, 600)
    file = sound_file(tmp_path / "s.wav", sound).path
    heard = whole(Excerpt(file, speed=speed))
    assert len(heard) == pytest.approx(4 * SECOND / speed, abs=0.15 * SECOND)
    wanted = [at / speed * SECOND for at in (0.5, 2, 3.5)]
    assert onsets(heard, 0.1, round(0.7 * SECOND)) == pytest.approx(wanted, abs=0.1 * SECOND)
    begin = round(0.5 / speed * SECOND) + SECOND // 20
    tone = heard[begin : begin + SECOND // 20, 0]
    assert np.count_nonzero(np.diff(np.signbit(tone))) == pytest.approx(60, abs=3)


@pytest.mark.parametrize("late", [0, 0.75])
def test_a_clips_sound_stays_where_it_is_beside_the_picture(late: float, tmp_path: Path) -> None:
    sound = np.zeros(2 * SECOND, np.float32)
    sound[SECOND : SECOND + 2400] = sine(0.05, 0.5, 1000)
    clip = sounding_clip(tmp_path / "c.mp4", sound, late=late).path
    heard = whole(Excerpt(clip, with_picture=True))
    assert onsets(heard, 0.2, SECOND) == pytest.approx([(1 + late) * SECOND], abs=64)
    heard = whole(Excerpt(clip, Fraction(1, 2), with_picture=True))
    assert onsets(heard, 0.2, SECOND) == pytest.approx([(0.5 + late) * SECOND], abs=64)


@pytest.mark.parametrize("channels", [1, 2, 4, 6, 8])
@pytest.mark.parametrize("rate", [8_000, 44_100])
def test_any_number_of_channels_at_any_rate(channels: int, rate: int, tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "s.wav"), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.repeat(sine(1, 0.2, 300, rate)[:, None], channels, 1) * 32767).astype("<i2").tobytes())
    heard = whole(Excerpt(tmp_path / "s.wav"))
    assert len(heard) == pytest.approx(SECOND, abs=64)
    assert -20 < level(heard) < -5
    assert np.abs(heard[:, 0] - heard[:, 1]).max() < 0.02


def test_what_is_no_number_is_silence(tmp_path: Path) -> None:
    sound = noise(1)
    sound[1000], sound[2000] = np.nan, np.inf
    heard = whole(Excerpt(sound_file(tmp_path / "s.wav", sound).path))
    assert np.isfinite(heard).all()
    assert level(heard) == pytest.approx(level(noise(1)), abs=0.1)


def test_a_sound_that_changes_its_rate_on_the_way_is_read_to_the_end(tmp_path: Path) -> None:
    parts = [
        sound_file(tmp_path / str(rate), sine(1, 0.2, 440, rate), "adts", "aac", rate) for rate in (48_000, 24_000)
    ]
    (tmp_path / "radio.aac").write_bytes(b"".join(part.path.read_bytes() for part in parts))
    heard = whole(Excerpt(tmp_path / "radio.aac"))
    assert len(heard) == pytest.approx(2 * SECOND, abs=SECOND // 5)
    assert min(level(part) for part in np.split(heard[4800:91_200], 18)) > -20


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>no such song</html>",
        b"#EXTM3U\n/etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/hostname\n",
        b"RIFF\x00\x00\x00\x00WAVE",
        b"ID3\x03\x00\x00\x00\x00\x00\x00" + bytes(2000),
    ],
    ids=["empty", "html", "playlist", "concat", "wav without sound", "mp3 without sound"],
)
def test_what_is_no_sound_is_refused_or_has_none(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "song.mp3").write_bytes(data)
    try:
        assert len(whole(Excerpt(tmp_path / "song.mp3"))) == 0
    except ComposeError as refused:
        assert "song.mp3" in refused.message
        assert refused.hint


def test_a_clip_without_sound_is_refused(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "mute.mp4", 4)
    with pytest.raises(ComposeError, match="has no sound"):
        whole(Excerpt(clip.path))


def test_hearing_tells_level_length_and_shape(tmp_path: Path) -> None:
    sound = np.concatenate([sine(1, 0.5), np.zeros(SECOND, np.float32), sine(1, 0.05)])
    heard = listen(read(Excerpt(sound_file(tmp_path / "s.wav", sound).path)))
    assert heard.length == 3 * SECOND
    assert len(heard.envelope) == 300
    assert heard.envelope[50] == pytest.approx(0.5 / np.sqrt(2), rel=0.02)
    assert heard.envelope[150] < 1e-4
    assert heard.envelope[250] == pytest.approx(0.05 / np.sqrt(2), rel=0.02)
    short = listen([np.repeat(sine(0.1, 0.5)[:, None], 2, axis=1)])
    assert short.level == pytest.approx(heard.level, abs=1.5)
    assert listen([]).level == SILENT


def test_a_tape_gives_what_is_asked_for_in_any_pieces() -> None:
    samples = np.arange(2000, dtype=np.float32).reshape(1000, 2)
    tape = Tape(iter([samples[:300], samples[300:301], samples[301:]]))
    taken = [tape.take(count) for count in (10, 400, 0, 589, 100)]
    assert [len(part) for part in taken] == [10, 400, 0, 589, 1]
    assert (np.concatenate(taken) == samples).all()


def test_speech_may_be_of_any_voice(tmp_path: Path) -> None:
    spoken = make_speech(tmp_path / "v.wav", sine(1, 0.3, 200, 22_050), 22_050)
    assert len(whole(Excerpt(spoken.path))) == pytest.approx(SECOND, abs=64)


SINE = np.stack([0.4 * np.sin(2 * np.pi * 440 * np.arange(24_000) / 48_000)] * 2, axis=1).astype(np.float32)


def written(path: Path, samples: np.ndarray, container: str, codec: str, layout: str = "stereo") -> Path:
    """``samples`` are (n, channels) in float."""
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=48_000, layout=layout)
        whole = np.ascontiguousarray(samples.astype(np.float32)).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(whole, "flt", layout)
        frame.sample_rate = 48_000
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


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
def test_a_voice_of_every_kind_is_heard_alike(container: str, codec: str, tmp_path: Path) -> None:
    sound = np.concatenate([np.zeros((12_000, 2), np.float32), SINE, np.zeros((12_000, 2), np.float32)])
    heard = decode(written(tmp_path / "voice", sound, container, codec))
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
    heard = decode(written(tmp_path / "five", surround, "wav", "pcm_s16le", layout="5.1"))
    assert heard.shape[1] == 2
    assert np.abs(heard).max(axis=0) == pytest.approx([0.35, 0.35], rel=0.35)


@pytest.mark.parametrize("data", [b"", b"<html>", b"#EXTM3U\nx.wav\n", b"RIFF\x00\x00\x00\x00WAVE"])
def test_what_is_no_voice_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "s.wav").write_bytes(data)
    with pytest.raises(ComposeError, match=r"s\.wav") as refused:
        decode(tmp_path / "s.wav")
    assert refused.value.hint


def test_a_voice_with_numbers_that_are_none_is_heard_where_it_can_be(tmp_path: Path) -> None:
    broken = SINE.copy()
    broken[9_000:9_010] = np.nan
    heard = decode(written(tmp_path / "s", broken, "wav", "pcm_f32le"))
    assert np.isfinite(heard).all()
    assert np.abs(heard[10_000:]).max() == pytest.approx(0.4, abs=0.01)
