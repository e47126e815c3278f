"""A shot and its template → the shot with the prompt that its providers get.

    variables   the template's defaults  <  the film's  <  the shot's
    words       prompt, negative_prompt, shot_type, mood, time_of_day, styles, characters, places, dialogue

Templates are text, rendered by Jinja2 in a sandbox that counts its steps: what a shot says is put in as it stands and
never run. Without a template a shot's prompt stays as written, and only gains the descriptions of whom and what it
names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from jinja2 import BaseLoader, Environment, nodes
from jinja2 import Template as CompiledTemplate
from jinja2.exceptions import SecurityError, TemplateError, TemplateSyntaxError, UndefinedError

from film.errors import InputError
from film.models import Shot
from film.prompts.cast import Cast, Description, digest_of
from film.prompts.sandbox import CountedEnvironment
from film.prompts.shelf import TemplateLibrary
from film.prompts.template import Template
from film.prompts.variables import Value, Variable, checked

LONGEST = 10_000
"""Characters of a prompt."""
_DEEPEST = 16
_SPACE = re.compile(r"[ \t]*\n\s*|[ \t]{2,}")
_EMPTY_ITEM = re.compile(r"(?:\s*,){2,}")
_EDGES = " ,;\n\t"


@dataclass(frozen=True)
class Named:
    """Somebody or something that a shot names, as templates see it; its text is the description, else the name."""

    name: str
    description: str = ""

    def __str__(self) -> str:
        return self.description or self.name


@dataclass(frozen=True)
class Rendered:
    """A shot as its providers get it, and what its prompt was made of: name → digest."""

    shot: Shot
    used: Mapping[str, str] = field(default_factory=dict[str, str])


def rendered(
    shots: Sequence[Shot],
    shelf: TemplateLibrary,
    *,
    template: str | None = None,
    variables: Mapping[str, Value] | None = None,
) -> tuple[Rendered, ...]:
    """All shots of a film, whose own ``template`` and ``variables`` hold where a shot says nothing."""
    press = _Press(shelf)
    return tuple(_render(shot, press, template, variables or {}) for shot in shots)


def render(
    shot: Shot, shelf: TemplateLibrary, *, template: str | None = None, variables: Mapping[str, Value] | None = None
) -> Rendered:
    """One shot. Raises InputError that names the shot, the template and the line in it."""
    return rendered([shot], shelf, template=template, variables=variables)[0]


def _render(shot: Shot, press: _Press, film_template: str | None, film_variables: Mapping[str, Value]) -> Rendered:
    if shot.title:
        return Rendered(shot)
    cast, name = press.shelf.cast, shot.template or film_template
    if name is None:
        if shot.variables:
            raise InputError(
                f"{shot.shot_id}: it has variables and no template", hint='add "template"', field="variables"
            )
        return _described(shot, cast)
    try:
        templates = press.gather(name)
        words = {**_words(shot, cast), **_values(templates, film_variables, shot)}
        text = press.text(name, "prompt", words)
        if not text:
            raise InputError(f"template {name} leaves no prompt", hint='put "{{ prompt }}" into it', field="template")
        negative = press.text(name, "negative_prompt", words)
    except InputError as error:
        told = f"{shot.shot_id}: {error.message}"
        raise InputError(told, hint=error.hint, field=error.field or "template") from error
    update = {"enhanced_prompt": text, "negative_prompt": negative, **_filled(shot, templates), **_voice(shot, cast)}
    used = {f"template {one.name}": one.digest for one in templates}
    return Rendered(shot.model_copy(update=update), {**used, **_cast_digests(shot, cast)})


class _Press(BaseLoader):
    """Renders templates of one shelf; each is read and compiled once for a whole film."""

    def __init__(self, shelf: TemplateLibrary) -> None:
        self.shelf = shelf
        self._sets: dict[str, tuple[Template, ...]] = {}
        self._compiled: dict[tuple[str, str], CompiledTemplate] = {}
        self._jinja = CountedEnvironment(self)

    def gather(self, name: str) -> tuple[Template, ...]:
        """The template, and after it all that it includes."""
        if name not in self._sets:
            found: dict[str, Template] = {}
            self._gather(name, (), found)
            self._sets[name] = tuple(found.values())
        return self._sets[name]

    def text(self, name: str, field: str, words: Mapping[str, Any]) -> str:
        """A template's ``prompt`` or ``negative_prompt`` with these words in it."""
        template = self.shelf.get(name)
        try:
            self._jinja.begin()
            if (name, field) not in self._compiled:
                self._compiled[name, field] = self._jinja.from_string(getattr(template, field))
            parts: list[str] = []
            size = 0
            for part in self._compiled[name, field].generate(**words):
                parts.append(part)
                size += len(part)
                if size > 4 * LONGEST:
                    break
        except UndefinedError as error:
            _fail(template, str(error.message), f"it knows {', '.join(sorted(words))}", error)
        except TemplateSyntaxError as error:
            _fail(template, f"line {error.lineno} of its text: {error.message}", "mend it", error)
        except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError, AttributeError) as error:
            _fail(template, str(error), "mend the template's text", error)
        except (RecursionError, MemoryError) as error:
            _fail(template, "is nested too deeply", "make it simpler", error)
        text = _tidied("".join(parts))
        if len(text) > LONGEST:
            _fail(template, f"makes a prompt of over {LONGEST} characters", "make it shorter")
        return text

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Any]:
        """Jinja's way to an included template."""
        return self.shelf.get(template).prompt, None, lambda: True

    def _gather(self, name: str, way: tuple[str, ...], found: dict[str, Template]) -> None:
        """Each is looked into once, however many ways lead to it."""
        if name in way or len(way) >= _DEEPEST:
            raise InputError(
                f"template {way[0]} includes itself: {' > '.join((*way, name))}", hint="take one of the includes out"
            )
        if name in found:
            return
        found[name] = template = self.shelf.get(name)
        for text in (template.prompt, template.negative_prompt):
            for included in self._includes(template, text):
                self._gather(included, (*way, name), found)

    def _includes(self, template: Template, text: str) -> Iterator[str]:
        try:
            tree = self._jinja.parse(text)
        except TemplateSyntaxError as error:
            _fail(template, f"line {error.lineno} of its text: {error.message}", "mend it", error)
        except SecurityError as error:
            _fail(template, str(error), "write {% include 'name' %}", error)
        except RecursionError as error:
            _fail(template, "is nested too deeply", "make it simpler", error)
        for node in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
            target = getattr(node, "template", None)
            if not isinstance(node, nodes.Include) or not isinstance(target, nodes.Const):
                _fail(template, "includes something other than a template's name", "write {% include 'name' %}")
            yield str(target.value)


