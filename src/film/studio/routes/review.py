"""Review links: made and ended by editors; what a guest with one may see and say. A guest changes nothing of a film."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from film.app.boards import board
from film.app.film_desk import FilmDesk
from film.app.media_files import NoMedia, asset_file, film_file, small_picture
from film.app.review_links import AskLink, NewLink, ReviewLink, end_link, film_of, guest_of, links, make_link
from film.app.review_notes import AddComment, Comment
from film.app.storyboards import FilmTimeline, film_timeline
from film.studio.routes.media import sent
from film.studio.state import Desk, TheStudio

router = APIRouter()


@router.get("/films/{film}/links")
def list_links(desk: Desk) -> list[ReviewLink]:
    """Every link that was made for the film, without what opens it."""
    return links(desk)


@router.post("/films/{film}/links", status_code=201)
def new_link(asked: AskLink, desk: Desk) -> NewLink:
    """A link for a guest; its token is told this once."""
    return make_link(desk, asked)


@router.delete("/films/{film}/links/{link}", status_code=204)
def end(link: str, desk: Desk) -> None:
    """Let a link open nothing any more."""
    end_link(desk, link)


class Guest:
    """A guest, by the link: the film it is for, and nothing else."""

    def __init__(self, link: str, studio: TheStudio) -> None:
        self.desk: FilmDesk = studio.desk(film_of(link))
        self.link = guest_of(self.desk, link)


WithLink = Annotated[Guest, Depends()]


class ShownShot(BaseModel):
    id: str
    prompt: str
    dialogue: str
    picture: str | None
    clip: str | None
    speech: str | None


class ShownFilm(BaseModel):
    title: str
    guest: str
    until: str
    width: int
    height: int
    timeline: FilmTimeline
    shots: list[ShownShot]
    comments: list[Comment]


@router.get("/review/{link}")
def read(guest: WithLink) -> ShownFilm:
    """The film as a guest sees it: shots and notes, without prices and without settings."""
    desk, found = guest.desk, board(guest.desk)
    file = desk.book.file()
    ids = [{one.kind.value: one.asset_id for one in card.assets} for card in found.cards]
    return ShownFilm(
        title=file.film.title or desk.film_id,
        guest=guest.link.guest,
        until=guest.link.until,
        width=found.width,
        height=found.height,
        timeline=film_timeline(desk),
        shots=[
            ShownShot(
                id=shot.shot_id,
                prompt=shot.enhanced_prompt,
                dialogue=shot.written,
                picture=assets.get("image"),
                clip=assets.get("video"),
                speech=assets.get("audio"),
            )
            for shot, assets in zip(file.shots, ids, strict=True)
        ],
        comments=list(desk.notes.notes().comments.values()),
    )


@router.get("/review/{link}/film")
def film(guest: WithLink, request: Request) -> Response:
    """The film that was cut last."""
    return sent(film_file(guest.desk, None, "film"), request, "private, no-cache")


@router.get("/review/{link}/media/{asset}")
def media(asset: str, guest: WithLink, request: Request, width: int = 0) -> Response:
    """A picture, clip or line that the film uses now; no other asset of the library."""
    used = {one.asset_id for card in board(guest.desk).cards for one in card.assets}
    if asset not in used:
        raise NoMedia("the film does not use that", hint="reload the page")
    services = guest.desk.services
    file = small_picture(services, asset, width) if width else asset_file(services, asset)
    return sent(file, request, "private, max-age=3600")


@router.post("/review/{link}/comments", status_code=201)
def comment(asked: AddComment, guest: WithLink, studio: TheStudio) -> Comment:
    """A guest's note; it appears beside the shot at once."""
    made = guest.desk.notes.comment(asked, f"{guest.link.guest} (guest)")
    studio.changed(guest.desk, "notes")
    return made
