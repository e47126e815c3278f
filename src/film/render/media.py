"""Media as the cut opens it: what ``film.media`` refuses is a reason why the film cannot be cut."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from film import media
from film.errors import BadMedia, ComposeError
from film.models import AssetType

if TYPE_CHECKING:
    from av.container import InputContainer
    from PIL import Image

    from film.timeline import SourceKind


@contextmanager
def open_media(path: Path, kind: SourceKind, *, undecoded: bool = False) -> Generator[InputContainer, None, None]:
    """A clip or a sound; while it is open, whatever is wrong with it comes out as ComposeError."""
    with _cutting(), media.open_media(path, AssetType(kind), undecoded=undecoded) as container:
        yield container


def read_still(path: Path) -> Image.Image:
    """A still, upright, in RGB."""
    with _cutting():
        return media.read_still(path)


@contextmanager
def _cutting() -> Generator[None, None, None]:
    try:
        yield
    except BadMedia as error:
        raise ComposeError(error.message, hint=error.hint) from error
