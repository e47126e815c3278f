"""A shots.json that is edited keeps all that its owner wrote and that was not edited."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from film.errors import InputError
from film.shots.json_edits import ShotText

LONG = """{
  "title": "Attic",
  "shots": [
    {
      "shot_id": "a",
      "prompt": "An attic",
      "duration": 5.0,
      "mine": {"x":  [1,2]}
    },
    {"shot_id": "b", "enhanced_prompt": "A door"}
  ]
}
"""


def test_only_the_value_changes():
    assert ShotText(LONG).with_fields(0, {"duration": Decimal("4.5")}).text == LONG.replace("5.0", "4.5")


def test_an_equal_value_keeps_its_spelling():
    assert ShotText(LONG).with_fields(0, {"duration": 5}).text == LONG


def test_a_prompt_stays_under_the_name_it_has():
    assert '"prompt": "A loft"' in ShotText(LONG).with_fields(0, {"enhanced_prompt": "A loft"}).text


def test_a_new_member_stands_like_its_neighbours():
    text = ShotText(LONG).with_fields(0, {"mood": "calm"}).with_fields(1, {"mood": "tense"}).text
    assert '"mine": {"x":  [1,2]},\n      "mood": "calm"\n    }' in text
    assert '{"shot_id": "b", "enhanced_prompt": "A door", "mood": "tense"}' in text


@pytest.mark.parametrize("name", ["shot_id", "prompt", "duration", "mine"])
def test_a_member_taken_out_leaves_json(name):
    text = ShotText(LONG).with_fields(0, {name: None}).text
    before, after = json.loads(LONG)["shots"][0], json.loads(text)["shots"][0]
    assert after == {k: v for k, v in before.items() if k != name}


def test_shots_come_go_and_move():
    text = ShotText(LONG)
    assert _ids(text.with_entry(0, {"shot_id": "n"})) == ["n", "a", "b"]
    assert _ids(text.with_entry(2, {"shot_id": "n"})) == ["a", "b", "n"]
    assert _ids(text.without(0)) == ["b"]
    assert _ids(text.without(1)) == ["a"]
    moved = text.in_order([1, 0])
    assert _ids(moved) == ["b", "a"]
    assert moved.in_order([1, 0]).text == LONG
    with pytest.raises(InputError):
        text.without(0).without(0)


_VALUES = some.recursive(
    some.none() | some.booleans() | some.integers(-99, 99) | some.text(max_size=5),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
_SHOTS = some.lists(some.dictionaries(some.text(max_size=4), _VALUES, max_size=4), min_size=1, max_size=4)


@given(_SHOTS, some.sampled_from([None, 1, 2]), some.data())
def test_any_edit_of_any_json_changes_what_it_says_and_nothing_else(shots, indent, data):
    text = ShotText(json.dumps(shots, indent=indent))
    index = data.draw(some.integers(0, len(shots) - 1))
    changes = data.draw(some.dictionaries(some.text(max_size=4), _VALUES, max_size=3))
    if "prompt" in shots[index]:
        changes.pop("enhanced_prompt", None)
    wanted = {k: v for k, v in {**shots[index], **changes}.items() if not (k in changes and v is None)}
    expected = [*shots[:index], wanted, *shots[index + 1 :]]
    assert json.loads(text.with_fields(index, changes).text) == expected


def _ids(text: ShotText) -> list[str]:
    found = json.loads(text.text)
    return [shot["shot_id"] for shot in (found["shots"] if isinstance(found, dict) else found)]
