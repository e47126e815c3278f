"""The options of a run as Python gives them, each taken in any form that says what is meant, or refused by name.

    film_params(…, size=(1280, 720), order="fastest")  ──(checked)──►  order is 'fastest', not one of script, makespan

A command line has looked at its flags before they come here; a program's keyword arguments nobody has. What an option
may be worth (a size that is even, a rate that there is) is decided where it is used.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import wraps
from pathlib import Path
from typing import Any, Literal, ParamSpec, TypeVar, cast, get_args

from film.errors import InputError
from film.settings import parse_budget
from film.shots.fields import kind_of
from film.shots.filmfile import Fit, LongDialogue
from film.transitions import TransitionKind

Order = Literal["script", "makespan"]
"""Which shots go first: as the film runs, or those that take longest; see ``film.planning.film_order``."""
TRANSITIONS = ("auto", *get_args(TransitionKind))

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Option:
    """``read`` gives the value in its usual form; ValueError says what it is not."""

    read: Callable[[Any], object]
    example: str
    """As a program would write it."""


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError("text")


def _text_or_number(value: object) -> str:
    if isinstance(value, (int, float, Decimal, Fraction)) and not isinstance(value, bool):
        return str(value)
    return _text(value)


def _size(value: object) -> str:
    """``(1280, 720)`` is a size as well."""
    if isinstance(value, (tuple, list)):
        sides = cast("tuple[object, ...] | list[object]", value)
        if len(sides) == 2 and all(isinstance(side, int) for side in sides):
            return f"{sides[0]}x{sides[1]}"
    return _text(cast("object", value))


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("True or False")


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError("a whole number")


def _number(value: object) -> Decimal:
    try:
        if not isinstance(value, bool) and (number := Decimal(str(value))).is_finite():
            return number
    except InvalidOperation:
        pass
    raise ValueError("a number")


def _path(value: object) -> Path:
    if isinstance(value, (str, os.PathLike)):
        return Path(cast("str | os.PathLike[str]", value))
    raise ValueError("a path")


def dollars(amount: object) -> Decimal:
    return parse_budget(amount, "budget_limit")


def _one_of(allowed: Collection[str]) -> Callable[[object], str]:
    def read(value: object) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        raise ValueError(f"one of {', '.join(allowed)}")

    return read


OPTIONS: Mapping[str, Option] = {
    "film_id": Option(_text, '"my_first_film"'),
    "tier": Option(_text, '"draft"'),
    "image_provider": Option(_text, '"fal"'),
    "video_provider": Option(_text, '"kling"'),
    "audio_provider": Option(_text, '"elevenlabs"'),
    "image_model": Option(_text, '"fal-ai/flux/dev"'),
    "video_model": Option(_text, '"gen4_turbo"'),
    "audio_model": Option(_text, '"tts-1-hd"'),
    "budget_limit": Option(dollars, '"2.50"'),
    "size": Option(_size, '"1280x720"'),
    "frame_rate": Option(_text_or_number, '"30000/1001"'),
    "transition": Option(_one_of(TRANSITIONS), '"crossfade"'),
    "transition_seconds": Option(_number, "0.5"),
    "fit": Option(_one_of(get_args(Fit)), '"blur"'),
    "long_dialogue": Option(_one_of(get_args(LongDialogue)), '"slow"'),
    "music": Option(_path, '"harbour.mp3"'),
    "loudness": Option(_text_or_number, "-16"),
    "captions": Option(_truth, "False"),
    "burn_in": Option(_truth, "True"),
    "provenance": Option(_truth, "False"),
    "template": Option(_text, '"noir"'),
    "use_cache": Option(_truth, "False"),
    "concurrency": Option(_whole, "3"),
    "order": Option(_one_of(get_args(Order)), '"makespan"'),
    "output": Option(_path, '"film.mp4"'),
    "force": Option(_truth, "True"),
}


def checked(settle: Callable[P, R]) -> Callable[P, R]:
    """The same function, whose keyword arguments are ``OPTIONS`` in any form; InputError for one that is none."""

    @wraps(settle)
    def with_options(*args: P.args, **options: P.kwargs) -> R:
        return cast("Callable[..., R]", settle)(*args, **read_options(options))

    return with_options


def read_options(options: Mapping[str, object], known: Collection[str] = OPTIONS.keys()) -> dict[str, Any]:
    """The options in their usual form, without those that are None; InputError names one that cannot be."""
    for name in options:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
            told = f"; did you mean {near[0]}?" if near else ""
            raise InputError(
                f"{name} is not an option of a film{told}",
                hint=f"write {near[0]}={OPTIONS[near[0]].example}" if near else f"there are {', '.join(known)}",
                field=name,
            )
    return {name: _read(name, value) for name, value in options.items() if value is not None}


def as_flags(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options with the description's flag ``max_concurrent`` by the name that it has here."""
    if "max_concurrent" not in options:
        return dict(options)
    if "concurrency" in options:
        raise InputError(
            "both max_concurrent and concurrency are given", hint="keep max_concurrent", field="concurrency"
        )
    return {("concurrency" if name == "max_concurrent" else name): value for name, value in options.items()}


def _read(name: str, value: object) -> object:
    option = OPTIONS[name]
    try:
        return option.read(value)
    except ValueError as error:
        shown = f"{value[:40]!r}" if isinstance(value, str) else _kind(value)
        raise InputError(f"{name} is {shown}, not {error}", hint=f"write {name}={option.example}", field=name) from None


def _kind(value: object) -> str:
    """In a word; numbers and truths, which are short, as they are."""
    if isinstance(value, (int, float, Decimal, Fraction)):
        return str(value)
    name = type(value).__name__
    return kind_of(cast("object", value)) if isinstance(value, (dict, list, tuple)) else f"of type {name}"
