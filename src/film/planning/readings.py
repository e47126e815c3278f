"""How the media of an asset are read, for the keys of what is made of them.

A plain file is known by its bytes alone. Of one that is shown otherwise than its bytes first seem, turned upright,
deinterlaced, in converted colours, a segment, a mix or an order says so in its key: what was made before it was read
that way is not taken for it, and everything else stays found.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from film.cache import CachedAsset
from film.errors import BadMedia
from film.media import head_of, probe, sniff
from film.media.clips import is_small
from film.models import AssetType
from film.planning.results import OWN

UNTIMED = frozenset(("wav", "mp3", "flac", "aiff", "aac"))
"""Readers of sound whose files have no times, and so no holes."""
_TIMED = "timed/1"


def reading_of(asset: CachedAsset) -> str:
    """Empty for what is taken as it is. Kept with the asset since it came in; what is older is looked at once."""
    said = asset.details.get("reading")
    if said is not None or asset.provider == "draft":
        return said or ""
    kind = AssetType(asset.kind)
    if asset.provider == OWN or (kind is AssetType.VIDEO and is_small(asset.details)):
        return _found(asset.sha256, asset.path, kind)
    return ""


def sound_reading(path: Path) -> str:
    """What to add to a sound's bytes: in files whose packets have times, holes are silence now."""
    try:
        file_type = sniff(head_of(path))
    except BadMedia:
        return ""
    return _TIMED if file_type and file_type.reader not in UNTIMED else ""


@lru_cache(maxsize=4096)
def _found(sha256: str, path: Path, kind: AssetType) -> str:
    """Looked up once: the bytes behind a hash do not change."""
    try:
        return probe(path, kind).reading
    except BadMedia:  # who needs it will say so
        return ""
