"""Drawn figures: where they are, that they are the same every time, and that nothing in the wardrobe breaks."""

from dataclasses import replace

import numpy as np
import pytest

from animatic.elements import MARGIN, FloatArray, Framing, Layer, Light, PanelSpec, drawn_size
from animatic.figures import appearance, draw_figures
from animatic.figures.cuts import CUTS
from animatic.figures.directions import holding
from animatic.figures.expressions import CALM, expression_of
from animatic.figures.figure import Placement, Sprite, paint
from animatic.figures.hair import STYLES
from animatic.figures.poses import POSES

NOON = Light(
    zenith=(0.17, 0.40, 0.72), middle=(0.43, 0.64, 0.86), horizon=(0.83, 0.90, 0.94), sun=(1.0, 0.98, 0.92),
    shade=(0.15, 0.18, 0.21), rim=(1.0, 0.98, 0.93), sun_x=0.3, sun_height=0.8, ambient=0.9, night=False,
)  # fmt: skip
NIGHT = replace(
    NOON, zenith=(0.02, 0.03, 0.07), middle=(0.05, 0.08, 0.15), horizon=(0.11, 0.16, 0.26), sun=(0.62, 0.74, 0.98),
    shade=(0.02, 0.03, 0.06), rim=(0.55, 0.68, 0.95), ambient=0.2, night=True,
)  # fmt: skip
WIDE = Framing("wide", 0.48, 0.37, 0.5, 0.0)
MEDIUM = Framing("medium", 1.42, 0.14, 0.4, 0.008)
CLOSE = Framing("close-up", 3.3, 0.11, 0.4, 0.022)


def draw(
    framing: Framing,
    characters: tuple[str, ...] = ("emma",),
    prompt: str = "standing",
    size: tuple[int, int] = (320, 180),
    light: Light = NOON,
    ground: FloatArray | None = None,
    seed: int = 3,
) -> list[Layer]:
    width, height = drawn_size(*size)
    spec = PanelSpec(prompt=prompt, shot_type=framing.name, characters=characters, seed=seed)
    return draw_figures(spec, light, framing, width, height, ground)


def people(layers: list[Layer]) -> list[Layer]:
    """Without the shadows on the ground, which lie just behind their figures."""
    return [layer for layer in layers if float(layer.alpha.max()) > 0.9]


