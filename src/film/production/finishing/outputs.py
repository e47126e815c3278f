"""Where a film goes, and that nothing of the user's is lost there.

    output ─► is it an input of this film? ─► is there a file that we did not write? ─► refused, unless it is forced

What this program wrote is told by the manifest beside it: the file's size and digest stand there. Before a film is
replaced the manifest says so, lest a run that dies in between leave a film that nobody knows for ours.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

from film.errors import InputError, StoreError
from film.files.bounds import read_plain
from film.files.own_files import fresh_beside
from film.files.written import is_one_of
from film.planning.params import FilmParams
from film.shots.filmfile import files_of
from film.shots.shotfile import SETTINGS

_ALIKE = Fraction(1, 20)
"""Shapes that differ by less are one."""


def film_path(params: FilmParams, films: Path) -> Path:
    """Where the film goes; a link in the gallery is refused, since it would lead out of it.

    A film of another shape than the one that is there stands beside it: ``attic.mp4``, ``attic-9x16.mp4``.
    """
    if params.output:
        return params.output.expanduser().absolute()
    for folder in (films, films / params.film_id):
        if folder.is_symlink():
            raise StoreError(f"{folder} is a link, where the gallery keeps a folder", hint="remove it, or use --output")
    plain = (films / params.film_id / params.file_name).absolute()
    there = read_manifest(plain) or {}
    try:
        shape = Fraction(there["width"], there["height"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return plain
    own = Fraction(params.width, params.height)
    if abs(shape / own - 1) < _ALIKE:
        return plain
    return plain.with_name(f"{plain.stem}-{_named(own, params)}{plain.suffix}")


def _named(shape: Fraction, params: FilmParams) -> str:
    known = (
        Fraction(16, 9),
        Fraction(9, 16),
        Fraction(4, 3),
        Fraction(3, 4),
        Fraction(1),
        Fraction(4, 5),
        Fraction(21, 9),
    )
    near = next((one for one in known if abs(one / shape - 1) < _ALIKE), None)
    return f"{near.numerator}x{near.denominator}" if near else f"{params.width}x{params.height}"


def check_output(params: FilmParams, path: Path) -> None:
    """InputError where the film would overwrite what it is made of, or a file that is not this program's.

    In the gallery every file is the program's own. ``params.force`` lets it.
    """
    if params.output is None or params.force:
        return
    notes = manifest_path(path)
    if os.path.lexists(notes) and not {"key", "pending"} & (read_manifest(path) or {}).keys():
        raise InputError(
            f"{notes} is there, where what the film is made of is written down, and this program did not write it",
            hint="give the film another name with -o, or add --force",
            field="output",
        )
    if not os.path.lexists(path):
        return
    for what, file in inputs_of(params):
        if _is_same(file, path):
            raise InputError(
                f"{path} is {what}: the film would take its place",
                hint="give the film another name with -o; --force overwrites it all the same",
                field="output",
            )
    if not is_ours(path):
        raise InputError(
            f"{path} is there, and this program did not write it as it is",
            hint="give the film another name with -o, move that file away, or add --force to overwrite it",
            field="output",
        )


def inputs_of(params: FilmParams) -> Iterator[tuple[str, Path]]:
    """Every file that the film is made of and that lies outside the gallery, and what it is."""
    if params.source:
        yield "the list of its shots", params.source
        yield "its settings", params.source.with_name(SETTINGS)
    for place, file in files_of(params.film):
        yield f"the film's {place[0] if place[0] == 'music' else place[-1].replace('_', ' ')}", file
    for shot in params.shots:
        for effect in shot.effects:
            yield f"a sound effect of {shot.shot_id}", effect.file


def is_ours(path: Path) -> bool:
    """Whether the file at ``path`` is, to the byte, what this program wrote there, or was about to."""
    manifest = read_manifest(path)
    if manifest is None or path.is_symlink():
        return False
    if manifest.get("pending") is True:
        return True
    with suppress(OSError):
        return is_one_of(path, [manifest])
    return False


def announce(path: Path) -> None:
    """Say in the manifest that a film of ours is about to stand at ``path``."""
    write_manifest(path, {**(read_manifest(path) or {}), "pending": True})


def read_manifest(path: Path) -> dict[str, Any] | None:
    """What stands beside the film at ``path``; None where nothing does that can be read."""
    try:
        found: Any = json.loads(read_plain(manifest_path(path), "manifest"))
    except (InputError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None  # pyright: ignore[reportUnknownVariableType]


def write_manifest(path: Path, manifest: dict[str, Any]) -> None:
    temporary = fresh_beside(manifest_path(path), ".tmp", mode=0o600)
    try:
        temporary.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", "utf-8")
        temporary.replace(manifest_path(path))
    finally:
        temporary.unlink(missing_ok=True)


def manifest_path(path: Path) -> Path:
    return path.with_name(f"{path.stem}.build.json")


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
