"""``inspect_film``: what is wrong with a film file, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Literal

from film.app.models import Aside, UseCaseInput, UseCaseResult
from film.errors import InputError

PROFILE_NAMES = ("web", "youtube", "ebu", "netflix")


class InspectFilm(UseCaseInput):
    """Which film to look over, and by what."""

    film: Path
    loudness: str | None = None
    """LUFS, or the name of a target; by default what the film was made for."""
    profile: str | None = None
    """The desk that it goes to, one of ``PROFILE_NAMES``."""
    quick: bool = False
    """Decode key frames only."""
    html: Path | None = None
    """Write the report there as one page, with pictures."""
    force: bool = False
    """Whether that may replace a file that this program did not write."""


class FoundFault(UseCaseResult):
    """One thing that is wrong. Without a place it is the whole film."""

    kind: str
    severity: Literal["error", "warning", "note"]
    timecode: str | None
    start_seconds: float | None
    seconds: float | None
    frame: int | None
    shot_id: str | None
    what: str
    fix: str
    name: Aside[str] = ""
    """Its kind, as people call it."""


class InspectedFilm(UseCaseResult):
    path: Path
    clean: bool
    """Without an error."""
    thorough: bool
    profile: str | None
    summary: str
    errors: int
    warnings: int
    notes: int
    frames: int
    frame_rate: str
    """Frames a second, exact; 0 where it varies."""
    seconds: float
    width: int
    height: int
    container: str
    video_codec: str
    audio_codec: str
    sample_rate: int
    channels: int
    integrated_lufs: float | None
    loudness_range_lu: float | None
    true_peak_dbtp: float | None
    findings: tuple[FoundFault, ...]
    """What concerns the whole film first, then as the film runs."""


def inspect_film(asked: InspectFilm, *, tick: Callable[[Fraction], None] | None = None) -> InspectedFilm:
    """Look a film over as a quality-control desk does.

    Raises BadMedia for what is no film, InputError for a loudness that is none.

    Args:
        asked: Which film, and by what.
        tick: Told the seconds that are looked at.
    """
    from film.inspect import inspect_film as inspected
    from film.inspect import profile_named

    profile = profile_named(asked.profile) if asked.profile else None
    if asked.html:
        from film.files.written import check

        check(asked.html, force=asked.force)
    target = _loudness(asked.loudness)
    report = inspected(asked.film, loudness=target, profile=profile, thorough=not asked.quick, tick=tick)
    if asked.html:
        from film.inspect.page import write_page

        write_page(report, asked.html, force=asked.force)
    document = report.as_document()
    found = [{**told, "name": one.name} for told, one in zip(document.pop("findings"), report.findings, strict=True)]
    return InspectedFilm.model_validate({**document, "findings": found})


def _loudness(text: str | None) -> float | None:
    from film.shots.filmfile import LOUDNESS

    if text is None:
        return None
    if text in LOUDNESS:
        return float(LOUDNESS[text])
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not -70 <= value < 0:
        names = ", ".join(LOUDNESS)
        raise InputError(f"--loudness is {text!r}", hint=f"give LUFS, like -16, or one of {names}")
    return value
