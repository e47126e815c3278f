"""The cut and all of its media in one file: an .otioz, which is a zip archive.

The media are not compressed, and go from the library straight into the archive under their human names: nothing is
copied first, and nothing is held in memory.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from film.export.library import opentimelineio
from film.export.media import ExportedMedia

_VERSION = "1.0.0"
_MADE = (1980, 1, 1, 0, 0, 0)
"""The same film gives the same archive."""


def write_bundle(cut: Any, exported: ExportedMedia, path: Path) -> None:
    """``cut`` refers to its media relatively, as a exported that copies or links has it."""
    document: str = opentimelineio().adapters.write_to_string(cut, "otio_json")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("version.txt", _VERSION), ("content.otio", document)):
            archive.writestr(zipfile.ZipInfo(name, _MADE), text, zipfile.ZIP_DEFLATED)
        for material in exported:
            entry = zipfile.ZipInfo(material.url, _MADE)
            entry.file_size = material.source.path.stat().st_size
            with material.source.path.open("rb") as source, archive.open(entry, "w") as target:
                while chunk := source.read(1 << 20):
                    target.write(chunk)
