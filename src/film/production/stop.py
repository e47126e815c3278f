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
from contextlib import ExitStack, contextmanager, suppress
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


_minding: list[tuple[Stop, Callable[[], None]]] = []
"""The runs that Ctrl-C stops: all of the main thread, which alone is told of signals."""
_handled = ExitStack()


@contextmanager
def on_interrupt(stop: Stop, tell: Callable[[], None]) -> Generator[None]:
    """Within it, Ctrl-C sets ``stop`` and calls ``tell``; the second one ends the process with 130.

    Runs that go on beside each other are stopped together.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # whoever started this thread stops it through ``stop``
        return
    if not _minding:
        _handled.enter_context(_handling(asyncio.get_running_loop()))
    mine = (stop, tell)
    _minding.append(mine)
    try:
        yield
    finally:
        _minding.remove(mine)
        if not _minding:
            _handled.close()


def _interrupt() -> None:
    going_on = [(stop, tell) for stop, tell in _minding if not stop.is_set()]
    if not going_on:
        if sys.stderr.isatty():
            sys.stderr.write("\x1b[?25h\n")  # the bars hid the cursor
            sys.stderr.flush()
        os._exit(130)
    for stop, tell in going_on:
        stop.set()
        tell()


@contextmanager
def _handling(loop: asyncio.AbstractEventLoop) -> Generator[None]:
    """SIGINT is ours on this loop, and then again whose it was."""

    def later(_signal: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(_interrupt)

    before = signal.getsignal(signal.SIGINT)
    try:
        loop.add_signal_handler(signal.SIGINT, _interrupt)
    except NotImplementedError:  # Windows
        signal.signal(signal.SIGINT, later)
    try:
        yield
    finally:
        with suppress(NotImplementedError, RuntimeError):
            loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, before)
