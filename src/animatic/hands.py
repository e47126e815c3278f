"""The two kinds of hands that draw: this process itself, and a child program that is handed the work in a pipe.

    hand.do("draw" | "animate", arguments, should_stop) ──► what the function of ``drawing`` gives, or its error

A child whose work is no longer wanted is killed: it is started again in half a second, and nothing can keep it from
stopping, not even native code that hangs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from animatic import child, drawing, worker
from film.errors import Interrupted

Asking = Callable[[], bool] | None
"""Whether to stop, for who wants to know."""

_STARTING = 30.0
"""Seconds in which a child says that it is ready. It takes half a second: what needs longer is something else."""
_LOOKING = 0.05
"""Seconds between two looks at whether a child's work is still wanted."""


class NoChild(Exception):
    """A child cannot be started here."""


class Gone(Exception):
    """A child ended before it answered."""


class Here:
    """This process. ``rooms`` is the number of threads that may draw at once."""

    def __init__(self, rooms: int) -> None:
        self.rooms = rooms
        self.busy = 0

    def do(self, name: str, arguments: tuple[Any, ...], should_stop: Asking) -> Any:
        if name == "animate":
            arguments = (*arguments, should_stop)
        return drawing.WORK[name](*arguments)

    def close(self) -> None:
        """Nothing to close."""


class Child:
    """A drawing process of our own; one piece of work at a time."""

    rooms = 1

    def __init__(self) -> None:
        self.busy = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()
        self._owner = 0
        self._ready = False

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> subprocess.Popen[bytes]:
        """Start it, or again if it has ended; not waiting until it is ready."""
        with self._starting:
            if self._process and self._process.poll() is not None:
                self.close()
            if self._process is None:
                # It finds this package, and all that it needs, where we found them; nothing comes from the folder that
                # one happens to be in, unless this package does.
                own = Path(__file__).parents[3]
                places = [Path(entry).absolute() for entry in sys.path]
                found = os.pathsep.join(str(place) for place in places if place != Path.cwd() or place == own)
                environment = {"PYTHONPATH": found, "OPENBLAS_NUM_THREADS": "1"}
                try:
                    self._process = child.start(worker.__file__, environment=environment)
                except OSError as error:
                    raise NoChild from error
                self._owner, self._ready = os.getpid(), False
            return self._process

    def do(self, name: str, arguments: tuple[Any, ...], should_stop: Asking) -> Any:
        process = self.start()
        requests, answers = cast(BinaryIO, process.stdin), cast(BinaryIO, process.stdout)
        stopped = threading.Event()
        try:
            with _watching(process, should_stop, stopped):
                worker.send(requests, (name, arguments))
                self._await_ready(process, answers)
                good, result = worker.receive(answers)
        except (EOFError, OSError) as error:
            known = self._ready
            self.close()
            if stopped.is_set():
                raise Interrupted("stopped while drawing", hint="run again to make it") from error
            raise (Gone if known else NoChild) from error
        if not good:
            raise result
        return result

    def close(self) -> None:
        """End it; the next work starts another."""
        process, self._process = self._process, None
        if process:
            child.end(process, owner=self._owner)

    def _await_ready(self, process: subprocess.Popen[bytes], answers: BinaryIO) -> None:
        if self._ready:
            return
        timer = threading.Timer(_STARTING, process.kill)
        timer.daemon = True
        timer.start()
        try:
            if answers.read(len(worker.READY)) != worker.READY:
                process.kill()
                raise EOFError
        finally:
            timer.cancel()
        self._ready = True


@contextmanager
def _watching(process: subprocess.Popen[bytes], should_stop: Asking, stopped: threading.Event) -> Generator[None]:
    """While work is done, look whether it should stop; then kill the process and set ``stopped``."""
    if should_stop is None:
        yield
        return
    done = threading.Event()

    def look() -> None:
        while not done.wait(_LOOKING):
            if should_stop():
                stopped.set()
                process.kill()
                return

    watcher = threading.Thread(target=look, daemon=True, name="film-draw-watch")
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
