"""``film make``: bring a film up to date and print where it is."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import traceback
from collections.abc import Generator, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from film.cli.console import counted, dollars, length, note, print_json, print_path, warn
from film.cli.loading import loading
from film.cli.looking import library
from film.cli.offers import offer_lines, offers
from film.cli.options import EventsFile, as_json, budget_limit, film_options, is_of_a_shell, no_cache, option
from film.environment.env_trust import shown_url
from film.errors import (
    ConsentDeclined,
    FilmError,
    InputError,
    OutcomeUnknown,
    PaidLost,
    ProviderRefused,
    told_apart,
)
from film.files.own_files import close_to_strangers
from film.production.engines import ENGINES, LOCAL, engine_named
from film.production.events import Event, Listener, are_events, write_lines
from film.settings import Settings

FEW = 6
"""Pieces of a cut that are told by name after an edit, and lines that are told to outlast their clips before it."""
PARTIAL = 6
"""Exit code of a film that has all its shots, but not all of them as asked for."""
OVER_QUOTE = 7
"""Exit code of a film that is all there, and for which a bill came that was higher than its quote."""


@click.command(name="make")
@click.argument("shots", type=click.Path(path_type=Path))
@film_options
@budget_limit
@no_cache
@option("output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Where the film goes.")
@option("force", is_flag=True, help="Let it take the place of a file that this program did not write.")
@option("concurrency", type=int, default=3, show_default=True, help="Jobs at once at each provider.")
@option(
    "order",
    type=click.Choice(["script", "makespan"]),
    default="script",
    show_default=True,
    help="First shots first, or those that take longest.",
)
@option("engine", type=click.Choice(list(ENGINES)), default=LOCAL, show_default=True, help="Who does the work.")
@click.option("--captions/--no-captions", default=None, help="Captions as files beside the film and a track in it.")
@click.option("--burn-in/--no-burn-in", "burn_in", default=None, help="Draw the captions into the picture.")
@click.option("--provenance/--no-provenance", default=None, help="Sign a manifest of the film's origin into it.")
@option("yes", "-y", is_flag=True, help="Spend up to the total shown without asking.")
@option("debug", is_flag=True, help="Show what the cache had, and where in the code a shot's failure came from.")
@option("quiet", "-q", is_flag=True, help="No progress, only the result.")
@option("events", type=EventsFile(), metavar="FILE", help="Write what happens as lines of JSON; - is stdout.")
@as_json
def command(**options: Any) -> int:
    """Make the film of SHOTS (a shots.json): reuse what is there, make what is missing, pay only for that.

    Prints the film's path on stdout. Run it again after any interruption: it goes on where it was.
    """
    with loading():
        from film.planning.params import film_params
        from film.settings import load_settings

    settings = load_settings(project=options["shots"].parent)
    for told in settings.notes:
        warn(told)
    as_document, yes, quiet = options.pop("json"), options.pop("yes"), options.pop("quiet")
    debug, engine = options.pop("debug"), options.pop("engine")
    events: str | None = options.pop("events")
    given: Decimal | None = options.pop("budget_limit")
    limit = settings.default_budget if given is None else given
    params = film_params(
        options.pop("shots"), settings, use_cache=not options.pop("no_cache"), budget_limit=limit, **options
    )

    def consent(plan: Any, settings: Settings) -> None:
        near = offer_lines(offers(plan, library(settings)))
        ask_to_spend(
            plan,
            limit,
            consented=yes or (given is not None and not sys.stdin.isatty()),
            near=near,
            moved=moved_to(plan, settings),
        )

    with writing_events(events, force=params.force) as listeners:
        return make(
            params,
            settings,
            consent,
            engine=engine,
            listeners=listeners,
            quiet=quiet,
            as_document=as_document,
            debug=debug,
        )


def make(
    params: Any,
    settings: Settings,
    consent: Any,
    *,
    engine: str = LOCAL,
    listeners: list[Listener] | None = None,
    quiet: bool = False,
    as_document: bool = False,
    debug: bool = False,
) -> int:
    """Run it with progress and print what came of it; the exit code."""
    with loading():
        from film.cli.progress import progress
        from film.production.warmup import warm_up

        if engine == LOCAL:
            warm_up(params, settings)  # while the rest of the program is loaded
        make_film = engine_named(engine)
    warned: list[str] = []
    gallery = settings.gallery
    if close_to_strangers(gallery, *(file for file in gallery.glob("*.*") if file.is_file())):
        warn(f"everybody could write into {gallery}: now only you can")

    def remember(event: Event) -> None:
        if event.event == "warning":
            warned.append(str(event.facts.get("message", "")))

    with cache_log(debug), progress(quiet) as bars, _paused_for(consent, bars) as asked:
        result = asyncio.run(make_film(params, settings, listeners=[bars, remember, *(listeners or [])], consent=asked))
    if as_document:
        print_json(_document(result, warned))
    else:
        _print(result)
    for shot in result.failed if debug else ():
        traceback.print_exception(shot.error)
    if result.failed:
        return PARTIAL
    return OVER_QUOTE if result.over_quote else 0


@contextlib.contextmanager
def cache_log(wanted: bool) -> Generator[None]:
    """While it lasts, ``film.cache`` says on stderr what it was asked for; otherwise only what is wrong, as ever."""
    if not wanted:
        yield
        return
    log, handler = logging.getLogger("film.cache"), _Notes()
    before = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.setLevel(before)
        log.removeHandler(handler)


class _Notes(logging.Handler):
    """Log lines as lines for people."""

    def emit(self, record: logging.LogRecord) -> None:
        (warn if record.levelno >= logging.WARNING else note)(f"cache: {record.getMessage()}")


def moved_to(plan: Any, settings: Settings) -> list[str]:
    """The addresses, other than the vendors' own, that what is bought would be ordered from."""
    accounts = {order.ask.provider.account for asset in plan.assets for order in asset.orders}
    return [f"{account} at {shown_url(url)}" for account, url in settings.base_urls.items() if account in accounts]


