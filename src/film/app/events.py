"""What happens while a film is made, as doors get it: plain records as they come, and a model for each kind.

Event(event, at, facts) ──► read_event ─┐
a line of a stream ───────► read_line ──┴─► FilmStarted | StepDone | … , told apart by ``event``
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from film.production.events import Event, Facts, Listener, are_events, write_lines

if TYPE_CHECKING:
    from film.production.event_models import FilmEvent

__all__ = ["Event", "Facts", "Listener", "are_events", "event_schema", "read_event", "read_line", "write_lines"]


def read_event(event: Event) -> FilmEvent:
    """The event as its model. Raises pydantic's ValidationError for what is no event of a run."""
    return read_line(event.as_json())


def read_line(line: str | bytes) -> FilmEvent:
    """The same for a line of a stream. Facts that are not known are passed over."""
    from film.production.event_models import EVENTS

    return EVENTS.validate_json(line)


def event_schema() -> dict[str, object]:
    """The JSON Schema of a line of the stream."""
    from film.production import event_models

    return event_models.event_schema()
