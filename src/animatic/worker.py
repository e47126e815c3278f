"""The drawing process: ``drawing``'s functions behind a pipe, so that drawing keeps more than one core busy.

    stdin   for each piece of work: eight bytes of length, then that much pickle: ("draw" | "animate", arguments)
    stdout  once, when it is ready: READY; then for each piece of work the same form: (True, result) or (False, error)

Drawing is thousands of short steps of Python, and in one process only one of them runs at a time. This program is
started as ``python worker.py`` by ``workers`` and ends with it, however that one ends: a thread that only reads the
input sees it close, be it in the middle of a clip. It also ends when nothing was asked of it for a while.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import struct
import sys
import threading
import traceback
from importlib import import_module
from typing import Any, BinaryIO

READY = b"film draws"
IDLE = 60.0
"""Seconds without work after which the process ends: a program that lives on should not hold its memory."""

_NEEDED = ("animatic.panel", "animatic.motion", "animatic.encode")
"""What the work imports when it comes to it, and a child while nobody waits yet."""
_LENGTH = struct.Struct(">Q")


def send(pipe: BinaryIO, message: object) -> None:
    data = pickle.dumps(message)
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def receive(pipe: BinaryIO) -> Any:
    """The next message. Raises EOFError at the end of the pipe, be it in the middle of one."""
    head = pipe.read(_LENGTH.size)
    data = pipe.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else b""
    if not data:
        raise EOFError
    return pickle.loads(data)  # noqa: S301 - both ends of the pipe are ours, and nobody else has them


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Do what is asked, one piece after another, until there is nothing to do any more."""
    work: queue.SimpleQueue[tuple[str, tuple[Any, ...]]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests, work), daemon=True).start()
    for needed in _NEEDED:
        import_module(needed)
    from animatic.drawing import WORK

    answers.write(READY)
    answers.flush()
    while True:
        try:
            name, arguments = work.get(timeout=IDLE)
        except queue.Empty:
            return
        try:
            answer = (True, WORK[name](*arguments))
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to who asked
            answer = (False, _portable(error))
        send(answers, answer)


def _portable(error: Exception) -> Exception:
    """An error as it can cross a pipe, with where it came from."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - made one line above
    except Exception:  # noqa: BLE001 - not all errors of other libraries can be taken apart and put together
        error = RuntimeError(f"{type(error).__name__}: {error}")
    error.add_note("in the drawing process:\n" + traceback.format_exc())
    return error


def _listen(requests: BinaryIO, work: queue.SimpleQueue[tuple[str, tuple[Any, ...]]]) -> None:
    try:
        while True:
            work.put(receive(requests))
    except (EOFError, OSError):
        os._exit(0)  # nobody is left who could take what is being made


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program that has started this one
    # Native code may print; what it prints must not end up between two answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
