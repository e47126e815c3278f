"""``film make``: bring a film up to date and print where it is."""

from __future__ import annotations

import contextlib
import logging
import sys
import traceback
from collections.abc import Generator, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import click

from film.app.events import Listener, are_events, write_lines
from film.app.film_options import CHOICES
from film.cli.console import counted, dollars, length, note, print_json, print_path, warn
from film.cli.grouped import Grouped
from film.cli.loading import loading
from film.cli.looking import workspace_for
from film.cli.offers import offer_lines
from film.cli.options import EventsFile, as_json, budget_limit, film_options, is_of_a_shell, no_cache, option
from film.errors import ConsentDeclined, InputError, told_apart

if TYPE_CHECKING:
    from film.app.bills import BillOverQuote
    from film.app.making import Consent, MadeFilm, MakeFilm
    from film.app.plans import SpendingQuestion
    from film.app.workspace import Workspace
    from film.cli.progress import Silence

FEW = 6
"""Pieces of a cut that are told by name after an edit, and lines that are told to outlast their clips before it."""
PARTIAL = 6
"""Exit code of a film that has all its shots, but not all of them as asked for."""
OVER_QUOTE = 7
"""Exit code of a film that is all there, and for which a bill came that was higher than its quote."""


class MakeCommand(Grouped):
    """``film make``, its options by what they are about."""

    examples: ClassVar[Sequence[tuple[str, str]]] = (
        ("film make shots.json --tier draft", "draw it here: no key, no network, $0"),
        ("film make shots.json --budget_limit 5", "make it, and never spend more than $5"),
        ("film make shots.json --tier premium --size 1080p", "better models, a larger picture"),
        ("film make shots.json --no_cache --tier draft", "draw everything anew"),
    )
    groups: ClassVar[Mapping[str, Sequence[str]]] = {
        "Money": ("tier", "budget_limit", "yes"),
        "Picture and sound": (
            "size", "frame_rate", "fit", "template", "transition", "transition_seconds", "long_dialogue", "music",
            "loudness", "captions", "burn_in", "provenance",
        ),
        "Who makes it": (
            "image_provider", "image_model", "video_provider", "video_model", "audio_provider", "audio_model",
        ),
        "Output": ("output", "force", "film_id", "json", "events", "quiet", "debug"),
        "Work": ("concurrency", "order", "engine", "no_cache"),
    }  # fmt: skip


@click.command(name="make", cls=MakeCommand)
@click.argument("shots", type=click.Path(path_type=Path))
@film_options
@budget_limit
@no_cache
@option("output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Where the film goes.")
@option("force", is_flag=True, help="Let it take the place of a file that this program did not write.")
@option("concurrency", type=int, default=3, show_default=True, help="Jobs at once at each provider.")
@option(
    "order",
    type=click.Choice(CHOICES["order"]),
    default="script",
    show_default=True,
    help="First shots first, or those that take longest.",
)
@option("engine", type=click.Choice(CHOICES["engine"]), default="local", show_default=True, help="Who does the work.")
@click.option("--captions/--no-captions", default=None, help="Captions as files beside the film and a track in it.")
@click.option("--burn-in/--no-burn-in", "burn_in", default=None, help="Draw the captions into the picture.")
@click.option("--provenance/--no-provenance", default=None, help="Sign a manifest of the film's origin into it.")
@option("yes", "-y", is_flag=True, help="Spend up to the total shown without asking.")
@option("debug", is_flag=True, help="Show what the cache had, and where in the code a shot's failure came from.")
@option("quiet", "-q", is_flag=True, help="No progress, only the result.")
@option("events", type=EventsFile(), metavar="FILE", help="Write what happens as lines of JSON; - is stdout.")
@as_json
def command(
    shots: Path,
    budget_limit: Decimal | None,
    no_cache: bool,
    yes: bool,
    debug: bool,
    quiet: bool,
    events: str | None,
    json: bool,
    **options: object,
) -> int:
    """Make the film of SHOTS (a shots.json): reuse what is there, make what is missing, pay only for that.

    Prints the film's path on stdout. Run it again after any interruption: it goes on where it was.
    """
    with loading():
        from film.app.making import MakeFilm

    workspace = workspace_for(shots)
    asked = MakeFilm.model_validate(
        {"shots": shots, "budget_limit": budget_limit, "use_cache": not no_cache, **options}
    )

    def consent(question: SpendingQuestion) -> None:
        ask_to_spend(question, consented=yes or (budget_limit is not None and not sys.stdin.isatty()))

    with writing_events(events, force=asked.force) as listeners:
        return make(asked, workspace, consent, listeners=listeners, quiet=quiet, as_document=json, debug=debug)


