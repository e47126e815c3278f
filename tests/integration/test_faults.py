"""Every fault that a vendor can cause, at every adapter it can befall, on the whole way of a purchase over real HTTP.

    a case ── a simulated vendor of its own with one fault ──► bought, as a program that was just started would
                                                          └──► bought again, as its user's next run would

However it goes: nothing hangs, nothing is bought twice unless the journal says so, everything billed is settled or set
aside, no error leaves its reader without a next step, nothing that is not the media is taken for it, and one intent
leads to one POST. ``ends`` says in which states the asset's last job may stand then. No adapter asks for webhooks, so
there are none to forge.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine
from vendors import SHOPS, Buyer, Clock, CountedJournal, Ledger, adapter, new_jobs, new_journal

from film.errors import FilmError
from film.providers.http import make_client
from film.testing.simulator import Fault, Latency, Simulator

AT_ONCE = ("openai", "elevenlabs")
"""Their answer to an order is the result, so what spoils a result spoils the answer."""
CLIPS = ("minimax", "kling", "runway")
DEAR = (*CLIPS, "nano-banana")
"""What they sell costs more than the question whether it was ordered."""
LISTED = ("replicate", "elevenlabs")
"""Vendors that can be asked for an order whose answer was lost."""
DAY = 86_400.0
AT_THE_SAME_TIME = 24
ASSUMED = ("closed", "lost", "failed", "refused")
"""States in which an order is booked as billed where its vendor does not say."""
HANGS = 150.0
"""Seconds, of a machine under load too, after which a purchase is taken to hang."""


@dataclass(frozen=True)
class Case:
    """One fault. ``lasts`` leaves it there for the second run; ``closed`` are the seconds in which nobody answers."""

    title: str
    faults: tuple[Fault, ...] = ()
    ends: tuple[str, ...] = ("done",)
    speed: float = 40.0
    """Seconds of the program's clock in one: its deadlines are long, and a machine under load is slow."""
    lasts: bool = False
    closed: float = 0.0
    nobody: bool = False
    """The vendor's name does not resolve."""
    clock_off: float = 0.0
    makes: int = 0
    """How many jobs the vendor has made in the end, where that is known."""

    @property
    def silent(self) -> bool:
        """Whether it shows only to those who do not wait for ever."""
        return any(fault.kind == "hang" or (fault.kind == "slow-body" and fault.seconds > 1) for fault in self.faults)


def case(fault: Fault, *ends: str, lasts: bool = False, **more: float) -> Case:
    kind = f"{fault.kind}{f' {fault.status}' if fault.kind == 'error' else ''}{'-after' if fault.after else ''}"
    often = {0: " for ever", 1: ""}.get(fault.times, f" ×{fault.times}")
    where = f" to {fault.location}" if fault.location else f" {fault.seconds:g} s" if "slow" in kind else ""
    return Case(f"{kind}@{fault.place}{often}{where}", (fault,), ends or ("done",), lasts=lasts, **more)


def at_the_order(name: str) -> Iterable[Case]:
    """429; 5xx, resets and silence; refused connections; keys, credit and moderation."""
    lost = untold(name)
    yield case(Fault("throttle", seconds=2))
    yield case(Fault("throttle", seconds=1, times=3))
    yield case(Fault("error", status=500), *lost)
    yield case(Fault("error", status=503, after=True), *lost)
    for after in (False, True):
        yield case(Fault("reset", step="submit", after=after), *lost)
        yield case(Fault("hang", step="submit", seconds=4, after=after), *lost)
        yield case(Fault("garbage", step="submit", after=after), *lost)
        for status in (302, 303, 308, 405, 409, 413):
            yield case(Fault("error", step="submit", status=status, after=after), *lost)
    yield case(Fault("error-200", after=True), *lost)
    yield case(Fault("slow-headers", step="submit", seconds=0.3))
    yield Case("connection refused, then taken", closed=0.05)
    yield Case("connection refused for ever", closed=DAY, ends=("unsent",))
    yield Case("no such host", nobody=True, ends=("unsent",))
    yield case(Fault("unauthorized"))
    yield case(Fault("no-credit"))
    yield case(Fault("refuse"), "refused")
    for off in (DAY, -DAY):
        reset = Fault("reset", step="submit", after=True)
        yield replace(case(reset, *lost), title=f"clock off by {off / DAY:+.0f} day", clock_off=off)
    if name in LISTED:  # what shows in a list, however late it is asked, is not bought again
        yield replace(case(reset), title="found in the list", makes=1)
        for kind in ("error", "reset", "garbage", "error-200", "throttle"):
            hidden = Fault(kind, step="list", seconds=2)
            says_nothing = kind in ("garbage", "error-200")  # late enough, one such answer is enough to buy again
            makes = 0 if says_nothing else 1
            yield replace(case(reset), title=f"{kind}@list, then found", faults=(reset, hidden), makes=makes)
        for kind in ("garbage", "error-200"):  # a list that says nothing proves no absence: bought again on record
            broken = Fault(kind, step="list", times=0)
            yield replace(case(reset), title=f"{kind}@list for ever", faults=(reset, broken), makes=2)


