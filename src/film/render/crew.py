"""Threads that make the pieces of a film, and the one who tells how far they are.

    workers ──(tick, for every frame)──► a few words a second ──► caller's thread ──► ComposeProgress

Progress is counted in the work of encoding one frame; the mix and the join have their measured share of it. Frames that
exist already are in none of the figures.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from film.errors import Interrupted

MIX, JOIN = "mix", "join"
_MIX_OF_A_FRAME, _JOIN_OF_A_FRAME = 0.07, 0.003
"""What a frame's time of sound takes, and joining it, against encoding its picture."""
_MIX_PASSES = 4
"""Times that the mix usually goes over a block; what takes more is told as nearly done."""
_NEARLY = 0.95
_EVERY = 0.05
"""Seconds between what one worker tells: more often costs time, and nobody could read it."""


@dataclass(frozen=True)
class ComposeProgress:
    """``piece`` is what was just worked on: a shot's id, two for a join, "mix" or "join".

    ``frames`` of ``planned`` frames are encoded. ``share`` is how much of all the work is done, 0 to 1, and ``left``
    the seconds that the rest takes at the pace of the last while; None as long as there is none to go by.
    """

    piece: str
    frames: int
    planned: int
    share: float = 0.0
    left: float | None = None


@dataclass(frozen=True)
class Work:
    """What lies ahead, in frames: to encode, to mix, and to join."""

    encode: int
    mix: int
    join: int

    @property
    def total(self) -> float:
        return self.encode + _MIX_OF_A_FRAME * self.mix + _JOIN_OF_A_FRAME * self.join or 1.0


class Pace:
    """How long the rest takes, by how quick the last ``window`` seconds were."""

    def __init__(self, window: float = 20.0, settle: float = 2.0) -> None:
        self._window, self._settle = window, settle
        self._seen: deque[tuple[float, float]] = deque()

    def left(self, share: float, now: float) -> float | None:
        """Seconds; None before ``settle`` seconds were seen, or while nothing moves."""
        self._seen.append((now, share))
        while len(self._seen) > 2 and now - self._seen[1][0] >= self._window:
            self._seen.popleft()
        since, before = self._seen[0]
        if now - since < self._settle or share <= before:
            return None
        return (1 - share) * (now - since) / (share - before)


class Crew:
    """Runs jobs on threads. ``on_progress`` is called on the caller's thread, ``should_stop`` on any."""

    def __init__(
        self,
        work: Work,
        mix_blocks: int,
        on_progress: Callable[[ComposeProgress], None] | None,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self._work = work
        self._mix_ticks = max(1, mix_blocks * _MIX_PASSES)
        self._frames = self._mixed = self._joined = 0
        self._on_progress, self._should_stop = on_progress, should_stop
        self._told: queue.SimpleQueue[tuple[str, int] | Future[None]] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._mine = threading.local()
        self._pace = Pace()

    def tick(self, piece: str, count: int = 1) -> None:
        """Called by a worker after each frame, or each block of the mix."""
        self.check()
        mine, now = self._mine, time.monotonic()
        mine.count = getattr(mine, "count", 0) + count
        if piece != getattr(mine, "piece", None) or now - mine.at >= _EVERY:
            self._tell_of(piece, now)

    def check(self) -> None:
        if self._stopped.is_set() or (self._should_stop and self._should_stop()):
            self._stopped.set()
            raise Interrupted("the cut was stopped", hint="run again: what is encoded already is kept")

    def tell(self, piece: str, count: int) -> None:
        """Called on the caller's thread."""
        self.check()
        if piece == MIX:
            self._mixed += count
        elif piece == JOIN:
            self._joined += count
        else:
            self._frames += count
        if self._on_progress:
            share = self._share()
            left = self._pace.left(share, time.monotonic())
            self._on_progress(ComposeProgress(piece, self._frames, self._work.encode, share, left))

    def run(self, jobs: Sequence[Callable[[], object]], workers: int) -> None:
        """Run all jobs. The first failure stops the others at their next frame, and is raised."""
        if not jobs:
            return
        with ThreadPoolExecutor(min(workers, len(jobs)), thread_name_prefix="cut") as pool:
            try:
                for job in jobs:
                    pool.submit(self._done, job).add_done_callback(self._told.put)
                self._follow(len(jobs))
            except BaseException:
                self._stopped.set()
                pool.shutdown(wait=True, cancel_futures=True)
                raise

    def _done(self, job: Callable[[], object]) -> None:
        job()
        if getattr(self._mine, "count", 0):
            self._tell_of(self._mine.piece, time.monotonic())

    def _tell_of(self, piece: str, now: float) -> None:
        mine = self._mine
        self._told.put((piece, mine.count))
        mine.piece, mine.count, mine.at = piece, 0, now

    def _follow(self, running: int) -> None:
        while running:
            told = self._told.get()
            if isinstance(told, Future):
                told.result()
                running -= 1
            else:
                self.tell(*told)

    def _share(self) -> float:
        work = self._work
        mixed = min(_NEARLY, self._mixed / self._mix_ticks) if not self._joined else 1.0
        done = self._frames + _MIX_OF_A_FRAME * work.mix * mixed + _JOIN_OF_A_FRAME * self._joined
        return min(1.0, done / work.total)