def make(
    asked: MakeFilm,
    workspace: Workspace,
    consent: Consent | None,
    *,
    listeners: Sequence[Listener] = (),
    quiet: bool = False,
    as_document: bool = False,
    debug: bool = False,
) -> int:
    """Make it with progress and print what came of it; the exit code."""
    with loading():
        from film.app.making import PreparedFilm
        from film.app.running import blocking
        from film.cli.progress import progress

        film = PreparedFilm(asked, workspace)
    with cache_log(debug), progress(quiet) as bars:
        question = _paused_for(consent, bars) if consent else None
        made = blocking(lambda stop: film.make(listeners=[bars, *listeners], consent=question, stop=stop))
    if as_document:
        print_json(made.model_dump(mode="json"))
    else:
        _print(made)
    for shot in made.missing if debug else ():
        traceback.print_exception(shot.cause)
    if made.missing:
        return PARTIAL
    return OVER_QUOTE if made.over_quote else 0


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


def ask_to_spend(question: SpendingQuestion, *, consented: bool) -> None:
    """Show what it costs at most, and what is near to it for nothing, and ask; ConsentDeclined unless it is yes."""
    from film.cli.plan import ordered_line, spending_table

    for line in (*spending_table(question.lines).split("\n"), *question.outlook[:FEW]):
        note(line)
    if len(question.outlook) > FEW:
        note(f"and {len(question.outlook) - FEW} more like these: film plan names them all")
    most, limit = dollars(question.total_at_most_usd, at_most=True), question.limit_usd
    note(f"Total, at most: {most}" + (f" (limit {dollars(limit)})" if limit is not None else ""))
    if ordered := ordered_line(question.ordered):
        note(ordered)
    for line in offer_lines(question.offers):
        note(line)
    where = f" ({', '.join(question.moved)})" if question.moved else ""
    if question.moved:
        note(f"Orders, and keys, go to {', '.join(question.moved)}")
    if consented:
        return
    if not sys.stdin.isatty():
        raise ConsentDeclined(
            f"this would spend up to {most}{where}, and nobody is there to ask",
            hint="add --yes or an explicit --budget_limit, or see it first at $0 with --tier draft",
        )
    if not click.confirm(f"Spend up to {most}{where}?", default=False, err=True):
        raise ConsentDeclined("nothing was spent", hint="see it first at $0 with --tier draft")


def _paused_for(consent: Consent, bars: Silence) -> Consent:
    """Bars must not be drawn over a question."""

    def asked(question: SpendingQuestion) -> None:
        with bars.paused():
            consent(question)

    return asked


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


def _print(made: MadeFilm) -> None:
    print_path(made.path)
    count, reused = made.shots_made, made.shots_reused
    shots = f"{count} made, {reused} reused" if count or made.missing or reused == 1 else f"all {reused} reused"
    if made.missing:
        shots += f", {len(made.missing)} missing"
    saved = f", {dollars(made.saved_usd)} saved by reuse" if made.saved_usd else ""
    fruitless = made.for_nothing_usd
    spoilt = f" ({dollars(fruitless)} of it for orders that brought nothing)" if fruitless else ""
    pieces = f"{counted(made.segments_made, 'piece')} encoded, {made.segments_reused} reused"
    cut = "unchanged" if made.unchanged else pieces
    if made.segments_reused and 0 < len(made.pieces) <= FEW:
        cut += f" (new: {', '.join(made.pieces)})"
    note(f"length  {length(made.seconds)}")
    note(f"shots   {shots}")
    note(f"cut     {cut}")
    if made.checked:
        note(f"checked {made.checked}")
    note(f"cost    {dollars(made.cost_usd)}{spoilt}{saved}")
    for line in _not_settled(made):
        note(line)
    note(f"time    {length(made.elapsed_seconds)}")
    for shot_id, names in made.not_drawn.items():
        note(f"{shot_id}: not drawn: {', '.join(names)}")
    for shot in made.missing:
        warn(f"{shot.shot_id} is missing: {shot.error}" + (f" ({shot.hint})" if shot.hint else ""))
    for bill in made.over_quote:
        warn(over_quote_line(bill))
    if made.next_step:
        note(made.next_step)


def _not_settled(made: MadeFilm) -> Iterator[str]:
    if made.orders_set_aside:
        orders = counted(made.orders_set_aside, "order")
        yield f"        {dollars(made.set_aside_usd)} set aside for {orders} under way: film jobs"
    if made.orders_under_review:
        orders = counted(made.orders_under_review, "order")
        yield f"        {dollars(made.under_review_usd)} set aside for {orders} under review: film jobs says what to do"


def over_quote_line(bill: BillOverQuote) -> str:
    """A bill that was higher than its quote, and where to look."""
    from film.cli.jobs import claim_line

    quoted, billed = told_apart(bill.quoted_usd, bill.billed_usd)
    what = " ".join(filter(None, (bill.shot_id, bill.asset_type)))
    job = f" (job {bill.job_id[:8]})" if bill.job_id else ""
    if not bill.disputed_usd:
        return f"{what}: {bill.provider} billed {billed} where {quoted} was quoted{job}: film costs"
    return f"{what}: {claim_line(bill)}{job}: film jobs"