def untold(name: str) -> tuple[str, ...]:
    """How an order ends of which nobody can say whether it came about: found in the list or bought again on record,
    where it is cheaper than the question; else it is put before the user.
    """
    return ("review",) if name in DEAR else ("done",)


def in_the_queue(name: str) -> Iterable[Case]:
    """Jobs that fail, are refused, never end or make no sense; answers to polls that do not come."""
    yield case(Fault("fail"))
    yield case(Fault("refuse-later"), "refused")
    if name not in ("minimax", "kling"):  # FAL blacks pictures out, and no clips
        yield case(Fault("black"), "refused")
    yield case(Fault("malformed"), *untold(name), speed=1000)
    for kind in ("strange", "stuck"):
        yield case(Fault(kind), "done", "failed", "submitted", speed=5000)
    for kind in ("error", "reset", "garbage", "error-200"):
        yield case(Fault(kind, step="status"))
    for status in (302, 308, 400, 404, 409, 410, 422):
        yield replace(case(Fault("error", step="status", status=status)), makes=1)
    if name in ("fal", "nano-banana", "minimax", "kling"):
        for status in (302, 400, 404, 409):
            yield replace(case(Fault("error", step="result", status=status)), makes=1)
        yield replace(case(Fault("garbage", step="result")), makes=1)
    yield case(Fault("error", step="status", times=4))
    yield case(Fault("error", step="status", times=0))
    yield case(Fault("hang", step="status", seconds=0.5))
    yield case(Fault("slow-headers", step="status", seconds=0.3))
    yield case(Fault("throttle", step="status", seconds=2))
    yield case(Fault("unauthorized", step="status"))


def on_the_way(name: str) -> Iterable[Case]:
    """Results that break, are something else, are too much, too slow, moved or gone."""
    for kind in ("short", "truncate", "cut", "corrupt", "html", "json", "empty", "wrong-type", "gzip-bomb", "endless"):
        yield case(Fault(kind))
    yield case(Fault("reset", step="media"))
    yield case(Fault("error", step="media"))
    yield case(Fault("error", step="media", times=0))
    yield case(Fault("slow-headers", step="media", seconds=0.3))
    yield case(Fault("slow-body", seconds=0.3))
    yield case(Fault("slow-body", seconds=60))
    yield case(Fault("redirect"))
    for place in ("http://127.0.0.1:9/x", "https://169.254.169.254/latest/meta-data", "file:///etc/passwd"):
        yield case(Fault("redirect", location=place))
    yield case(Fault("expired"))
    yield replace(case(Fault("expired", status=404)), title="expired 404@media")
    for kind in ("corrupt", "html", "empty", "expired", "truncate", "wrong-type"):
        yield case(Fault(kind, times=0), "lost", "submitted", lasts=True)


def in_the_answer(name: str) -> Iterable[Case]:
    """The same, where the answer to the order is the result: it comes once, so what is spoilt is paid for and lost."""
    kinds = ["short", "truncate", "cut", "html", "json", "empty", "wrong-type", "gzip-bomb", "endless"]
    if name == "elevenlabs":
        kinds.append("corrupt")  # noise in a WAV is a WAV; nothing could tell
    for kind in kinds:
        yield case(Fault(kind, step="submit"), "done", "lost")
    yield case(Fault("slow-body", step="submit", seconds=0.3))


def cases_of(name: str) -> list[Case]:
    found = list(at_the_order(name))
    found += in_the_answer(name) if name in AT_ONCE else [*in_the_queue(name), *on_the_way(name)]
    if name in CLIPS:
        found += [case(Fault("error", step="upload")), case(Fault("reset", step="upload"))]
    return found


@dataclass
class Outcome:
    """What a case came to: ``problem`` says what went wrong beyond the fault, in words."""

    posts: int = 0
    hung: bool = False
    problem: str = ""


