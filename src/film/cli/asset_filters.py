"""Which assets are meant, and how they are listed: what ``film assets`` and its subcommands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from film.cli.console import dollars, note, print_json, shorten, table
from film.cli.options import option
from film.models import Asset, AssetType

if TYPE_CHECKING:
    from film.app.assets import RankedAssets

F = TypeVar("F", bound=Callable[..., Any])


def filters(command: F) -> F:
    """Everything that says which assets are meant. What an asset has once may be given twice, and is refused then."""
    for decorate in reversed(
        [
            option(
                "character",
                multiple=True,
                metavar="NAME",
                help="Shows this character; may be repeated: all must match.",
            ),
            option("landscape", multiple=True, metavar="NAME", help="Shows this place; may be repeated."),
            option("style", multiple=True, metavar="NAME", help="Has this style; may be repeated."),
            option("mood", multiple=True, metavar="NAME"),
            option("time_of_day", multiple=True, metavar="NAME"),
            option("shot_type", multiple=True, metavar="NAME"),
            option(
                "type",
                "-t",
                multiple=True,
                type=click.Choice([t.value for t in AssetType]),
                help="Only pictures, clips or speech.",
            ),
            option("provider", multiple=True, metavar="NAME"),
            option("film_id", metavar="NAME", help="Used in this film."),
            option(
                "any", multiple=True, metavar="WHAT=A,B", help="Has one of these: mood=tense,calm. May be repeated."
            ),
            option(
                "text", metavar="WORDS", help='Words of the prompt or the dialogue: all of them; "side by side"; sun*.'
            ),
        ]
    ):
        command = decorate(command)
    return command


def said_of(options: dict[str, Any]) -> dict[str, Any]:
    """What those options say, by the names of ``film.app.assets.AssetFilters``; they are taken out."""
    any_of: dict[str, list[str]] = {}
    for said in options.pop("any"):
        name, sign, words = said.partition("=")
        if not sign:
            raise click.BadParameter(f"{said!r} is not like mood=tense,calm", param_hint="--any")
        any_of.setdefault(name, []).extend(words.split(","))
    names = {"character": "characters", "landscape": "landscapes", "style": "styles", "type": "asset_type"}
    same = ("mood", "time_of_day", "shot_type", "provider", "film_id", "text")
    names |= {name: name for name in same}
    return {"any_of": any_of, **{name: options.pop(option) for option, name in names.items()}}


def print_assets(assets: Sequence[Asset], scores: Sequence[str] = (), scored: str = "") -> None:
    rows = [
        (
            a.asset_id,
            a.provider,
            shorten(a.prompt, 60),
            ", ".join(a.characters),
            dollars(a.cost_usd),
            f"{a.reuse_count}×",
        )
        for a in assets
    ]
    header = ("asset", "provider", "prompt", "characters", "cost", "reused")
    if scores:
        rows = [(score, *row) for score, row in zip(scores, rows, strict=True)]
        header = (scored, *header)
    click.echo(table(rows, header, right=(len(header) - 2, len(header) - 1)))


def print_ranked(found: RankedAssets, scored: str, as_document: bool) -> int:
    """``scored`` says what the scores mean."""
    if as_document:
        print_json(found.model_dump(mode="json"))
    else:
        print_assets(found.assets, [f"{asset.score:.2f}" for asset in found.assets], scored)
        note(f"{len(found.assets)} found")
    return 0
