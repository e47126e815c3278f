"""What people wrote → a model: every refusal names file, line and field, and says what would be taken.

    {"durration": 4}  ──(validated)──►  shots.json:3 durration is not a field; did you mean duration?

JSON and TOML come here alike; each brings its own finder of lines.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from film.errors import InputError, all_of
from film.models import Model

Place = tuple[str | int, ...]
M = TypeVar("M", bound=Model)
MAX_FIELDS = 1_000
"""Members of a shot, or of a film's settings."""

_FORMS = {
    "string": ("text", '"…"'),
    "tuple": ("a list", '["…"]'),
    "model": ("a group of settings", '{"…": …}'),
}
"""What a field's value should be, by the validator's word for it, and how that is written."""

_TRUTH = ("true or false", 'write "{name}": true, or false')
_WHOLE = ("a whole number", 'write "{name}": 1')
_NUMBER = ("a number", "write a plain number for {name}, without quotes or units")
_KINDS = {
    **dict.fromkeys(("bool_type", "bool_parsing"), _TRUTH),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), _WHOLE),
    **dict.fromkeys(("decimal_type", "decimal_parsing", "finite_number"), _NUMBER),
    "path_type": ("the path of a file", 'write "{name}": "…"'),
}
"""The validator's word → what the value should be, and the next step, where no form is to be shown."""


class Lines(Protocol):
    def of(self, place: Sequence[str | int], /) -> int:
        """The line that the value at ``place``, or the nearest thing around it, stands on."""
        ...


def check_names(
    entry: Mapping[str, object],
    known: Collection[str],
    lines: Lines,
    path: Path,
    place: Place = (),
    *,
    hint: str = "write {near}",
) -> list[str]:
    """The members that are no fields; InputError for one that is a typing error of a field."""
    if len(entry) > MAX_FIELDS:  # each unknown one is compared with all that there are
        raise InputError(
            f"there are {len(entry)} fields here, allowed {MAX_FIELDS}",
            hint="take out those that are none; a shot's own notes may stand in its meta",
            file=path,
            line=lines.of(place),
        )
    unknown = [name for name in entry if name not in known]
    wrong = [
        InputError(
            f"{name} is not a field; did you mean {near}?",
            hint=hint.format(near=near),
            file=path,
            line=lines.of((*place, name)),
            field=name,
        )
        for name in unknown
        if (near := _near(name, known))
    ]
    if wrong:
        raise all_of(wrong)
    return unknown


def validated(kind: type[M], entry: Mapping[str, object], lines: Lines, path: Path, place: Place = ()) -> M:
    """The entry as a model; null stands for a field left out. InputError holds all that is wrong with it."""
    try:
        return kind.model_validate({name: value for name, value in entry.items() if value is not None})
    except ValidationError as error:
        wrong: list[InputError] = []
        for one in error.errors(include_url=False):
            spot = _written(one["loc"], entry)
            message, hint = explain(one, dotted(spot), at(spot, entry), kind)
            line = lines.of((*place, *spot))
            wrong.append(InputError(message, hint=hint, file=path, line=line, field=dotted(_named(spot)) or None))
        raise all_of(wrong) from None


def check_file(file: Path, lines: Lines, path: Path, place: Place, spot: Place) -> None:
    """InputError where ``file``, named at ``spot`` of the entry at ``place``, is not there."""
    if not file.is_file():
        raise InputError(
            f"{dotted(spot)}: there is no file {file}",
            hint=f"paths count from the folder of {path.name}",
            file=path,
            line=lines.of((*place, *spot)),
            field=dotted(spot),
        )


def file_beside(path: Path, file: Path) -> Path:
    """A file that ``path`` names, looked for from its folder."""
    return (path.parent / file.expanduser()).absolute()


def kind_of(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case dict():
            return "an object"
        case list() | tuple():
            return "a list"
        case str():
            return "text"
        case _:
            return "a number"


def _written(loc: Place, entry: object) -> Place:
    """The way to what is wrong, without what the validator adds of its own: names of alternatives it tried."""
    spot: list[str | int] = []
    for step in loc:
        if isinstance(entry, dict) and isinstance(step, str):
            members = cast("dict[str, object]", entry)
            if step not in members and spot and step != loc[-1]:
                continue
            spot.append(step)
            entry = members.get(step)
        elif isinstance(entry, list) and isinstance(step, int) and step < len(cast("list[object]", entry)):
            spot.append(step)
            entry = cast("list[object]", entry)[step]
        elif not spot:
            spot.append(step)
    return tuple(spot)


def _named(spot: Place) -> Place:
    """The field: a member of a list has no name of its own."""
    return _named(spot[:-1]) if spot and isinstance(spot[-1], int) else spot


def dotted(spot: Place) -> str:
    """``effects[0].level``."""
    text = ""
    for step in spot:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def at(spot: Place, entry: object) -> object:
    """What the entry holds there, None where it ends before."""
    for step in spot:
        if isinstance(entry, dict):
            entry = cast("dict[str, object]", entry).get(str(step))
        elif isinstance(entry, list) and isinstance(step, int):
            entry = cast("list[object]", entry)[step]
        else:
            return None
    return entry


def _near(name: str, known: Collection[str]) -> str | None:
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.75)), None)


