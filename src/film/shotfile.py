"""shots.json → shots: every error names file, line and field and what to do; what is fine passes unchanged.

The file is a list of shots, as in the description, or an object with ``shots`` and settings of the film beside them
(``title``, ``size``, ``frame_rate``, ``transition``).
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from film import json_lines
from film.errors import InputError
from film.filmfile import FilmFile
from film.models import Model, Shot, identity

MAX_SHOTS = 20_000
_ALIASES = {"prompt": "enhanced_prompt"}
RATES = {"23.976": Fraction(24000, 1001), "29.97": Fraction(30000, 1001), "59.94": Fraction(60000, 1001)}


@dataclass(frozen=True)
class ShotFile:
    """What a shots.json says."""

    path: Path
    shots: tuple[Shot, ...]
    film: FilmFile = field(default_factory=FilmFile)
    warnings: tuple[str, ...] = ()


def load_shots(path: Path) -> ShotFile:
    """Read and check a shots.json. Raises InputError for the first thing that is wrong."""
    value, lines = json_lines.read(path)
    return check_shots(value, lines, path)


def check_shots(value: object, lines: json_lines.Lines, path: Path) -> ShotFile:
    """Shots out of parsed JSON."""
    film, prefix = FilmFile(), cast("tuple[str, ...]", ())
    if isinstance(value, dict):
        document = cast("dict[str, object]", value)
        if "shots" not in document:
            raise InputError("has no 'shots'", hint='write a list of shots, or {"shots": [...]}', file=path, line=1)
        prefix = ("shots",)
        settings = {k: v for k, v in document.items() if k != "shots"}
        film, _ = _validated(FilmFile, settings, lines, path, ())
        value = document["shots"]
    if not isinstance(value, list):
        raise InputError(
            f"holds {_kind(value)} where a list of shots belongs", hint="start it with [", file=path, line=1
        )
    entries = cast("list[object]", value)
    if not entries:
        raise InputError("holds no shots", hint="add at least one, see examples/attic/shots.json", file=path, line=1)
    if len(entries) > MAX_SHOTS:
        raise InputError(f"holds {len(entries)} shots, allowed {MAX_SHOTS}", hint="split it into reels", file=path)

    shots: list[Shot] = []
    warnings: list[str] = []
    seen: dict[str, tuple[str, int]] = {}
    for index, entry in enumerate(entries):
        place = (*prefix, index)
        if not isinstance(entry, dict):
            raise InputError(
                f"shot {index + 1} is {_kind(entry)}, not an object",
                hint='write it as {"shot_id": …, "enhanced_prompt": …}',
                file=path,
                line=lines.of(place),
            )
        shot, ignored = _validated(Shot, cast("dict[str, object]", entry), lines, path, place)
        warnings += [f"{path.name}:{lines.of((*place, n))} {n} is not a field of a shot: ignored" for n in ignored]
        twin = seen.get(identity(shot.shot_id))
        if twin:
            name, first = twin
            same = "" if name == shot.shot_id else f" (as {name!r}: upper case and accents' spelling do not count)"
            raise InputError(
                f"shot_id {shot.shot_id!r} is already used by shot {first}{same}",
                hint="give every shot an id of its own",
                file=path,
                line=lines.of((*place, "shot_id")),
                field="shot_id",
            )
        seen[identity(shot.shot_id)] = (shot.shot_id, index + 1)
        shots.append(shot)
    return ShotFile(path, tuple(shots), film, tuple(warnings))


def parse_size(text: str) -> tuple[int, int]:
    """``1280x720`` → (1280, 720); raises InputError with what is allowed."""
    match = re.fullmatch(r"\s*(\d{2,5})\s*[x×]\s*(\d{2,5})\s*", text, re.IGNORECASE)
    if not match:
        raise InputError(f"size is {text[:40]!r}", hint="write width x height in pixels, like 1280x720")
    width, height = int(match[1]), int(match[2])
    if not (128 <= width <= 4096 and 128 <= height <= 4096) or width % 2 or height % 2:
        raise InputError(
            f"size is {width}x{height}, allowed even numbers from 128 to 4096",
            hint="try 960x540, 1280x720 or 1920x1080",
        )
    return width, height


def parse_rate(text: str) -> Fraction:
    """``24``, ``29.97`` or ``30000/1001`` → exact frames a second, 1 to 120."""
    try:
        rate = RATES.get(text.strip()) or Fraction(text.strip())
    except (ValueError, ZeroDivisionError) as error:
        raise InputError(f"frame rate is {text[:40]!r}", hint="write 24, 25, 29.97 or 30000/1001") from error
    if not 1 <= rate <= 120 or rate.denominator > 1001:
        raise InputError(f"frame rate is {text[:40]}, allowed 1 to 120", hint="write 24, 25, 29.97 or 30000/1001")
    return rate


M = TypeVar("M", bound=Model)


def _validated(
    kind: type[M], entry: dict[str, object], lines: json_lines.Lines, path: Path, place: json_lines.Place
) -> tuple[M, list[str]]:
    """The entry as a model and the members of it that are no fields and not typing errors of one."""
    is_shot = issubclass(kind, Shot)
    known = {*kind.model_fields, *(_ALIASES if is_shot else ())}
    unknown = [name for name in entry if name not in known]
    for name in unknown:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
        if near:
            raise InputError(
                f"{name} is not a field; did you mean {near[0]}?",
                hint=f'write {near[0]}, or move your own notes under "meta"',
                file=path,
                line=lines.of((*place, name)),
                field=name,
            )
    usable: dict[str, Any] = {k: v for k, v in entry.items() if k in known}
    if is_shot and all(name in usable for name in ("prompt", "enhanced_prompt")):
        raise InputError(
            "both prompt and enhanced_prompt are given",
            hint="keep enhanced_prompt",
            file=path,
            line=lines.of((*place, "prompt")),
            field="prompt",
        )
    try:
        return kind.model_validate(_without_nulls(usable)), unknown
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        spot = (*place, *first["loc"])
        message, hint = _explain(first, name, entry)
        raise InputError(message, hint=hint, file=path, line=lines.of(spot), field=name or None) from None


def _without_nulls(entry: dict[str, Any]) -> dict[str, Any]:
    """null stands for a field left out, as in the description's dialogue."""
    return {name: value for name, value in entry.items() if value is not None}


