"""What an archive says of itself: a head, then results and assets, a line of JSON each, then the blobs they name.

library.json     what this is, and how much of everything follows
results.jsonl    key → blob, with what it cost: reused instead of bought where it is imported
assets.jsonl     the library's entries, under their ids
blobs/<sha256>   the bytes
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

HEAD, RESULTS, ASSETS, BLOBS = "library.json", "results.jsonl", "assets.jsonl", "blobs/"
LONGEST_LINE = 1 << 20
"""Characters of a line, far above any that is written: a prompt has thousands."""

_HASH = r"^[0-9a-f]{64}$"


class Head(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: Literal["film-library/1"] = "film-library/1"
    created: datetime
    results: int = Field(ge=0)
    assets: int = Field(ge=0)
    blobs: int = Field(ge=0)
    size: int = Field(ge=0)


class Result(BaseModel):
    """A stored result: what ``AssetCache.put`` takes."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(pattern=_HASH)
    kind: str = Field(pattern=r"^[a-z_]{1,20}$")
    provider: str = Field(max_length=60)
    sha256: str = Field(pattern=_HASH)
    size: int = Field(ge=0)
    mime: str = Field(max_length=100)
    cost: Decimal = Field(ge=0, max_digits=18, decimal_places=6)
    details: dict[str, JsonValue]

    def fields(self) -> dict[str, Any]:
        return {"kind": self.kind, "provider": self.provider, "mime": self.mime, "cost": self.cost}
