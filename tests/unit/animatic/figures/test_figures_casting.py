"""Who is in a shot, what they do, and what shows on their face."""

import pytest

from animatic.elements import PanelSpec
from animatic.figures.casting import cast_of
from animatic.figures.directions import pose_of, prop_of
from animatic.figures.expressions import expression_of
from animatic.figures.poses import POSES


@pytest.mark.parametrize(
    ("prompt", "characters", "shot", "names", "hands"),
    [
        ("a mountain lake at dawn", (), "wide", 0, False),
        ("an empty street, no people", (), "wide", 0, False),
        ("a lone figure on the dunes", (), "wide", 1, False),
        ("a woman waits for the train", (), "medium", 1, False),
        ("two strangers share a table", (), "medium", 2, False),
        ("the attic", ("emma",), "wide", 1, False),
        ("they talk", ("emma", "marcus", "emma"), "medium", 2, False),
        ("a key on the table", ("emma",), "insert", 0, False),
        ("her hand turns the key", ("emma",), "insert", 1, True),
        ("down the corridor", ("emma",), "pov", 0, False),
        ("Insert: the clock's hands stand at nine", (), "insert", 0, False),
        ("The hands of the old clock, the minute hand trembles", ("Mara",), "insert", 0, False),
        ("A hand-written letter under a palm tree", (), "insert", 0, False),
        ("Her hands on the clock's hands", ("Mara",), "insert", 1, True),
    ],
)
def test_present_or_absent(prompt: str, characters: tuple[str, ...], shot: str, names: int, hands: bool) -> None:
    cast = cast_of(PanelSpec(prompt=prompt, characters=characters, shot_type=shot), shot)
    assert (len(cast.names), cast.hands) == (names, hands)


def test_a_crowd_stands_behind_named_people() -> None:
    assert cast_of(PanelSpec(prompt="a crowd cheers"), "wide").extras > 6
    cast = cast_of(PanelSpec(prompt="Emma in the crowd", characters=("emma",)), "wide")
    assert cast.names == ("emma",)
    assert cast.extras > 6


@pytest.mark.parametrize(
    ("prompt", "pose"),
    [
        ("Emma walks along the pier", "walk"),
        ("he runs down the alley", "run"),
        ("running water in the sink", "stand"),
        ("she sits by the window", "sit"),
        ("kneeling at the grave", "kneel"),
        ("he lies on the floor", "lie"),
        ("pointing at the sky", "point"),
        ("with her arms crossed", "crossed"),
        ("Emma slowly opening attic door", "reach"),
        ("they embrace", "hug"),
        ("waves crash on the rocks", "stand"),
        ("a quiet moment", "stand"),
    ],
)
def test_words_make_poses(prompt: str, pose: str) -> None:
    assert pose_of(prompt).name == pose
    assert pose in POSES


@pytest.mark.parametrize(
    ("prompt", "prop"),
    [
        ("holding a lantern", "lantern"),
        ("reads an old letter", "letter"),
        ("with an umbrella in the rain", "umbrella"),
        ("she clutches the book", "book"),
        ("a lamp on the desk", None),
    ],
)
def test_words_put_things_in_hands(prompt: str, prop: str | None) -> None:
    assert prop_of(prompt) == prop


def test_heads_look_where_the_prompt_says() -> None:
    assert pose_of("looking up at the stars").head[1] > 0.2
    assert pose_of("she looks down").head[1] < -0.2
    assert pose_of("he looks back").head[0] > 0.5


def test_mood_and_prompt_make_a_face() -> None:
    assert expression_of("joyful", "").smile > 0.5
    assert expression_of("melancholic", "").smile < 0
    assert expression_of("joyful", "he weeps").smile < 0
    assert expression_of(None, "").name == "calm"
    assert expression_of("unheard-of", "").name == "calm"
