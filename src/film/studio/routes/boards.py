"""The film as cards: what is there, what is not, what it would cost, and the gates from draft to film."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from film.app.boards import Board, board
from film.app.storyboards import FilmTimeline, film_timeline, storyboard_page
from film.studio.state import Desk

router = APIRouter(prefix="/films/{film}")
Tier = Annotated[str | None, Query(max_length=40)]


@router.get("/board")
def read_board(
    desk: Desk, tier: Tier = None, shots: Annotated[list[str] | None, Query(max_length=500)] = None
) -> Board:
    """The cards of a film at a tier, or those of some shots."""
    return board(desk, tier, shots)


@router.get("/timeline")
def read_timeline(desk: Desk, tier: Tier = None) -> FilmTimeline:
    """Where each shot, line and caption lies in the film, as far as it is made; nothing is made for it."""
    return film_timeline(desk, tier)


@router.get("/storyboard.html")
def storyboard(desk: Desk, tier: Tier = None) -> Response:
    """The film as one page with its pictures in it, to be sent to somebody."""
    return Response(
        storyboard_page(desk, tier),
        media_type="text/html; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="storyboard.html"'},
    )
