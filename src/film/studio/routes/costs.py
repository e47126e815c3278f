"""What was spent: of a film, and of all films in a month."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as InPath

from film.app.costs import AskCosts, FilmCosts, MonthCosts, costs
from film.studio.state import Desk, TheStudio

router = APIRouter()


@router.get("/films/{film}/costs")
def costs_of_a_film(desk: Desk) -> FilmCosts:
    """What a film has cost so far, by shot, provider and kind; what is set aside, under review or disputed."""
    found = costs(AskCosts(film_id=desk.film_id), desk.workspace)
    assert isinstance(found, FilmCosts)
    return found


@router.get("/costs/{year}/{month}")
def costs_of_a_month(
    year: Annotated[int, InPath(ge=2000, le=2999)], month: Annotated[int, InPath(ge=1, le=12)], studio: TheStudio
) -> MonthCosts:
    """What all films cost in a month; days are UTC."""
    found = costs(AskCosts(month=(year, month)), studio.workspace)
    assert isinstance(found, MonthCosts)
    return found