def ask_to_spend(
    plan: Any, limit: Decimal | None, *, consented: bool, near: Sequence[str] = (), moved: Sequence[str] = ()
) -> None:
    """Show what it costs at most, and what is near to it for nothing, and ask; ConsentDeclined unless it is yes.

    ``moved`` are vendors that are reached elsewhere than at their own address: who agrees agrees to that, too.
    """
    from film.cli.plan import ordered_line, spending_table
    from film.planning.fit_warnings import outlook

    ahead = outlook(plan)
    for line in (*spending_table(plan).split("\n"), *ahead[:FEW]):
        note(line)
    if len(ahead) > FEW:
        note(f"and {len(ahead) - FEW} more like these: film plan names them all")
    most = dollars(plan.at_most, at_most=True)
    note(f"Total, at most: {most}" + (f" (limit {dollars(limit)})" if limit is not None else ""))
    if ordered := ordered_line(plan):
        note(ordered)
    for line in near:
        note(line)
    where = f" ({', '.join(moved)})" if moved else ""
    if moved:
        note(f"Orders, and keys, go to {', '.join(moved)}")
    if consented:
        return
    if not sys.stdin.isatty():
        raise ConsentDeclined(
            f"this would spend up to {most}{where}, and nobody is there to ask",
            hint="add --yes or an explicit --budget_limit, or see it first at $0 with --tier draft",
        )
    if not click.confirm(f"Spend up to {most}{where}?", default=False, err=True):
        raise ConsentDeclined("nothing was spent", hint="see it first at $0 with --tier draft")


@contextlib.contextmanager
def _paused_for(consent: Any, bars: Any) -> Generator[Any]:
    """Bars must not be drawn over a question."""

    def asked(plan: Any, settings: Settings) -> None:
        with bars.paused():
            consent(plan, settings)

    yield asked if consent else None


@contextlib.contextmanager
def writing_events(name: str | None, *, force: bool) -> Generator[list[Listener]]:
    """Those who write events where they are to go; InputError for a file that holds something else."""
    if name is None or name == "-":
        yield [write_lines(sys.stdout)] if name else []
        return
    path = Path(name)
    if not force and not is_of_a_shell(path) and not are_events(path):
        raise InputError(
            f"{path} is there, and holds no events that this program wrote",
            hint="give the events another name, move that file away, or add --force to overwrite it",
            field="events",
        )
    try:
        stream = path.open("w", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}", hint="give the events another name") from error
    with stream:
        yield [write_lines(stream)]


