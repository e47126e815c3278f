"""A film with all that belongs to it, as files: for a folder, a bucket, whoever takes files.

    FILM.mp4  FILM.en.srt …  FILM.jpg  FILM.c2pa  metadata.json  SHA256SUMS

``SHA256SUMS`` comes last, and says that all of it is there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from film.publish.package import Package

SUMS = "SHA256SUMS"
METADATA = "metadata.json"


@dataclass(frozen=True)
class BundleFile:
    """A file of the bundle: ``data``, or what lies at ``path``."""

    name: str
    sha256: str
    size: int
    data: bytes | None = None
    path: Path | None = None


def bundle(package: Package, marker: str) -> Sequence[BundleFile]:
    """The files, the film first."""
    stem = package.film.stem
    files = [BundleFile(package.film.name, package.sha256, package.size, path=package.film)]
    files += [_small(f"{stem}.{one.language}{one.path.suffix}", one.data) for one in package.captions]
    if package.thumbnail:
        files.append(_small(f"{stem}.jpg", package.thumbnail))
    if package.sidecar:
        files.append(_small(f"{stem}.c2pa", package.sidecar))
    files.append(
        _small(METADATA, (json.dumps(document(package, marker), indent=2, ensure_ascii=False) + "\n").encode())
    )
    sums = "".join(f"{one.sha256}  {one.name}\n" for one in files)
    return [*files, _small(SUMS, sums.encode())]


def document(package: Package, marker: str) -> Mapping[str, Any]:
    """What is said of the film, for programs."""
    return {
        "film_id": package.film_id,
        "film": package.film.name,
        "sha256": package.sha256,
        "size": package.size,
        "marker": marker,
        **package.metadata.model_dump(mode="json", exclude_none=True),
        "captions": [{"language": one.language, "sha256": one.digest} for one in package.captions],
    }


def _small(name: str, data: bytes) -> BundleFile:
    return BundleFile(name, hashlib.sha256(data).hexdigest(), len(data), data=data)
