"""The films that a browser may open: folders with a shots.json, found, begun and taken in.

    root/shots.json         the one film of a folder that is a film's
    root/<name>/shots.json  the films of a folder that holds several
    gallery/projects/…      where films go that are begun in the browser, unless the root holds several

A film is known by its id, which is that of ``film make``. Nothing outside these folders is ever listed or opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from film.errors import FilmError, InputError
from film.files.own_files import fresh_beside, own_folder
from film.models import Model, check_identifier
from film.planning import params
from film.settings import Settings
from film.shots import json_lines
from film.shots.shotfile import check_shots

SHOTS = "shots.json"
PROJECTS = "projects"
_MOST = 500
"""Folders that are looked into."""
_FIRST = """\
[
  {
    "shot_id": "shot_001",
    "shot_type": "wide",
    "enhanced_prompt": "A harbour at dawn, fishing boats, gulls, mist",
    "duration": 4
  }
]
"""


def film_id_of(path: Path) -> str:
    """The id that a shots.json gets by its name."""
    return params.film_id_of(path)


class FilmOnShelf(Model):
    """A film as a list of films shows it; ``problem`` says why it cannot be opened."""

    id: str
    title: str = ""
    folder: str
    """The folder's name, which is no path."""
    shots: int = 0
    seconds: float = 0
    changed_at: str
    problem: str = ""
    hint: str = ""


class FilmShelf:
    """The folders of one studio. ``root`` is where it was opened, a film's folder or one with several of them."""

    def __init__(self, root: Path, settings: Settings) -> None:
        root = root.absolute()
        self.alone = root.parent if root.name == SHOTS and root.is_file() else root if _has_film(root) else None
        self.root = self.alone or root
        self.projects = settings.gallery / PROJECTS

    def paths(self) -> dict[str, Path]:
        """Film id → its shots.json. Where two would have one id, the first in order of the folders has it."""
        found: dict[str, Path] = {}
        for path in self._files():
            found.setdefault(film_id_of(path), path)
        return found

    def path(self, film_id: str) -> Path:
        """InputError where no such film is there."""
        try:
            return self.paths()[film_id]
        except KeyError:
            raise UnknownFilm(
                f"there is no film {film_id[:60]!r} here", hint="open one of the films that are listed"
            ) from None

    def films(self) -> list[FilmOnShelf]:
        """All of them, last changed first."""
        paths = {path: film_id for film_id, path in self.paths().items()}
        entries = [_entry(path, paths.get(path, "")) for path in self._files()]
        return sorted(entries, key=lambda one: one.changed_at, reverse=True)

    def begin(self, film_id: str, text: str | None = None) -> Path:
        """A new film's folder with a shots.json, of one shot unless a text is given. It takes no other's place."""
        try:
            name = check_identifier(film_id)
        except ValueError as error:
            raise InputError(f"the film's name {error}", hint="try my_first_film", field="name") from error
        if name in self.paths():
            raise InputError(f"there is a film {name!r} already", hint="choose another name", field="name")
        home = self.projects if self.alone else self.root
        folder = home / name
        value, lines = json_lines.parse(_FIRST if text is None else text, Path(SHOTS))
        check_shots(value, lines, folder / SHOTS)
        own_folder(home)
        try:
            folder.mkdir()
        except FileExistsError:
            raise InputError(
                f"a folder {name!r} is there already, and it is no film's", hint="choose another name", field="name"
            ) from None
        write_text(folder / SHOTS, _FIRST if text is None else text)
        return folder / SHOTS

    def sample(self) -> Path:
        """The film that comes with the program, copied to where films are begun; the same again where it is there."""
        there = self.paths().get("sample")
        text = files("film.app").joinpath("sample.json").read_text("utf-8")
        return there or self.begin("sample", text)

    def _files(self) -> Iterator[Path]:
        if self.alone:
            yield self.alone / SHOTS
        homes: list[Path] = [self.projects] if self.alone else [self.root, self.projects]
        for home in dict.fromkeys(homes):
            folders = sorted(home.iterdir())[:_MOST] if home.is_dir() else []
            yield from (folder / SHOTS for folder in folders if not folder.name.startswith(".") and _has_film(folder))


class UnknownFilm(InputError):
    """No film of that id is on the shelf."""


def write_text(path: Path, text: str) -> None:
    """Put a text in a file's place at once, so that nobody ever reads half of it; its rights stay."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666
    new = fresh_beside(path, mode=mode)
    try:
        new.write_bytes(text.encode("utf-8"))
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _has_film(folder: Path) -> bool:
    return folder.is_dir() and not folder.is_symlink() and (folder / SHOTS).is_file()


def _entry(path: Path, film_id: str) -> FilmOnShelf:
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
    about = FilmOnShelf(id=film_id, folder=path.parent.name, changed_at=changed)
    if not film_id:
        other = film_id_of(path)
        return about.model_copy(
            update={"problem": f"another film here is called {other}, too", "hint": "rename one of the two folders"}
        )
    try:
        value, lines = json_lines.read(path)
        file = check_shots(value, lines, path)
    except FilmError as error:
        return about.model_copy(update={"problem": str(error), "hint": error.hint})
    seconds = float(sum(shot.duration for shot in file.shots))
    return about.model_copy(update={"title": file.film.title or "", "shots": len(file.shots), "seconds": seconds})
