"""Profiles, captions, and the report as a page: what is asked for is held to, and shown with its picture."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from click.testing import CliRunner

from film.cli.inspect import command
from film.errors import ComposeError, InputError
from film.inspect import PROFILES, Expected, inspect_film, profile_named
from film.inspect.page import page, write_page
from film.testing.faulty_films import Form, card, during, pan, tone, write_film

FORM = Form(width=192, height=108, frames=72)
PAN = pan(FORM)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Black from one second on, for a second; about -16 LUFS."""
    return write_film(tmp_path / "pier.mp4", FORM, during(24, 48, card(FORM), PAN), tone(0.35))


def captioned(path: Path, *captions: tuple[float, float, str]) -> Path:
    """A film of twelve seconds that carries captions."""
    with av.open(str(path), "w") as container:
        video: Any = container.add_stream("libx264", rate=24)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        texts: Any = container.add_mux_stream("mov_text", time_base=Fraction(1, 1000))
        for k in range(288):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 40 + k % 150, np.uint8), "rgb24")
            frame.pts = k
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        for start, stop, text in captions:
            raw = text.encode()
            packet = av.Packet(len(raw).to_bytes(2) + raw)
            packet.stream, packet.time_base = texts, Fraction(1, 1000)
            packet.pts = packet.dts = round(1000 * start)
            packet.duration = round(1000 * (stop - start))
            container.mux(packet)
    return path


@pytest.mark.parametrize(
    ("caption", "words"),
    [
        ((1.0, 9.5, "Nobody has been here"), "stays for 8.5 s, where 7 are the most"),
        ((1.0, 5.0, "Nobody\nhas been\nhere"), "has 3 lines, where 2 are the most"),
        ((1.0, 5.0, "x" * 45), "is 45 characters wide, where 42 are the most"),
        ((1.0, 5.0, "字" * 23), "is 46 characters wide, where 42 are the most"),
        ((1.0, 2.0, "x" * 40), "is read at 40 characters a second, where 20 are the most"),
        ((1.0, 1.4, "No"), "stays for 0.40 s, where 0.83 are the least"),
        ((11.0, 13.0, "Nobody has been here"), "a caption stands beyond the end of the film"),
    ],
)
def test_captions_beyond_their_norm(tmp_path: Path, caption: tuple[float, float, str], words: str) -> None:
    report = inspect_film(captioned(tmp_path / "a.mp4", caption), profile=PROFILES["netflix"])
    (told,) = [f for f in report.findings if f.kind == "captions"]
    assert words in told.what and told.severity == "warning"
    assert told.start == pytest.approx(caption[0], abs=0.01)


def test_captions_within_their_norm(tmp_path: Path) -> None:
    kept = captioned(
        tmp_path / "a.mp4", (1, 3, "Nobody has been here"), (3.1, 10, "since the winter.\nNot even the cat.")
    )
    for profile in PROFILES.values():
        assert [f for f in inspect_film(kept, profile=profile).findings if f.kind == "captions"] == []


@pytest.mark.parametrize(("name", "severity"), [("web", "warning"), ("ebu", "error"), ("netflix", "error")])
def test_a_profile_holds_the_loudness_to_its_own(film: Path, name: str, severity: str) -> None:
    heard = inspect_film(film).facts.integrated
    assert heard is not None and -16.5 < heard < -15.2
    report = inspect_film(film, profile=profile_named(name))
    (told,) = [f for f in report.findings if f.kind == "loudness"]
    assert told.severity == severity and str(abs(PROFILES[name].loudness)) in told.what
    assert report.as_document()["profile"] == name


def test_a_profile_holds_the_rate_to_its_own(film: Path) -> None:
    kinds = {name: {f.kind for f in inspect_film(film, profile=PROFILES[name]).findings} for name in ("ebu", "netflix")}
    assert "frame-rate" in kinds["ebu"] and "frame-rate" not in kinds["netflix"]
    with pytest.raises(InputError, match="no profile 'cinema'"):
        profile_named("cinema")


def test_a_silent_track_that_is_meant_is_no_fault(tmp_path: Path) -> None:
    silent = write_film(tmp_path / "a.mp4", FORM, PAN, lambda t: 0 * t)
    assert [f.kind for f in inspect_film(silent).findings] == ["silence"]
    assert inspect_film(silent, plan=Expected(has_sound=False)).findings == ()


def test_the_page_shows_each_finding_with_its_picture_and_needs_nothing_else(film: Path) -> None:
    report = inspect_film(film)
    told = page(report)
    assert told.count("<article") == len(report.findings) == told.count("data:image/jpeg;base64,")
    assert not re.search(r"https?:|<script|src=\"(?!data:)", told)
    assert "00:00:01:00" in told and "nothing can be seen" in told


def test_the_picture_is_that_of_the_place(film: Path) -> None:
    import base64
    import io

    from PIL import Image

    from film.inspect.stills_at import stills_at

    shown = stills_at(film, [Fraction(23, 24), Fraction(1), Fraction(47, 24), Fraction(2)])
    levels = [
        np.asarray(Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2])))).mean()
        for _, address in sorted(shown.items())
    ]
    assert [level < 5 for level in levels] == [False, True, True, False]


def test_names_are_quoted_and_strangers_files_are_left(film: Path, tmp_path: Path) -> None:
    odd = film.rename(tmp_path / "a<b>&.mp4")
    assert "a&lt;b&gt;&amp;.mp4" in page(inspect_film(odd)) and "<b>&" not in page(inspect_film(odd))
    theirs = tmp_path / "report.html"
    theirs.write_text("mine")
    with pytest.raises(ComposeError, match="did not write it"):
        write_page(inspect_film(odd), theirs)
    assert theirs.read_text() == "mine"


def test_the_command_writes_the_page_and_ends_as_documented(film: Path, tmp_path: Path) -> None:
    place = tmp_path / "report.html"
    for _ in range(2):  # its own page is replaced
        ended = CliRunner().invoke(
            command, [str(film), "--html", str(place), "--profile", "ebu", "--json"], standalone_mode=False
        )
        document = json.loads(ended.stdout)
        assert ended.return_value == 1 and document["profile"] == "ebu" and document["errors"] == 1
    assert place.read_text("utf-8").startswith("<!doctype html>")
    fine = CliRunner().invoke(command, [str(film), "--loudness", "-16"], standalone_mode=False)
    assert fine.return_value == 0 and "black" in fine.stdout
