"""The store as the cut sees it: encoded segments by key, nothing of providers or money."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from film.cache.store import AssetCache


class SegmentCache:
    """A ``SegmentStore`` over the asset cache. Safe to call from several threads at once."""

    def __init__(self, cache: AssetCache, kind: str) -> None:
        self._cache, self._kind = cache, kind

    def peek(self, keys: Sequence[str]) -> dict[str, Path]:
        """The segments there are, every byte of them checked once: they go into the film as they lie there."""
        return {key: asset.path for key, asset in self._cache.use_many(keys).items()}

    def temporary(self, suffix: str) -> Path:
        return self._cache.temporary(suffix)

    def put_file(self, key: str, temporary: Path, *, mime: str) -> Path:
        return self._cache.put(key, kind=self._kind, provider="", path=temporary, mime=mime).path
