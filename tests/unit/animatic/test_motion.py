"""Motion and encoding: frames that are exact, reproducible and smooth, clips that decode strictly."""

from __future__ import annotations

import importlib.util
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from animatic import camera, encode, motion
from animatic.elements import Framing, Layer, Light, Panel, PanelSpec, drawn_size
from animatic.sheets import GROUPS, Sheet, sheets_of
from film.errors import InputError, Interrupted

Numbers = NDArray[np.floating]
SIZE = (320, 180)
RATE = Fraction(24)
SUN = (1.0, 0.8, 0.5)
LIGHT = Light((0.3, 0.3, 0.6), (0.7, 0.5, 0.5), (0.9, 0.6, 0.4), SUN, (0.1, 0.1, 0.1), SUN, 0.3, 0.2, 0.4, night=False)
ALL_WEATHER = (
    "rain", "storm", "drizzle", "snow", "blizzard", "dust", "embers", "ash", "leaves", "petals", "fireflies",
    "bubbles", "fog", "haze",
)  # fmt: skip


def panel_of(size: tuple[int, int] = SIZE, weather: tuple[str, ...] = (), life: bool = False) -> Panel:
    """A sky, clouds, hills, ground, a figure and leaves in front, drawn by hand."""
    width, height = drawn_size(*size)
    y, x = (plane.astype(np.float32) for plane in np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j])

    def layer(colour: tuple[float, float, float], alpha: Numbers, depth: float, lives: str | None = None) -> Layer:
        rgb = np.broadcast_to(np.array(colour, np.float32), (height, width, 3)).copy()
        return Layer(rgb + 0.1 * y[..., None], np.clip(alpha, 0, 1).astype(np.float32), depth, lives if life else None)

    hills = 0.55 + 0.05 * np.sin(x * 11)
    return Panel(
        PanelSpec("a hill at dusk"),
        [
            layer((0.6, 0.45, 0.5), np.ones_like(x), 0.0),
            layer((0.9, 0.8, 0.8), 0.4 * np.sin(9 * x + 20 * y) * (y < 0.3), 0.05, "clouds"),
            layer((0.4, 0.3, 0.4), (y - hills) * height, 0.2),
            layer((0.2, 0.3, 0.5), (y - 0.7) * height, 0.4, "water"),
            layer((0.1, 0.1, 0.12), (y - 0.8 - 0.02 * np.sin(7 * x)) * height, 0.5),
            layer((0.05, 0.05, 0.1), 40 * (0.09 - np.hypot((x - 0.6) * width / height, (y - 0.6) / 2)), 0.6),
            layer((0.02, 0.06, 0.02), 20 * (0.1 - np.hypot(x, y - 0.4)), 0.95, "foliage"),
        ],
        *size,
        LIGHT,
        Framing("medium", 1.0, 0.1, 0.6, 0.0),
        weather,
    )


def rendered(path: Path, panel: Panel, count: int, move: str = "truck left", rate: Fraction = RATE) -> int:
    shot = motion.frames(panel, camera.MOVES[move], count, 5, rate=rate)
    return encode.write_clip(path, shot, panel.width, panel.height, rate)


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(24000, 1001), Fraction(30)])
def test_a_clip_holds_every_frame_at_a_constant_rate_and_says_what_it_is(tmp_path: Path, rate: Fraction) -> None:
    clip = tmp_path / "clip.mp4"
    assert rendered(clip, panel_of(), 53, rate=rate) == 53
    with av.open(str(clip), options={"err_detect": "explode"}) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.color_range, context.colorspace) == (ColorRange.MPEG, Colorspace.ITU709)
        assert (int(context.color_primaries), int(context.color_trc), context.pix_fmt) == (1, 1, "yuv420p")
        assert stream.average_rate == rate
        frames = list(container.decode(stream))
    assert len(frames) == 53
    times = [frame.pts * frame.time_base for frame in frames if frame.pts is not None and frame.time_base]
    assert times == [k / rate for k in range(53)]
    assert clip.read_bytes().find(b"moov") < clip.read_bytes().find(b"mdat")
    assert not list(tmp_path.glob("*.partial"))


def test_the_same_shot_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        rendered(tmp_path / name, panel_of(weather=("rain", "dust"), life=True), 12)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_any_frame_can_be_drawn_alone() -> None:
    move = camera.MOVES["handheld"]
    panel = panel_of(weather=ALL_WEATHER, life=True)
    in_order = list(motion.frames(panel, move, 9, 3))
    alone = motion.Animator(panel, move, 9, 3).frame(7)
    assert np.array_equal(in_order[7], alone)
    assert not np.array_equal(in_order[7], motion.Animator(panel, move, 9, 4).frame(7))


