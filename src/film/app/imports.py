"""A user's own pictures, clips and sounds, put into the library: found like all others, and taken by ``reuse``.

    file ──copied──► temporary ──(check: every byte decoded)──► store, by its bytes ──► Asset of provider "own", $0

The key is made of the bytes alone: the same file under another name is the same asset, and importing it again changes
what is now said of it and nothing else. All files of an import are looked at before the first of them goes in, and the
user's own stay as they are.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from film.app.assets import unusual_in
from film.app.models import UseCaseInput, UseCaseResult
from film.app.workspace import Workspace
from film.errors import BadMedia, InputError, disk_error
from film.files.digests import sha256_of_file
from film.files.own_files import own_folder
from film.hashing import content_key
from film.media import Probe, check, describe, head_of, open_media, sniff
from film.media.clips import pictures_in
from film.metadata.words import Words, each
from film.models import Asset, AssetType, Model, Slug, Text, Word
from film.planning.results import OWN, asset_id
from film.planning.services import Services
from film.production.probe import facts_of
from film.settings import Settings

RECIPE = "own/1"


class ImportFiles(UseCaseInput):
    """Files of the user's own, and what is said of all of them; the tags are those of a shot.

    Without a ``prompt`` a file's name says what it shows. A file that may be a clip or a sound is a clip if it has a
    picture, unless ``asset_type`` says otherwise.
    """

    files: tuple[Path, ...]
    prompt: str | None = None
    characters: tuple[str, ...] = ()
    landscapes: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    mood: str | None = None
    time_of_day: str | None = None
    shot_type: str | None = None
    asset_type: AssetType | None = None


class ImportedAsset(Asset):
    """An asset as the library knows it now."""

    told: tuple[str, ...]
    """What is unusual in its file."""


class ImportedAssets(UseCaseResult):
    assets: tuple[ImportedAsset, ...]


class ImportWords(Model):
    """What is said of files as they come in; what is None says nothing. Of a sound, ``prompt`` is what is heard."""

    prompt: Text | None = None
    characters: tuple[Word, ...] | None = None
    landscapes: tuple[Word, ...] | None = None
    styles: tuple[Word, ...] | None = None
    mood: Word | None = None
    time_of_day: Word | None = None
    shot_type: Slug | None = None


@dataclass(frozen=True)
class _Copy:
    """A file on its way in: a copy in the store's own filesystem, and what it was found to hold."""

    name: str
    path: Path
    found: Probe
    sha256: str
    key: str


def import_assets(
    files: Iterable[Path | str],
    *,
    prompt: str | None = None,
    characters: Words = None,
    landscapes: Words = None,
    styles: Words = None,
    mood: str | None = None,
    time_of_day: str | None = None,
    shot_type: str | None = None,
    asset_type: AssetType | str | None = None,
    settings: Settings | None = None,
) -> list[Asset]:
    """Put files of your own into the library and return them as it knows them now.

    The tags are those of a shot and hold for all files; without a ``prompt`` a file's name says what it shows. A file
    that may be a clip or a sound is a clip if it has a picture, unless ``asset_type`` says otherwise. Raises InputError
    for a file that is not whole media; then nothing was imported.
    """
    asked = ImportFiles(
        files=tuple(Path(file) for file in files),
        prompt=prompt,
        characters=tuple(each(characters)),
        landscapes=tuple(each(landscapes)),
        styles=tuple(each(styles)),
        mood=mood,
        time_of_day=time_of_day,
        shot_type=shot_type,
        asset_type=AssetType(asset_type) if asset_type else None,
    )
    return _import(asked, Workspace(settings))


def import_files(asked: ImportFiles, workspace: Workspace) -> ImportedAssets:
    """Put files of the user's own into the library; the same bytes are one asset, and the files stay as they are.

    Raises InputError for a file that is not whole media; then nothing was imported.
    """
    return ImportedAssets(
        assets=tuple(
            ImportedAsset(**{name: getattr(asset, name) for name in Asset.model_fields}, told=tuple(unusual_in(asset)))
            for asset in _import(asked, workspace)
        )
    )


