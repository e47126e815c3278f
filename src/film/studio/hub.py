"""What happens, told to every browser that looks on: a row with a rising id for each, kept for those who come back.

    tell(kind, facts), from any thread ──► rows ──► text/event-stream, from the row after ``Last-Event-ID``

The ids begin at the time of the start, so that they rise over a restart too. Who was away for longer than the rows
reach back is told ``reset``, and asks for everything anew: no browser holds anything that it could not ask for.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator
from typing import Any

KEPT = 4000
BREATH = 15.0
"""Seconds after which a silent stream says that it is there."""


class Hub:
    """``film`` in the facts says whom it concerns; rows without one concern all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: deque[tuple[int, str, str, str]] = deque(maxlen=KEPT)
        self._next = int(time.time() * 1000)
        self._listeners: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self.closed = False

    @property
    def seq(self) -> int:
        """The id of the newest row: a snapshot that was taken before has missed nothing after it."""
        with self._lock:
            return self._next - 1

    def tell(self, kind: str, facts: dict[str, Any]) -> None:
        text = json.dumps(facts, separators=(",", ":"), default=str)
        with self._lock:
            self._rows.append((self._next, kind, str(facts.get("film", "")), text))
            self._next += 1
            for event, loop in self._listeners.items():
                loop.call_soon_threadsafe(event.set)

    async def stream(self, after: int | None, film: str | None) -> AsyncGenerator[str]:
        """The rows after one, then those to come."""
        woken = asyncio.Event()
        with self._lock:
            last = self._next - 1 if after is None else after
            gone = last >= self._next or bool(self._rows and last + 1 < self._rows[0][0])
            gone = gone or (not self._rows and last != self._next - 1)
            self._listeners[woken] = asyncio.get_running_loop()
        try:
            yield f"retry: 1000\nid: {last}\n: here\n\n"
            if gone:
                last = self.seq
                yield f"id: {last}\nevent: reset\ndata: {{}}\n\n"
            while not self.closed:
                woken.clear()
                with self._lock:
                    rows = [row for row in self._rows if row[0] > last]
                if rows:
                    last = rows[-1][0]
                    wanted = [row for row in rows if film is None or row[2] in ("", film)]
                    yield (
                        "".join(f"id: {i}\nevent: {kind}\ndata: {text}\n\n" for i, kind, _, text in wanted) or ": \n\n"
                    )
                    continue
                try:
                    await asyncio.wait_for(woken.wait(), BREATH)
                except TimeoutError:
                    yield ": here\n\n"
        finally:
            with self._lock:
                self._listeners.pop(woken, None)

    def close(self) -> None:
        """End all streams."""
        self.closed = True
        with self._lock:
            for event, loop in self._listeners.items():
                loop.call_soon_threadsafe(event.set)
