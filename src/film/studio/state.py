"""What one studio keeps while it runs: the films it has open, and who listens. Nothing of it is the only copy."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated, cast

from fastapi import Depends, Request

from film.app.estimates import EstimateBook
from film.app.film_desk import FilmDesk, OpenRooms, settings_of
from film.app.film_shelf import FilmShelf
from film.app.productions import Productions
from film.app.workspace import Workspace
from film.settings import Settings
from film.studio.access import Person
from film.studio.hub import Hub


class Studio:
    """One studio over a folder, a film's or one with several films in it."""

    def __init__(self, root: Path, settings: Settings | None = None) -> None:
        self.settings = settings or settings_of(root if root.is_dir() else root.parent)
        self.shelf = FilmShelf(root, self.settings)
        self.rooms = OpenRooms()
        self.workspace = Workspace(self.settings)
        self.hub = Hub()
        self.estimates = EstimateBook()
        self.productions = Productions(self.hub.tell)
        self._lock = threading.Lock()
        self._desks: dict[Path, FilmDesk] = {}
        self._given = settings

    def desk(self, film_id: str) -> FilmDesk:
        """The film's desk, the same for everybody. UnknownFilm where there is no such film."""
        path = self.shelf.path(film_id)
        with self._lock:
            if path not in self._desks:
                given = self._given
                self._desks[path] = FilmDesk(path, self.rooms, settings_of if given is None else lambda _: given)
            return self._desks[path]

    def open_desks(self) -> list[FilmDesk]:
        with self._lock:
            return list(self._desks.values())

    def changed(self, desk: FilmDesk, what: str = "shots") -> None:
        """Tell everybody that something of a film is another now."""
        self.hub.tell("changed", {"film": desk.film_id, "what": what})

    def close(self) -> None:
        self.hub.close()
        self.productions.close()
        for desk in self.open_desks():
            desk.workspace.close()
        self.workspace.close()
        self.rooms.close()


def studio_of(request: Request) -> Studio:
    return cast("Studio", request.app.state.studio)


def desk_of(film: str, studio: Annotated[Studio, Depends(studio_of)]) -> FilmDesk:
    return studio.desk(film)


def person_of(request: Request) -> Person:
    return cast("Person", request.scope["state"]["person"])


TheStudio = Annotated[Studio, Depends(studio_of)]
Desk = Annotated[FilmDesk, Depends(desk_of)]
Who = Annotated[Person, Depends(person_of)]
