"""What an archive says of itself: a head, then results and assets, a line of JSON each, then the blobs they name.

library.json     what this is, and how much of everything follows
results.jsonl    key → blob, with what it cost: reused instead of bought where it is imported
assets.jsonl     the library's entries, under their ids
blobs/<sha256>   the bytes
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from film.archive.entries import HASH, Cost, Details, Mime, Name, Size

HEAD, RESULTS, ASSETS, BLOBS = "library.json", "results.jsonl", "assets.jsonl", "blobs/"
LONGEST_LINE = 1 << 20
"""Characters of a line, far above any that is written: a prompt has thousands."""


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

    key: str = Field(pattern=HASH)
    kind: str = Field(pattern=r"^[a-z_]{1,20}$")
    provider: Name
    sha256: str = Field(pattern=HASH)
    size: Size
    mime: Mime
    cost: Cost
    details: Details

    def fields(self) -> dict[str, Any]:
        return {"kind": self.kind, "provider": self.provider, "mime": self.mime, "cost": self.cost}