def test_stopping_leaves_no_file_and_is_asked_before_each_frame(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    done: list[int] = []
    shot = motion.frames(panel_of(), camera.MOVES["static"], 30, 1)
    with pytest.raises(Interrupted):
        encode.write_clip(clip, shot, *SIZE, RATE, on_frame=done.append, should_stop=lambda: len(done) == 7)
    assert done == [1, 2, 3, 4, 5, 6, 7]
    assert list(tmp_path.iterdir()) == []


def test_a_clip_without_frames_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        encode.write_clip(tmp_path / "clip.mp4", iter(()), *SIZE, RATE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ALL_WEATHER)
def test_each_weather_is_seen_and_moves(kind: str) -> None:
    look = motion.Look(grain=0, vignette=0)

    def shot(weather: tuple[str, ...], k: int) -> NDArray[np.int_]:
        animator = motion.Animator(panel_of(weather=weather), camera.MOVES["static"], 48, 2, look=look)
        return animator.frame(k).astype(int)

    dry, first, later = shot((), 0), shot((kind,), 0), shot((kind,), 24)
    assert np.abs(first - dry).max() > 8
    assert np.abs(first - later).max() > 8
    assert np.array_equal(dry, shot((), 24))


@pytest.mark.parametrize("life", ["clouds", "fog", "flicker", "foliage", "glow", "boat", "water"])
def test_what_lives_moves_under_a_still_camera(life: str) -> None:
    panel = panel_of(life=True)
    for layer in panel.layers:
        layer.life = None
    panel.layers[6 if life == "foliage" else 3].life = life  # what sways shows it by its upright edges
    animator = motion.Animator(panel, camera.MOVES["static"], 120, 2, look=motion.Look(grain=0))
    assert not np.array_equal(animator.frame(0), animator.frame(40))


def test_planes_are_limited_range_bt709_and_shaped_for_the_encoder() -> None:
    frame = next(motion.frames(panel_of(weather=("snow",)), camera.MOVES["push in"], 3, 1))
    assert frame.shape == (SIZE[1] * 3 // 2, SIZE[0]) and frame.dtype == np.uint8
    assert frame[: SIZE[1]].min() >= 16 and frame[: SIZE[1]].max() <= 235
    red = np.zeros((180, 320, 3), np.uint8)
    red[..., 0] = 255
    plain = motion.Look(grain=0, vignette=0)
    planes = next(motion.frames(motion.flat_panel(red, *SIZE), camera.MOVES["static"], 1, 1, look=plain))
    chroma = planes[180:].reshape(2, -1)
    measured = (np.median(planes[:180]), np.median(chroma[0]), np.median(chroma[1]))
    assert measured == pytest.approx((63, 102, 240), abs=1.1)


def test_grain_is_new_in_each_frame_and_gone_when_turned_off() -> None:
    panel, still = panel_of(), camera.MOVES["static"]
    one, two = motion.frames(panel, still, 2, 1)
    assert 0.5 < np.std(one[:180].astype(int) - two[:180]) < 6
    one, two = motion.frames(panel, still, 2, 1, look=motion.Look(grain=0))
    assert np.array_equal(one, two)


def test_many_layers_become_few_groups_far_to_near() -> None:
    panel = panel_of()
    sheets = sheets_of(panel.layers, lives=lambda _: False, spare=lambda _: 0)
    assert 3 <= len(sheets) <= GROUPS
    assert [sheet.depth for sheet in sheets] == sorted(sheet.depth for sheet in sheets)
    assert not sheets[0].cels[0].masked


def test_groups_show_the_same_picture_as_the_layers_laid_over_each_other() -> None:
    panel = panel_of()
    light = np.zeros_like(panel.layers[0].rgb)
    for layer in panel.layers:
        light = light * (1 - layer.alpha[..., None]) + layer.rgb * layer.alpha[..., None]
    luma = 16 + 219 * (light @ np.array([0.2126, 0.7152, 0.0722]))
    top, left = (luma.shape[0] - SIZE[1]) // 2, (luma.shape[1] - SIZE[0]) // 2
    expected = luma[top : top + SIZE[1], left : left + SIZE[0]]
    look = motion.Look(grain=0, vignette=0, life=False)
    drawn = next(motion.frames(panel, camera.MOVES["static"], 1, 1, look=look))[: SIZE[1]]
    assert np.abs(drawn - expected).max() < 4


@pytest.mark.parametrize("shape", [(90, 160), (400, 300), (300, 400), (37, 801)])
def test_any_picture_gets_a_camera_move(shape: tuple[int, int]) -> None:
    picture = np.random.default_rng(1).integers(40, 200, (*shape, 3), dtype=np.uint8)
    panel = motion.flat_panel(picture, *SIZE)
    first, *_, last = motion.frames(panel, camera.MOVES["pan right"], 5, 1)
    assert first.shape == (270, 320) and not np.array_equal(first, last)


def test_a_picture_keeps_its_own_size_when_none_is_asked() -> None:
    panel = motion.flat_panel(np.zeros((216, 384, 3), np.uint8))
    assert panel.width % 2 == panel.height % 2 == 0
    assert panel.width <= 384 and panel.layers[0].alpha.shape[1] <= 384


def test_an_odd_size_is_refused() -> None:
    with pytest.raises(InputError):
        motion.Animator(panel_of((321, 180)), camera.MOVES["static"], 1, 1)


def smoothness() -> ModuleType:
    source = Path(__file__).parents[3] / "benchmarks" / "motion_smoothness.py"
    spec = importlib.util.spec_from_file_location("motion_smoothness", source)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_slow_moves_are_smooth() -> None:
    jitter = smoothness().measure()
    assert jitter["pan"] < 0.08 and jitter["push"] < 0.08


def test_the_measure_sees_a_camera_that_moves_by_whole_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    def whole(animator: motion.Animator, _sheet: Sheet, k: int, _seconds: float) -> camera.Box:
        left, top, right, bottom = animator.path.box(k, 0.5)
        return round(left), round(top), round(right), round(bottom)

    monkeypatch.setattr(motion.Animator, "_box", whole)
    jitter = smoothness().measure()
    assert jitter["pan"] > 0.15 and jitter["push"] > 0.15
