"""What is taken for media, and what is not: every truncation, damage and disguise here must be told."""

from __future__ import annotations

import io
import random
import struct
import zlib
from pathlib import Path

import pytest

from film.errors import BadMedia
from film.jobs.checks import check_media
from film.models import AssetType, Generated
from film.testing import synthetic

IMAGE, VIDEO, AUDIO = AssetType.IMAGE, AssetType.VIDEO, AssetType.AUDIO
TEXT = "The light is out, and nobody climbs up there any more."
GOOD = {
    "png": (IMAGE, "image/png", synthetic.picture(160, 90, 1)),
    "jpeg": (IMAGE, "image/jpeg", synthetic.picture(160, 90, 1, form="jpeg")),
    "webp": (IMAGE, "image/webp", synthetic.picture(160, 90, 1, form="webp")),
    "mp4": (VIDEO, "video/mp4", synthetic.clip(2, 160, 90, 1)),
    "wav": (AUDIO, "audio/wav", synthetic.speech(TEXT, 1)),
    "mp3": (AUDIO, "audio/mpeg", synthetic.speech(TEXT, 1, form="mp3")),
    "flac": (AUDIO, "audio/flac", synthetic.speech(TEXT, 1, form="flac")),
    "opus": (AUDIO, "audio/ogg", synthetic.speech(TEXT, 1, form="opus")),
    "aac": (AUDIO, "audio/aac", synthetic.speech(TEXT, 1, form="aac")),
}


def check(data: bytes, asset_type: AssetType, mime: str = "") -> Generated:
    return check_media(Generated(data=data, mime=mime), asset_type, "vendor")


@pytest.mark.parametrize("name", GOOD)
def test_good_media_passes_with_its_facts_and_its_true_type(name: str):
    asset_type, mime, data = GOOD[name]
    made = check(data, asset_type, "application/octet-stream")
    assert made.mime == mime
    if asset_type is AUDIO:
        assert made.details["seconds"] == pytest.approx(len(TEXT) / synthetic.LETTERS_A_SECOND, abs=0.15)
    else:
        assert (made.details["width"], made.details["height"]) == (160, 90)
    if asset_type is VIDEO:
        assert (made.details["frames"], made.details["seconds"]) == (48, 2.0)


def test_a_file_is_checked_like_bytes(tmp_path: Path):
    file = tmp_path / "clip"
    file.write_bytes(GOOD["mp4"][2])
    made = check_media(Generated(path=file, mime=""), VIDEO, "vendor")
    assert (made.path, made.mime) == (file, "video/mp4")


@pytest.mark.parametrize("name", ["png", "jpeg", "webp", "mp4", "wav", "flac"])
def test_every_truncation_is_told(name: str):
    asset_type, _, data = GOOD[name]
    end = len(data) - (16 if name == "mp4" else 1)  # a clip's last bytes are a box that players pass over
    for length in [0, 1, 7, 40, *range(60, end, max(1, end // 25))]:
        with pytest.raises(BadMedia):
            check(data[:length], asset_type)


@pytest.mark.parametrize("name", ["mp3", "opus"])
def test_a_missing_half_of_speech_is_told(name: str):
    asset_type, _, data = GOOD[name]
    with pytest.raises(BadMedia):
        check(data[: len(data) // 2], asset_type)


@pytest.mark.parametrize("name", ["png", "jpeg", "mp4", "flac"])
def test_noise_in_the_middle_is_told(name: str):
    asset_type, _, data = GOOD[name]
    spoilt, dice = bytearray(data), random.Random(1)
    for place in range(len(data) // 3, 2 * len(data) // 3):
        spoilt[place] = dice.randrange(256)
    with pytest.raises(BadMedia):
        check(bytes(spoilt), asset_type)


@pytest.mark.parametrize("asset_type", [IMAGE, VIDEO, AUDIO])
@pytest.mark.parametrize(
    "data",
    [b"", b"<!doctype html><html>Just a moment</html>", b'{"error": "no"}', b"\0" * 200, b"\xff" * 3, b"RIFF",
     b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", b"ffconcat version 1.0\nfile /etc/passwd\n",
     b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"....ftypisom" + bytes(100)],
)  # fmt: skip
def test_what_is_no_media_is_refused_and_quoted(data: bytes, asset_type: AssetType):
    with pytest.raises(BadMedia) as bad:
        check(data, asset_type)
    assert bad.value.hint
    if data.startswith(b"<!doctype"):
        assert "Just a moment" in bad.value.message


@pytest.mark.parametrize("wanted", [IMAGE, VIDEO, AUDIO])
@pytest.mark.parametrize("name", GOOD)
def test_media_of_another_kind_is_refused(name: str, wanted: AssetType):
    asset_type, _, data = GOOD[name]
    if asset_type is not wanted:
        with pytest.raises(BadMedia):
            check(data, wanted)


def test_a_picture_of_200_megapixels_is_not_decoded():
    header = struct.pack(">IIBBBBB", 14_000, 14_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    with pytest.raises(BadMedia, match="damaged"):
        check(bomb + bytes(100), IMAGE)


def test_a_playlist_called_a_clip_opens_nothing(tmp_path: Path):
    """The demuxer is forced by the file's own first bytes, and a playlist has none of a clip's."""
    secret = tmp_path / "secret.ts"
    secret.write_bytes(GOOD["mp4"][2])
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{secret.as_uri()}\n#EXT-X-ENDLIST\n"
    with pytest.raises(BadMedia, match="EXTM3U"):
        check(playlist.encode(), VIDEO)


def test_speech_that_a_server_streamed_is_taken_though_it_does_not_know_its_length():
    wav = bytearray(GOOD["wav"][2])
    wav[4:8] = b"\xff\xff\xff\xff"
    assert check(bytes(wav), AUDIO).details["seconds"] > 1


def test_an_audio_file_in_an_mp4_box_counts_as_speech():
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=24_000)
        frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate = 24_000
        frame.pts = 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert check(out.getvalue(), AUDIO).details["sample_rate"] == 24_000
