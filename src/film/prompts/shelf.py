"""Where templates are found: beside the shots, then in the gallery, then those that come with the program.

films/mine/shots.json
films/mine/templates/noir.toml      hides a template of the same name further down
films/mine/templates/cast.toml      characters and places
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from film.errors import InputError
from film.prompts.cast import FILE, Cast, Description, read_cast
from film.prompts.template import NAME, SUFFIX, Template, read_template
from film.shots.filmfile import TEMPLATES

_BUILT_IN = Path(__file__).with_name("looks")


class TemplateLibrary:
    """Templates by name; a file is read when it is asked for. ``folders`` are (origin, folder), nearest first."""

    def __init__(self, folders: Sequence[tuple[str, Path]]) -> None:
        self._folders = tuple(folders)
        self._read: dict[str, Template] = {}

    def get(self, name: str) -> Template:
        """The template of that name. Raises InputError that says which there are."""
        if name not in self._read:
            self._read[name] = self._find(name)
        return self._read[name]

    def names(self) -> list[str]:
        return sorted({path.stem for _, path in self._files()})

    @cached_property
    def cast(self) -> Cast:
        """All descriptions; one beside the shots goes over one of the same name in the gallery."""
        characters: dict[str, Description] = {}
        places: dict[str, Description] = {}
        for _, folder in reversed(self._folders):
            if (path := folder / FILE).is_file():
                found = read_cast(path)
                characters |= found.characters
                places |= found.places
        return Cast(characters, places)

    def _find(self, name: str) -> Template:
        if NAME.fullmatch(name):
            for origin, folder in self._folders:
                if (path := folder / f"{name}{SUFFIX}").is_file() and path.name != FILE:
                    return read_template(path, origin)
        near = difflib.get_close_matches(name, self.names(), n=1)
        raise InputError(
            f"there is no template {name[:60]!r}" + (f"; did you mean {near[0]}?" if near else ""),
            hint=f"film templates list shows them all; your own go into a folder {TEMPLATES} beside the shots",
            field="template",
        )

    def _files(self) -> Iterator[tuple[str, Path]]:
        for origin, folder in self._folders:
            if folder.is_dir():
                yield from (
                    (origin, path)
                    for path in sorted(folder.glob(f"*{SUFFIX}"))
                    if path.name != FILE and NAME.fullmatch(path.stem)
                )


def shelf_for(shots: Path | None, gallery: Path) -> TemplateLibrary:
    """The shelf of a film whose shots stand in ``shots``."""
    folders = [("gallery", gallery / TEMPLATES), ("built in", _BUILT_IN)]
    return TemplateLibrary([("film", shots.absolute().parent / TEMPLATES), *folders] if shots else folders)
