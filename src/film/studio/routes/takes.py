"""Takes of a shot: what was ever made for it, which one the film uses, and another attempt."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from pydantic import BaseModel, Field

from film.app.review_notes import MarkTake
from film.app.shot_book import WrittenShot
from film.app.takes import TakeLine, new_take, takes, use_take
from film.studio.state import Desk, TheStudio, Who

router = APIRouter(prefix="/films/{film}/shots/{shot}/takes")


class UseTake(BaseModel):
    asset_id: Annotated[str, Field(max_length=100)]


class NextTake(BaseModel):
    """The changes that ask for another attempt: to be priced, saved and made."""

    changes: dict[str, Any]


@router.get("")
def list_takes(shot: str, desk: Desk, tier: Annotated[str | None, Query(max_length=40)] = None) -> list[TakeLine]:
    """Oldest first."""
    return takes(desk, shot, tier)


@router.post("/select")
def select(
    shot: str, asked: UseTake, desk: Desk, studio: TheStudio, if_match: Annotated[str, Header(max_length=100)]
) -> WrittenShot:
    """Let the film use a take; its prompt comes back with it, and nothing is bought."""
    changed = use_take(desk, shot, asked.asset_id, if_match.strip('"'))
    studio.changed(desk)
    return changed


@router.post("/mark", status_code=204)
def mark(shot: str, asked: MarkTake, desk: Desk, studio: TheStudio, who: Who) -> None:
    """Star a take, reject it, or neither."""
    desk.notes.mark(asked, who.name)
    studio.changed(desk, "notes")


@router.get("/next")
def next_take(shot: str, desk: Desk) -> NextTake:
    """What another attempt would change of the shot."""
    return NextTake(changes=new_take(desk, shot))
