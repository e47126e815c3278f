"""Files are what their bytes say, and nothing is opened that is not media."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from cutting_room import make_clip
from PIL import Image

from film.errors import BadMedia
from film.media import head_of, open_media, open_picture, probe, read_still, type_of
from film.media.filetypes import JPEG, PNG, WEBP, FileType
from film.models import AssetType

IMAGE, VIDEO, AUDIO = AssetType.IMAGE, AssetType.VIDEO, AssetType.AUDIO


@pytest.mark.parametrize("file_type", [PNG, JPEG, WEBP])
def test_a_name_says_nothing(file_type: FileType, tmp_path: Path) -> None:
    path = tmp_path / "picture.mp4"
    Image.new("RGB", (8, 8)).save(path, format=file_type.reader)
    assert type_of(path, IMAGE) is file_type
    with pytest.raises(BadMedia, match=rf"picture\.mp4 is no video file but a file of type {file_type.mime}") as bad:
        type_of(path, VIDEO)
    assert "mp4" in bad.value.hint


@pytest.mark.parametrize("name", ["concat:a|b.mp4", "-i.mp4", "100%d.mp4", "a:b?c#d.mp4", "ünï 映画.mp4", "'; x.mp4"])
def test_no_name_of_a_file_has_a_meaning(name: str, tmp_path: Path) -> None:
    make_clip(tmp_path / "c.mp4", 3)
    (tmp_path / "c.mp4").rename(tmp_path / name)
    assert probe(tmp_path / name, VIDEO).frames == 3


def test_a_playlist_opens_none_of_the_files_it_names(tmp_path: Path) -> None:
    make_clip(tmp_path / "secret.ts", 3, container="mpegts")
    playlist = tmp_path / "clip.mp4"
    playlist.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nsecret.ts\n#EXT-X-ENDLIST\n")
    with (
        pytest.raises(BadMedia, match=r"clip\.mp4 is no video file but text \(#EXTM3U …\)"),
        open_media(playlist, VIDEO),
    ):
        pass


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadMedia, match=r"gone\.mp4: cannot be read"), open_media(tmp_path / "gone.mp4", VIDEO):
        pass


def test_bytes_are_opened_like_files(tmp_path: Path) -> None:
    content = make_clip(tmp_path / "c.mp4", 3).path.read_bytes()
    assert head_of(content) == head_of(tmp_path / "c.mp4")
    with open_media(content, VIDEO) as container:
        assert len(list(container.decode(video=0))) == 3


def test_a_file_without_a_name_goes_by_the_one_it_is_given() -> None:
    with pytest.raises(BadMedia, match=r"^it is no video file but nothing"):
        type_of(b"", VIDEO)
    with pytest.raises(BadMedia, match=r"^what somebody sent is no audio file"):
        probe(b"?", AUDIO, name="what somebody sent")


def test_what_is_transparent_becomes_white(tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), (10, 20, 30, 0)).save(tmp_path / "s.png")
    assert read_still(tmp_path / "s.png").getpixel((4, 4)) == (255, 255, 255)


def test_a_still_is_read_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    Image.new("RGB", (60, 40)).save(tmp_path / "s.jpg", exif=exif)
    assert read_still(tmp_path / "s.jpg").size == (40, 60)


@pytest.mark.parametrize("size", [(8_100, 8_100), (9_600, 9_600), (14_000, 14_000)])
def test_a_huge_still_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    huge = io.BytesIO()
    Image.new("1", size).save(huge, "PNG")
    with pytest.raises(BadMedia, match=r"at most 64 megapixels|exceeds limit"), open_picture(huge.getvalue()):
        raise AssertionError("it was opened")


def test_a_damaged_still_is_named(tmp_path: Path) -> None:
    path = tmp_path / "still.png"
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(BadMedia, match=r"still\.png cannot be decoded"):
        read_still(path)
