# ruff: noqa: E501
"""A template is anybody's: whatever it asks for, it ends soon, in a prompt or in an error that says why."""

from __future__ import annotations

import itertools
import resource
import time
from pathlib import Path

import pytest

from film.errors import InputError
from film.models import Shot
from film.prompts.render import render
from film.prompts.shelf import TemplateLibrary

BOMBS = {
    "nested loops": "{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}{% endfor %}"
    "{% endfor %}{% endfor %}x",
    "loops over text": "{% for a in prompt %}{% for b in prompt %}{% for c in prompt %}{% endfor %}{% endfor %}{% endfor %}x",
    "a long product": "{{ 'x' * 10**9 }}",
    "a long list": "{{ ([0] * 10**9) | length }}",
    "a power": "{{ 9 ** 9 ** 9 }}",
    "a product of products": "{{ 10**40 * 10**40 }}",
    "a format": "{{ '%1000000000d' % 1 }}",
    "another format": "{{ '{:>1000000000}'.format(1) }}",
    "a filter that formats": "{{ '%1000000000d' | format(1) }}",
    "centred": "{{ 'x' | center(1000000000) }}",
    "justified": "{{ 'x'.ljust(1000000000) }}",
    "filled": "{{ 'x'.zfill(1000000000) }}",
    "tabs": "{{ '\\t'.expandtabs(1000000000) }}",
    "indented": "{{ 'x\ny' | indent(1000000000) }}",
    "replaced": "{{ ('x' * 30000) | replace('x', 'y' * 30000) }}",
    "joined": "{{ ('x' * 30000) | list | join('y' * 30000) }}",
    "doubled": "{% set x = 'x' * 1000 %}" + "{% set x = x ~ x %}" * 60 + "{{ x | length }}",
    "added": "{% set x = 'x' * 1000 %}" + "{% set x = x + x %}" * 60 + "{{ x | length }}",
    "captured": "{% set x %}xxxxxxxx{% endset %}" + "{% set x %}{{ x }}{{ x }}{% endset %}" * 60 + "{{ x | length }}",
    "a macro that calls itself": "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}x",
    "a loop that calls itself": "{% for a in [1, 2] recursive %}{{ loop([1, 2]) }}{% endfor %}x",
    "rounded": "{{ 1.5 | round(1000000000, 'ceil') }}",
    "batched": "{{ [1] | batch(1000000000, 0) | list | length }}",
    "sliced": "{{ [1] | slice(1000000000) | list | length }}",
    "deep": "(" * 300 + "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "lorem": "{{ lipsum(1000000) }}",
    "a namespace": "{% set n = namespace(x='x' * 1000) %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}x",
    "mapped": "{{ ('x' * 30000) | list | map('replace', 'x', 'y' * 30000) | join | length }}",
    "a dictionary's lists": "{{ {'a': 1}.__class__ }}",
}
"""What would take minutes, gigabytes or more than that."""


def shelf(folder: Path, **templates: str) -> TemplateLibrary:
    for name, text in templates.items():
        (folder / f"{name}.toml").write_text(f"prompt = '''{text}'''\n")
    return TemplateLibrary([("film", folder)])


def shot(**about: object) -> Shot:
    return Shot.model_validate({"shot_id": "one", "enhanced_prompt": "A harbour " * 90, "duration": 1, **about})


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_within_two_seconds(tmp_path: Path, bomb: str) -> None:
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(InputError, match="template bomb") as told:
        render(shot(), shelf(tmp_path, bomb=BOMBS[bomb]), template="bomb")
    assert time.monotonic() - began < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000, "KiB"
    assert told.value.hint


def test_includes_that_multiply_are_refused(tmp_path: Path) -> None:
    names = [f"t{number}" for number in range(15)]
    texts = {name: "{% include '" + after + "' %}" for name, after in itertools.pairwise(names)}
    texts = {name: text * 20 for name, text in texts.items()}
    began = time.monotonic()
    with pytest.raises(InputError, match="steps"):
        render(shot(), shelf(tmp_path, **texts, t14="{{ '' }}"), template="t0")
    assert time.monotonic() - began < 2


def test_what_looks_are_made_of_still_works(tmp_path: Path) -> None:
    text = (
        "{{ prompt.strip() }}, {{ characters | join('; ') or 'nobody' }}{% for n in range(3) %} {{ loop.index }}{% endfor %}"
        "{% if mood %}, {{ mood | upper }}{% endif %}, {{ 'a' ~ (1 + 2) }}, {{ 'x' * 3 }}, {{ styles | map('title') | join(', ') }}"
        ", {{ 7 // 2 }}, {{ 'l-m' | replace('-', ' ') }}, {{ 2.345 | round(1) }}, {{ styles | sort | first | default('z') }}"
    )
    made = render(
        shot(enhanced_prompt="A harbour", mood="tense", styles=["noir", "film"]),
        shelf(tmp_path, look=text),
        template="look",
    )
    assert made.shot.enhanced_prompt == ("A harbour, nobody 1 2 3, TENSE, a3, xxx, Noir, Film, 3, l m, 2.3, film")
