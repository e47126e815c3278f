"""A process that starts programs often and cheaply: everything is imported once, then a child costs a fork.

    Nursery (in the test) ── a JSON line ──► this module as a program ── fork ──► a child that performs one Order
      start(order) → its process number          wait(pid) → how it ended: 0 made, 3 said why not, 1 fell over

Children run side by side; whoever ordered them strikes them by their process numbers. A child of a sweep does its work
in a single thread, where the n-th system call of a kind is one definite point: strace counts for each thread apart. An
order that is ``held`` waits for SIGUSR1, to give a tracer time to attach.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from program import Order, perform

from film.errors import FilmError

MADE, FELL_OVER, SAID_WHY = 0, 1, 3
BEGIN = signal.SIGUSR1
PATIENCE = 300.0
"""Seconds after which a program that is done in one is taken to hang."""
_PR_SET_PTRACER, _PR_SET_PTRACER_ANY = 0x59616D61, -1
T = TypeVar("T")


# -- for the test


class Nursery:
    """``environment`` is the vendors'."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        clean = {k: v for k, v in os.environ.items() if k != "FILM_NO_SPEND"}
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=clean | environment,
            cwd=folder,
        )

    def warm_up(self, order: Order) -> None:
        """Have everything imported that such an order needs."""
        assert self._ask("warm up", **asdict(order)) == MADE

    def start(self, order: Order) -> int:
        """The process number of a child that begins to do as ordered."""
        return self._ask("start", **asdict(order))

    def wait(self, pid: int) -> int:
        """How the child ended, once it has; one that does not end is killed."""
        timer = threading.Timer(PATIENCE, kill, (pid,))
        timer.start()
        try:
            return self._ask("wait", pid=pid)
        finally:
            timer.cancel()

    def run(self, order: Order, *, kill_after: float | None = None) -> int:
        """Let a child do as ordered, or not to the end; how it ended."""
        pid = self.start(order)
        if kill_after is None:
            return self.wait(pid)
        timer = threading.Timer(kill_after, kill, (pid,))
        timer.start()
        try:
            return self.wait(pid)
        finally:
            timer.cancel()

    def close(self) -> None:
        self._process.communicate()  # closes its input: it ends by itself

    def _ask(self, what: str, **about: Any) -> int:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps([what, about]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the nursery is gone"
        return int(line)


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def crash_of(order: Order) -> str:
    """What a child that fell over has left."""
    note = Path(order.gallery, "crash.txt")
    return note.read_text() if note.exists() else "it left no word"


def trouble_of(order: Order) -> str:
    """What a child that said why not has said."""
    note = _trouble(order)
    return note.read_text() if note.exists() else "its word could not be written"


def _trouble(order: Order) -> Path:
    return Path(order.gallery, f"trouble-{order.film.replace(' ', '_')}.txt")


@contextmanager
def nursery(environment: dict[str, str], folder: Path) -> Generator[Nursery]:
    opened = Nursery(environment, folder)
    try:
        yield opened
    finally:
        opened.close()


# -- the program


class OneThread(asyncio.SelectorEventLoop):
    """An event loop that does a thread's work itself, in place."""

    def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> asyncio.Future[T]:
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001  # it belongs to whoever asks for the result
            future.set_exception(error)
        return future


def bear(order: Order) -> int:
    pid = os.fork()
    if pid:
        return pid
    # Kernels that let only ancestors trace are told that anybody may.
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _PR_SET_PTRACER_ANY, 0, 0, 0)
    live(order)
    raise AssertionError("a child ends by itself")


def live(order: Order) -> None:
    if order.held:
        signal.sigwait({BEGIN})
    try:
        with asyncio.Runner(loop_factory=None if order.shots else OneThread) as runner:
            troubles = runner.run(perform(order))
        if troubles:
            leave(_trouble(order), "\n".join(troubles))
        os._exit(SAID_WHY if troubles else MADE)
    except FilmError as error:
        leave(_trouble(order), f"{type(error).__name__}: {error}\n{error.hint}\n")
        os._exit(SAID_WHY)
    except BaseException:  # noqa: BLE001  # whatever it was, the test wants to read it
        leave(Path(order.gallery, "crash.txt"), traceback.format_exc())
        os._exit(FELL_OVER)


def leave(note: Path, text: str) -> None:
    with suppress(OSError):  # the disk may be what it is about
        note.write_text(text)


def import_like_a_child(order: Order) -> int:
    """Import what a whole run imports on its way: the modules that the first child had at its end."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        with asyncio.Runner(loop_factory=None if order.shots else OneThread) as runner:
            runner.run(perform(order))
        os.write(writer, " ".join(sys.modules).encode())
        os._exit(MADE)
    os.close(writer)
    with os.fdopen(reader) as loaded:
        for name in loaded.read().split():
            with suppress(ImportError):  # what lies inside a compiled library comes with it
                import_module(name)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {BEGIN})  # from here on, so that it cannot come too early
    for line in sys.stdin:
        what, about = json.loads(line)
        match what:
            case "warm up":
                answer = import_like_a_child(Order(**about))
            case "start":
                answer = bear(Order(**about))
            case _:
                answer = os.waitstatus_to_exitcode(os.waitpid(about["pid"], 0)[1])
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