@dataclass(frozen=True)
class Shop:
    """Where one adapter's cases are bought: one journal and one HTTP client for all of them."""

    name: str
    folder: Path
    engine: Engine
    http: httpx.AsyncClient

    async def meet(self, met: Case, number: int) -> Outcome:
        film = f"(film {number})"
        async with Simulator(latency=Latency(speed=200), faults=met.faults, seed=number) as simulator:
            urls = (
                dict.fromkeys(simulator.base_urls(), "http://nobody.invalid") if met.nobody else simulator.base_urls()
            )
            provider = adapter(self.name, urls, self.http, self.folder, hasty=met.silent)
            if met.faults and met.faults[0].place == "upload":
                provider.inline_limit = 100  # pyright: ignore[reportAttributeAccessIssue]
            ledger, journal = Ledger(), CountedJournal(self.engine, timedelta(seconds=60))
            outcome = Outcome()
            if met.closed:
                await simulator.close_door()
            opening = asyncio.create_task(self._open(simulator, met.closed)) if 0 < met.closed < DAY else None
            for run in (1, 2):
                jobs = new_jobs(journal, ledger, Clock(met.speed, met.clock_off))
                buyer = Buyer(jobs, provider, self.name, ledger)
                try:
                    async with asyncio.timeout(HANGS):
                        await buyer.buy(about=film)
                except FilmError as error:
                    if not error.hint:
                        outcome.problem = f"{error!r} does not say what to do"
                except TimeoutError:
                    return Outcome(hung=True, problem="hung")
                if run == 1 and not met.lasts:
                    simulator.clear_faults()
            if opening:
                await opening
            outcome.problem = outcome.problem or self._judged(met, film, simulator, buyer, ledger)
            # One that was turned away for coming too soon is sent again, and made nothing.
            early = sum(fault.kind == "throttle" and fault.place == "submit" for fault in simulator.struck)
            outcome.posts = -(-(len(simulator.posts()) - early) // max(1, journal.intents))
            return outcome

    async def _open(self, simulator: Simulator, after: float) -> None:
        await asyncio.sleep(after)
        await simulator.open_door()

    def _judged(self, met: Case, film: str, simulator: Simulator, buyer: Buyer, ledger: Ledger) -> str:
        if met.faults and not simulator.struck:
            return "did not happen"
        records = sorted(buyer.jobs.list_jobs(film_id=film), key=lambda job: job.created_at)
        states, made = [job.state for job in records], simulator.books.jobs()
        if len(made) > 1 + sum(state in ("closed", "failed") for state in states) or met.makes not in (0, len(made)):
            return f"made {len(made)} times, on record {states}"
        billed = sum((charge.amount for charge in simulator.charges()), Decimal(0))
        held = sum((job.quoted for job in records if job.state in ("review", "submitted", "unknown")), Decimal(0))
        assumed = sum((job.quoted for job in records if job.state in ASSUMED), Decimal(0))
        told = f"billed {billed}, booked {ledger.booked}, held {ledger.held}, assumed {assumed} ({states})"
        if ledger.held != held or not ledger.booked - assumed <= billed <= ledger.booked + held:
            return told
        if (states[-1] if states else "") not in met.ends:
            return f"ended {states}, expected {' or '.join(met.ends)}"
        return ""


async def meet_all(name: str, folder: Path) -> list[tuple[Case, Outcome]]:
    places = asyncio.Semaphore(AT_THE_SAME_TIME)
    async with make_client() as http:
        shop = Shop(name, folder, new_journal(folder), http)

        async def meet(number: int, met: Case) -> tuple[Case, Outcome]:
            async with places:
                return met, await shop.meet(met, number)

        return await asyncio.gather(*(meet(number, met) for number, met in enumerate(cases_of(name))))


@pytest.mark.parametrize("name", SHOPS)
def test_no_fault_makes_an_adapter_buy_twice_take_the_wrong_thing_or_hang(
    name: str, tmp_path: Path, tell_of_faults: Callable[[dict[str, int]], None]
) -> None:
    met = asyncio.run(meet_all(name, tmp_path))
    tell_of_faults(
        {
            "faults": len(met),
            "wrong": sum(bool(outcome.problem) and not outcome.hung for _, outcome in met),
            "hung": sum(outcome.hung for _, outcome in met),
            "posts": max(outcome.posts for _, outcome in met),
        }
    )
    assert [f"{faced.title}: {outcome.problem}" for faced, outcome in met if outcome.problem] == []
    assert [faced.title for faced, outcome in met if outcome.posts > 1] == []


def test_every_adapter_there_is_meets_its_faults() -> None:
    from film.models import AssetType
    from film.providers.registry import names

    assert {name for kind in AssetType for name in names(kind)} - {"draft", "fake", "gemini"} == set(SHOPS)
    assert all(len({met.title for met in cases_of(name)}) == len(cases_of(name)) >= 30 for name in SHOPS)
