"""What goes into the cache and what comes out: a made result, and the same once it lies in the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class NewResult:
    """What a maker hands to the cache. Exactly one of ``data`` and ``path``; a file is taken over.

    ``cost`` is what was paid for it, in dollars: what each later hit saves.
    """

    mime: str
    data: bytes | None = None
    path: Path | None = None
    cost: Decimal = Decimal(0)
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def __post_init__(self) -> None:
        if (self.data is None) == (self.path is None):
            raise TypeError("give exactly one of data and path")


@dataclass(frozen=True, slots=True)
class CachedAsset:
    """A result in the store. Reading a film's plan keeps tens of thousands of these, so they are small."""

    key: str
    kind: str
    provider: str
    sha256: str
    size: int
    mime: str
    cost: Decimal
    details: Mapping[str, Any]
    location: str
    """The path as text: a plan keeps many of these and opens few."""

    @property
    def path(self) -> Path:
        return Path(self.location)
