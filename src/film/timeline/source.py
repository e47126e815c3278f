"""Where pictures and sound come from: a file that is known by its bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

SourceKind = Literal["video", "image", "audio", "lut"]


@dataclass(frozen=True)
class Source:
    """A media file, known by its bytes; where it lies today is not part of what it is."""

    sha256: str
    path: Path = field(compare=False)
    kind: SourceKind = "video"
