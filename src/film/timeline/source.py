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
    reading: str = ""
    """How its bytes are to be taken, where not as they always were: turned upright, deinterlaced, in other colours."""

    @property
    def identity(self) -> str:
        """What is seen or heard of it, for keys: its bytes, and how they are read."""
        return f"{self.sha256} {self.reading}" if self.reading else self.sha256
