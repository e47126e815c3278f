"""One case: films are made, killed at random moments, and gone on with; then charges and books are compared."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from decimal import ROUND_UP, Decimal
from pathlib import Path

from benchmarks.strangers.audit import ZERO, audited, open_of, paid_and_lost
from benchmarks.strangers.befalls import Scene
from benchmarks.strangers.cases import Case
from benchmarks.strangers.films import films
from benchmarks.strangers.galleries import HUNG, MADE, PATIENCE, Ended, Film, Gallery, end
from benchmarks.strangers.options import Options
from benchmarks.strangers.plans import Situation
from benchmarks.strangers.vendors.plan import Plan
from benchmarks.strangers.vendors.server import KEY, Server
from benchmarks.strangers.word import Word

TRIES = 6
"""So many times the same command is run in the end."""
ROUND = 60.0
"""A round in which nothing happened that was waited for is over after so many seconds."""
MICRO = Decimal("0.000001")
OVER = 3
"""The exit code of a film that does not fit its limit."""
WAITS = (1, 6)
"""Exit codes of a film of which something may wait for its user."""
WAYS = {
    "film fsck --repair": ("fsck", "--repair"),
    "film fsck --rebuild": ("fsck", "--rebuild"),
    "film library attach": ("library", "attach", "--yes"),
}
"""What a run that buys nothing may tell its user to do, where the database is not what the gallery knows it to be."""


class Trigger:
    """The moment at which processes are killed: after some time, or when the vendors have done something so often.

    Parameters:
        rng: Where chance comes from.
        events: What the vendors may have done.
    """

    def __init__(self, rng: random.Random, events: tuple[str, ...]) -> None:
        self.event = "" if rng.random() < 0.35 else rng.choice(events)
        self.left = rng.randint(1, 3)
        self.seconds = rng.uniform(0.6, 4.5)
        self.fired = asyncio.Event()

    def told(self, event: str) -> bool:
        """Take what the vendors have done; true at the moment itself.

        Parameters:
            event: What they did.
        """
        if event != self.event or self.fired.is_set():
            return False
        self.left -= 1
        if self.left <= 0:
            self.fired.set()
        return self.fired.is_set()


class Attack:
    """One case.

    Parameters:
        situation: What is wrong in it.
        seed: Where chance comes from.
        kills: How many rounds of kills at most.
        options: What the command line says.
        folder: Where it happens.
    """

    def __init__(self, situation: Situation, seed: int, kills: int, options: Options, folder: Path) -> None:
        self.situation = situation
        self.factors = options.factors
        self.rng = random.Random(f"{situation.name}/{seed}")
        self.rounds = max(1, min(kills, self.rng.randint(2, 5)))
        self.case = Case(situation.name, seed, situation.bills_lie)
        self.speed = self.rng.choice(situation.speed)
        self.given = situation.vendors(self.rng) | {"seed": seed, "speed": self.speed}
        self.server = Server(folder / "vendors", Plan(self.given))
        self.gallery = Gallery(folder, {}, options.command, database=options.database(folder / "gallery"))
        self.films: list[Film] = []
        self.limits: dict[str, Decimal] = {}
        self.scene = Scene(self.gallery, self.rng, self._point)

    def _point(self, key: str) -> None:
        self.gallery.settings = self.server.environment(key)
        if self.speed != 1:
            self.gallery.settings["FILM_SIMULATED_SPEED"] = f"{self.speed:g}"

    async def run(self) -> Case:
        """Attack, heal, compare."""
        await self.server.start()
        try:
            self._point(KEY)
            await self._prepare()
            await self.situation.before(self.scene)
            for _ in range(self.rounds):
                await self._round()
                await self.situation.between(self.scene)
                self.case.rounds += 1
            await self._finish()
        finally:
            self.gallery.close()
            await self.server.stop()
        return self.case

    async def _prepare(self) -> None:
        self.films = films(
            self.rng, self.rng.randint(*self.situation.films), self.situation.most, **self.situation.shots
        )
        self.case.films = len(self.films)
        for film in self.films:
            factor = self.rng.choice(self.factors)
            quote = await self.gallery.quote(film)
            self.limits[film.name] = (quote * factor).quantize(MICRO, ROUND_UP)
        self.case.limit = sum(self.limits.values(), ZERO)

    # -- kills -------------------------------------------------------------------------------------------------------

    async def _round(self) -> None:
        ended = await self._struck()
        if await self._repaired(*ended):
            await self._struck()

    async def _repaired(self, *ended: Ended) -> bool:
        """Do what a run says that refused to buy, as the database has forgotten; false where none says anything.

        Parameters:
            ended: How the runs ended.
        """
        refused = "".join(one.err for one in ended if one.code not in MADE)
        ways = [way for told, way in WAYS.items() if told in refused]
        for way in ways:
            self.case.repairs += 1
            await self.gallery.run(*way)
        return bool(ways)

    async def _struck(self) -> list[Ended]:
        """Make the films in some processes, and kill them; give how they ended."""
        count = max(len(self.films), self.rng.randint(*self.situation.processes))
        makers = [
            await self.gallery.start(*self.gallery.making(film, self.limits[film.name]))
            for film in (self.films[n % len(self.films)] for n in range(count))
        ]
        trigger = Trigger(self.rng, self.situation.events)
        victims = makers if self.rng.random() < 0.6 else [self.rng.choice(makers)]
        brutal = self.rng.random() < 0.8

        def watch(event: str, about: str) -> None:
            if trigger.told(event) and brutal:
                self._kill(victims)

        self.server.books.watch = watch
        ends = [asyncio.ensure_future(self.gallery.finish(maker)) for maker in makers]
        deed = asyncio.ensure_future(self.situation.during(self.scene))
        wait = trigger.fired.wait() if trigger.event else asyncio.sleep(trigger.seconds)
        waiting = asyncio.ensure_future(asyncio.wait_for(wait, ROUND))
        over = asyncio.gather(*ends)
        try:
            await asyncio.wait({waiting, over}, return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                self._kill(victims) if brutal else await self._interrupt(victims)
            waiting.cancel()
            # Who was not killed goes on for a while, and falls too.
            await asyncio.wait({over}, timeout=self.rng.uniform(0.5, 6))
            self._kill(makers)
            ended = await over
        finally:
            self.server.books.watch = lambda event, about: None
            await asyncio.gather(waiting, deed, return_exceptions=True)
        self.case.hung += sum(one.code == HUNG for one in ended)
        if self.rng.random() < 0.25:
            await self._instant()
        return ended

    def _kill(self, victims: list[asyncio.subprocess.Process]) -> None:
        self.case.kills += sum(end(victim, signal.SIGKILL) for victim in victims)

    async def _interrupt(self, victims: list[asyncio.subprocess.Process]) -> None:
        for _ in range(2):
            for victim in victims:
                end(victim, signal.SIGINT)
            await asyncio.sleep(self.rng.uniform(0.05, 0.5))
        self.case.kills += len(victims)

    async def _instant(self) -> None:
        """Compare at a moment at which nothing runs: all that is charged is booked or set aside."""
        covered = ZERO
        for film in self.films:
            if (costs := await self.gallery.costs(film)) is not None:
                covered += Decimal(str(costs["total_cost"])) + Decimal(str(costs["reserved"]))
        charged = sum((line.price for line in self.server.books.invoice()), ZERO)
        # Where the database has just forgotten them, they stand in the order book alone.
        if not self.situation.forgets:
            self.case.uncovered = max(self.case.uncovered, charged - covered)

    # -- the end -----------------------------------------------------------------------------------------------------

    async def _finish(self) -> None:
        calm = {
            name: {"seconds": 0.2, "clock": self.server.books.plan.of(name).clock}
            for name in self.server.books.plan.manners
        }
        self.server.books.plan = Plan({"seed": self.case.seed, "speed": self.speed, "vendors": calm})
        await self.situation.heal(self.scene)
        ready = max((line.at + line.seconds for line in self.server.books.invoice()), default=0.0)
        await asyncio.sleep(min(PATIENCE, max(0.0, ready - time.time())))
        last = {film.name: await self._again(film) for film in self.films}
        self.case.audit = await audited(self.gallery, self.films, self.server.books.invoice())
        self.case.notes += self.case.audit.notes
        self.case.overspend = max(ZERO, self.case.audit.invoice - self.case.limit)
        excused = {film.name for film in self.films if last[film.name].code in WAITS and await self._excused(film)}
        self.case.waiting = len(excused)
        word = Word(self.gallery, self.server.books, self.films)
        for film in self.films:
            if (ended := last[film.name]).code in MADE:
                continue
            if film.name in excused:
                if (left := await word.given(film, self.limits[film.name])) is None:
                    continue
                self.case.notes.append(f"{film.name} after all was settled: exit {left.code}: {left.err[-500:]}")
            self.case.stuck += 1
            self.case.notes.append(f"{film.name} cannot go on: exit {ended.code}: {ended.err[-500:]}")

    async def _again(self, film: Film) -> Ended:
        ended = Ended(1)
        for attempt in range(TRIES):
            ended = await self.gallery.run(*self.gallery.making(film, self.limits[film.name]))
            self.case.codes.append(ended.code)
            self.case.hung += ended.code == HUNG
            if await self._repaired(ended):
                continue
            if (
                ended.code in MADE
                or self.case.codes[-2:] == [OVER, OVER]
                or (attempt > 1 and not await self._unknown())
            ):
                break
            await asyncio.sleep(2)
        return ended

    async def _unknown(self) -> bool:
        """Say whether film still wants to find out something by itself."""
        records = await self.gallery.jobs() or []
        return any(open_of(record) and record["state"] != "review" for record in records)

    async def _excused(self, film: Film) -> bool:
        """Say whether a film waits for a word on an order that is on record, and that nobody else can give.

        What was paid for and did not arrive is fetched by a later run, but at OpenAI, which keeps nothing.

        Parameters:
            film: The film.
        """
        records = await self.gallery.jobs() or []
        lost = paid_and_lost(records, film.name)
        return any(open_of(record) for record in records) or any(record["provider"] == "openai" for record in lost)
