"""What the cut asks of the place where results are kept.

The cut does not know the library: it is handed something that answers "which of these do you have?" and takes in new
files. The project's asset cache is such a store, and so is a plain folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


class SegmentStore(Protocol):
    """Called from several threads at once."""

    def peek(self, keys: Sequence[str]) -> dict[str, Path]:
        """The files there are, by key; keys without a result are left out."""
        ...

    def temporary(self, suffix: str) -> Path:
        """A new name in the store's own filesystem, to write to before ``put_file``."""
        ...

    def put_file(self, key: str, temporary: Path, *, mime: str) -> Path:
        """Take over a finished file, and say where it lies now."""
        ...
