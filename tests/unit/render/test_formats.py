"""Clips of every make end up in the same colours, and pictures of every shape on the screen."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from cutting_room import source_of

from film.render.conform import Screen, Stretch, frames
from film.render.pictures import as_picture, planes_in
from film.timeline import Clip, Fit

SIZE = (160, 90)
AMBER = (230, 173, 95)
AMBER_709 = (172, 87, 156)
BT709, BT601, BT2020 = 1, 6, 9
SDR, PQ, HLG = 1, 16, 18
_TO_2020 = np.linalg.inv(
    np.array([[1.660491, -0.587641, -0.07285], [-0.12455, 1.1329, -0.008349], [-0.018151, -0.100579, 1.11873]])
)


def clip(
    path: Path,
    picture: av.VideoFrame,
    codec: str,
    pixels: str,
    *,
    matrix: int = BT709,
    transfer: int = SDR,
    primaries: int = BT709,
    full: bool = False,
) -> Path:
    """Two frames of a picture, encoded and tagged as asked for."""
    options = {"x265-params": "log-level=none"} if codec == "libx265" else {}
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=24, options=options)
        stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, pixels
        context = stream.codec_context
        context.colorspace, context.color_range = matrix, 2 if full else 1
        context.color_trc, context.color_primaries = transfer, primaries
        how = {} if "rgb" in pixels or "bgr" in pixels else {"dst_colorspace": matrix}
        for number in range(2):
            frame = picture.reformat(format=pixels, src_color_range=2, dst_color_range=2 if full else 1, **how)
            frame.colorspace, frame.color_range, frame.pts = matrix, 2 if full else 1, number
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def plain(colour: tuple[int, ...] = AMBER, size: tuple[int, int] = SIZE) -> av.VideoFrame:
    picture = np.full((size[1], size[0], len(colour)), colour, np.uint8)
    return av.VideoFrame.from_ndarray(picture, "rgba" if len(colour) == 4 else "rgb24")


def shown(path: Path, screen: tuple[int, int] = SIZE, fit: Fit = "fit") -> list[np.ndarray]:
    stretch = Stretch(Clip("shot", source_of(path, "video"), 2, fit=fit), 0, 2)
    return planes_in(as_picture(list(frames(stretch, Screen(*screen, Fraction(24))))[-1]))


def middle(planes: list[np.ndarray]) -> list[int]:
    return [int(plane[plane.shape[0] // 2, plane.shape[1] // 2]) for plane in planes]


@pytest.mark.parametrize(
    ("name", "codec", "pixels", "tags"),
    [
        ("422p10.mp4", "libx264", "yuv422p10le", {}),
        ("444p.mp4", "libx264", "yuv444p", {}),
        ("420p10.mp4", "libx265", "yuv420p10le", {}),
        ("full.mp4", "libx264", "yuvj420p", {"full": True}),
        ("601.mp4", "libx264", "yuv420p", {"matrix": BT601, "primaries": BT601}),
        ("mjpeg.mov", "mjpeg", "yuvj444p", {"full": True, "matrix": 5}),
        ("rgb.mov", "qtrle", "rgb24", {"matrix": 0, "full": True}),
        ("prores.mov", "prores_ks", "yuv422p10le", {}),
    ],
)
def test_every_format_shows_the_same_colour(
    name: str, codec: str, pixels: str, tags: dict[str, int], tmp_path: Path
) -> None:
    assert middle(shown(clip(tmp_path / name, plain(), codec, pixels, **tags))) == pytest.approx(AMBER_709, abs=3)


def test_grey_stays_grey(tmp_path: Path) -> None:
    path = clip(tmp_path / "grey.mkv", plain((128, 128, 128)), "ffv1", "gray")
    _, cb, cr = shown(path, (128, 72))
    assert {*np.unique(cb), *np.unique(cr)} == {128}


@pytest.mark.parametrize("cover", [255, 128, 0])
def test_what_is_transparent_shows_black(cover: int, tmp_path: Path) -> None:
    path = clip(tmp_path / "alpha.mov", plain((*AMBER, cover)), "qtrle", "argb", matrix=0, full=True)
    part = cover / 255
    wanted = [level + part * (value - level) for value, level in zip(AMBER_709, (16, 128, 128), strict=True)]
    assert middle(shown(path)) == pytest.approx(wanted, abs=3)


def light(nits: float) -> np.ndarray:
    """Amber at this brightness, in linear BT.2020."""
    rgb = (np.array(AMBER) / 255) ** 2.4 * nits
    return _TO_2020 @ rgb


def coded(rgb: np.ndarray) -> av.VideoFrame:
    codes = np.rint(np.clip(rgb, 0, 1) * 65_535).astype("<u2")
    return av.VideoFrame.from_ndarray(np.broadcast_to(codes, (SIZE[1], SIZE[0], 3)).copy(), "rgb48le")


def pq(nits: np.ndarray) -> np.ndarray:
    y = (np.maximum(nits, 0) / 10_000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y)) ** 78.84375


def hlg(scene: np.ndarray) -> np.ndarray:
    bright = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * np.maximum(scene, 0)), bright)


def test_hdr_is_brought_onto_an_ordinary_screen(tmp_path: Path) -> None:
    wide = {"matrix": BT2020, "primaries": BT2020}
    seen = {
        nits: middle(
            shown(clip(tmp_path / f"{nits}.mp4", coded(pq(light(nits))), "libx265", "yuv420p10le", transfer=PQ, **wide))
        )
        for nits in (60, 203, 1000)
    }
    lumas = [seen[nits][0] for nits in (60, 203, 1000)]
    assert lumas == sorted(lumas) and lumas[0] > 60 and lumas[2] < 236
    assert 110 < lumas[1] < 172  # diffuse white leaves room for highlights
    for y, cb, cr in seen.values():
        assert cb < 128 < cr and y > 60, "amber is still amber"


def test_hlg_comes_out_as_pq_does(tmp_path: Path) -> None:
    wide = {"matrix": BT2020, "primaries": BT2020}
    display = light(203) / 1000
    scene = display / (display @ [0.2627, 0.678, 0.0593]) ** (0.2 / 1.2)
    a = middle(shown(clip(tmp_path / "h.mp4", coded(hlg(scene)), "libx265", "yuv420p10le", transfer=HLG, **wide)))
    b = middle(shown(clip(tmp_path / "p.mp4", coded(pq(light(203))), "libx265", "yuv420p10le", transfer=PQ, **wide)))
    assert a == pytest.approx(b, abs=4)


def test_wide_gamut_without_hdr_keeps_its_brightness(tmp_path: Path) -> None:
    codes = coded(np.maximum(light(1), 0) ** (1 / 2.4))
    path = clip(tmp_path / "w.mp4", codes, "libx265", "yuv420p10le", matrix=BT2020, primaries=BT2020, transfer=14)
    assert middle(shown(path)) == pytest.approx(AMBER_709, abs=4)


@pytest.mark.parametrize("screen", [(160, 90), (90, 160), (90, 90), (214, 90)])
@pytest.mark.parametrize("fit", ["fit", "fill", "blur"])
def test_every_shape_of_screen_is_filled_as_asked_for(screen: tuple[int, int], fit: Fit, tmp_path: Path) -> None:
    luma, cb, _ = shown(clip(tmp_path / "c.mp4", plain(size=(128, 72)), "libx264", "yuv420p"), screen, fit)
    width, height = screen
    assert luma.shape == (height, width) and cb.shape == (height // 2, width // 2)
    assert luma[height // 2, width // 2] == pytest.approx(AMBER_709[0], abs=3)
    if screen == (160, 90) or fit == "fill":
        assert luma.min() > 160
    elif fit == "fit":
        assert (luma == 16).any()
    else:
        assert 60 < luma.min() < 130 and (cb < 120).all(), "a darker copy, in colour"
