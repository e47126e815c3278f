"""Shots of a film: read with revisions, edited, begun, copied, put in order, deleted, and all of it undone.

A change says on which revision it was made, in ``If-Match``. Where somebody else changed the same meanwhile, the answer
is 409 with both versions; where they changed something else, both changes stay.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, Field

from film.app.shot_book import EditShot, ShotSheet, WrittenShot
from film.studio.problems import Problem, problem_response
from film.studio.state import Desk, TheStudio

router = APIRouter(prefix="/films/{film}")
IfMatch = Annotated[str, Header(alias="if-match", max_length=100)]


class ShotChanges(BaseModel):
    """``base`` are the same fields as the editor saw them: then other people's edits of other fields do not matter."""

    changes: dict[str, Any]
    base: dict[str, Any] | None = None


class NewShot(BaseModel):
    fields: dict[str, Any] = {}
    before: Annotated[str, Field(max_length=100)] | None = None


class NewOrder(BaseModel):
    """Shots that move before another one, or to the end. ``order`` is that of the sheet that was seen."""

    shots: Annotated[list[Annotated[str, Field(max_length=100)]], Field(min_length=1, max_length=20_000)]
    before: Annotated[str, Field(max_length=100)] | None = None
    order: Annotated[str, Field(max_length=100)]


class ManyChanges(BaseModel):
    """The same change of several shots, each on its revision: all of them, or none."""

    changes: dict[str, Any]
    shots: Annotated[dict[str, str], Field(min_length=1, max_length=20_000)]
    """Shot → revision."""


@router.get("/shots")
def list_shots(desk: Desk, response: Response) -> ShotSheet:
    """All shots as they are written, what is wrong with them, and what undoing would take back."""
    sheet = desk.book.sheet()
    response.headers["etag"] = f'"{sheet.revision}"'
    return sheet


@router.post("/shots", status_code=201)
def add_shot(asked: NewShot, desk: Desk, studio: TheStudio) -> WrittenShot:
    """A new shot."""
    shot = desk.book.add(asked.fields, asked.before)
    studio.changed(desk)
    return shot


@router.get("/shots/{shot}")
def read_shot(shot: str, desk: Desk, response: Response) -> WrittenShot:
    """One shot as it is written."""
    found = desk.book.shot(shot)
    response.headers["etag"] = f'"{found.revision}"'
    return found


@router.patch("/shots/{shot}")
def edit_shot(shot: str, asked: ShotChanges, desk: Desk, studio: TheStudio, if_match: IfMatch = "") -> Any:
    """Change fields of a shot; ``null`` takes one out."""
    if not if_match:
        return problem_response(_NO_REVISION)
    changed = desk.book.edit(shot, EditShot(changes=asked.changes, base=asked.base, revision=if_match.strip('"')))
    studio.changed(desk)
    return changed


@router.delete("/shots/{shot}")
def delete_shot(shot: str, desk: Desk, studio: TheStudio, if_match: IfMatch = "") -> Any:
    """Take a shot out; what was made for it stays in the library."""
    if not if_match:
        return problem_response(_NO_REVISION)
    sheet = desk.book.delete(shot, if_match.strip('"'))
    studio.changed(desk)
    return sheet


@router.post("/shots/{shot}/duplicate", status_code=201)
def duplicate_shot(shot: str, desk: Desk, studio: TheStudio) -> WrittenShot:
    """A copy right behind it."""
    copy = desk.book.duplicate(shot)
    studio.changed(desk)
    return copy


@router.post("/order")
def order_shots(asked: NewOrder, desk: Desk, studio: TheStudio) -> ShotSheet:
    """Put shots elsewhere."""
    sheet = desk.book.move(asked.shots, asked.before, asked.order)
    studio.changed(desk)
    return sheet


@router.post("/edits")
def edit_shots(asked: ManyChanges, desk: Desk, studio: TheStudio) -> ShotSheet:
    """The same change of several shots."""
    sheet = desk.book.edit_many(asked.shots, asked.changes)
    studio.changed(desk)
    return sheet


@router.post("/undo")
def undo(desk: Desk, studio: TheStudio) -> ShotSheet:
    """Take the last change back that was made in this studio."""
    sheet = desk.book.undo()
    studio.changed(desk)
    return sheet


_NO_REVISION = Problem(
    428, "no-revision", "a change says on which revision it was made", "send the shot's revision as If-Match"
)
