"""What the pages need to know before they show anything: who is signed in, which keys are set, what may be chosen."""

from __future__ import annotations

from decimal import Decimal
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from film.app.shot_values import shot_schema
from film.app.workspace import keys_known
from film.settings import TIERS
from film.studio.state import TheStudio, Who

router = APIRouter()


class Key(BaseModel):
    """An account's key: whether there is one, and never what it is."""

    account: str
    variable: str
    is_set: bool


class About(BaseModel):
    version: str
    person: str
    role: str
    tiers: tuple[str, ...]
    keys: tuple[Key, ...]
    gallery: str
    default_limit_usd: Decimal
    daily_limit_usd: Decimal | None
    spending_allowed: bool
    seq: int
    """The newest event: what is asked for from here on has missed none."""


@router.get("/about")
def about(studio: TheStudio, who: Who) -> About:
    """Who is here, and what this installation has."""
    settings = studio.settings
    return About(
        version=version("film-generation"),
        person=who.name,
        role=who.role.name.lower(),
        tiers=TIERS,
        keys=tuple(
            Key(account=account, variable=variable, is_set=is_set) for account, variable, is_set in keys_known(settings)
        ),
        gallery=str(settings.gallery),
        default_limit_usd=settings.default_budget,
        daily_limit_usd=settings.daily_budget,
        spending_allowed=settings.spend_allowed,
        seq=studio.hub.seq,
    )


@router.get("/schema/shot")
def schema_of_a_shot() -> dict[str, Any]:
    """The JSON schema that the shot editor's form is made from."""
    return shot_schema()
