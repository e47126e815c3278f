"""Where a film lies: by its id, its shots.json or its file."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from film.app.from_library import manifests_of, shots_of
from film.errors import FilmError, InputError
from film.models import Shot
from film.planning.params import film_params
from film.planning.services import Services
from film.production.finishing.outputs import film_path, read_manifest
from film.shots.filmfile import FilmFile
from film.shots.shotfile import load_shots

FILMS = (".mp4", ".m4v", ".mov", ".mkv", ".webm")


@dataclass(frozen=True)
class FoundFilm:
    """A film's file, and what is known of it: its build manifest, its settings, its shots."""

    path: Path
    film_id: str
    manifest: Mapping[str, Any]
    settings: FilmFile
    shots: tuple[Shot, ...]


def film_file(film: str, tier: str | None, services: Services) -> FoundFilm:
    """The newest of a film's files, or that of one tier. Raises InputError where there is none."""
    named = Path(film).expanduser()
    if film.lower().endswith(".json"):
        params = film_params(named, services.settings, tier=tier)
        path = film_path(params, services.settings.films)
        if not path.is_file():
            raise InputError(
                f"{params.film_id} is not made in the {params.tier} tier: there is no {path.name}",
                hint=f"make it first: film make {film} --tier {params.tier}, or name another --tier",
            )
        return _known(path, params.film_id, read_manifest(path) or {}, params.film, services)
    if named.suffix.lower() in FILMS:
        if not named.is_file():
            raise InputError(f"there is no film {named}", hint="check the path, or give a film's id")
        manifest = read_manifest(named.absolute()) or {}
        return _known(named.absolute(), str(manifest.get("film_id") or named.stem), manifest, None, services)
    for manifest_file in manifests_of(film, services.settings.films):
        stem = manifest_file.name.removesuffix(".build.json")
        path = next((p for p in (manifest_file.with_name(stem + suffix) for suffix in FILMS) if p.is_file()), None)
        manifest = read_manifest(manifest_file.with_name(f"{stem}.mp4")) or {}
        if path is None and isinstance(manifest.get("film"), str):
            path = Path(manifest["film"])
            manifest = read_manifest(path) or manifest
        if path is not None and path.is_file() and tier in (None, manifest.get("tier")):
            return _known(path, film, manifest, None, services)
    made = f" in the {tier} tier" if tier else ""
    raise InputError(
        f"no film {film[:60]!r} was made{made} in this gallery",
        hint="make it first with film make, or give the film's file",
    )


def _known(
    path: Path, film_id: str, manifest: Mapping[str, Any], film: FilmFile | None, services: Services
) -> FoundFilm:
    return FoundFilm(path, film_id, manifest, film or _settings(manifest), shots_of(film_id, services))


def _settings(manifest: Mapping[str, Any]) -> FilmFile:
    """The film's settings as they stand in its folder now, else as they were when it was made."""
    made: Any = manifest.get("asked")
    if not isinstance(made, dict):
        return FilmFile()
    told = cast("dict[str, Any]", made)
    with suppress(FilmError, TypeError):
        return load_shots(Path(told["source"])).film if told.get("source") else FilmFile.model_validate(told["film"])
    with suppress(ValidationError, KeyError):
        return FilmFile.model_validate(told["film"])
    return FilmFile()
