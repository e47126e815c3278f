"""What was really made: the media is opened, never taken on its maker's word.

The cut goes by these facts: frames are counted, the sound's samples too. Something else than the kind asked for (a web
page for a picture, a clip without frames) is refused here, before it is stored or shown.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from film.compose import probe
from film.errors import BadMedia, ComposeError
from film.models import AssetType, Generated
from film.timeline import Source


def probe_made(
    made: Generated, kind: AssetType, provider: str, temporary: Callable[[str], Path]
) -> tuple[Path, dict[str, Any]]:
    """The made media as a file, and its facts: size, ``frames`` and ``frame_rate``; ``samples`` and ``sample_rate``.

    Raises BadMedia, and then removes the file.
    """
    path = made.path
    if path is None:
        path = temporary("")
        path.write_bytes(made.data or b"")
    try:
        found = probe(Source("", path, kind.value))
    except ComposeError as error:
        path.unlink(missing_ok=True)
        raise BadMedia(f"{provider}: {error.message}", hint="run again to make it again", provider=provider) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if kind is AssetType.AUDIO:
        return path, {"samples": found.samples, "sample_rate": found.sample_rate}
    facts: dict[str, Any] = {"width": found.width, "height": found.height}
    if kind is AssetType.VIDEO:
        facts |= {"frames": found.frames, "frame_rate": str(found.rate), "seconds": str(found.seconds)}
    return path, facts