def upload_folder(gallery: Path) -> Path:
    """A folder for files on their way in, in the gallery's own filesystem; whoever asked for it removes it."""
    home = gallery / "tmp"
    own_folder(home)
    return Path(tempfile.mkdtemp(prefix="upload-", dir=home))


def _import(asked: ImportFiles, workspace: Workspace) -> list[Asset]:
    said = _said(
        prompt=asked.prompt,
        characters=asked.characters or None,
        landscapes=asked.landscapes or None,
        styles=asked.styles or None,
        mood=asked.mood,
        time_of_day=asked.time_of_day,
        shot_type=asked.shot_type,
    )
    services = workspace.working()
    with services.cache, ExitStack() as copies:
        taken_in = [_copied(file.expanduser(), asked.asset_type, services, copies) for file in asked.files]
        stored = {copy.key: _stored(copy, said, services) for copy in taken_in}
        services.index.index_assets(stored.values())
    return [asset for key in stored if (asset := services.index.get_asset(stored[key].asset_id))]


def _said(**values: Any) -> ImportWords:
    try:
        return ImportWords.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise InputError(
            f"{first['loc'][0]}: {first['msg'].removeprefix('Value error, ').lower()}", hint=f"change {first['loc'][0]}"
        ) from error


def _copied(file: Path, kind: AssetType | None, services: Services, copies: ExitStack) -> _Copy:
    """The copy is what is looked at: whatever happens to the file meanwhile, what was checked is what is stored."""
    if not file.is_file():
        what = "is a folder" if file.is_dir() else "is not there"
        raise InputError(f"{file} {what}", hint="name files: pictures, clips or sounds", file=file)
    path = services.cache.temporary()
    copies.callback(path.unlink, missing_ok=True)
    try:
        shutil.copyfile(file, path)
    except OSError as error:
        raise disk_error(error, file) from error
    try:
        found = check(path, kind or _kind_of(path, file.name), name=file.name)
    except BadMedia as error:
        raise InputError(error.message, hint="nothing was imported; leave this file out, or repair it") from error
    sha256 = sha256_of_file(path)
    return _Copy(file.stem, path, found, sha256, content_key(RECIPE, {"asset_type": found.kind, "sha256": sha256}))


def _kind_of(path: Path, name: str) -> AssetType:
    head = head_of(path, name=name)
    file_type = sniff(head)
    if file_type is None:
        raise BadMedia(f"{name} is no picture, clip or sound but {describe(head)}")
    if len(file_type.holds) == 1:
        return next(iter(file_type.holds))
    with open_media(path, AssetType.VIDEO, name=name, undecoded=True) as container:
        return AssetType.VIDEO if pictures_in(container) else AssetType.AUDIO  # a cover is no moving picture


def _stored(copy: _Copy, said: ImportWords, services: Services) -> Asset:
    """The file in the store, and its record: what was said of it before holds where nothing is said now."""
    kind = copy.found.kind
    facts = {**facts_of(copy.found, copy.path), "reading": copy.found.reading}
    stored = services.cache.use_many([copy.key]).get(copy.key) or services.cache.put(
        copy.key, kind=kind.value, provider=OWN, mime=copy.found.mime, path=copy.path, details=facts
    )
    record = services.index.get_asset(asset_id(kind, copy.key)) or Asset(
        asset_id=asset_id(kind, copy.key),
        key=copy.key,
        asset_type=kind,
        provider=OWN,
        prompt=" ".join(copy.name.replace("_", " ").replace("-", " ").split()),
        sha256=stored.sha256,
        size=stored.size,
        mime=stored.mime,
        details=stored.details,
    )
    return record.model_copy(update={"details": {**record.details, **facts}, **said.model_dump(exclude_none=True)})
