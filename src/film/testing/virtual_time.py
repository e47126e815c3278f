"""An event loop on which hours pass in a moment: what waits is woken in order, and no time passes while anybody works.

    run_virtually(film()) ─► VirtualLoop ── nobody ready? ──► its clock jumps to the next timer
                                        └── a thread's work? ─► done at once and in place, in no time at all

Unlike ``ManualClock`` it carries everything that is written for asyncio, timeouts and threads included, and it is fast
enough for a film of a thousand shots. Network connections are not for it: their time is real.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its time begins at 0 and is counted in seconds."""

    def __init__(self) -> None:
        self._passed = 0.0
        super().__init__(_Jumping(self._jump))

    def time(self) -> float:
        return self._passed

    def run_in_executor(self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts) -> asyncio.Future[T]:
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(executor.submit(func, *args).result() if executor else func(*args))
        except Exception as error:  # noqa: BLE001  # it belongs to whoever asks for the result
            future.set_exception(error)
        return future

    def _jump(self, seconds: float) -> None:
        self._passed += seconds


class LoopClock:
    """The running loop's time as the clock of ``film.jobs``; its days begin on the first of January 2026.

    A thread that works for the loop may ask it as well, once the loop has.
    """

    START = datetime(2026, 1, 1, tzinfo=UTC)

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None

    def monotonic(self) -> float:
        with suppress(RuntimeError):
            self._loop = asyncio.get_running_loop()
        if self._loop is None:
            raise RuntimeError("no loop has asked this clock yet")
        return self._loop.time()

    def now(self) -> datetime:
        return self.START + timedelta(seconds=self.monotonic())

    def stamp(self) -> str:
        return str(self.monotonic())

    def age(self, stamp: str) -> float | None:
        return self.monotonic() - float(stamp) if stamp else None

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def run_virtually(work: Coroutine[Any, Any, T]) -> T:
    """``asyncio.run`` on a loop of its own that keeps virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)


class _Jumping(selectors.DefaultSelector):
    """Never waits: the time that it was to wait for is over at once."""

    def __init__(self, jump: Callable[[float], None]) -> None:
        super().__init__()
        self._leap = jump

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError("everybody waits, and nothing is coming: a deadlock")
        if not ready and timeout:
            self._leap(timeout)
        return ready
