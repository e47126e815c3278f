"""A template's words and a shot's become one prompt; what cannot be right is refused by name and place."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from film.errors import InputError
from film.models import Shot
from film.prompts import TemplateLibrary, render, rendered, shelf_for


def shot(**fields: Any) -> Shot:
    return Shot.model_validate({"shot_id": "one", "enhanced_prompt": "a trunk is opened", **fields})


def shelf(folder: Path, **files: str) -> TemplateLibrary:
    for name, text in files.items():
        (folder / f"{name.replace('_', '-')}.toml").write_text(text, "utf-8")
    return TemplateLibrary([("film", folder)])


def test_without_template_and_cast_a_shot_stays_as_it_is(tmp_path: Path) -> None:
    (done,) = rendered([shot()], shelf(tmp_path))
    assert done.shot == shot() and done.used == {}


def test_the_prompt_is_made_of_the_templates_words_and_the_shots(tmp_path: Path) -> None:
    noir = 'prompt = "{{ prompt }}, {{ lens }} lens, {{ mood }}"\nnegative_prompt = "{{ negative_prompt }}, colour"\n'
    done = render(shot(mood="tense"), shelf(tmp_path, noir=noir + '[variables]\nlens = "35mm"'), template="noir")
    assert done.shot.enhanced_prompt == "a trunk is opened, 35mm lens, tense"
    assert done.shot.negative_prompt == "colour"
    assert list(done.used) == ["template noir"]


def test_the_shots_variables_go_over_the_films_and_those_over_the_defaults(tmp_path: Path) -> None:
    text = 'prompt = "{{ a }} {{ b }} {{ c }}"\n[variables]\na = "1"\nb = "1"\nc = "1"'
    shots = shot(template="look", variables={"c": "3"})
    done = render(shots, shelf(tmp_path, look=text), variables={"b": "2", "c": "2", "of_another_template": "x"})
    assert done.shot.enhanced_prompt == "1 2 3"


@pytest.mark.parametrize(
    ("value", "wrong"),
    [("dusk", "not one of side, back"), (3, "is not text"), (True, "is not text")],
)
def test_a_choice_is_one_of_its_values(tmp_path: Path, value: Any, wrong: str) -> None:
    text = 'prompt = "{{ key }}"\n[variables]\nkey = { values = ["side", "back"], default = "side" }'
    with pytest.raises(InputError, match=f"one: variable key .*{wrong}"):
        render(shot(template="look", variables={"key": value}), shelf(tmp_path, look=text))


def test_a_number_keeps_within_its_bounds(tmp_path: Path) -> None:
    text = 'prompt = "{{ iso }}"\n[variables]\niso = { type = "number", default = 400, minimum = 100, maximum = 3200 }'
    place = shelf(tmp_path, look=text)
    assert render(shot(template="look", variables={"iso": Decimal("800.5")}), place).shot.enhanced_prompt == "800.5"
    with pytest.raises(InputError, match="iso is 6400, allowed up to 3200"):
        render(shot(template="look", variables={"iso": 6400}), place)


def test_a_variable_without_default_must_be_said(tmp_path: Path) -> None:
    place = shelf(tmp_path, look='prompt = "{{ hero }}"\n[variables]\nhero = { type = "text" }')
    with pytest.raises(InputError, match="needs the variable hero"):
        render(shot(template="look"), place)
    with pytest.raises(InputError, match="one: herro is no variable of template look"):
        render(shot(template="look", variables={"herro": "x"}), place)


def test_templates_include_each_other_with_their_variables(tmp_path: Path) -> None:
    place = shelf(
        tmp_path,
        stock='prompt = "{{ film }} grain"\n[variables]\nfilm = "16mm"',
        look="prompt = \"{{ prompt }}, {% include 'stock' %}\"",
    )
    done = render(shot(template="look", variables={"film": "8mm"}), place)
    assert done.shot.enhanced_prompt == "a trunk is opened, 8mm grain"
    assert set(done.used) == {"template stock", "template look"}


def test_a_circle_of_includes_is_refused(tmp_path: Path) -> None:
    place = shelf(tmp_path, a="prompt = \"{% include 'b' %}\"", b="prompt = \"{% include 'a' %}\"")
    with pytest.raises(InputError, match="a includes itself: a > b > a"):
        render(shot(template="a"), place)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{{ promt }}", "'promt' is undefined"),
        ("{{ prompt", "line 1"),
        ("{% for n in range(10**6) %}x{% endfor %}", "1000000 rounds"),
        ("{{ 'x' * 20000 }}", "over 10000 characters"),
        ("{{ prompt.__class__.__mro__ }}", "unsafe"),
        ("{% include ['a', 'b'] %}", "other than a template's name"),
        ("{% import 'b' as b %}", "other than a template's name"),
        ("{{ 1 // 0 }}", "by zero"),
        ("{{ '' }}", "leaves no prompt"),
    ],
)
def test_a_template_that_cannot_be_rendered_names_shot_and_template(tmp_path: Path, text: str, wrong: str) -> None:
    with pytest.raises(InputError, match="one: template look") as caught:
        render(shot(template="look"), shelf(tmp_path, look=f"prompt = '''{text}'''"))
    assert wrong in str(caught.value) and caught.value.hint


@given(prompt=st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cf", "Cn", "Mn")), min_size=1))
def test_what_a_shot_says_is_put_in_and_never_run(prompt: str) -> None:
    words = shot(enhanced_prompt=f"<{prompt}> {{{{ 7 * 6 }}}} {{% include 'x' %}}")
    done = render(words, shelf_for(None, Path("nowhere")), template="documentary")
    assert done.shot.enhanced_prompt.startswith(words.enhanced_prompt.replace(",,", ",")[:3])
    assert "{{ 7 * 6 }} {% include 'x' %}" in done.shot.enhanced_prompt


def test_a_described_character_looks_and_sounds_alike_everywhere(tmp_path: Path) -> None:
    cast = '[characters.Emma]\ndescription = "copper hair, green coat"\nvoice = "nova"\n'
    cast += '[places.attic]\ndescription = "dusty beams"'
    place = shelf(tmp_path, cast=cast)
    told = shot(characters=["emma", "Tom"], landscapes=["Attic"])
    done = render(told, place)
    assert done.shot.enhanced_prompt == "a trunk is opened. emma: copper hair, green coat. Attic: dusty beams."
    assert done.shot.voice == "nova"
    assert set(done.used) == {"description of emma", "description of Attic"}
    assert render(told.model_copy(update={"voice": "echo"}), place).shot.voice == "echo"
    again = render(done.shot, place).shot
    assert again.enhanced_prompt == done.shot.enhanced_prompt


def test_a_template_places_the_descriptions_itself(tmp_path: Path) -> None:
    cast = '[characters.emma]\ndescription = "copper hair"'
    look = "prompt = \"{{ characters | join(' and ') }} in {{ places | join }}: {{ prompt }}\""
    done = render(
        shot(template="look", characters=["Emma", "Tom"], landscapes=["attic"]), shelf(tmp_path, cast=cast, look=look)
    )
    assert done.shot.enhanced_prompt == "copper hair and Tom in attic: a trunk is opened"


def test_a_template_fills_in_what_the_shot_does_not_say(tmp_path: Path) -> None:
    place = shelf(
        tmp_path, look='[shot]\nstyles = ["noir", "old"]\nmood = "tense"\nshot_type = "close up"\ncamera = "static"'
    )
    done = render(shot(template="look", styles=["old", "wet"], mood="calm", shot_type="medium"), place).shot
    assert done.styles == ("old", "wet", "noir")
    assert (done.mood, done.shot_type, done.camera) == ("calm", "medium", "static")


def test_variables_without_a_template_are_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="variables and no template"):
        render(shot(variables={"a": "b"}), shelf(tmp_path))


def test_every_template_that_comes_with_the_program_renders() -> None:
    place = shelf_for(None, Path("nowhere"))
    assert len(place.names()) >= 8
    for name in place.names():
        done = render(
            shot(characters=["Emma"], landscapes=["attic"], time_of_day="dusk", mood="tense"), place, template=name
        )
        assert done.shot.enhanced_prompt.startswith("a trunk is opened, ")
        assert ", ," not in done.shot.enhanced_prompt and "Emma" in done.shot.enhanced_prompt
        assert not done.shot.negative_prompt.startswith(",")
        assert place.get(name).description and place.get(name).origin == "built in"
