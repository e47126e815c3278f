"""Types are told by first bytes alone, and what is no media is told in words."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from film.media import describe, sniff
from film.media.filetypes import (
    AAC,
    AVIF,
    BMP,
    FLAC,
    GIF,
    HEIC,
    JPEG,
    M4A,
    MKV,
    MOV,
    MP3,
    MP4,
    OGG,
    PNG,
    TIFF,
    WAV,
    WEBM,
    WEBP,
    FileType,
    accepted,
)
from film.models import AssetType

EBML = b"\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x86\x81\x01\x42\x82\x84"


@pytest.mark.parametrize(
    ("head", "file_type"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", PNG),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", JPEG),
        (b"RIFF\x24\0\0\0WEBPVP8 ", WEBP),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", AVIF),
        (b"\0\0\0\x1cftypavis\0\0\0\0avisavifmsf1", AVIF),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", AVIF),
        (b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf", HEIC),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1heicmiaf", HEIC),
        (b"GIF89a\1\0\1\0", GIF),
        (b"II*\0\x08\0\0\0", TIFF),
        (b"MM\0*\0\0\0\x08", TIFF),
        (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", BMP),
        (b"\0\0\0\x20ftypisom\0\0\2\0", MP4),
        (b"\0\0\0\x18stypmsdh\0\0\0\0", MP4),
        (b"\0\0\0\x14ftypqt  \0\0\2\0", MOV),
        (b"\0\0\0\x08wide\0\0\x10\0mdat", MOV),
        (b"\0\0\0\x20ftypM4A \0\0\0\0", M4A),
        (EBML + b"webm", WEBM),
        (EBML + b"matroska", MKV),
        (b"RIFF\x24\0\0\0WAVEfmt ", WAV),
        (b"RF64\xff\xff\xff\xffWAVEds64", WAV),
        (b"fLaC\0\0\0\x22", FLAC),
        (b"OggS\0\2\0\0", OGG),
        (b"\xff\xf1\x50\x80", AAC),
        (b"\xff\xfb\x90\x64", MP3),
        (b"ID3\4\0\0\0\0", MP3),
    ],
)
def test_every_type_is_known_by_its_first_bytes(head: bytes, file_type: FileType) -> None:
    assert sniff(head) is file_type
    assert describe(head) == f"a file of type {file_type.mime}"


@pytest.mark.parametrize(
    "head",
    [b"", b"RIFF", b"RIFF\x24\0\0\0AVI LIST", b"#EXTM3U\n", b"ffconcat version 1.0\n", b"<svg xmlns=",
     b"BM\0\0", b"The free press", b"....ftypisom", b"\0\0\0\x20moo"],
)  # fmt: skip
def test_nothing_else_is_media(head: bytes) -> None:
    assert sniff(head) is None


@pytest.mark.parametrize(
    ("head", "sent", "named"),
    [
        (b"", "nothing", "nothing"),
        (b" \r\n", "nothing", "nothing"),
        (
            b" <!DOCTYPE html>\n<html>Just a moment",
            "HTML (<!DOCTYPE html> <html>Just a moment)",
            "HTML (<!DOCTYPE html> …)",
        ),
        (b'{"error": "no"}', 'JSON ({"error": "no"})', "JSON"),
        (b"#EXTM3U\n#EXTINF:1,\n", "text (#EXTM3U #EXTINF:1,)", "text (#EXTM3U …)"),
        (
            b"\0\1\2\3\xff\xfe\0\0\0\0",
            "bytes of no known media type (00 01 02 03 ff fe 00 00 …)",
            "bytes of no known media type (00 01 02 03 …)",
        ),
    ],
)
def test_what_is_no_media_is_told_in_words(head: bytes, sent: str, named: str) -> None:
    """What a vendor sent is quoted; of a file that somebody named by mistake no more is said than what it is."""
    assert describe(head, quoted=True) == sent
    assert describe(head) == named


@given(st.binary(max_size=200) | st.text().map(str.encode))
@example(b"upstream error \x1b[2J\x07 while a long request was on its way to somewhere else")
def test_words_of_a_stranger_are_short_and_command_no_terminal(head: bytes) -> None:
    words = describe(head)
    assert words.isprintable()
    assert len(words) < 160


def test_a_box_of_nothing_but_sound_is_called_sound() -> None:
    assert (MP4.mime_as(AssetType.AUDIO), MP4.mime_as(AssetType.VIDEO)) == ("audio/mp4", "video/mp4")
    assert (WEBM.mime_as(AssetType.AUDIO), WAV.mime_as(AssetType.AUDIO)) == ("audio/webm", "audio/wav")


def test_people_are_told_what_is_taken() -> None:
    assert accepted(AssetType.IMAGE) == "png, jpg, webp, gif, tiff, bmp, avif or heic"
    assert set(re.findall(r"\w{3,}", accepted(AssetType.VIDEO))) == {"mp4", "mov", "webm", "mkv"}
    assert set(re.findall(r"\w{3,}", accepted(AssetType.AUDIO))) > {"wav", "mp3", "m4a", "aac", "flac", "ogg"}
