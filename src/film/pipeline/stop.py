"""Stopping well: the first Ctrl-C ends new work and finishes what is paid, the second leaves at once.

Leaving at once is safe too, whatever was paid for stands in the journal, but the shots in progress start over.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, TypeVar

from film.errors import Interrupted

T = TypeVar("T")


class Stop:
    """A flag that every part of a run looks at; safe to read from any thread."""

    def __init__(self) -> None:
        self._flag = threading.Event()

    def set(self) -> None:
        self._flag.set()

    def is_set(self) -> bool:
        return self._flag.is_set()

    def check(self) -> None:
        """Raise Interrupted once stopping was asked for."""
        if self.is_set():
            raise Interrupted("stopped", hint="run the same command again to go on from here")


def run_blocking(work: Callable[[Stop], Coroutine[Any, Any, T]]) -> T:
    """``asyncio.run``; where a loop runs already, as in a notebook, on a thread beside it, which Ctrl-C stops well."""
    stop = Stop()
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work(stop))
    with ThreadPoolExecutor(1) as beside:
        running = beside.submit(lambda: asyncio.run(work(stop)))
        try:
            return running.result()
        except KeyboardInterrupt:
            stop.set()
            raise


@contextmanager
def on_interrupt(stop: Stop, tell: Callable[[], None]) -> Generator[None]:
    """Within it, Ctrl-C sets ``stop`` and calls ``tell``; the second one ends the process with 130."""
    loop = asyncio.get_running_loop()

    def first_or_second() -> None:
        if stop.is_set():
            if sys.stderr.isatty():
                sys.stderr.write("\x1b[?25h\n")  # the bars hid the cursor
                sys.stderr.flush()
            os._exit(130)
        stop.set()
        tell()

    if threading.current_thread() is not threading.main_thread():
        yield  # signals are the main thread's; whoever started this one stops it through ``stop``
        return
    try:
        loop.add_signal_handler(signal.SIGINT, first_or_second)
    except NotImplementedError:  # Windows
        before = signal.signal(signal.SIGINT, _later(loop, first_or_second))
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)
        return
    try:
        yield
    finally:
        with suppress(RuntimeError):
            loop.remove_signal_handler(signal.SIGINT)


def _later(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> Callable[[int, FrameType | None], None]:
    """``call`` as a signal handler that leaves the work to the loop."""

    def handler(_signal: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(call)

    return handler
