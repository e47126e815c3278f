"""Approvals, which are of a content key, and notes at a time code."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from film.app.boards import board
from film.app.review_notes import AddComment, Approve, Comment
from film.app.shot_book import EditConflict
from film.studio.state import Desk, TheStudio, Who

router = APIRouter(prefix="/films/{film}")


class Resolve(BaseModel):
    resolved: bool = True


@router.post("/approvals", status_code=204)
def approve(asked: Approve, desk: Desk, studio: TheStudio, who: Who) -> None:
    """Approve of what was looked at. 409 where the shot is another by now than the key says."""
    if asked.key is not None:
        cards = board(desk, shots=[asked.shot]).cards
        keys = [one.key for card in cards for one in card.assets if one.kind is asked.kind and one.state == "reused"]
        if keys != [asked.key]:
            raise EditConflict(
                f"{asked.shot} has changed since it was looked at", yours=asked.key, theirs=next(iter(keys), None)
            )
    desk.notes.approve(asked, who.name)
    studio.changed(desk, "notes")


@router.get("/comments")
def list_comments(desk: Desk) -> list[Comment]:
    """All notes, oldest first."""
    return list(desk.notes.notes().comments.values())


@router.post("/comments", status_code=201)
def add_comment(asked: AddComment, desk: Desk, studio: TheStudio, who: Who) -> Comment:
    """Write a note, at a time code or of a shot."""
    comment = desk.notes.comment(asked, who.name)
    studio.changed(desk, "notes")
    return comment


@router.patch("/comments/{comment}")
def resolve(comment: str, asked: Resolve, desk: Desk, studio: TheStudio, who: Who) -> Comment:
    """Say that a note is dealt with."""
    changed = desk.notes.resolve(comment, who.name, resolved=asked.resolved)
    studio.changed(desk, "notes")
    return changed
