"""``begin_film``: a folder with a film in it that can be made at once, from a sample or from somebody's table.

    BeginFilm ──► shots (a sample's, or the rows of a table) ──► shots.json  film.toml  templates/cast.toml  README.md

Nothing is written over: the folder must be new, or empty.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from film.app.models import UseCaseInput, UseCaseResult
from film.app.samples import SAMPLES
from film.app.shot_table import read_table
from film.app.workspace import Workspace
from film.errors import InputError
from film.models import check_identifier

SHAPES: Mapping[str, str] = {
    "wide": "16:9",
    "upright": "9:16",
    "square": "1:1",
    "portrait": "4:5",
    "cinema": "2.39:1",
}
"""What people call a picture's shape → how film.toml writes it."""
NO_LOOK = "none"


class BeginFilm(UseCaseInput):
    """Which film to begin. ``look`` is a style template, or ``none``; ``table`` a CSV file instead of a sample."""

    name: str
    shape: str = "wide"
    look: str = "cinematic"
    sample: str = "story"
    table: Path | None = None
    folder: Path | None = None
    """By default a folder of the film's name, where one is."""


class BegunFilm(UseCaseResult):
    folder: Path
    files: tuple[Path, ...]
    shots: int
    title: str
    next: str
    """The command that makes it, at $0."""


def looks(workspace: Workspace) -> Sequence[str]:
    """The style templates of the program and the gallery, and ``none``."""
    from film.prompts import shelf_for

    return (*shelf_for(None, workspace.settings.gallery).names(), NO_LOOK)


def begin_film(asked: BeginFilm, workspace: Workspace) -> BegunFilm:
    """Write a film's folder. Raises InputError where it has something in it, or the table cannot be read."""
    try:
        check_identifier(asked.name)
    except ValueError as error:
        raise InputError(f"{asked.name[:60]!r} {error}", hint="name it like my_film", field="name") from error
    for field, given, known in (
        ("shape", asked.shape, SHAPES),
        ("look", asked.look, looks(workspace)),
        ("sample", asked.sample, SAMPLES),
    ):
        if given not in known:
            raise InputError(f"there is no {field} {given[:40]!r}", hint=f"choose {', '.join(known)}", field=field)
    title = asked.name.replace("_", " ").replace("-", " ").strip().capitalize()
    shots = read_table(asked.table) if asked.table else list(SAMPLES[asked.sample].shots)
    folder = (asked.folder or Path(asked.name)).expanduser().absolute()
    _make(folder)
    cast = SAMPLES[asked.sample].cast if not asked.table else _CAST
    files = {
        "shots.json": json.dumps({"shots": shots}, indent=2, ensure_ascii=False) + "\n",
        "film.toml": _film_toml(title, asked),
        "templates/cast.toml": cast,
        "README.md": _readme(title, asked.name),
    }
    written: list[Path] = []
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        written.append(path)
    return BegunFilm(
        folder=folder,
        files=tuple(written),
        shots=len(shots),
        title=title,
        next=f"film make {_shown(folder / 'shots.json')} --tier draft",
    )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_used = any(folder.iterdir())
    except OSError as error:
        raise InputError(
            f"{folder} cannot be made: {error.strerror or error}", hint="name another folder with --folder"
        ) from error
    if is_used:
        raise InputError(
            f"{folder} has something in it: nothing is written over", hint="choose another name, or --folder"
        )


def _shown(path: Path) -> str:
    """As short as it can be written from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _film_toml(title: str, asked: BeginFilm) -> str:
    lines = [
        "# Every setting, and what changing it makes again: docs/reference/film-toml.md",
        f"title = {json.dumps(title, ensure_ascii=False)}",
        f'size = "{SHAPES[asked.shape]}"',
    ]
    if asked.look != NO_LOOK:
        lines.append(f'template = "{asked.look}"  # film templates list')
    lines += ["", "[captions]", 'language = "en"', "", "[publish]", 'description = ""', "tags = []", ""]
    return "\n".join(lines)


def _readme(title: str, name: str) -> str:
    return f"""# {title}

    film make shots.json --tier draft     draw it here, at $0
    film watch shots.json                 draw it again whenever a file is saved
    film shot 2                           make shot 2 alone, and show where it lies
    film plan shots.json                  what it would cost for real, and why
    film make shots.json --budget_limit 5 make it, and never spend more than $5
    film publish {name} --to folder --at out

- `shots.json`: what is seen and said, shot by shot
- `film.toml`: shape, look, sound, captions
- `templates/cast.toml`: who people are and what places look like, once for all shots
"""


_CAST = """\
# Who people are and what places look like; shots name them in characters and landscapes.

# [characters.mara]
# description = "Mara, 40, grey braid, yellow oilskin"
# voice = "nova"

# [places.harbour]
# description = "a small stone harbour, lamps on the wall"
"""
