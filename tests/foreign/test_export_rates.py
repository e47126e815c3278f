"""Exports at every rate, exact where the format can say so; and looks as colour programs write them."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import av
import numpy as np
import opentimelineio as otio
import pytest
from click.testing import CliRunner

from film.errors import ComposeError, InputError
from film.export import write_edit, writing
from film.files.digests import sha256_of_file
from film.render.cube import read_cube
from film.timecode import SMPTE, smpte
from film.timeline import Clip, Source, Timeline, Transition

ODD = [Fraction(n) for n in (8, 9, 10, 12, 15, 16, 18, 20, 72, 90, 96, 100, 120)]
RATES = [*ODD, Fraction(25, 2), Fraction(24371, 1000), Fraction(120_000, 1001), Fraction(24000, 1001), Fraction(25)]


def source(folder: Path, number: int, rate: Fraction) -> Source:
    path = folder / f"clip{number}.mp4"
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=rate, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        picture = np.full((36, 64, 3), 40 * number, np.uint8)
        for _ in range(60):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode(None))
    return Source(sha256_of_file(path), path)


def film(folder: Path, rate: Fraction, of: Fraction | None = None) -> Timeline:
    clips = [source(folder, n, of or rate) for n in range(3)]
    return Timeline(
        rate=rate,
        width=64,
        height=36,
        clips=(Clip("a", clips[0], 25), Clip("b", clips[1], 31, source_in=3), Clip("c", clips[2], 17, source_in=1)),
        transitions=(Transition("crossfade", 6), Transition()),
        title="film",
    )


def read(path: Path, rate: Fraction) -> otio.schema.Timeline:
    options = {"rate": float(smpte(rate))} if path.suffix == ".edl" else {}
    cut = otio.adapters.read_from_file(str(path), **options)
    return cut if isinstance(cut, otio.schema.Timeline) else next(iter(cut))


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_a_film_at_any_rate_goes_out_in_every_format(tmp_path: Path, rate: Fraction) -> None:
    timeline = film(tmp_path, rate)
    written = write_edit(timeline, tmp_path / "out", "film", ["otio", "otioz", "xml", "edl"])
    assert [path.suffix for path in written] == [".otio", ".otioz", ".xml", ".edl"]
    for path in written:
        cut = read(path, rate)  # it owns its tracks
        (track,) = [t for t in cut.tracks if t.kind in ("Video", "V")]
        clips = [item for item in track if isinstance(item, otio.schema.Clip)]
        exact = path.suffix in (".otio", ".otioz") or (smpte(rate) / rate).denominator == 1
        off = 0 if exact else 0.51 / smpte(rate)
        lasts = Fraction(track.duration().to_seconds()) - timeline.frames / rate
        assert len(clips) == 3 and abs(float(lasts)) <= float(off) + 1e-6
    tree = ElementTree.parse(tmp_path / "out" / "film.xml")
    bases = {r.findtext("timebase") for r in tree.iter("rate")}
    assert bases == {str(-(-smpte(rate) // 1))}


@pytest.mark.parametrize("rate", ODD, ids=str)
def test_a_clip_at_any_rate_keeps_its_in_and_out_in_a_film_at_24(tmp_path: Path, rate: Fraction) -> None:
    timeline = film(tmp_path, Fraction(24), rate)
    (path,) = write_edit(timeline, tmp_path / "out", "film", ["xml"])
    cut = read(path, Fraction(24))
    (track,) = [t for t in cut.tracks if t.kind == "Video"]
    clips = [item for item in track if isinstance(item, otio.schema.Clip)]
    assert [c.source_range.start_time.value for c in clips] == [0, 6, 1]
    assert [track.range_of_child(c).start_time.value for c in clips] == [0, 22, 50]
    for clip in clips:
        lasts = Fraction(clip.media_reference.available_range.duration.to_seconds())
        assert abs(lasts - 60 / rate) <= Fraction(1, 40), "a file is as long as it is"


def test_where_a_rate_has_no_time_codes_the_ticks_are_exact(tmp_path: Path) -> None:
    timeline = film(tmp_path, Fraction(90))
    (path,) = write_edit(timeline, tmp_path / "out", "film", ["xml"])
    clip = list(ElementTree.parse(path).iter("clipitem"))[2]
    assert int(clip.findtext("pproTicksIn") or 0) == 254_016_000_000 // 90
    assert int(clip.findtext("pproTicksOut") or 0) == 18 * 254_016_000_000 // 90


@pytest.mark.parametrize(
    ("rate", "known"),
    [("12", "24"), ("8", "24"), ("10", "30"), ("120", "60"), ("100", "50"), ("90", "60"), ("24", "24")],
)
def test_the_rate_that_stands_for_another(rate: str, known: str) -> None:
    assert smpte(Fraction(rate)) == Fraction(known)
    assert all(smpte(one) == one for one in SMPTE)


def test_one_format_s_failure_leaves_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> str:
        raise ValueError("SMPTE timecode does not support this rate")

    monkeypatch.setattr(writing, "xmeml", broken)
    told: list[str] = []
    timeline = film(tmp_path, Fraction(24))
    written = write_edit(
        timeline, tmp_path / "out", "film", ["xml", "otio", "edl"], on_failure=lambda what, error: told.append(what)
    )
    assert [path.suffix for path in written] == [".otio", ".edl"] and told == ["xml"]
    with pytest.raises(ComposeError, match=r"\.xml"):
        write_edit(timeline, tmp_path / "again", "film", ["xml", "edl"])
    assert (tmp_path / "again" / "film.edl").is_file() and not (tmp_path / "again" / "film.xml").exists()


def test_the_exit_code_says_that_one_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from film.app import exports
    from film.app.workspace import Workspace
    from film.cli.main import film as film_command

    def broken(*_: object) -> str:
        raise ValueError("no such rate")

    class Params:
        warnings = ()
        file_name = "film.mp4"
        film_id = "film"
        is_draft = True

    timeline = film(tmp_path, Fraction(24))
    monkeypatch.setattr(writing, "xmeml", broken)
    monkeypatch.setattr("film.app.from_library.timeline_in_hand", lambda *_: timeline)
    monkeypatch.setattr(exports, "_params", lambda *_: Params())
    monkeypatch.setattr(Workspace, "looking", lambda *_: None)
    asked = ["film", "--xml", "--edl", "--json", "-o", str(tmp_path / "out")]
    came = CliRunner().invoke(film_command, ["export", *asked], standalone_mode=False)
    assert came.return_value == 1
    document = json.loads(came.stdout)
    assert [Path(p).suffix for p in document["written"]] == [".edl"] and document["failed"][0]["what"] == "xml"


# -- looks

SHAPER = "LUT_1D_SIZE 3\nLUT_1D_INPUT_RANGE 0 2\nLUT_3D_SIZE 2\nLUT_3D_INPUT_RANGE 0 1\n0 0 0\n.25 .25 .25\n1 1 1\n"
PLAIN = "".join(f"{r} {g / 2} {b / 5}\n" for b in (0, 1) for g in (0, 1) for r in (0, 1))


def cube(folder: Path, text: str) -> Path:
    path = folder / "look.cube"
    path.write_text(text)
    return path


def test_a_shaper_comes_before_its_table(tmp_path: Path) -> None:
    look = read_cube(cube(tmp_path, SHAPER + PLAIN))
    seen = look.of(np.array([[0.5, 1.0, 2.0], [0.0, 0.5, 1.5]]))
    assert seen == pytest.approx(np.array([[0.125, 0.125, 0.2], [0.0, 0.0625, 0.125]]))


def test_a_look_in_video_range_is_taken_for_what_it_is(tmp_path: Path) -> None:
    identity = "LUT_3D_SIZE 2\n" + "".join(f"{r} {g} {b}\n" for b in (0, 1) for g in (0, 1) for r in (0, 1))
    both = read_cube(cube(tmp_path, "TITLE x\nLUT_IN_VIDEO_RANGE\nLUT_OUT_VIDEO_RANGE\n" + identity))
    colours = np.array([[0.0, 0.5, 1.0]])
    assert both.of(colours) == pytest.approx(colours), "the same colours, in and out"
    taken = read_cube(cube(tmp_path, "LUT_IN_VIDEO_RANGE\n" + identity)).of(colours)
    assert taken == pytest.approx(np.array([[64, 502, 940]]) / 1023)
    given = read_cube(cube(tmp_path, "LUT_OUT_VIDEO_RANGE\n" + identity)).of(np.array([[64, 502, 940]]) / 1023)
    assert given == pytest.approx(colours)


@pytest.mark.parametrize("text", ["0 0 0\n1 1 1\n", SHAPER + PLAIN + "1 1 1\n", "LUT_1D_SIZE 1\n0 0 0\n"])
def test_a_look_that_does_not_add_up_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="size"):
        read_cube(cube(tmp_path, text))
