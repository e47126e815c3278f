"""Files that a browser may show, by what they are and never by a path: assets of the library, films, small pictures.

    asset id ──(library)──► key ──(store, every byte checked)──► MediaFile
                                                            └──► a small picture of it, kept in gallery/studio/small

A type that a browser might run (HTML, SVG) is none of these: it is handed out as a file to save.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from film.app.film_desk import FilmDesk
from film.errors import BadMedia, FilmError, InputError
from film.files.own_files import fresh_beside, own_folder
from film.models import AssetType
from film.planning.services import Services
from film.production.finishing.outputs import film_path

if TYPE_CHECKING:
    from PIL import Image

SHOWN = frozenset(
    (
        "image/png", "image/jpeg", "image/webp", "image/avif", "image/gif",
        "video/mp4", "video/webm", "video/quicktime",
        "audio/mpeg", "audio/wav", "audio/x-wav", "audio/mp4", "audio/ogg", "audio/flac", "audio/aac",
    )
)  # fmt: skip
"""What is shown in a page; everything else is only saved."""
WIDTHS = (160, 320, 640)
_ID = re.compile(r"[\w.\-]{1,100}")
_drawing = threading.BoundedSemaphore(2)


class NoMedia(InputError):
    """There is no such asset, film or picture, or its file is gone."""


@dataclass(frozen=True)
class MediaFile:
    """A file to send. ``tag`` names its bytes: what is under it never changes."""

    path: Path
    mime: str
    tag: str
    name: str

    @property
    def is_shown(self) -> bool:
        return self.mime in SHOWN


def asset_file(services: Services, asset_id: str) -> MediaFile:
    """An asset's file. NoMedia where there is none, IntegrityError where its bytes are damaged."""
    asset = services.index.get_asset(asset_id) if _ID.fullmatch(asset_id) else None
    stored = services.cache.peek_many([asset.key]).get(asset.key) if asset else None
    if asset is None or stored is None:
        raise NoMedia(f"there is no file of {asset_id[:60]!r}", hint="it may have been collected; make it again")
    path = services.cache.verified_path(stored)
    suffix = stored.mime.partition("/")[2].partition(";")[0].removeprefix("x-")
    return MediaFile(path, stored.mime, stored.sha256, f"{asset_id}.{suffix}")


def small_picture(services: Services, asset_id: str, width: int) -> MediaFile:
    """A picture or a clip's first frame, at most so wide; made once."""
    if width not in WIDTHS:
        raise InputError(f"width is {width}", hint=f"ask for one of {', '.join(map(str, WIDTHS))}", field="width")
    file = asset_file(services, asset_id)
    home = services.settings.gallery / "studio" / "small"
    path = home / f"{file.tag[:40]}-{width}.webp"
    if not path.is_file():
        with _drawing:
            if not path.is_file():
                own_folder(home)
                _shrink(file, path, width)
    return MediaFile(path, "image/webp", f"{file.tag[:40]}-{width}", f"{asset_id}-{width}.webp")


def film_file(desk: FilmDesk, tier: str | None, kind: str) -> MediaFile:
    """The film as it was made last at a tier: ``film``, or its ``captions``."""
    path = film_path(desk.params(tier), desk.settings.films)
    if kind == "captions":
        path = path.with_suffix(".vtt")
    if path.is_symlink() or not path.is_file():
        raise NoMedia(f"no {kind} was made yet at this tier", hint="make the film first")
    mime = {".vtt": "text/vtt; charset=utf-8", ".mov": "video/quicktime"}.get(path.suffix, "video/mp4")
    about = path.stat()
    return MediaFile(path, mime, f"{about.st_mtime_ns:x}-{about.st_size:x}", path.name)


def _shrink(file: MediaFile, path: Path, width: int) -> None:
    picture = _picture(file)
    picture.thumbnail((width, width * 4))
    new = fresh_beside(path, mode=0o600)
    try:
        picture.save(new, "WEBP", quality=80, method=2)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _picture(file: MediaFile) -> Image.Image:
    from film.media.opening import open_media
    from film.media.stills import read_still

    try:
        if file.mime.startswith("image/"):
            return read_still(file.path)
        if file.mime.startswith("video/"):
            with open_media(file.path, AssetType.VIDEO, name=file.name) as container:
                for frame in container.decode(video=0):
                    return frame.to_image()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    except FilmError as error:
        raise BadMedia(f"{file.name} cannot be shown small: {error.message}", hint="open the file itself") from error
    raise NoMedia(f"{file.name} has no picture", hint="it is a sound: play it")
