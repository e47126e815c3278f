"""Any source becomes frames of the film: right size, right colours, right moment."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from cutting_room import make_clip, number_in, source_of
from PIL import Image

from film.render.conform import Screen, Stretch, frames
from film.render.pictures import as_picture, planes_in
from film.timeline import Clip, Fit, Source

SCREEN = Screen(160, 90, Fraction(24))


def shown(source: Source, count: int = 1, *, fit: Fit = "fit", screen: Screen = SCREEN) -> list[np.ndarray]:
    stretch = Stretch(Clip("shot", source, count, fit=fit), 0, count)
    return [as_picture(frame) for frame in frames(stretch, screen)]


def middle(picture: np.ndarray) -> list[int]:
    return [int(plane[plane.shape[0] // 2, plane.shape[1] // 2]) for plane in planes_in(picture)]


AMBER = (230, 173, 95)
AMBER_709 = (172, 87, 156)


@pytest.mark.parametrize("form", ["png", "jpg", "webp"])
def test_a_still_has_the_film_s_colours(form: str, tmp_path: Path) -> None:
    Image.new("RGB", (300, 170), AMBER).save(tmp_path / f"s.{form}", quality=95)
    assert middle(shown(source_of(tmp_path / f"s.{form}", "image"))[0]) == pytest.approx(AMBER_709, abs=2)


@pytest.mark.parametrize(
    ("matrix", "tag", "full", "size"),
    [
        (1, 1, False, (160, 90)),
        (1, 1, True, (160, 90)),
        (5, 6, False, (160, 90)),
        (5, 2, False, (720, 576)),
        (1, 2, False, (1280, 720)),
    ],
    ids=["bt709", "full range", "bt601", "untagged, small", "untagged, large"],
)
def test_clips_of_other_colour_systems_are_converted(
    matrix: int, tag: int, full: bool, size: tuple[int, int], tmp_path: Path
) -> None:
    path = tmp_path / "c.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=24, options={"crf": "8"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.colorspace, stream.codec_context.color_range = tag, 2 if full else 1
        picture = np.full((size[1], size[0], 3), AMBER, np.uint8)
        frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(
            format="yuv420p", dst_colorspace=matrix, src_color_range=2, dst_color_range=2 if full else 1
        )
        frame.colorspace, frame.color_range = tag, 2 if full else 1
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    assert middle(shown(source_of(path, "video"))[0]) == pytest.approx(AMBER_709, abs=3)


@pytest.mark.parametrize("fit", ["fit", "fill"])
def test_padded_or_cropped(fit: Fit, tmp_path: Path) -> None:
    Image.new("RGB", (100, 100), (255, 255, 255)).save(tmp_path / "s.png")
    luma = planes_in(shown(source_of(tmp_path / "s.png", "image"), fit=fit)[0])[0]
    assert (luma > 200).mean() == pytest.approx(90 / 160 if fit == "fit" else 1, abs=0.03)
    assert (luma[:, 80] > 200).all()


def test_pixels_that_are_not_square_are_shown_as_they_should_be(tmp_path: Path) -> None:
    path = tmp_path / "c.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 80, 90, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(2)
        out.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((90, 80, 3), 255, np.uint8), "rgb24")))
        out.mux(stream.encode(None))
    assert planes_in(shown(source_of(path, "video"))[0])[0].min() > 200


@pytest.mark.parametrize("turned", [90, -90, 180])
def test_turned_clips_stand_upright(turned: int, tmp_path: Path) -> None:
    def corner(_: int) -> np.ndarray:
        upright = np.zeros((90, 160, 3), np.uint8)
        upright[:30, :50] = 255
        return np.rot90(upright, -turned // 90).copy()

    size = (160, 90) if turned == 180 else (90, 160)
    luma = planes_in(shown(make_clip(tmp_path / "c.mp4", 2, size=size, turned=turned, paint=corner))[0])[0]
    assert luma[:26, :46].min() > 200
    assert luma[34:].max() < 40


def test_a_clip_whose_picture_changes_size_midway_is_refitted(tmp_path: Path) -> None:
    parts = [make_clip(tmp_path / f"{w}.mkv", 6, size=(w, h), container="matroska") for w, h in ((160, 90), (90, 90))]
    joined = tmp_path / "joined.h264.mkv"
    with av.open(str(joined), "w", format="matroska") as out:
        stream = None
        for n, part in enumerate(parts):
            with av.open(str(part.path)) as source:
                video = source.streams.video[0]
                stream = stream or out.add_stream_from_template(video)
                extra = bytes(video.codec_context.extradata or b"")
                for k, packet in enumerate(source.demux(video)):
                    if not packet.size:
                        continue
                    data = bytes(packet)
                    copy = av.Packet(in_band(extra) + data if k == 0 else data)
                    copy.stream, copy.time_base = stream, Fraction(1, 24)
                    copy.pts = copy.dts = 6 * n + k
                    copy.is_keyframe = k == 0
                    out.mux(copy)
    pictures = shown(source_of(joined, "video"), 12)
    assert len(pictures) == 12
    assert planes_in(pictures[0])[0][:, :8].max() > 60
    assert planes_in(pictures[-1])[0][:, :8].max() < 20  # the square part is padded


def in_band(avcc: bytes) -> bytes:
    """The SPS and the PPS of an avcC record as they stand before a picture: each with its length."""
    sps_size = int.from_bytes(avcc[6:8], "big")
    pps = 8 + sps_size + 1
    pps_size = int.from_bytes(avcc[pps : pps + 2], "big")
    sets = (avcc[8 : 8 + sps_size], avcc[pps + 2 : pps + 2 + pps_size])
    return b"".join(len(each).to_bytes(4, "big") + each for each in sets)


def test_a_clip_that_does_not_begin_at_zero_begins_with_its_first_picture(tmp_path: Path) -> None:
    times = [5 + Fraction(n, 24) for n in range(10)]
    clip = make_clip(tmp_path / "c.mkv", 10, times=times, container="matroska", size=(160, 90))
    stretch = Stretch(Clip("shot", clip, 10), 0, 10)
    numbers = [number_in(frame.to_ndarray(format="rgb24")) for frame in frames(stretch, SCREEN)]
    assert numbers == list(range(10))


def test_a_stretch_begins_where_it_should(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "c.mp4", 60, size=(160, 90))
    stretch = Stretch(Clip("shot", clip, 40, source_in=5), 30, 40)
    numbers = [number_in(frame.to_ndarray(format="rgb24")) for frame in frames(stretch, SCREEN)]
    assert numbers == list(range(35, 45))


@pytest.mark.parametrize("uneven", [False, True])
def test_what_is_passed_over_undecoded_changes_no_picture(uneven: bool, tmp_path: Path) -> None:
    times = [Fraction(n, 24) + (Fraction(1, 2) if uneven and n >= 30 else 0) for n in range(60)] if uneven else None
    clip = make_clip(tmp_path / "c.mp4", 60, size=(160, 90), times=times, preset="veryfast")  # with B-frames
    length = 72 if uneven else 60

    def told(first: int, stop: int, threads: int = 1) -> list[bytes]:
        stretch = Stretch(Clip("shot", clip, length), first, stop)
        return [as_picture(frame).tobytes() for frame in frames(stretch, SCREEN, threads)]

    whole = told(0, length)
    assert told(0, length, threads=2) == whole
    for first in (17, 20, 33, 41, 47, length - 3):
        assert told(first, length) == told(first, length, threads=2) == whole[first:]
