"""``make_shot``: one shot of a film, made as the film would make it, and where its files lie. Nothing is cut."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from film.app.film_options import PlanFilm
from film.app.making import Consent
from film.app.models import UseCaseResult
from film.app.plans import spending_question
from film.app.workspace import Workspace
from film.errors import InputError
from film.models import AssetType, Shot

if TYPE_CHECKING:
    from film.production.stop import Stop


class MakeShot(PlanFilm):
    """Which shot: by its id, its ``shot_number``, or its place in the film, from 1."""

    shot: str


class MadeAsset(UseCaseResult):
    asset_type: AssetType
    asset_id: str
    path: Path
    reused: bool


class MadeShot(UseCaseResult):
    shot_id: str
    assets: tuple[MadeAsset, ...]


async def make_shot(
    asked: MakeShot, workspace: Workspace, *, consent: Consent | None = None, stop: Stop | None = None
) -> MadeShot:
    """Make one shot. Raises its error where something of it could not be made.

    Args:
        asked: Which shot of which film, and how the film is made.
        workspace: Its settings say where the gallery is.
        consent: Asked before anything is bought; without it the limit is the consent.
        stop: Set it to end new work and finish what is paid for.
    """
    from film.planning.plan import plan_film
    from film.planning.requests import ProviderSet
    from film.production.film_run import FilmRun, opened_run

    params = asked.params(workspace.settings)
    shot = shot_named(asked.shot, params.shots)
    params = params.model_copy(update={"shots": (shot,)})
    if consent:
        services = workspace.looking(strict=True)
        plan = plan_film(params, services, ProviderSet(services.context))
        if plan.at_most:
            consent(spending_question(plan, workspace))
    async with opened_run(
        partial(FilmRun, in_person=True), params, workspace.settings, stop=stop, minds_ctrl_c=False
    ) as run:
        done = await run.single()
    if done.error:
        raise done.error
    return MadeShot(
        shot_id=shot.shot_id,
        assets=tuple(
            MadeAsset(asset_type=kind, asset_id=made.asset_id, path=made.asset.path, reused=made.reused)
            for kind, made in done.assets.items()
        ),
    )


def shot_named(named: str, shots: tuple[Shot, ...]) -> Shot:
    """Raises InputError where there is none."""
    for shot in shots:
        if shot.shot_id == named:
            return shot
    if named.isdigit():
        number = int(named)
        numbered = [shot for shot in shots if shot.shot_number == number]
        if len(numbered) == 1:
            return numbered[0]
        if not numbered and 0 < number <= len(shots):
            return shots[number - 1]
    import difflib

    near = difflib.get_close_matches(named, [shot.shot_id for shot in shots], n=1)
    raise InputError(
        f"there is no shot {named[:60]!r}",
        hint=f"did you mean {near[0]}?" if near else f"give an id, or a number from 1 to {len(shots)}",
        field="shot",
    )
