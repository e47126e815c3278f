"""Files that other programs read back as they were meant, whatever is said in them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pysubs2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from film.captions import sample, srt, vtt
from film.captions.subtitles import milliseconds
from film.captions.text import clean
from film.timeline import Caption

NASTY = [
    "<b>bold</b>",
    "a --> b",
    "00:00:01,000 --> 00:00:02,000",
    "{\\an8}up there",
    "one\\Ntwo",
    "Tom & Jerry &amp; &lt;co&gt;",
    "<v Fake>not me",
    "<script>alert(1)</script>",
    "42",
    "NOTE this is no note",
    "STYLE",
    "100% {not} a <3 code",
    "שלום, עולם",
    "<font color=red>",
]
RATE = Fraction(24)
JOINER = "\u2060"


def captions(*texts: str) -> list[Caption]:
    return [Caption(24 + 72 * n, 48, text, "emma") for n, text in enumerate(texts)]


@pytest.mark.parametrize("text", NASTY)
def test_srt_is_read_back_as_written(text: str) -> None:
    written = srt(captions("first", text, "last"), RATE)
    read = pysubs2.SSAFile.from_string(written, format_="srt", keep_unknown_html_tags=True)
    assert [event.text.replace(JOINER, "") for event in read] == ["first", text, "last"]
    assert [(event.start, event.end) for event in read] == [(1000, 3000), (4000, 6000), (7000, 9000)]


@pytest.mark.parametrize("text", NASTY)
def test_ffmpeg_finds_no_markup_in_an_srt(text: str, tmp_path: Path) -> None:
    path = tmp_path / "film.srt"
    path.write_text(srt(captions(text), RATE), "utf-8")
    with av.open(str(path)) as file:
        (event,) = [s for packet in file.demux(subtitles=0) for s in packet.decode()]
    shown = event.ass.split(b",", 8)[8].decode().replace("\\{", "{").replace("\\}", "}")
    assert shown.replace(JOINER, "") == text
    if "{\\" in text or "\\N" in text:
        assert JOINER in shown


@pytest.mark.parametrize("text", NASTY)
def test_vtt_escapes_what_it_must(text: str) -> None:
    body = vtt(captions("first", text), RATE, language="en").split("\n\n")
    assert body[0] == "WEBVTT"
    assert body[1] == "NOTE Language: en"
    assert len(body) == 4
    timing, words = body[3].rstrip("\n").split("\n")
    assert timing == "00:00:04.000 --> 00:00:06.000"
    assert words.startswith("<v emma>")
    inside = words.removeprefix("<v emma>")
    assert "<" not in inside
    assert ">" not in inside
    assert inside.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


def test_a_vtts_signature_stands_alone() -> None:
    """What follows it before a blank line, strict parsers take for a broken header."""
    assert vtt(captions("first"), RATE, language="de").startswith("WEBVTT\n\n")


def test_a_speaker_who_is_named_in_the_words_is_named_once_in_a_vtt() -> None:
    named = [Caption(0, 24, "TOM: Hello,\nyou.", "tom"), Caption(48, 24, "TOM: I am no name.", "emma")]
    written = vtt(named, RATE, language="en")
    assert "<v tom>Hello,\nyou." in written
    assert "<v emma>TOM: I am no name." in written
    assert srt(named, RATE).count("TOM:") == 2


def test_a_speakers_name_is_no_markup() -> None:
    assert "<v a&gt;&lt;b&gt;>hi" in vtt([Caption(0, 24, "hi", "a><b>")], RATE, language="en")


@settings(max_examples=80, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=60).map(clean).filter(bool), min_size=1, max_size=4))
def test_any_text_makes_as_many_cues_as_captions(texts: list[str]) -> None:
    some = captions(*texts)
    assert srt(some, RATE).count("\n\n") == len(texts) - 1
    assert srt(some, RATE).count(" --> ") >= len(texts)
    assert len(vtt(some, RATE, language="en").split("\n\n")) == len(texts) + 2
    for caption, text in zip(some, texts, strict=True):
        data = sample(caption)
        assert int.from_bytes(data[:2], "big") == len(data) - 2
        assert data[2:].decode().replace(JOINER, "") == text.replace(JOINER, "")


@given(st.integers(0, 10_000_000), st.sampled_from(["24", "25", "30", "60", "24000/1001", "30000/1001"]))
def test_times_name_their_frame_exactly(frame: int, rate: str) -> None:
    exact = Fraction(rate)
    assert round(milliseconds(frame, exact) * exact / 1000) == frame
