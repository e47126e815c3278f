"""``make_film``: bring a film up to date; reuse what is there, make what is missing, pay only for that.

MakeFilm ──► FilmParams ──► an engine ──► consent? ──► shots, cut ──► MadeFilm
                                │
                                └──► events, as it happens
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from film.app.bills import BillOverQuote, bill_over_quote
from film.app.film_options import PlanFilm
from film.app.models import Aside, UseCaseResult
from film.app.plans import SpendingQuestion, spending_question
from film.app.wording import counted
from film.app.workspace import Workspace
from film.errors import FilmError, OutcomeUnknown, PaidLost, ProviderRefused
from film.files.own_files import close_to_strangers
from film.production.engines import LOCAL, Engine, engine_named
from film.production.events import Event, Listener

if TYPE_CHECKING:
    from film.planning.params import FilmParams
    from film.planning.plan import FilmPlan
    from film.planning.results import FilmResult
    from film.production.stop import Stop
    from film.settings import Settings

Consent = Callable[[SpendingQuestion], None]
"""Asked before anything is bought; raises ConsentDeclined to stop."""


class MakeFilm(PlanFilm):
    """Which film to make, and how."""

    captions: bool | None = None
    burn_in: bool | None = None
    provenance: bool | None = None
    output: Path | None = None
    """Where the film goes; into the gallery unless given."""
    force: bool = False
    """Whether it may take the place of a file that this program did not write."""
    concurrency: int = 3
    """Jobs at once at each provider."""
    order: str = "script"
    engine: str = LOCAL

    def params(self, settings: Settings, **more: Any) -> FilmParams:
        own = ("captions", "burn_in", "provenance", "output", "force", "concurrency", "order")
        return super().params(settings, **{name: getattr(self, name) for name in own}, **more)


class MissingShot(UseCaseResult):
    """A shot that something of could not be made for."""

    shot_id: str
    error: str
    hint: str
    cause: Aside[FilmError]


class MadeFilm(UseCaseResult):
    """The film, and what making it came to."""

    path: Path
    film_id: str
    seconds: float
    shots_made: int
    shots_reused: int
    missing: tuple[MissingShot, ...]
    segments_made: int
    segments_reused: int
    pieces: tuple[str, ...]
    """What was encoded and mixed for it, by name."""
    unchanged: bool
    cost_usd: Decimal
    """What was booked for the film while it was made, orders that brought nothing included."""
    for_nothing_usd: Decimal
    """That of it which brought nothing."""
    saved_usd: Decimal
    """What the reused assets had cost when they were made."""
    set_aside_usd: Decimal
    under_review_usd: Decimal
    disputed_usd: Decimal
    over_quote: tuple[BillOverQuote, ...]
    elapsed_seconds: float
    warnings: tuple[str, ...]
    checked: str
    """What the inspection of the film came to, in one line."""
    not_drawn: dict[str, tuple[str, ...]]
    """Shot → what its draft does not show, by name."""
    orders_set_aside: Aside[int] = 0
    orders_under_review: Aside[int] = 0
    next_step: Aside[str] = ""
    """What running the same command again does, where shots are missing."""


class PreparedFilm:
    """A film whose shots and options are read, and whose providers and engine are getting ready."""

    def __init__(self, asked: MakeFilm, workspace: Workspace) -> None:
        from film.production.warmup import warm_up

        self._workspace = workspace
        self._settings = workspace.settings
        self.params = asked.params(self._settings)
        if asked.engine == LOCAL:
            warm_up(self.params, self._settings)  # while the rest of the program is loaded
        self._engine: Engine = engine_named(asked.engine)

    async def make(
        self, *, listeners: Sequence[Listener] = (), consent: Consent | None = None, stop: Stop | None = None
    ) -> MadeFilm:
        """Make it; see ``make_film``."""
        gallery, warned = self._settings.gallery, list[str]()
        if close_to_strangers(gallery, *(file for file in gallery.glob("*.*") if file.is_file())):
            self._workspace.warn(f"everybody could write into {gallery}: now only you can")

        def remember(event: Event) -> None:
            if event.event == "warning":
                warned.append(str(event.facts.get("message", "")))

        def agreed(plan: FilmPlan, _settings: Settings) -> None:
            if consent:
                consent(spending_question(plan, self._workspace))

        result = await self._engine(
            self.params,
            self._settings,
            listeners=[*listeners, remember],
            consent=agreed if consent else None,
            stop=stop,
        )
        return _made(result, warned)


async def make_film(
    asked: MakeFilm,
    workspace: Workspace,
    *,
    listeners: Sequence[Listener] = (),
    consent: Consent | None = None,
    stop: Stop | None = None,
) -> MadeFilm:
    """Bring a film up to date.

    Args:
        asked: Which film, and how.
        workspace: Its settings say where the gallery is; the run opens it by itself.
        listeners: Called with each event, in their order.
        consent: Asked before anything is bought. Without it the limit is the consent.
        stop: Set it to end new work and finish what is paid for.

    Raises Interrupted when stopped. A shot that failed is in the result, and the film shows a slate in its place.
    """
    return await PreparedFilm(asked, workspace).make(listeners=listeners, consent=consent, stop=stop)


def next_step(errors: Sequence[FilmError]) -> str:
    """What running the same command again does for shots that failed so, and what it does not do by itself."""
    refused = sum(isinstance(error, ProviderRefused) for error in errors)
    looked_for = sum(isinstance(error, (PaidLost, OutcomeUnknown)) for error in errors)
    known = (ProviderRefused, PaidLost, OutcomeUnknown)
    anew = sum(getattr(e, "charged", False) is True for e in errors if not isinstance(e, known))
    if refused == len(errors):
        return "running it again changes nothing: what was refused is not sent again (film jobs says what to do)"
    said = ["run the same command again: only what is missing is made"]
    if anew:
        said.append(f"{counted(anew, 'shot')} failed after it was charged for, and is bought anew")
    if looked_for:
        orders = counted(looked_for, "order")
        said.append(f"{orders} lost or under review: looked for again, bought again only if you say so (film jobs)")
    if refused:
        said.append(f"{counted(refused, 'shot')} refused, and not sent again (film jobs)")
    return "; ".join(said)


def _made(result: FilmResult, warned: Sequence[str]) -> MadeFilm:
    from film.planning.not_drawn import drafted, not_drawn

    failed = [(shot.shot_id, shot.error) for shot in result.failed if shot.error]
    pictures = ((done.shot, done.image.provider if done.image else None) for done in result.shots)
    stands = result.standing
    return MadeFilm(
        path=result.path,
        film_id=result.film_id,
        seconds=float(result.seconds),
        shots_made=result.shots_made,
        shots_reused=result.shots_reused,
        missing=tuple(MissingShot(shot_id=i, error=str(error), hint=error.hint, cause=error) for i, error in failed),
        segments_made=result.segments_made,
        segments_reused=result.segments_reused,
        pieces=result.pieces,
        unchanged=result.unchanged,
        cost_usd=result.cost_usd,
        for_nothing_usd=result.for_nothing_usd,
        saved_usd=result.saved_usd,
        set_aside_usd=stands.set_aside,
        under_review_usd=stands.under_review,
        disputed_usd=stands.disputed,
        over_quote=tuple(bill_over_quote(bill) for bill in result.over_quote),
        elapsed_seconds=round(result.elapsed, 3),
        warnings=tuple(dict.fromkeys((*result.warnings, *warned))),
        checked=result.checked,
        not_drawn=not_drawn(drafted(pictures)),
        orders_set_aside=stands.orders_set_aside,
        orders_under_review=stands.orders_under_review,
        next_step=next_step([error for _, error in failed]) if failed else "",
    )
