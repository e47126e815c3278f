"""A film's cut from what is in the library now: nothing is made, nothing is sent, nothing is paid.

    shots.json, or a film's id ──► FilmParams ──► plan ──► all there? ──► Timeline, as film make would cut it

A film is known by its id once it was made: its shots stand in the database, and its build manifest says how it was
asked for.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from glob import escape
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from film.db.tables import ShotRow
from film.errors import ComposeError, InputError
from film.files.bounds import read_plain
from film.models import Shot, check_identifier
from film.planning.joins import joins_for
from film.planning.params import FilmParams
from film.planning.plan import FilmPlan, plan_film, reused
from film.planning.requests import ProviderSet
from film.planning.services import Services
from film.production.finishing.cut import timeline_of
from film.production.finishing.titles import with_cards_in_hand
from film.timeline import Timeline

_KINDS = {"image": "picture", "video": "clip", "audio": "speech"}
_NAMED = 5


def timeline_in_hand(params: FilmParams, services: Services, providers: ProviderSet | None = None) -> Timeline:
    """The film's timeline; ComposeError names the shots that are not all in the library."""
    plan = plan_film(params, services, providers or ProviderSet(services.context))
    shots = with_cards_in_hand([reused(shot) for shot in plan.shots], params, services.cache)
    lacking = _lacking(plan) + [f"{shot.shot_id} (title)" for shot in shots if shot.shot.title and not shot.card]
    if lacking:
        named = ", ".join(lacking[:_NAMED]) + (f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else "")
        raise ComposeError(
            f"{len(lacking)} of {len(plan.shots)} shots are not all in the library: {named}",
            hint=f"make the film first: film make {params.source or 'shots.json'} --tier {params.tier}",
        )
    return timeline_of(params, shots)


def _lacking(plan: FilmPlan) -> list[str]:
    """``shot_003 (clip, speech)`` for each shot that something of is still to be made."""
    return [
        f"{shot.shot.shot_id} ({', '.join(_KINDS[a.asset_type] for a in shot.to_make)})"
        for shot in plan.shots
        if shot.to_make
    ]


def params_of_film(film_id: str, services: Services, tier: str | None = None) -> FilmParams:
    """What a film was asked to be when it was made last, in ``tier`` or in whichever was made latest."""
    manifest = _newest(manifests_of(film_id, services.settings.films), tier)
    asked: Any = manifest.get("asked") if manifest else None
    shots = shots_of(film_id, services)
    if not isinstance(asked, dict) or not shots:
        made = f" in the {tier} tier" if tier else ""
        raise InputError(
            f"no film {film_id!r} was made{made} in this gallery",
            hint="give its shots.json, or make it first with film make",
        )
    try:
        params = FilmParams.model_validate({**asked, "film_id": film_id, "shots": shots})
    except ValidationError as error:
        raise InputError(
            f"what is recorded of film {film_id!r} cannot be read: {error.errors()[0]['msg']}",
            hint="give its shots.json instead",
        ) from error
    return params.model_copy(update={"joins": joins_for(params.shots, params.film)})


def manifests_of(film_id: str, films: Path) -> list[Path]:
    """The build manifests of a film in all tiers and shapes, the newest first."""
    try:
        check_identifier(film_id)
    except ValueError as error:
        raise InputError(f"film id {film_id[:60]!r} {error}", hint="give a film's id, or a shots.json") from error
    folder = films / film_id
    found = [*folder.glob(f"{escape(film_id)}*.build.json")]
    return sorted((path for path in found if path.is_file()), key=lambda path: path.stat().st_mtime, reverse=True)


def _newest(manifests: Sequence[Path], tier: str | None) -> dict[str, Any] | None:
    for path in manifests:
        try:
            manifest: Any = json.loads(read_plain(path, "manifest"))
        except (InputError, ValueError, RecursionError):
            continue
        if isinstance(manifest, dict) and tier in (None, manifest.get("tier")):  # pyright: ignore[reportUnknownMemberType]  # JSON that others may have written
            return manifest  # pyright: ignore[reportUnknownVariableType]  # its reader asks for each field
    return None


def shots_of(film_id: str, services: Services) -> tuple[Shot, ...]:
    """The film's shots as they were when it was made last."""
    query = select(ShotRow.spec).where(ShotRow.film_id == film_id).order_by(ShotRow.position)
    with services.engine.begin() as db:
        return tuple(Shot.model_validate(spec) for spec in db.scalars(query))
