"""``film takes``: every take of a shot, and which one the film uses."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from film.cli.console import dollars, note, print_json, shorten, table
from film.cli.options import as_json, option
from film.settings import TIERS


@click.command(name="takes")
@click.argument("shot", metavar="SHOT")
@click.argument("shots", type=click.Path(path_type=Path, exists=True, dir_okay=False), default=Path("shots.json"))
@option("tier", "-t", type=click.Choice(TIERS), help="Whose take is in use; the draft's unless given.")
@as_json
def command(shot: str, shots: Path, tier: str | None, json: bool) -> int:
    """List every picture, clip and line that was made for SHOT (an id, or a number) of SHOTS; * is in use.

    Another one is used by its id in the shot's "reuse"; a higher "take" asks for a new one.
    """
    from film.app.film_desk import FilmDesk, OpenRooms
    from film.app.single_shots import shot_named
    from film.app.takes import takes

    with closing(OpenRooms()) as rooms:
        desk = FilmDesk(shots.absolute(), rooms)
        chosen = shot_named(shot, desk.params(tier).shots)
        found = takes(desk, chosen.shot_id, tier)
    if json:
        print_json([one.model_dump(mode="json") for one in found])
        return 0
    if not found:
        note(f"nothing was made for {chosen.shot_id} yet: film shot {chosen.shot_id}")
        return 0
    rows = [
        (
            "*" if one.in_use else "",
            str(one.number),
            one.kind.value,
            one.asset_id,
            f"{one.provider} {one.model}".strip(),
            dollars(one.cost_usd),
            one.made_at[:16].replace("T", " "),
            shorten(one.prompt, 50),
        )
        for one in found
    ]
    click.echo(table(rows, ("", "take", "kind", "id", "made by", "cost", "made", "prompt"), right=(1, 5)))
    return 0
