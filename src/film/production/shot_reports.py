"""What came of a shot, as plain JSON: what a step in one process tells a step in another.

    CompletedShot ──(report_of)──► ShotReport ═ JSON ═► completed(plan, reports) ──► CompletedShot

Assets are not in it: they lie in the store, and a plan made of the store finds them. What no store knows is told here:
which of them this run made, what they cost it, and why one is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from film import errors
from film.errors import FilmError, StoreError
from film.models import AssetType, Model
from film.planning.plan import FilmPlan, ShotPlan, reused
from film.planning.results import CompletedShot

_TELLING = ("provider", "charged", "retry_after")
"""What errors know besides their words, and may be asked for later."""


class MadeReport(Model):
    """An asset that was made. ``kept`` are the keys of those parts of a long line that were there before."""

    cost: Decimal
    kept: tuple[str, ...] = ()


class ErrorReport(Model):
    name: str
    message: str
    hint: str = ""
    about: Mapping[str, str | float | bool | None] = {}


class ShotReport(Model):
    shot_id: str
    made: Mapping[AssetType, MadeReport] = {}
    error: ErrorReport | None = None

    def and_then(self, later: ShotReport) -> ShotReport:
        """The two as one, where a shot's assets are made in several steps; the first error is the reason."""
        return ShotReport(
            shot_id=self.shot_id, made={**self.made, **later.made}, error=self.error if self.error else later.error
        )


def report_of(done: CompletedShot) -> ShotReport:
    made = {
        kind: MadeReport(cost=asset.cost, kept=tuple(part.key for part in asset.reused_parts))
        for kind, asset in done.assets.items()
        if not asset.reused
    }
    return ShotReport(shot_id=done.shot_id, made=made, error=_told(done.error) if done.error else None)


def merged(reports: Iterable[ShotReport]) -> dict[str, ShotReport]:
    """All that was reported of each shot, by its id."""
    found: dict[str, ShotReport] = {}
    for report in reports:
        before = found.get(report.shot_id)
        found[report.shot_id] = before.and_then(report) if before else report
    return found


def completed(plan: FilmPlan, reports: Mapping[str, ShotReport]) -> list[CompletedShot]:
    """The film's shots as ``plan`` finds them in the store, with what their reports say of this run."""
    return [_completed(shot, reports.get(shot.shot.shot_id)) for shot in plan.shots]


def _completed(shot: ShotPlan, report: ShotReport | None) -> CompletedShot:
    done = reused(shot)
    for kind, made in report.made.items() if report else ():
        if (asset := done.assets.get(kind)) is not None:
            kept = tuple(part for part in asset.reused_parts if part.key in made.kept)
            done = done.having(replace(asset, reused=False, cost=made.cost, reused_parts=kept))
    if report and report.error:
        return replace(done, error=_again(report.error))
    missing = [kind.value for kind in shot.assets if kind not in done.assets]
    if missing:
        gone = StoreError(
            f"the {' and '.join(missing)} of {shot.shot.shot_id} left the gallery while the film was made",
            hint="run film plan to see what making it again costs, then run the same command again",
        )
        return replace(done, error=gone)
    return done


def _told(error: FilmError) -> ErrorReport:
    known: dict[str, Any] = {name: getattr(error, name) for name in _TELLING if hasattr(error, name)}
    return ErrorReport(name=type(error).__name__, message=error.message, hint=error.hint, about=known)


def _again(report: ErrorReport) -> FilmError:
    """The error that was told, of its own kind, without what only the process knew in which it happened."""
    found = getattr(errors, report.name, None)
    kind = found if isinstance(found, type) and issubclass(found, FilmError) else FilmError
    error = kind.__new__(kind)
    FilmError.__init__(error, report.message, hint=report.hint)
    for name, value in report.about.items():
        setattr(error, name, value)
    return error
