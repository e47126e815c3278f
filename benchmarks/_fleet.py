"""A film of a million shots in a minute: what the engine does, as events, without doing it.

    Load (lengths of jobs) + Setup (accounts, machines, what each step takes, what goes wrong) ─► Fleet.run() ─► Outcome

    door ─► place ─► journal ─► POST in flight ─► vendor: c places, then a line ─► poll ─► download, check ─► journal
            └──────────────── held all the while ────────────────────────────────────────────┘     └─► store ─► encode

One event is one change of a job, not one coroutine. With nothing but lengths and places it makes a film as the real
scheduler does on the virtual clock, to within a few percent (``tests/unit/benchmarks/test_fleet.py``); times between
polls come from the engine's own ``PollPace``. Database, store and each coordinator's core serve one thing after the
other; cores that encode are many.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from typing import Final

from benchmarks._fleet_setup import IMAGE, KINDS, SPEECH, VENDORS, VIDEO, Load, Setup
from film.jobs.pace import PollPace
from film.production.shot_chain import LOOKAHEAD

WAITING, ANSWERED, COLLECTED, FAILED, STORED = range(5)
"""What may happen to a job: it is at the gate, answered, there, lost at the vendor, in the store."""
LAST_RUN: Final = 5
"""How often a film is run before its failing shots are left."""


@dataclass
class Outcome:
    """Seconds until the last shot is encoded, and what happened on the way. ``busy`` is work by resource, in seconds
    of it; ``counts`` are events."""

    makespan: float = 0.0
    first: float = float("inf")
    made: int = 0
    transactions: float = 0.0
    busy: defaultdict[str, float] = field(default_factory=lambda: defaultdict[str, float](float))
    counts: Counter[str] = field(default_factory=Counter[str])

    def share(self, resource: str, of: float) -> float:
        """The percentage of the makespan for which ``of`` of a resource were at work."""
        return 100 * self.busy[resource] / (of * self.makespan)


class _Account:
    """A vendor account and its coordinator, the one process that orders from it."""

    def __init__(self, setup: Setup, number: int) -> None:
        self.door = LOOKAHEAD * setup.places
        self.slots = [setup.slots(kind) for kind in KINDS]
        self.lines: list[list[tuple[float, int, int]]] = [[] for _ in KINDS]
        self.gates = [setup.gates(kind) for kind in KINDS]
        self.at_gate: list[list[tuple[int, int]]] = [[] for _ in KINDS]
        self.vendor = [[0.0] * setup.places for _ in KINDS]
        """When each of the vendor's places falls free."""
        self.paces = [PollPace(setup.usual[k], setup.poll_floor[k], dice=random.Random(number * 3 + k)) for k in KINDS]
        self.next_order = [0.0 for _ in KINDS]
        self.paused_until = 0.0
        self.core_free = 0.0
        self.restarts_at = float("inf")
        self.down_until = 0.0


