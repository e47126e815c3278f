"""``film shot``: make one shot, and show where it lies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from film.cli.console import note, print_json, print_path
from film.cli.looking import workspace_for
from film.cli.options import as_json, budget_limit, film_options, no_cache, option

if TYPE_CHECKING:
    from film.app.plans import SpendingQuestion


@click.command(name="shot")
@click.argument("shot", metavar="SHOT")
@click.argument("shots", type=click.Path(path_type=Path), default=Path("shots.json"), required=False)
@film_options
@budget_limit
@no_cache
@option("yes", "-y", is_flag=True, help="Spend up to the total shown without asking.")
@option("open", is_flag=True, help="Open its clip, or its picture, in the program for such files.")
@as_json
def command(shot: str, shots: Path, yes: bool, open: bool, json: bool, no_cache: bool, **options: Any) -> int:
    """Make one SHOT (an id, or a number) of SHOTS, by default the shots.json here; a draft unless --tier is given.

    It is made as in its film, so that the film finds it. Prints its files.
    """
    from film.app.running import blocking
    from film.app.single_shots import MakeShot, make_shot
    from film.cli.make import ask_to_spend

    options["tier"] = options["tier"] or "draft"
    asked = MakeShot(shot=shot, shots=shots, use_cache=not no_cache, **options)
    consented = yes or options["budget_limit"] is not None

    def consent(question: SpendingQuestion) -> None:
        ask_to_spend(question, consented=consented)

    here = workspace_for(shots)
    made = blocking(lambda stop: make_shot(asked, here, consent=consent, stop=stop))
    if json:
        print_json(made.model_dump(mode="json"))
    for one in made.assets if not json else ():
        print_path(one.path)
        note(f"{made.shot_id}: {one.asset_type.value} {one.asset_id}, {'reused' if one.reused else 'made'}")
    if open and (shown := {one.asset_type.value: one.path for one in made.assets}):
        click.launch(str(shown.get("video") or next(iter(shown.values()))))
    return 0
