"""What a file holds is counted; and a check tells a whole file from one that only opens."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from cutting_room import make_clip, make_speech
from PIL import Image

from film.errors import BadMedia
from film.media import Probe, check, probe
from film.models import AssetType
from film.testing import synthetic

IMAGE, VIDEO, AUDIO = AssetType.IMAGE, AssetType.VIDEO, AssetType.AUDIO


def test_a_clip_is_measured_upright(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "c.mp4", 45, rate=30, size=(64, 48), turned=90, sound=True).path
    measured = Probe(VIDEO, "video/mp4", 48, 64, frames=45, rate=Fraction(30), seconds=Fraction(3, 2))
    assert probe(path, VIDEO) == measured
    assert check(path, VIDEO) == measured


def test_a_clip_of_no_constant_rate_lasts_as_long_as_its_frames(tmp_path: Path) -> None:
    times = [Fraction(n * n, 100) for n in range(10)]
    assert probe(make_clip(tmp_path / "c.mp4", 10, times=times).path, VIDEO).seconds > times[-1]


def test_speech_is_measured_in_samples(tmp_path: Path) -> None:
    path = make_speech(tmp_path / "s.wav", np.zeros(11_025), 22_050).path
    measured = Probe(AUDIO, "audio/wav", seconds=Fraction(1, 2), sample_rate=22_050, samples=11_025, channels=1)
    assert probe(path, AUDIO) == measured
    assert check(path, AUDIO) == measured


def test_a_still_is_measured_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    Image.new("RGB", (60, 40)).save(tmp_path / "s.jpg", exif=exif)
    assert probe(tmp_path / "s.jpg", IMAGE) == check(tmp_path / "s.jpg", IMAGE) == Probe(IMAGE, "image/jpeg", 40, 60)


@pytest.mark.parametrize(
    ("container", "codec", "mime"),
    [
        ("wav", "pcm_s16le", "audio/wav"),
        ("mp3", "libmp3lame", "audio/mpeg"),
        ("ogg", "libopus", "audio/ogg"),
        ("flac", "flac", "audio/flac"),
        ("ipod", "aac", "audio/mp4"),
        ("mp4", "aac", "audio/mp4"),
        ("adts", "aac", "audio/aac"),
        ("webm", "libopus", "audio/webm"),
        ("matroska", "libopus", "audio/x-matroska"),
    ],
)
def test_sound_of_every_type_is_measured(container: str, codec: str, mime: str) -> None:
    data = sound(container, codec)
    found = probe(data, AUDIO)
    assert (found.mime, found.sample_rate, found.channels) == (mime, 48_000, 2)
    assert found.seconds == pytest.approx(1, abs=0.06)
    assert check(data, AUDIO) == found


def test_a_clip_without_picture_or_sound_is_refused(tmp_path: Path) -> None:
    silent = make_clip(tmp_path / "c.mp4", 3).path
    for measure in (probe, check):
        with pytest.raises(BadMedia, match=r"c\.mp4 has no sound"):
            measure(silent, AUDIO)
        with pytest.raises(BadMedia, match="it has no picture"):
            measure(sound("mp4", "aac"), VIDEO)


def test_what_opens_and_is_not_whole_fails_the_check_alone() -> None:
    cut = synthetic.clip(2, 160, 90, 1)
    cut = cut[: len(cut) * 2 // 3]  # its index is in front
    assert 0 < probe(cut, VIDEO).frames < 48
    with pytest.raises(BadMedia):
        check(cut, VIDEO)


def test_declared_frames_are_counted() -> None:
    clip = bytearray(synthetic.clip(2, 160, 90, 1))
    at = clip.index(b"stts") + 12  # how many frames there are of the first length
    assert int.from_bytes(clip[at : at + 4], "big") == 48
    clip[at : at + 4] = (96).to_bytes(4, "big")
    with pytest.raises(BadMedia, match=r"it holds 48 of 96 frames"):
        check(bytes(clip), VIDEO)


@pytest.mark.parametrize("form", ["wav", "flac", "opus", "mp3"])
def test_sound_that_breaks_off_fails_the_check(form: synthetic.SpeechFormat) -> None:
    data = synthetic.speech("The light is out, and nobody climbs up there any more.", 1, form=form)
    assert check(data, AUDIO).seconds == pytest.approx(3.6, abs=0.1)
    with pytest.raises(BadMedia) as bad:
        check(data[: len(data) // 2], AUDIO)
    assert bad.value.hint


def sound(container: str, codec: str) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream(codec, rate=48_000, layout="stereo")
        for _ in range(10):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 9600), np.int16), "s16", "stereo")
            frame.sample_rate = 48_000
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()