class Fleet:
    def __init__(self, load: Load, setup: Setup, seed: int = 0) -> None:
        self.load, self.setup = load, setup
        self.dice = random.Random(seed)
        self.out = Outcome()
        self._numbers = itertools.count()
        self._events: list[tuple[float, int, int, int]] = []
        self._queue = deque(load.order)
        self._place = [0] * len(load)
        for place, shot in enumerate(load.order):
            self._place[shot] = place
        self._accounts = [_Account(setup, number) for number in range(setup.accounts)]
        self._at: list[_Account] = [self._accounts[0]] * len(load)
        self._needs = [bytearray(length > 0 for length in load.lengths[kind]) for kind in KINDS]
        self._running = bytearray(len(load))
        self._runs = bytearray(len(load))
        self._refused = bytearray(len(load))
        self._database_free = self._store_free = 0.0
        self._workers = [0.0] * setup.workers

    def run(self) -> Outcome:
        for account in self._accounts:
            if self.setup.faults.restart_every:
                account.restarts_at = self.dice.expovariate(1 / self.setup.faults.restart_every)
            self._admit(0.0, account)
        events, pop = self._events, heapq.heappop
        handlers = (self._at_gate, self._answered, self._collected, self._failed, self._stored)
        while events:
            now, _, what, shot = pop(events)
            account = self._at[shot]
            code, kind = divmod(what, 3)
            if now >= account.restarts_at:
                self._restart(account)
            if now < account.down_until:
                self._meet_restart(account, code, kind, shot)
            else:
                handlers[code](now, account, kind, shot)
        return self.out

    # -- a shot

    def _admit(self, now: float, account: _Account) -> None:
        """Begin shots while there is room before the first step."""
        while account.door and self._queue:
            shot = self._queue.popleft()
            self._at[shot] = account
            self._runs[shot] += 1
            delay = self._database(now, self.setup.transactions_shot)
            if self._needs[IMAGE][shot]:
                account.door -= 1
                self._ask(now, account, IMAGE, shot, delay)
            elif self._needs[VIDEO][shot]:
                self._ask(now, account, VIDEO, shot, delay)
            if self._needs[SPEECH][shot]:
                self._ask(now, account, SPEECH, shot, delay)

    def _ask(self, now: float, account: _Account, kind: int, shot: int, delay: float = 0.0) -> None:
        """A place among the jobs under way, or one in the line before it."""
        self._running[shot] += 1
        if account.slots[kind]:
            account.slots[kind] -= 1
            self._prepare(now, account, kind, shot, delay)
        else:
            order = self._place[shot] - (0.5 if kind == VIDEO else 0.0)
            heapq.heappush(account.lines[kind], (order, next(self._numbers), shot))

    def _leave(self, now: float, account: _Account, kind: int) -> None:
        if account.lines[kind]:
            *_, shot = heapq.heappop(account.lines[kind])
            self._prepare(now, account, kind, shot)
        else:
            account.slots[kind] += 1

    def _end_of_job(self, now: float, account: _Account, shot: int) -> None:
        """The last job of a run decides what becomes of the shot."""
        self._running[shot] -= 1
        if self._running[shot]:
            return
        if not any(needs[shot] for needs in self._needs):
            self._encode(now)
        elif self._refused[shot] or self._runs[shot] >= LAST_RUN:
            self.out.counts["shots without a clip"] += 1
        else:
            self._queue.append(shot)
            self.out.counts["shots run again"] += 1
            self._admit(now, account)

    # -- a job

    def _prepare(self, now: float, account: _Account, kind: int, shot: int, delay: float = 0.0) -> None:
        """Written down before it is sent."""
        delay += self._database(now, self.setup.transactions_before) + self._core(now, account, self.setup.core_order)
        if delay:
            self._later(now + delay, WAITING, kind, shot)
        else:
            self._at_gate(now, account, kind, shot)

    def _at_gate(self, now: float, account: _Account, kind: int, shot: int) -> None:
        if account.gates[kind]:
            account.gates[kind] -= 1
            self._send(now, account, kind, shot)
        else:
            heapq.heappush(account.at_gate[kind], (self._place[shot], shot))

    def _send(self, now: float, account: _Account, kind: int, shot: int) -> None:
        begins = max(now, account.paused_until, account.next_order[kind])
        account.next_order[kind] = begins + self.setup.between_orders(kind)
        self.out.counts["orders"] += 1
        if begins > now or self.setup.post_seconds:
            self._later(begins + self.setup.post_seconds, ANSWERED, kind, shot)
        else:
            self._answered(now, account, kind, shot)

    def _answered(self, now: float, account: _Account, kind: int, shot: int) -> None:
        faults, drawn = self.setup.faults, self.dice.random()
        if account.at_gate[kind]:
            _, waiting = heapq.heappop(account.at_gate[kind])
            self._send(now, account, kind, waiting)
        else:
            account.gates[kind] += 1
        if drawn >= faults.on_orders:
            self._accepted(now, account, kind, shot)
        elif drawn < faults.throttled:
            self.out.counts["orders answered with 429"] += 1
            account.paused_until = max(account.paused_until, now + faults.retry_after)
            self._at_gate(now, account, kind, shot)
        elif drawn < faults.throttled + faults.unanswered:
            self._unknown(now, account, kind, shot)
        else:
            self.out.counts["orders refused"] += 1
            self._refused[shot] = 1
            self._nothing_came(now, account, kind, shot)

    def _unknown(self, now: float, account: _Account, kind: int, shot: int) -> None:
        """No answer: after a grace the vendor is asked, and has the job, or it is sent again."""
        self.out.counts["orders without an answer"] += 1
        if self.dice.random() < 0.5:
            self.out.counts["orders found again at the vendor"] += 1
            self._accepted(now, account, kind, shot, noticed_from=now + self.setup.faults.grace)
        else:
            self._later(now + self.setup.faults.grace, WAITING, kind, shot)

    def _accepted(self, now: float, account: _Account, kind: int, shot: int, noticed_from: float = 0.0) -> None:
        vendor, length = account.vendor[kind], self.load.lengths[kind][shot]
        ends = max(now, vendor[0]) + length
        heapq.heapreplace(vendor, ends)
        self.out.counts["jobs bought"] += 1
        self.out.busy[VENDORS[kind]] += length
        noticed = max(self._noticed(now, ends, account, kind), noticed_from)
        if self.dice.random() < self.setup.faults.failed:
            self._later(noticed, FAILED, kind, shot)
            return
        self._later(noticed + self.setup.download_seconds, COLLECTED, kind, shot)

    def _noticed(self, sent: float, ends: float, account: _Account, kind: int) -> float:
        """When a poll finds that a job has ended."""
        if not self.setup.polled[kind]:
            return ends
        pace, at, polls = account.paces[kind], sent, 0
        while at < ends:
            at += pace.wait(at - sent)
            polls += 1
        self.out.counts["polls"] += polls
        self._core(sent, account, polls * self.setup.core_poll)
        pace.observed(at - sent)
        return at

    def _failed(self, now: float, account: _Account, kind: int, shot: int) -> None:
        self.out.counts["jobs failed at the vendor"] += 1
        self._database(now, self.setup.transactions_after)
        self._nothing_came(now, account, kind, shot)

    def _nothing_came(self, now: float, account: _Account, kind: int, shot: int) -> None:
        self._leave(now, account, kind)
        if kind == IMAGE:
            account.door += 1
            self._admit(now, account)
        self._end_of_job(now, account, shot)

    def _collected(self, now: float, account: _Account, kind: int, shot: int) -> None:
        self._leave(now, account, kind)
        setup = self.setup
        delay = self._database(now, setup.transactions_after)
        delay += self._core(now, account, setup.core_collect[kind])
        delay += self._store(now, setup.sizes[kind])
        if delay:
            self._later(now + delay, STORED, kind, shot)
        else:
            self._stored(now, account, kind, shot)

    def _stored(self, now: float, account: _Account, kind: int, shot: int) -> None:
        self._needs[kind][shot] = 0
        if kind == IMAGE:
            self._ask(now, account, VIDEO, shot)
            account.door += 1
            self._admit(now, account)
        self._end_of_job(now, account, shot)

    # -- what everybody uses

    def _encode(self, now: float) -> None:
        """A shot's part of the cut, on the core that is free first; a worker that dies has it done again elsewhere."""
        out, seconds, faults = self.out, self.setup.encode_seconds, self.setup.faults
        if seconds:
            now += self._store(now, self.setup.sizes[VIDEO])
        while seconds:
            begins = max(now, self._workers[0])
            died = faults.death_every and self.dice.random() < seconds / faults.death_every
            worked = seconds * self.dice.random() if died else seconds
            out.busy["workers"] += worked
            now = begins + worked
            heapq.heapreplace(self._workers, now + (faults.replaced_after if died else 0.0))
            if not died:
                break
            out.counts["workers died"] += 1
            now += faults.death_noticed
        out.made += 1
        out.makespan = max(out.makespan, now)
        out.first = min(out.first, now)

    def _database(self, now: float, transactions: float) -> float:
        """Seconds until so many transactions are through, one after the other."""
        work = transactions * self.setup.transaction_seconds
        if not work:
            return 0.0
        self.out.transactions += transactions
        self.out.busy["database"] += work
        self._database_free = max(now, self._database_free) + work
        return self._database_free - now + transactions * self.setup.transaction_wait

    def _store(self, now: float, size: float) -> float:
        if not self.setup.bandwidth:
            return 0.0
        work = size / self.setup.bandwidth
        self.out.busy["store"] += work
        self._store_free = max(now, self._store_free) + work
        return self._store_free - now

    def _core(self, now: float, account: _Account, seconds: float) -> float:
        if not seconds:
            return 0.0
        self.out.busy["coordinators"] += seconds
        account.core_free = max(now, account.core_free) + seconds
        return account.core_free - now

    # -- a coordinator that dies

    def _restart(self, account: _Account) -> None:
        faults = self.setup.faults
        self.out.counts["coordinators restarted"] += 1
        account.down_until = account.restarts_at + faults.restart_seconds
        account.restarts_at = account.down_until + self.dice.expovariate(1 / faults.restart_every)

    def _meet_restart(self, account: _Account, code: int, kind: int, shot: int) -> None:
        """Its successor takes the job up where the journal has it: an order without an answer is looked for first."""
        again = account.down_until
        if code == ANSWERED:
            self.out.counts["orders in flight at a restart"] += 1
            again += self.setup.faults.grace
        self._later(again, code, kind, shot)

    def _later(self, at: float, what: int, kind: int, shot: int) -> None:
        heapq.heappush(self._events, (at, next(self._numbers), what * 3 + kind, shot))
