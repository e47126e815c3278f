"""What happens while a film is made, as a stream of plain records: progress bars, logs and browsers all read it.

Every event is one line of JSON in the form ``{"event": …, "at": seconds since the run began, …}``. Which there are, and
what each says, stands in ``film.production.event_models``. Nothing is checked on the way: a run says thousands of them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import IO

SCHEMA_VERSION = 1
"""Rises when a fact goes or changes its meaning; a new event or a new fact does not raise it."""

Facts = dict[str, object]
_LONGEST_LINE = 1 << 20


@dataclass(frozen=True)
class Event:
    event: str
    at: float
    """Seconds since the run began."""
    facts: Facts = field(default_factory=dict[str, object])

    def as_json(self) -> str:
        return json.dumps({"event": self.event, "at": round(self.at, 3), **self.facts}, default=_plain)


Listener = Callable[[Event], None]


class Events:
    """Where a run reports to. Listeners are called in the order of events, in the run's own thread."""

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = list(listeners)
        self._began = time.monotonic()

    def emit(self, event: str, **facts: object) -> None:
        record = Event(event, time.monotonic() - self._began, facts)
        for listener in self._listeners:
            listener(record)


def are_events(path: Path) -> bool:
    """Whether events may go there: into nothing yet, an empty file, a pipe, or over those of an earlier run."""
    if not path.is_file():
        return True
    try:
        with path.open("rb") as file:
            first = file.readline(_LONGEST_LINE)
        said: object = json.loads(first) if first.strip() else {"event": "", "at": 0}
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(said, dict) and {"event", "at"} <= said.keys()


def write_lines(stream: IO[str]) -> Listener:
    """A listener that writes every event as a line of JSON, at once."""

    def write(event: Event) -> None:
        stream.write(event.as_json() + "\n")
        stream.flush()

    return write


def _plain(value: object) -> object:
    match value:
        case Decimal() | Path():
            return str(value)
        case Fraction():
            return float(value)
        case _:
            raise TypeError(f"{type(value).__name__} is no part of an event")