def _print(result: Any) -> None:
    print_path(result.path)
    made, reused = result.shots_made, result.shots_reused
    shots = f"{made} made, {reused} reused" if made or result.failed or reused == 1 else f"all {reused} reused"
    if result.failed:
        shots += f", {len(result.failed)} missing"
    saved = f", {dollars(result.saved_usd)} saved by reuse" if result.saved_usd else ""
    fruitless = result.for_nothing_usd
    spoilt = f" ({dollars(fruitless)} of it for orders that brought nothing)" if fruitless else ""
    pieces = f"{counted(result.segments_made, 'piece')} encoded, {result.segments_reused} reused"
    cut = "unchanged" if result.unchanged else pieces
    if result.segments_reused and 0 < len(result.pieces) <= FEW:
        cut += f" (new: {', '.join(result.pieces)})"
    note(f"length  {length(result.seconds)}")
    note(f"shots   {shots}")
    note(f"cut     {cut}")
    if result.checked:
        note(f"checked {result.checked}")
    note(f"cost    {dollars(result.cost_usd)}{spoilt}{saved}")
    for line in _not_settled(result.standing):
        note(line)
    note(f"time    {length(result.elapsed)}")
    for shot_id, names in _not_drawn(result).items():
        note(f"{shot_id}: not drawn: {', '.join(names)}")
    for shot in result.failed:
        warn(f"{shot.shot_id} is missing: {shot.error}" + (f" ({shot.error.hint})" if shot.error.hint else ""))
    for bill in result.over_quote:
        warn(over_quote_line(bill))
    if result.failed:
        note(next_step([shot.error for shot in result.failed]))


def _not_settled(standing: Any) -> Iterator[str]:
    if standing.orders_set_aside:
        orders = counted(standing.orders_set_aside, "order")
        yield f"        {dollars(standing.set_aside)} set aside for {orders} under way: film jobs"
    if standing.orders_under_review:
        orders = counted(standing.orders_under_review, "order")
        yield f"        {dollars(standing.under_review)} set aside for {orders} under review: film jobs says what to do"


def over_quote_line(bill: Any) -> str:
    """A bill that was higher than its quote, and where to look."""
    from film.cli.jobs import claim_line

    quoted, billed = told_apart(bill.quoted, bill.billed)
    what = " ".join(filter(None, (bill.shot_id, bill.asset_type)))
    job = f" (job {bill.job_id[:8]})" if bill.job_id else ""
    if not bill.disputed:
        return f"{what}: {bill.provider} billed {billed} where {quoted} was quoted{job}: film costs"
    return f"{what}: {claim_line(bill)}{job}: film jobs"


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


def _document(result: Any, warned: Sequence[str]) -> dict[str, Any]:
    return {
        "path": str(result.path),
        "film_id": result.film_id,
        "seconds": float(result.seconds),
        "shots_made": result.shots_made,
        "shots_reused": result.shots_reused,
        "missing": [{"shot_id": s.shot_id, "error": str(s.error), "hint": s.error.hint} for s in result.failed],
        "segments_made": result.segments_made,
        "segments_reused": result.segments_reused,
        "pieces": list(result.pieces),
        "unchanged": result.unchanged,
        "cost_usd": str(result.cost_usd),
        "for_nothing_usd": str(result.for_nothing_usd),
        "saved_usd": str(result.saved_usd),
        "set_aside_usd": str(result.standing.set_aside),
        "under_review_usd": str(result.standing.under_review),
        "disputed_usd": str(result.standing.disputed),
        "over_quote": [bill.document() for bill in result.over_quote],
        "elapsed_seconds": round(result.elapsed, 3),
        "warnings": list(dict.fromkeys((*result.warnings, *warned))),
        "checked": result.checked,
        "not_drawn": _not_drawn(result),
    }


def _not_drawn(result: Any) -> dict[str, tuple[str, ...]]:
    from film.planning.not_drawn import drafted, not_drawn

    return not_drawn(drafted((done.shot, done.image.provider if done.image else None) for done in result.shots))