def explain(error: ErrorDetails, name: str, given: object, kind: type[Model]) -> tuple[str, str]:
    """What is wrong with ``name``, and the next step, in our own words instead of the validator's."""
    context = error.get("ctx", {})
    shown = _shown(given)
    match error["type"]:
        case "missing":
            group, _, last = name.rpartition(".")
            return f"{name} is missing", f'add "{last}" to {group or "it"}'
        case "extra_forbidden":
            return _not_a_field(name, kind)
        case "greater_than_equal" | "greater_than" | "less_than_equal":
            return _out_of_bounds(name, shown, context)
        case "string_too_long" | "too_long" as wrong:
            return _too_long(name, wrong, context)
        case "string_unicode":
            return f"{name} holds half of a surrogate pair, which is no character", "type the text again"
        case "string_too_short" | "too_short":
            return f"{name} is empty", f"say something, or leave {name} out if it is optional"
        case "string_type" | "tuple_type" | "model_type" | "model_attributes_type" as wanted:
            form, example = _FORMS[wanted.partition("_")[0]]
            return f"{name} is {kind_of(given)}, not {form}", _written_as(name, example, given, form)
        case other if wanted := _KINDS.get(other):
            form, step = wanted
            return f"{name} is{shown}, not {form}", step.format(name=name)
        case "decimal_max_places":
            return f"{name} is{shown}, allowed {context['decimal_places']} digits after the point", f"round {name}"
        case "literal_error":
            return f"{name} is{shown}", f"use one of {context['expected']}"
        case "value_error":
            reason = str(context.get("error", error["msg"]))
            return f"{name}{shown} {reason}", f"change {name}"
        case _:
            return f"{name} is{shown}: {error['msg'].lower()}", f"change {name}"


def _written_as(name: str, example: str, given: object, form: str) -> str:
    """The next step for a value of the wrong kind: what was given in the right form, where it has one."""
    if name.endswith("]"):  # a member of a list has no name to write
        return f"write {form} in its place, or take it out"
    if isinstance(given, str) and form == "a list":
        example = f'["{given[:40]}"]'
    elif isinstance(given, (int, Decimal)) and not isinstance(given, bool) and form == "text":
        example = f'"{str(given)[:24]}"'
    return f'write "{name}": {example}'


def _shown(given: object) -> str:
    """A value as JSON has it, cut where it is long."""
    match given:
        case None:
            return ""
        case bool():
            return f" {str(given).lower()}"
        case str():
            return f" {given[:40]!r}"
        case list():  # of a long one, all would be written to be cut away
            return f" {str(cast('list[object]', given)[:24])[:24]}"
        case _:
            return f" {str(given)[:24]}"


def _too_long(name: str, wrong: str, context: Mapping[str, Any]) -> tuple[str, str]:
    if wrong == "too_long":
        return f"{name} has {context['actual_length']} entries, allowed {context['max_length']}", "leave some out"
    return f"{name} is longer than {context['max_length']} characters", "shorten it"


def _out_of_bounds(name: str, shown: str, context: Mapping[str, Any]) -> tuple[str, str]:
    if name == "duration":
        step = "split the shot" if "le" in context else "let the shot be part of another"
        return f"duration is{shown}, allowed 1 to 30", f"{step} or change its duration (seconds)"
    if "ge" in context:
        bound = f"{context['ge']} or more"
    elif "gt" in context:
        bound = f"more than {context['gt']}"
    else:
        bound = f"up to {context['le']}"
    return f"{name} is{shown}, allowed {bound}", f"change {name}"


def _not_a_field(name: str, kind: type[Model]) -> tuple[str, str]:
    """For a member of a group, like ``music.vollume``; what the group has is told."""
    *way, last = name.split(".")
    for step in way:
        found = _group(kind, step.partition("[")[0])
        if found is None:
            return f"{name} is not a field", f"leave {name} out"
        kind = found
    near = _near(last, kind.model_fields)
    if near:
        return f"{name} is not a field; did you mean {near}?", f"write {near}"
    return f"{name} is not a field", f"{'.'.join(way) or 'it'} has {', '.join(kind.model_fields)}"


def _group(kind: type[Model], field: str) -> type[Model] | None:
    """The model that a field holds, alone, in a list, or as an alternative to None."""
    waiting: list[object] = [kind.model_fields[field].annotation] if field in kind.model_fields else []
    while waiting:
        form = waiting.pop()
        if isinstance(form, type) and issubclass(form, Model):
            return form
        waiting += get_args(form)
    return None
