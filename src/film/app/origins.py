"""``check_origin``: what a film says of itself, and whether it is still the film that was signed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from film.app.models import UseCaseInput, UseCaseResult
from film.files.bounds import read_plain


class CheckOrigin(UseCaseInput):
    """Which film; ``trust`` is a file of certificates (PEM) of authorities whose word is good."""

    film: Path
    trust: Path | None = None


class CheckedOrigin(UseCaseResult):
    state: Literal["trusted", "valid", "invalid", "none"]
    valid: bool
    """Whether the film is, to the byte, what was signed."""
    problems: tuple[str, ...]
    title: str
    source: str
    source_type: str
    animatic: bool
    description: str
    generator: str
    signer: str
    signed_at: str
    test_certificate: bool
    ingredients: tuple[str, ...]
    shots: tuple[Mapping[str, object], ...]
    """As the manifest has them: it may say anything."""


def check_origin(asked: CheckOrigin) -> CheckedOrigin:
    """Check a film's C2PA manifest and tell what it says. Nothing is fetched from anywhere.

    Raises BadMedia for what is no film, ConfigurationError where the library for it is not installed.
    """
    from film.provenance import verify

    anchors = read_plain(asked.trust, "certificate").decode("utf-8", "replace") if asked.trust else ""
    verdict = verify(asked.film, anchors=anchors)
    return CheckedOrigin(
        state=verdict.state,
        valid=verdict.valid,
        problems=verdict.problems,
        title=verdict.title,
        source=verdict.source,
        source_type=verdict.source_type,
        animatic=verdict.animatic,
        description=verdict.description,
        generator=verdict.generator,
        signer=verdict.signer,
        signed_at=verdict.signed_at,
        test_certificate=verdict.test,
        ingredients=verdict.ingredients,
        shots=verdict.shots,
    )
