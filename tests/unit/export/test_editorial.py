"""Exports read back through OpenTimelineIO with every clip, transition, range and track where it was."""

from __future__ import annotations

import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from cutting_table import HOSTILE, table

from film.errors import ComposeError
from film.export import write_edit
from film.export.placing import Join, Piece, placed
from film.files.written import remember
from film.timeline import Timeline

otio = pytest.importorskip("opentimelineio")

RATES = [Fraction(24), Fraction(25), Fraction(30000, 1001)]
FORMATS = ("otio", "otioz", "xml", "edl")


@pytest.fixture(scope="module", params=RATES, ids=["24", "25", "29.97"])
def timeline(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Timeline:
    return table(tmp_path_factory.mktemp("library"), request.param)


@pytest.fixture(scope="module")
def exported(timeline: Timeline, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    write_edit(timeline, folder, "film", FORMATS)
    return folder


def read(path: Path, **options: Any) -> Any:
    return otio.adapters.read_from_file(str(path), **options)


def frames(time: Any) -> int:
    assert abs(time.value - round(time.value)) < 1e-6
    return round(time.value)


def pieces(timeline: Timeline) -> list[Piece]:
    return [item for item in placed(timeline) if isinstance(item, Piece)]


def joins(timeline: Timeline) -> list[Join]:
    return [item for item in placed(timeline) if isinstance(item, Join)]


def clips(track: Any) -> list[Any]:
    return [item for item in track if isinstance(item, otio.schema.Clip)]


def transitions(track: Any) -> list[Any]:
    return [item for item in track if isinstance(item, otio.schema.Transition)]


@pytest.mark.parametrize("form", ["otio", "otioz"])
def test_opentimelineio_keeps_everything(timeline: Timeline, exported: Path, form: str) -> None:
    cut = read(exported / f"film.{form}")
    picture = cut.tracks[0]
    assert cut.name == timeline.title and picture.kind == "Video"
    assert frames(cut.duration()) == timeline.frames and cut.duration().rate == pytest.approx(float(timeline.rate))
    for clip, piece in zip(clips(picture), pieces(timeline), strict=True):
        place = picture.range_of_child(clip)
        assert (frames(place.start_time), frames(place.duration)) == (piece.start, piece.frames)
        is_still = timeline.clips[piece.place].source.kind == "image"
        assert clip.source_range.start_time.value == pytest.approx(0 if is_still else float(piece.source_start))
        assert clip.metadata["film_generation"]["shot_id"] == timeline.clips[piece.place].shot_id
        assert clip.media_reference.available_range.contains(clip.source_range.start_time)
    for made, join in zip(transitions(picture), joins(timeline), strict=True):
        assert (frames(made.in_offset), frames(made.out_offset)) == (join.in_offset, join.out_offset)
        assert made.metadata["film_generation"]["kind"] == join.kind


def test_there_are_handles_beyond_what_is_shown(timeline: Timeline, exported: Path) -> None:
    first = clips(read(exported / "film.otio").tracks[0])[0]
    available = first.media_reference.available_range
    assert (frames(available.duration), available.duration.rate) == (96, 24)  # all of the clip, at its own rate
    assert available.end_time_exclusive().to_seconds() > first.source_range.end_time_exclusive().to_seconds()


def test_speeds_and_holds_are_effects(timeline: Timeline, exported: Path) -> None:
    picture = read(exported / "film.otio").tracks[0]
    by_shot: dict[str, list[Any]] = {}
    for clip in clips(picture):
        by_shot.setdefault(clip.metadata["film_generation"]["shot_id"], []).append(clip)
    (slowed,) = by_shot[HOSTILE]
    assert isinstance(slowed.effects[0], otio.schema.LinearTimeWarp) and slowed.effects[0].time_scalar == 0.8
    moving, held = by_shot["lamp"]
    assert not moving.effects and isinstance(held.effects[0], otio.schema.FreezeFrame)
    assert frames(held.source_range.start_time) == 2 + 60 - 1


def test_every_sound_has_its_track_and_its_frame(timeline: Timeline, exported: Path) -> None:
    cut = read(exported / "film.otio")
    tracks = {track.name: track for track in cut.tracks if track.kind == "Audio"}
    assert list(tracks) == [
        "Dialogue mara",
        "Dialogue ben",
        "Effects",
        "Effects 2",
        "Clips' sound",
        "Music",
        "Ambience",
    ]
    starts = [frames(tracks["Dialogue mara"].range_of_child(c).start_time) for c in clips(tracks["Dialogue mara"])]
    assert starts == [20, 200]
    (music,) = clips(tracks["Music"])
    assert frames(tracks["Music"].range_of_child(music).start_time) == 12 and frames(music.duration()) == 90
    (ambience,) = clips(tracks["Ambience"])
    assert frames(ambience.duration()) == timeline.frames
    for track in tracks.values():
        for clip in clips(track):
            reach = clip.source_range.end_time_exclusive().to_seconds()
            assert reach <= clip.media_reference.available_range.end_time_exclusive().to_seconds() + 1e-6


def test_captions_and_missing_shots_are_markers(exported: Path) -> None:
    cut = read(exported / "film.otio")
    (caption,) = cut.tracks.markers
    assert (caption.name, frames(caption.marked_range.start_time)) == ("Hello there, you", 20)
    flagged = [c for c in clips(cut.tracks[0]) if c.markers]
    assert ["missing" in m.name for c in flagged for m in c.markers] == [True]


def test_final_cut_xml_keeps_frames_and_tracks(timeline: Timeline, exported: Path) -> None:
    cut = read(exported / "film.xml")
    picture, *sound = cut.tracks
    assert cut.name == timeline.title and len(sound) == 7 and frames(picture.duration()) == timeline.frames
    for clip, piece in zip(clips(picture), pieces(timeline), strict=True):
        place = picture.range_of_child(clip)
        assert (frames(place.start_time), frames(place.duration)) == (piece.start, piece.frames)
        source = timeline.clips[piece.place].source.kind
        counted = piece.source_start / piece.speed if piece.speed else piece.source_start  # in slowed frames
        assert frames(clip.source_range.start_time) == (0 if source == "image" else round(counted))
    for made, join in zip(transitions(picture), joins(timeline), strict=True):
        assert (frames(made.in_offset), frames(made.out_offset)) == (join.in_offset, join.out_offset)
        assert made.name == join.kind
    whole = read(exported / "film.otio")
    by_ours = [track for track in whole.tracks if track.kind == "Audio"]
    for ours, theirs in zip(by_ours, sound, strict=True):
        placed_ours = [frames(ours.range_of_child(c).start_time) for c in clips(ours)]
        assert [frames(theirs.range_of_child(c).start_time) for c in clips(theirs)] == placed_ours


def test_final_cut_xml_says_what_the_adapter_leaves_out(timeline: Timeline, exported: Path) -> None:
    tree = ElementTree.parse(exported / "film.xml")
    sequence = tree.find(".//sequence")
    assert sequence is not None
    size = [sequence.findtext(f"media/video/format/samplecharacteristics/{side}") for side in ("width", "height")]
    assert size == ["64", "36"]
    effects = [e.text for e in sequence.findall(".//transitionitem/effect/effectid")]
    assert effects == ["Cross Dissolve", "Edge Wipe", "Dip to Color Dissolve", "Push Slide"]
    speeds = [
        p.findtext("value")
        for p in sequence.findall(".//effect[effectid='timeremap']/parameter")
        if p.findtext("parameterid") == "speed"
    ]
    assert speeds == ["80"]
    assert len(sequence.findall(".//clipitem[stillframe='TRUE']")) == 2
    files = {f.findtext("name"): f for f in sequence.findall(".//file") if f.findtext("name")}
    assert files["001_harbour.mp4"].find("media/audio") is not None
    assert files["003_lamp.mp4"].find("media/audio") is None  # it is silent, and does not claim otherwise
    assert files["001_harbour_mara.wav"].find("media/video") is None
    assert all(len(c.findall("rate")) == 1 for c in sequence.findall(".//clipitem"))
    ids = [c.get("id") for c in sequence.findall(".//clipitem")]
    assert len(ids) == len(set(ids))


def test_an_edl_keeps_frames_speeds_and_holds(timeline: Timeline, exported: Path) -> None:
    cut = read(exported / "film.edl", rate=float(timeline.rate))
    (track,) = cut.tracks
    made = clips(track)
    starts = [frames(track.range_of_child(c).start_time) for c in made]
    held = timeline.starts[3] + 50 - 3
    assert starts == [*timeline.starts[:4], held, *timeline.starts[4:]]
    assert sum(frames(c.duration()) for c in made) == timeline.frames
    assert [frames(t.out_offset) for t in transitions(track)] == [t.frames for t in timeline.transitions if t.frames]
    assert [t.transition_type for t in transitions(track)][1] == "SMPTE_Wipe"
    assert made[1].effects[0].time_scalar == pytest.approx(0.8, abs=0.005)
    assert isinstance(made[4].effects[0], otio.schema.FreezeFrame)
    text = (exported / "film.edl").read_text()
    assert text.isascii() and "FCM: NON-DROP FRAME" in text and "* FILM TRANSITION: dip-to-black" in text
    files = {p.name for p in (exported / "media").iterdir()}
    assert {c.name for c in made} <= files
    reels = {line.split()[1] for line in text.splitlines() if line[:3].isdigit()}
    assert len(reels) == len(timeline.clips)


@pytest.mark.parametrize("form", ["otio", "otioz", "xml"])
def test_media_are_relative_and_there(exported: Path, form: str, tmp_path: Path) -> None:
    home = exported
    if form == "otioz":
        home = tmp_path / "unpacked"
        home.mkdir()
        read(exported / "film.otioz", extract_to_directory=str(home))
    for clip in read(exported / f"film.{form}").find_clips():
        url = clip.media_reference.target_url
        path = home / unquote(url)
        assert url.startswith("media/") and path.is_file() and path.resolve().parent == (home / "media").resolve()


def test_a_bundle_stands_alone_and_is_the_same_again(timeline: Timeline, tmp_path: Path) -> None:
    bundles = [write_edit(timeline, tmp_path / name, "film", ["otioz"])[0] for name in ("one", "two")]
    assert [p.name for p in (tmp_path / "one").glob("[!.]*")] == ["film.otioz"]
    assert bundles[0].read_bytes() == bundles[1].read_bytes()
    with zipfile.ZipFile(bundles[0]) as archive:
        assert archive.testzip() is None
        assert archive.read("media/001_harbour.mp4") == timeline.clips[0].source.path.read_bytes()


@pytest.mark.parametrize("placement", ["copy", "link"])
def test_the_librarys_files_are_left_alone(tmp_path: Path, placement: Any) -> None:
    timeline = table(tmp_path)
    source = timeline.clips[0].source.path
    source.chmod(0o444)
    write_edit(timeline, tmp_path / "out", "film", ["edl"], placement=placement)
    placed_file = tmp_path / "out" / "media" / "001_harbour.mp4"
    assert placed_file.samefile(source) == (placement == "link")
    write_edit(timeline, tmp_path / "out", "film", ["edl"], placement=placement)  # nothing stands in its own way
    assert placed_file.read_bytes() == source.read_bytes()


def test_media_that_changed_under_the_same_name_are_brought_again(tmp_path: Path) -> None:
    timeline = table(tmp_path)
    write_edit(timeline, tmp_path / "out", "film", ["edl"])
    placed_file = tmp_path / "out" / "media" / "001_harbour.mp4"
    data = timeline.clips[0].source.path.read_bytes()
    placed_file.write_bytes(bytes(len(data)))
    remember(placed_file)  # an earlier take
    write_edit(timeline, tmp_path / "out", "film", ["edl"])
    assert placed_file.read_bytes() == data


def test_in_place_refers_to_the_library_and_copies_nothing(tmp_path: Path) -> None:
    timeline = table(tmp_path)
    write_edit(timeline, tmp_path / "out", "film", ["otio"], placement="in-place")
    first = clips(read(tmp_path / "out" / "film.otio").tracks[0])[0]
    assert first.media_reference.target_url == timeline.clips[0].source.path.as_uri()


def test_a_source_that_is_gone_is_told(tmp_path: Path) -> None:
    timeline = table(tmp_path)
    timeline.clips[0].source.path.unlink()
    with pytest.raises(ComposeError, match="clip0"):
        write_edit(timeline, tmp_path / "out", "film", ["otio"])
    assert not (tmp_path / "out" / "film.otio").exists()
