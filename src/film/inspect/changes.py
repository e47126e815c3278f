"""Whether a film is still the one that was made, by its signature and by what its build manifest remembers of it.

Damage within a picture often decodes, as blocks of the wrong colour: a decoder says nothing of it, a digest does.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from film.files.digests import sha256_of_file
from film.inspect.expected import Expected
from film.inspect.report import Finding
from film.media import head_of, sniff
from film.media.filetypes import MP4

_FIX = "if nobody edited it, it is damaged: make the film again"


def changes(film: Path, known: Expected | None) -> Iterator[Finding]:
    """At most one finding: a broken signature says more than other bytes do."""
    if problem := _broken_signature(film):
        yield Finding("changed", "error", f"its signature does not hold: {problem}", _FIX)
    elif known and known.sha256 and not _is_as_written(film, known):
        what = "it is not the file, byte for byte, that film make wrote"
        yield Finding("changed", "warning", what, _FIX)


def _broken_signature(film: Path) -> str:
    """What C2PA says against the film's manifest; nothing where there is none, or no library to ask."""
    from film.provenance import available, verify

    if sniff(head_of(film)) is not MP4 or not available():
        return ""
    verdict = verify(film)
    return "; ".join(verdict.problems) or "it is not what was signed" if verdict.state == "invalid" else ""


def _is_as_written(film: Path, known: Expected) -> bool:
    return film.stat().st_size == known.size and sha256_of_file(film) == known.sha256
