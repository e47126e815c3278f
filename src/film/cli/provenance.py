"""``film provenance``: what a film says of itself, and whether it is still the film that was signed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from film.cli.console import one_line, print_json, table
from film.cli.options import as_json

if TYPE_CHECKING:
    from film.app.origins import CheckedOrigin

STATES = {
    "trusted": ("green", "The film is as it was signed, by someone that your authorities vouch for."),
    "valid": ("green", "The film is as it was signed; nobody vouches for who signed it."),
    "invalid": ("red", "The film is NOT what was signed, or its signature is broken."),
    "none": ("yellow", "The film carries no signed manifest of where it comes from."),
}


@click.command(name="provenance")
@click.argument("film", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--trust",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="PEM",
    help="Certificates of authorities whose word is good.",
)
@as_json
def command(film: Path, trust: Path | None, json: bool) -> int:
    """Check the C2PA manifest of FILM and tell what it says: how the film was made, by whom, from what.

    Nothing is fetched from anywhere. Exit code 1 when there is no manifest, or it does not hold.
    """
    from film.app.origins import CheckOrigin, check_origin

    found = check_origin(CheckOrigin(film=film, trust=trust))
    if json:
        print_json(found.model_dump(mode="json"))
    else:
        _print(found)
    return 0 if found.valid else 1


def _print(found: CheckedOrigin) -> None:
    colour, sentence = STATES[found.state]
    click.echo(click.style(one_line(sentence), fg=colour))
    for problem in found.problems:
        click.echo(f"  {one_line(problem)}")
    doubt = " (a test certificate: it says nothing about who)" if found.test_certificate else ""
    facts = {
        "title": found.title,
        "nature": ", ".join(filter(None, (found.source, "animatic" if found.animatic else ""))),
        "says": found.description,
        "made with": found.generator,
        "signed by": f"{found.signer}{doubt}",
        "signed at": found.signed_at,
    }
    for name, value in facts.items():
        if value:
            click.echo(f"{name:10} {one_line(value)}")
    for ingredient in found.ingredients:
        click.echo(f"{'uses':10} {one_line(ingredient)}")
    if found.shots:
        click.echo()
        rows = [tuple(one_line(cell) for cell in _row(shot)) for shot in found.shots]
        click.echo(table(rows, ("shot", "frames", "picture", "clip", "speech", "")))


def _row(shot: Mapping[str, object]) -> tuple[str, ...]:
    first, frames = shot.get("start_frame", 0), shot.get("frames", 0)
    return (
        str(shot.get("shot_id", "")),
        f"{first}+{frames}",
        _maker(shot, "picture"),
        _maker(shot, "clip") or _maker(shot, "stand_in"),
        _maker(shot, "speech"),
        "missing" if shot.get("missing") else "",
    )


def _maker(shot: Mapping[str, object], kind: str) -> str:
    """A manifest may say anything: what is not in our form is left out."""
    made = shot.get(kind)
    return str(cast("dict[str, object]", made).get("provider", "")) if isinstance(made, dict) else ""
