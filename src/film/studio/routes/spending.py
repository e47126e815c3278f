"""What it would cost, and making it: nothing is made without an estimate that somebody has seen.

POST estimates ──► {id, at_most_usd, …} ──► POST generations {estimate_id} + Idempotency-Key ──► 202
                                               402 over the limit · 409 too old, changed, or being made already
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from film.app.estimates import AskEstimate, Estimate
from film.app.productions import Production
from film.studio.state import Desk, TheStudio, Who

router = APIRouter(prefix="/films/{film}")


class StartGeneration(BaseModel):
    estimate_id: Annotated[str, Field(max_length=100)]


@router.post("/estimates")
def estimate(asked: AskEstimate, desk: Desk, studio: TheStudio) -> Estimate:
    """What it would cost at most, as the film stands or with changes that are not saved yet."""
    return studio.estimates.estimate(desk, asked)


@router.post("/generations", status_code=202)
def start(
    asked: StartGeneration,
    desk: Desk,
    studio: TheStudio,
    who: Who,
    idempotency_key: Annotated[str, Header(min_length=8, max_length=100)],
) -> Production:
    """Make what an estimate was of. The same click sent twice is one."""
    if before := studio.productions.asked_before(desk, idempotency_key):
        return before
    agreed = studio.estimates.agreed(asked.estimate_id, desk)
    return studio.productions.start(desk, agreed, idempotency_key, who.name)


@router.get("/generations")
def list_generations(desk: Desk, studio: TheStudio) -> list[Production]:
    """What is being made of the film, and what was; newest first."""
    return studio.productions.of_film(desk)[:100]


@router.get("/generations/{generation}")
def read_generation(generation: str, desk: Desk, studio: TheStudio) -> Production:
    """How one stands."""
    return _found(studio.productions.get(desk, generation))


@router.post("/generations/{generation}/cancel")
def cancel(generation: str, desk: Desk, studio: TheStudio) -> Production:
    """Begin nothing more. What is ordered already is finished, and may still be charged."""
    return _found(studio.productions.stop(desk, generation))


def _found(production: Production | None) -> Production:
    if production is None:
        raise HTTPException(404, "there is no such generation of this film")
    return production