def _fail(template: Template, what: str, hint: str, cause: Exception | None = None) -> NoReturn:
    raise InputError(f"template {template.name}: {what}", hint=f"{hint} ({template.path})", field="template") from cause


def _words(shot: Shot, cast: Cast) -> dict[str, Any]:
    places = _named(shot.landscapes, cast.place)
    return {
        "prompt": shot.enhanced_prompt,
        "negative_prompt": shot.negative_prompt,
        "shot_type": shot.shot_type.replace("-", " "),
        "mood": shot.mood or "",
        "time_of_day": shot.time_of_day or "",
        "styles": shot.styles,
        "camera": shot.camera or "",
        "dialogue": shot.written,
        "characters": _named(shot.characters, cast.character),
        "places": places,
        "landscapes": places,
    }


def _values(templates: Sequence[Template], film: Mapping[str, Value], shot: Shot) -> dict[str, Value]:
    known: dict[str, tuple[Template, Variable]] = {
        name: (template, variable) for template in reversed(templates) for name, variable in template.variables.items()
    }
    given = {**{name: value for name, value in film.items() if name in known}, **shot.variables}
    values: dict[str, Value] = {}
    for name, value in given.items():
        if name not in known:
            raise InputError(
                f"{name[:60]} is no variable of template {templates[0].name}",
                hint=f"it has {', '.join(sorted(known)) or 'none'}",
                field="variables",
            )
        values[name] = checked(name, known[name][1], value)
    for name, (template, variable) in known.items():
        if name not in values:
            if variable.default is None:
                raise InputError(
                    f"template {template.name} needs the variable {name}",
                    hint=f'add "variables": {{"{name}": …}} to the shot or the film',
                    field="variables",
                )
            values[name] = variable.default
    return values


def _filled(shot: Shot, templates: Sequence[Template]) -> dict[str, Any]:
    """Fields that the templates say for the shot; the one that was asked for goes over those it includes."""
    filled: dict[str, Any] = {}
    styles = list(shot.styles)
    for template in templates:
        styles += [style for style in template.shot.styles if style not in styles]
        for name in ("mood", "time_of_day", "camera", "shot_type"):
            value = getattr(template.shot, name)
            if value is not None and name not in shot.model_fields_set and name not in filled:
                filled[name] = value
    return {**filled, "styles": tuple(styles)}


def _described(shot: Shot, cast: Cast) -> Rendered:
    """A shot without a template: its prompt, and then whom and what it shows."""
    found = [
        f"{name}: {one.description}"
        for name, one in _found(shot, cast)
        if one.description.casefold() not in shot.enhanced_prompt.casefold()
    ]
    digests, voice = _cast_digests(shot, cast), _voice(shot, cast)
    if not found:
        return Rendered(shot.model_copy(update=voice) if voice else shot, digests)
    text = f"{shot.enhanced_prompt.rstrip(_EDGES + '.')}. " + ". ".join(one.rstrip(".") for one in found) + "."
    if len(text) > LONGEST:
        raise InputError(
            f"{shot.shot_id}: with its descriptions the prompt has {len(text)} characters, allowed {LONGEST}",
            hint="shorten them in templates/cast.toml",
        )
    return Rendered(shot.model_copy(update={"enhanced_prompt": text, **voice}), digests)


def _found(shot: Shot, cast: Cast) -> list[tuple[str, Description]]:
    people = [(name, cast.character(name)) for name in shot.characters]
    places = [(name, cast.place(name)) for name in shot.landscapes]
    return [(name, one) for name, one in (*people, *places) if one]


def _cast_digests(shot: Shot, cast: Cast) -> dict[str, str]:
    return {f"description of {name}": digest_of(one) for name, one in _found(shot, cast)}


def _voice(shot: Shot, cast: Cast) -> dict[str, str]:
    speaker = cast.character(shot.speaker) if shot.speaker else None
    return {"voice": speaker.voice} if speaker and speaker.voice and shot.voice is None else {}


def _named(names: Sequence[str], find: Any) -> tuple[Named, ...]:
    return tuple(Named(name, one.description if (one := find(name)) else "") for name in names)


def _tidied(text: str) -> str:
    """One line of words, whatever empty variables left behind."""
    return _EMPTY_ITEM.sub(",", _SPACE.sub(" ", text)).replace(" ,", ",").strip(_EDGES)
