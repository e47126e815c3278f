"""What was really made: the media is opened, never taken on its maker's word.

The cut goes by these facts: frames are counted, the sound's samples too. Something else than the kind asked for (a web
page for a picture, a clip without frames) is refused here, before it is stored or shown.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from film.errors import BadMedia, disk_error
from film.media import Probe, probe
from film.models import AssetType, Generated


def probe_made(made: Generated, kind: AssetType, provider: str, temporary: Callable[[str], Path]) -> tuple[Path, Probe]:
    """The made media as a file, and what it holds. Raises BadMedia, and then removes the file."""
    path = made.path
    if path is None:
        path = temporary("")
        try:
            path.write_bytes(made.data or b"")
        except OSError as error:
            path.unlink(missing_ok=True)
            raise disk_error(error, path.parent) from error
    try:
        return path, probe(path, kind, name=f"what {provider} made")
    except BadMedia as error:
        path.unlink(missing_ok=True)
        raise BadMedia(error.message, hint="run again to make it again", provider=provider) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def facts_of(found: Probe) -> dict[str, Any]:
    """The figures to keep with an asset: size, ``frames`` and ``frame_rate``; ``samples`` and ``sample_rate``.

    What is not plain in it is kept as well: how it is ``reading``, and what was ``told`` of it.
    """
    unusual = {name: value for name, value in (("reading", found.reading), ("told", list(found.told))) if value}
    if found.kind is AssetType.AUDIO:
        return {"samples": found.samples, "sample_rate": found.sample_rate, **unusual}
    size = {"width": found.width, "height": found.height}
    if found.kind is AssetType.IMAGE:
        return {**size, **unusual}
    clip = {"frames": found.frames, "frame_rate": str(found.rate), "seconds": str(found.seconds)}
    return {**size, **clip, "reading": found.reading, **unusual}
