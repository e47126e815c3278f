"""Assets that shots name in ``reuse``: found in the library, or refused before anything is bought.

    "reuse": "image_3f9a…" ──(library)──► Asset ──(store)──► CachedAsset, read through ──► a row of the plan, at $0

A director who names a take means that take. So nothing is made in its place: an id that nobody knows, two of one type,
a file that is gone or damaged, stop the film with the line they stand on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from film.cache import CachedAsset
from film.errors import InputError
from film.files.digests import sha256_of_file
from film.models import Asset, AssetType, Shot
from film.planning.params import FilmParams
from film.planning.services import Services
from film.shots import json_lines


@dataclass(frozen=True, slots=True)
class Taken:
    """An asset that a shot takes: the library's record, and where its bytes are."""

    asset: Asset
    cached: CachedAsset


def named_assets(params: FilmParams, services: Services) -> Mapping[tuple[str, AssetType], Taken]:
    """(shot_id, type) → what the shot takes instead of having it made. InputError names file, line and shot."""
    naming = [shot for shot in params.shots if shot.reuse]
    if not naming:
        return {}
    records = {name: services.index.get_asset(name) for name in dict.fromkeys(n for s in naming for n in s.reuse)}
    cached = services.cache.peek_many([record.key for record in records.values() if record])
    sound = {key: _is_sound(stored) for key, stored in cached.items()}
    named: dict[tuple[str, AssetType], Taken] = {}
    for shot in naming:
        for number, name in enumerate(shot.reuse):
            record = records[name]
            if record is None:
                _refuse(params, shot, number, f"there is no asset {name!r} in the library", "film assets lists them")
            if shot.title and record.asset_type is not AssetType.AUDIO:
                kind = _KINDS[record.asset_type].removesuffix("s")
                _refuse(params, shot, number, f"{name} is a {kind}, and a title shows none", "take it, or title, out")
            place = shot.shot_id, record.asset_type
            if place in named:
                first = named[place].asset.asset_id
                twice = f"{name} is named twice" if first == name else f"{first} and {name} are both"
                _refuse(params, shot, number, f"{twice} {_KINDS[record.asset_type]}", "keep one of the two")
            if shot.start_from and record.asset_type is not AssetType.AUDIO:
                _refuse(
                    params,
                    shot,
                    number,
                    f"{name} takes the place of what start_from asks for",
                    "keep one of reuse and start_from",
                )
            stored = cached.get(record.key)
            if stored is None:
                _refuse(params, shot, number, f"the file of {name} is gone from the gallery", _ANOTHER)
            if not sound[record.key]:
                damaged = "name another asset, or leave reuse out to have it made; film fsck --repair puts it aside"
                _refuse(params, shot, number, f"the file of {name} is damaged", damaged)
            named[place] = Taken(record, stored)
    return named


_KINDS = {AssetType.IMAGE: "pictures", AssetType.VIDEO: "clips", AssetType.AUDIO: "sounds"}
_ANOTHER = "name another asset, or leave reuse out to have it made"


def _is_sound(stored: CachedAsset) -> bool:
    """Whether the bytes are those that were stored. What lies only in a bucket is checked when it is fetched."""
    try:
        return not stored.path.exists() or sha256_of_file(stored.path) == stored.sha256
    except OSError:
        return False


def _refuse(params: FilmParams, shot: Shot, number: int, what: str, hint: str) -> NoReturn:
    raise InputError(
        f"{shot.shot_id}: {what}", hint=hint, file=params.source, line=_line(params, shot, number), field="reuse"
    )


def _line(params: FilmParams, shot: Shot, number: int) -> int | None:
    """The line that the id stands on; the file is read again, since only a refusal needs to know."""
    if params.source is None or not params.source.is_file():
        return None
    try:
        document, lines = json_lines.read(params.source)
    except InputError:
        return None
    prefix = () if isinstance(document, list) else ("shots",)
    return lines.of((*prefix, params.shots.index(shot), "reuse", number))