def extent(layer: Layer) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of what is covered, as fractions of the frame."""
    height, width = layer.alpha.shape
    rows, columns = np.flatnonzero(layer.alpha.max(axis=1) > 0.5), np.flatnonzero(layer.alpha.max(axis=0) > 0.5)

    def part(value: float, whole: int) -> float:
        return (value / whole - (1 - 1 / MARGIN) / 2) * MARGIN

    return part(columns[0], width), part(rows[0], height), part(columns[-1], width), part(rows[-1], height)


def sound(layer: Layer | Sprite) -> bool:
    return bool(
        np.isfinite(layer.rgb).all()
        and np.isfinite(layer.alpha).all()
        and layer.rgb.min() >= 0
        and layer.rgb.max() <= 1
        and layer.alpha.min() >= 0
        and layer.alpha.max() <= 1
    )


@pytest.mark.parametrize("prompt", ["standing", "running", "walking", "sits", "lies on the ground"])
def test_whole_people_stand_inside_a_wide_frame(prompt: str) -> None:
    left, top, right, bottom = extent(people(draw(WIDE, prompt=prompt))[-1])
    assert left > 0
    assert right < 1
    assert top > 0.09
    assert 0.80 < bottom < 0.92


def test_feet_follow_the_ground() -> None:
    width, height = drawn_size(320, 180)
    ground = np.full(width, 0.70 * height, np.float32)
    _, _, _, bottom = extent(people(draw(WIDE, ground=ground))[-1])
    assert bottom == pytest.approx((0.70 - (1 - 1 / MARGIN) / 2) * MARGIN, abs=0.015)


def test_a_shadow_lies_under_feet_that_are_seen_and_only_there() -> None:
    assert len(draw(WIDE)) == 2
    assert len(draw(MEDIUM)) == 1


@pytest.mark.parametrize("framing", [MEDIUM, CLOSE])
@pytest.mark.parametrize("name", ["emma", "Detective Vega", "boy", "king"])
def test_heads_keep_clear_of_the_bars(framing: Framing, name: str) -> None:
    _, top, _, bottom = extent(people(draw(framing, (name,)))[-1])
    assert 0.06 < top < 0.30
    assert bottom > 0.99


def test_the_same_shot_is_the_same_picture() -> None:
    one, two = draw(MEDIUM), draw(MEDIUM)
    assert len(one) == len(two)
    for first, second in zip(one, two, strict=True):
        assert np.array_equal(first.rgb, second.rgb)
        assert np.array_equal(first.alpha, second.alpha)


def test_a_prompt_changes_the_pose_and_not_the_person() -> None:
    look = appearance.of("emma")
    standing, running = draw(WIDE), draw(WIDE, prompt="an old man with a beard, a soldier; she runs")
    assert appearance.of("emma") == look
    assert not np.array_equal(people(standing)[-1].alpha, people(running)[-1].alpha)


def test_a_coat_has_the_same_colour_near_and_far() -> None:
    look = appearance.of("marcus")
    tones: list[FloatArray] = []
    for tall in (150, 420, 900):
        sprite = paint(
            look, POSES["stand"], CALM, Placement(200, tall * 1.02, tall, 0.5), NOON, 400, round(tall * 1.05)
        )
        assert sprite is not None
        tones.append((sprite.rgb * sprite.alpha[..., None]).sum(axis=(0, 1)) / sprite.alpha.sum())
    assert np.abs(tones[0] - tones[1]).max() < 0.03
    assert np.abs(tones[1] - tones[2]).max() < 0.03


def test_composition_is_the_same_at_every_size() -> None:
    small, large = extent(people(draw(WIDE, size=(320, 180)))[-1]), extent(people(draw(WIDE, size=(960, 540)))[-1])
    assert np.allclose(small, large, atol=0.012)


@pytest.mark.parametrize("size", [(160, 90), (180, 320), (240, 240), (430, 180), (1920, 1080)])
def test_sizes_and_aspects(size: tuple[int, int]) -> None:
    for layer in draw(MEDIUM, ("emma", "marcus"), size=size):
        assert sound(layer)
        assert layer.rgb.shape == (*layer.alpha.shape, 3)
        assert layer.alpha.shape[::-1] == drawn_size(*size)
        assert layer.rgb.dtype == layer.alpha.dtype == np.float32


def test_one_figure_leaves_room_to_look_into() -> None:
    for seed in range(4):
        left, _, right, _ = extent(people(draw(MEDIUM, seed=seed, size=(160, 90)))[-1])
        assert abs((left + right) / 2 - 0.5) > 0.05


def test_two_face_each_other_and_can_be_told_apart() -> None:
    far, near = people(draw(MEDIUM, ("emma", "marcus")))
    tones = [(layer.rgb * layer.alpha[..., None]).sum(axis=(0, 1)) / layer.alpha.sum() for layer in (far, near)]
    assert np.abs(tones[0] - tones[1]).max() > 0.04
    assert extent(near)[0] < extent(far)[0]


def test_over_the_shoulder_has_a_foreground() -> None:
    speaker, back = draw(Framing("over the shoulder", 1.75, 0.135, 0.4, 0.012), ("emma", "marcus"))
    assert back.depth > 0.9 > speaker.depth
    left, _, right, _ = extent(back)
    assert left < 0.02 or right > 0.98


def test_groups_and_crowds() -> None:
    assert len(people(draw(WIDE, ("emma", "marcus", "boy", "Olga")))) == 4
    crowd = draw(WIDE, (), "a crowd of people in the square", size=(160, 90))
    assert len(crowd) == 1
    assert float((crowd[0].alpha > 0.9).mean()) > 0.03


def test_nobody_is_drawn_where_nobody_is() -> None:
    assert draw(WIDE, (), "a mountain lake at dawn") == []
    assert draw(Framing("insert", 6.0, -3.3, 0.3, 0.02), ("emma",), "a key on the table") == []
    assert len(draw(Framing("insert", 6.0, -3.3, 0.3, 0.02), ("emma",), "her hand holds a letter")) == 1


def test_night_is_darker_than_noon() -> None:
    noon, night = people(draw(MEDIUM))[0], people(draw(MEDIUM, light=NIGHT))[0]
    assert night.rgb[night.alpha > 0.9].mean() < 0.6 * noon.rgb[noon.alpha > 0.9].mean()


def test_a_mood_shows_in_a_close_up() -> None:
    look, place = appearance.of("emma"), Placement(90, 800, 780, 0.4)
    calm = paint(look, POSES["stand"], CALM, place, NOON, 180, 180)
    glad = paint(look, POSES["stand"], expression_of("joyful", ""), place, NOON, 180, 180)
    assert calm is not None
    assert glad is not None
    assert np.array_equal(calm.alpha, glad.alpha)
    assert np.abs(calm.rgb - glad.rgb).max() > 0.2


def _drawn(look: appearance.Appearance, pose: str = "stand", prop: str | None = None) -> Sprite:
    attitude = POSES[pose] if prop is None else holding(POSES[pose], prop)
    sprite = paint(look, attitude, CALM, Placement(80, 150, 130, 0.6), NOON, 160, 160)
    assert sprite is not None
    assert sound(sprite)
    assert float(sprite.alpha.max()) > 0.9
    return sprite


@pytest.mark.parametrize("pose", sorted(POSES))
def test_every_pose(pose: str) -> None:
    _drawn(appearance.of("emma"), pose)


@pytest.mark.parametrize("style", sorted(STYLES))
def test_every_hair(style: str) -> None:
    _drawn(replace(appearance.of("emma"), hair=style))


@pytest.mark.parametrize("hat", appearance.HATS)
def test_every_hat(hat: str) -> None:
    bare = _drawn(replace(appearance.of("emma"), hat=None))
    assert not np.array_equal(bare.rgb.mean(), _drawn(replace(appearance.of("emma"), hat=hat)).rgb.mean())


@pytest.mark.parametrize("cut", sorted(CUTS))
def test_every_outfit(cut: str) -> None:
    _drawn(replace(appearance.of("marcus"), cut=cut, scarf=True, bag=True, glasses=True))


@pytest.mark.parametrize("beard", appearance.BEARDS)
def test_every_beard(beard: str) -> None:
    _drawn(replace(appearance.of("marcus"), beard=beard))


@pytest.mark.parametrize("prop", ["lantern", "phone", "letter", "book", "gun", "umbrella", "box", "flowers", "cup"])
def test_every_prop(prop: str) -> None:
    look = appearance.of("emma")
    assert _drawn(look).alpha.sum() != _drawn(look, "stand", prop).alpha.sum()
