"""Files are what their bytes say, and nothing is opened that is not media."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from cutting_room import make_clip, make_speech, source_of
from PIL import Image

from film.compose.media import Probe, open_media, probe, read_still, sniff
from film.compose.sound import write_aac
from film.errors import ComposeError


def test_a_clip_is_measured_upright_and_in_frames_of_the_film(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "c.mp4", 45, rate=30, size=(64, 48), turned=90, sound=True)
    found = probe(clip)
    assert found == Probe("video", 48, 64, 45, Fraction(30), Fraction(3, 2))
    assert [found.frames_at(rate) for rate in (Fraction(24), Fraction(30), Fraction(24000, 1001))] == [36, 45, 36]


def test_a_clip_of_no_constant_rate_lasts_as_long_as_its_frames(tmp_path: Path) -> None:
    times = [Fraction(n * n, 100) for n in range(10)]
    assert probe(make_clip(tmp_path / "c.mp4", 10, times=times)).seconds > times[-1]


def test_speech_is_measured_in_samples(tmp_path: Path) -> None:
    found = probe(make_speech(tmp_path / "s.wav", np.zeros(11_025), 22_050))
    assert (found.samples, found.sample_rate, found.seconds) == (11_025, 22_050, Fraction(1, 2))


def test_a_still_is_measured_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    Image.new("RGB", (60, 40)).save(tmp_path / "s.jpg", exif=exif)
    assert probe(source_of(tmp_path / "s.jpg", "image")) == Probe("image", 40, 60)


def test_what_is_transparent_becomes_black(tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), (255, 255, 255, 0)).save(tmp_path / "s.png")
    assert read_still(tmp_path / "s.png").getpixel((4, 4)) == (0, 0, 0)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_stills_are_known_by_their_bytes(form: str, tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "picture.mp4", format=form)
    assert sniff(tmp_path / "picture.mp4", "image") == form
    with pytest.raises(ComposeError, match="is no video file"):
        sniff(tmp_path / "picture.mp4", "video")


@pytest.mark.parametrize(
    ("container", "codec", "demuxer"),
    [
        ("wav", "pcm_s16le", "wav"),
        ("mp3", "libmp3lame", "mp3"),
        ("ogg", "libopus", "ogg"),
        ("flac", "flac", "flac"),
        ("ipod", "aac", "mov"),
        ("adts", "aac", "aac"),
        ("webm", "libopus", "matroska"),
    ],
)
def test_sound_is_known_by_its_bytes(container: str, codec: str, demuxer: str, tmp_path: Path) -> None:
    path = tmp_path / "sound"
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=48_000, layout="stereo")
        for _ in range(10):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 9600), np.int16), "s16", "stereo")
            frame.sample_rate = 48_000
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    assert sniff(path, "audio") == demuxer
    assert probe(source_of(path, "audio")).seconds == pytest.approx(1, abs=0.06)


@pytest.mark.parametrize("name", ["concat:a|b.mp4", "-i.mp4", "100%d.mp4", "a:b?c#d.mp4", "ünï 映画.mp4", "'; x.mp4"])
def test_no_name_of_a_file_has_a_meaning(name: str, tmp_path: Path) -> None:
    assert probe(make_clip(tmp_path / "c.mp4", 3)).frames == 3
    (tmp_path / "c.mp4").rename(tmp_path / name)
    assert probe(source_of(tmp_path / name, "video")).frames == 3


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ComposeError, match=r"gone\.mp4: cannot be read"), open_media(tmp_path / "gone.mp4", "video"):
        pass


def test_a_huge_still_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    Image.new("1", (14_000, 14_000)).save(path)
    with pytest.raises(ComposeError, match=r"14000x14000; at most 64 megapixels|exceeds limit"):
        read_still(path)


def test_a_damaged_still_is_named(tmp_path: Path) -> None:
    path = tmp_path / "still.png"
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(ComposeError, match=r"still\.png cannot be decoded"):
        read_still(path)


def test_a_clip_without_picture_or_sound_is_refused(tmp_path: Path) -> None:
    silent = make_clip(tmp_path / "c.mp4", 3)
    with pytest.raises(ComposeError, match="has no sound"):
        probe(source_of(silent.path, "audio"))
    write_aac(tmp_path / "a.mp4", [np.zeros((4800, 2), np.float32)], bitrate=96_000, coder="fast")
    with pytest.raises(ComposeError, match="has no picture"):
        probe(source_of(tmp_path / "a.mp4", "video"))
