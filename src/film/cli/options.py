"""Options that several commands share, in both of the description's spellings: ``--film_id`` and ``--film-id``."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

import click

from film.app.film_options import CHOICES
from film.settings import parse_budget

_TRANSITION_HELP = f"Between shots, by default: {', '.join(CHOICES['transition'])}."

F = TypeVar("F", bound=Callable[..., Any])


def option(name: str, *short: str, **attributes: Any) -> Callable[[F], F]:
    """An option ``--some_name`` that also answers to ``--some-name``."""
    spellings = [*short, f"--{name}"]
    if "_" in name:
        spellings.append(f"--{name.replace('_', '-')}")
    return click.option(*spellings, name, **attributes)


class Dollars(click.ParamType[Decimal]):
    """An exact sum of money."""

    name = "dollars"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        return parse_budget(str(value), param.opts[0] if param else "budget")


class Number(click.ParamType[Decimal]):
    """An exact number."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        try:
            return Decimal(str(value))
        except InvalidOperation:
            self.fail(f"{value!r} is not a number", param, ctx)


def is_of_a_shell(path: Path) -> bool:
    """Whether a shell hands it over: ``>(jq .)``, ``/dev/stderr``."""
    return path.parts[:2] in (("/", "dev"), ("/", "proc"))


class EventsFile(click.ParamType[str]):
    """A file to write lines to; ``-`` is stdout. One that is named by a link lies elsewhere, and is not written to."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        place = Path(str(value))
        if not is_of_a_shell(place) and place.is_symlink():
            self.fail(f"{value} is a link: name the file itself", param, ctx)
        return str(value)


def film_options(command: F) -> F:
    """Everything that says how a film is made."""
    for decorate in reversed(
        [
            option("film_id", metavar="NAME", help="The film's id; by default made of the file's name."),
            option(
                "tier", "-t", type=click.Choice(CHOICES["tier"]), help="Set of providers; draft is made here, at $0."
            ),
            option("image_provider", metavar="NAME", help="Who makes the pictures."),
            option("video_provider", metavar="NAME", help="Who animates them."),
            option("audio_provider", metavar="NAME", help="Who speaks."),
            option("image_model", metavar="MODEL", help="The picture maker's model."),
            option("video_model", metavar="MODEL", help="The animator's model."),
            option("audio_model", metavar="MODEL", help="The voice's model."),
            option("size", metavar="WxH", help="Picture size: 1280x720, 1080p, 9:16, 1080p 2.39:1 (draft: 960x540)."),
            option("frame_rate", metavar="FPS", help="Frames a second: 24, 25, 30000/1001; auto: as most clips."),
            option("transition", type=click.Choice(CHOICES["transition"]), metavar="KIND", help=_TRANSITION_HELP),
            option("transition_seconds", type=Number(), metavar="SECONDS", help="How long they take."),
            option("fit", type=click.Choice(CHOICES["fit"]), help="Pictures of another shape than the film's."),
            option("long_dialogue", type=click.Choice(CHOICES["long_dialogue"]), help="A line longer than its clip."),
            option("template", metavar="NAME", help="The style template of shots that name none."),
            option("music", type=click.Path(path_type=Path), metavar="FILE", help="A bed of music under the film."),
            option("loudness", metavar="LUFS", help="Target of the mix: -14, or web, ebu-r128, podcast, cinema."),
        ]
    ):
        command = decorate(command)
    return command


budget_limit = option(
    "budget_limit",
    type=Dollars(),
    help="Never spend more than this on the film, earlier runs included; by default FILM_DEFAULT_BUDGET_USD ($10), "
    "whatever an earlier run was given.",
)
no_cache = option("no_cache", is_flag=True, help="Make everything again, whatever is in the library.")
as_json = option("json", is_flag=True, help="Print one JSON document instead of text.")
