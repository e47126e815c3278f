"""The files an exported cut refers to: what they are called, where they lie, how long each is.

    Timeline ──► ExportedMedia.of(source, name) ──► Material: media/001_harbour_dawn.mp4, 121 frames at 24
                 ExportedMedia.place(folder)    ──► copied, linked, or left where they are

The library names files by their bytes, without a suffix. People and editing programs want names, so a cut goes out
with copies, or with hard links where both lie on one disk: the library's files cannot be written to, but a program
that writes its notes into a file would try.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from film.errors import BadMedia, ComposeError
from film.export.names import plain
from film.files import written as record
from film.files.digests import sha256_of_file
from film.files.own_files import no_link
from film.media import head_of, probe, read_still, sniff
from film.media.filetypes import MP4, PNG, WAV
from film.models import AssetType
from film.timeline import Source

FOLDER = "media"
Placement = Literal["copy", "link", "in-place"]
_SUFFIXES = {"video": MP4.suffix, "image": PNG.suffix, "audio": WAV.suffix, "lut": ".cube"}


@dataclass(frozen=True)
class Material:
    """A source as the cut refers to it. ``frames`` is its length at ``rate``, its own; a still has neither."""

    source: Source
    name: str
    rate: Fraction
    frames: int
    seconds: Fraction
    width: int = 0
    height: int = 0
    sample_rate: int = 0
    channels: int = 0
    with_sound: bool = False

    @property
    def url(self) -> str:
        """Relative to the folder that the export lies in."""
        return f"{FOLDER}/{quote(self.name)}"

    def frames_at(self, rate: Fraction) -> int:
        """Its length in frames of a film, as the cut counts them: sound is rounded up to whole frames."""
        exact = self.seconds * rate
        return max(1, ceil(exact) if self.source.kind == "audio" else floor(exact + Fraction(1, 2)))


class ExportedMedia:
    """All materials of one export, each source once, under names that do not repeat."""

    def __init__(self, placement: Placement = "copy") -> None:
        self.placement = placement
        self._materials: dict[tuple[str, str], Material] = {}
        self._names: set[str] = set()

    def of(self, source: Source, name: str) -> Material:
        """The material of a source; ``name`` is for people, and the first one given counts."""
        key = (source.sha256, source.kind)
        if key not in self._materials:
            self._materials[key] = self._measured(source, self._named(name, source))
        return self._materials[key]

    def url(self, material: Material) -> str:
        if self.placement == "in-place":
            return material.source.path.absolute().as_uri()
        return material.url

    def __iter__(self) -> Iterator[Material]:
        return iter(self._materials.values())

    def place(self, folder: Path, tick: Callable[[str], None] | None = None, *, force: bool = False) -> list[Path]:
        """Bring ``folder/media`` up to date; files that are there already stay.

        ComposeError, before anything is written, for one that is not this program's, unless ``force`` lets it.
        """
        if self.placement == "in-place":
            return []
        target = folder / FOLDER
        try:
            no_link(target)
        except OSError as error:
            raise ComposeError(
                f"{target} cannot be written to: {error.strerror}", hint="remove it, or name another folder with -o"
            ) from error
        placed: list[Path] = []
        old = [material for material in self if not _is_there(material.source, target / material.name)]
        for material in old:
            record.check(target / material.name, force=force)
        for material in self:
            path = target / material.name
            if tick:
                tick(material.name)
            try:
                _bring(material.source, path, link=self.placement == "link")
            except OSError as error:
                raise ComposeError(
                    f"{path} cannot be written: {error.strerror or error}",
                    hint="check the folder and the space on its disk, or use --media in-place",
                ) from error
            placed.append(path)
        with suppress(OSError):
            record.remember(*(target / material.name for material in old))
        return placed

    def _named(self, name: str, source: Source) -> str:
        stem = plain(name, source.kind)
        suffix = _suffix(source)
        candidate, number = stem + suffix, 2
        while candidate.casefold() in self._names:
            candidate, number = f"{stem}_{number}{suffix}", number + 1
        self._names.add(candidate.casefold())
        return candidate

    def _measured(self, source: Source, name: str) -> Material:
        empty = Material(source, name, Fraction(0), 0, Fraction(0))
        try:
            if source.kind == "image":
                still = read_still(source.path)
                return replace(empty, width=still.width, height=still.height)
            found = probe(source.path, AssetType(source.kind))
        except BadMedia as error:
            raise ComposeError(error.message, hint=error.hint) from error
        return replace(
            empty,
            rate=found.rate,
            frames=found.frames,
            seconds=found.seconds,
            width=found.width,
            height=found.height,
            sample_rate=found.sample_rate,
            channels=found.channels,
            with_sound=source.kind == "audio" or _has_sound(source.path),
        )


def _suffix(source: Source) -> str:
    """By the first bytes: what the library keeps has none, and what a user calls a file proves nothing."""
    with suppress(BadMedia):
        if known := sniff(head_of(source.path)):
            return known.suffix
    return _SUFFIXES[source.kind]


def _has_sound(path: Path) -> bool:
    try:
        return bool(probe(path, AssetType.AUDIO).samples)
    except BadMedia:
        return False


def _bring(source: Source, path: Path, *, link: bool) -> None:
    if _is_there(source, path):
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    temporary.unlink(missing_ok=True)
    try:
        if not (link and _linked(source.path, temporary)):
            shutil.copyfile(source.path, temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _is_there(source: Source, path: Path) -> bool:
    """Whether the very file lies there already: an earlier take under the same name may be as long."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size != source.path.stat().st_size:
        return False
    return path.samefile(source.path) or sha256_of_file(path) == source.sha256


def _linked(source: Path, path: Path) -> bool:
    """Hard links work on one disk only; elsewhere it is a copy."""
    try:
        path.hardlink_to(source)
    except OSError:
        return False
    return True
