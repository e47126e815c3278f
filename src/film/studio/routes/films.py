"""Films: listed, begun, taken in from a shots.json, the sample; and what may be spent on one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from film.app.boards import Money, money
from film.app.film_shelf import FilmOnShelf, film_id_of
from film.studio.state import Desk, Studio, TheStudio, Who

router = APIRouter(prefix="/films")


class FilmName(BaseModel):
    name: Annotated[str, Field(max_length=100)]


class ImportedShots(FilmName):
    """``text`` is a whole shots.json."""

    text: Annotated[str, Field(max_length=33 * 1024 * 1024)]


class FilmChoices(BaseModel):
    """What stays as it is, is left out. A limit of ``null`` is that of the settings."""

    tier: Annotated[str, Field(max_length=40)]


class NewLimit(BaseModel):
    limit_usd: Annotated[str, Field(max_length=40)] | None


class OpenedFilm(BaseModel):
    id: str
    tier: str
    money: Money


@router.get("")
def list_films(studio: TheStudio) -> list[FilmOnShelf]:
    """The films that can be opened, and why one cannot be; last changed first."""
    return studio.shelf.films()


@router.post("", status_code=201)
def begin_film(asked: FilmName, studio: TheStudio) -> FilmOnShelf:
    """A new film with one shot."""
    return _entry(studio, studio.shelf.begin(asked.name))


@router.post("/import", status_code=201)
def import_film(asked: ImportedShots, studio: TheStudio) -> FilmOnShelf:
    """A new film of somebody's shots.json; refused where that is wrong, with every line."""
    return _entry(studio, studio.shelf.begin(asked.name, asked.text))


@router.post("/sample")
def sample_film(studio: TheStudio) -> FilmOnShelf:
    """The film that comes with the program, copied for this studio; drafts of it cost nothing."""
    return _entry(studio, studio.shelf.sample())


@router.get("/{film}")
def open_film(desk: Desk) -> OpenedFilm:
    """The tier that a film is looked at, and its money."""
    return OpenedFilm(id=desk.film_id, tier=desk.tier, money=money(desk))


@router.patch("/{film}")
def choose(asked: FilmChoices, desk: Desk, studio: TheStudio, who: Who) -> OpenedFilm:
    """Look at the film at another tier. It is said to everybody, and nothing is made."""
    desk.set_tier(asked.tier, who.name)
    studio.changed(desk, "film")
    return open_film(desk)


@router.put("/{film}/limit")
def set_limit(asked: NewLimit, desk: Desk, studio: TheStudio, who: Who) -> OpenedFilm:
    """What may be spent on the film in all, in dollars."""
    desk.set_limit(asked.limit_usd, who.name)
    studio.changed(desk, "film")
    return open_film(desk)


@router.get("/{film}/shots.json")
def file_of_a_film(desk: Desk) -> Response:
    """The film's shots.json, byte for byte as it lies on disk."""
    return Response(
        desk.path.read_bytes(),
        media_type="application/json",
        headers={"content-disposition": 'attachment; filename="shots.json"'},
    )


def _entry(studio: Studio, path: Path) -> FilmOnShelf:
    studio.hub.tell("films", {})
    film_id = film_id_of(path)
    return next(film for film in studio.shelf.films() if film.id == film_id)
