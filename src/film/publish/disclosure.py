"""What has to be said of a film's making, by fact: its own signed manifest decides, and nobody's memory.

verified film ──► made by rules alone, an animatic ──► nothing to disclose
              └─► anything else ──► synthetic, and a sentence in the description
no manifest, or one that does not hold ──► refused
"""

from __future__ import annotations

from pathlib import Path

from film.errors import PublishRefused
from film.provenance import verify
from film.provenance.claims import ALGORITHMIC
from film.provenance.reading import Verdict
from film.publish.package import Disclosure


def disclosed(film: Path, *, without: str = "") -> tuple[Disclosure, Verdict]:
    """What is disclosed of ``film``, and the verdict that it follows from.

    ``without`` is a person's reason to leave the flag out; it is kept. Raises PublishRefused for a film whose manifest
    does not hold.
    """
    verdict = verify(film)
    if not verdict.valid:
        why = "carries no signed manifest of its origin"
        if verdict.state == "invalid":
            why = "is not what was signed" + (f": {verdict.problems[0]}" if verdict.problems else "")
        raise PublishRefused(
            f"{film.name} {why}, so nobody can say what has to be disclosed",
            hint="make it again with its manifest (film make, and the extra provenance); see film provenance",
        )
    drawn = verdict.source_type == ALGORITHMIC
    sentence = verdict.description
    if drawn or not without:
        return Disclosure(synthetic=not drawn, sentence=sentence), verdict
    return Disclosure(synthetic=False, sentence=sentence, reason=without), verdict