def _explain(error: ErrorDetails, name: str, entry: dict[str, object]) -> tuple[str, str]:
    given = entry.get(name)
    shown = "" if given is None else f" {str(given)[:40]!r}" if isinstance(given, str) else f" {str(given)[:24]}"
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return f"{name} is missing", f'add "{name}" to the shot'
        case "greater_than_equal" | "less_than_equal" if name == "duration":
            return f"duration is{shown}, allowed 1 to 30", "split the shot or change its duration (seconds)"
        case "greater_than_equal":
            return f"{name} is{shown}, allowed {context['ge']} or more", f"change {name}"
        case "less_than_equal":
            return f"{name} is{shown}, allowed up to {context['le']}", f"change {name}"
        case "string_too_long":
            return f"{name} is longer than {context['max_length']} characters", "shorten it"
        case "string_too_short":
            return f"{name} is empty", f"say something, or leave {name} out if it is optional"
        case "string_type":
            return f"{name} is {_kind(given)}, not text", f'write "{name}": "…"'
        case "tuple_type":
            return f"{name} is {_kind(given)}, not a list", f'write "{name}": ["…"]'
        case "literal_error":
            return f"{name} is{shown}", f"use one of {context['expected']}"
        case "value_error":
            reason = str(context.get("error", error["msg"]))
            return f"{name}{shown} {reason}", f"change {name} in the shot"
        case _:
            return f"{name} is{shown}: {error['msg'].lower()}", f"change {name} in the shot"


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case dict():
            return "an object"
        case list():
            return "a list"
        case str():
            return "text"
        case _:
            return "a number"
