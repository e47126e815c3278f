"""What happens while a film is made, as doors get it: plain records as they come, and a model for each kind.

Event(event, at, facts) ──► read_event(event) ──► FilmStarted | StepDone | … , told apart by ``event``
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from film.production.events import Event, Facts, Listener, are_events, write_lines

if TYPE_CHECKING:
    from film.production.event_models import FilmEvent

__all__ = ["Event", "Facts", "Listener", "are_events", "read_event", "write_lines"]


def read_event(event: Event) -> FilmEvent:
    """The event as its model. Raises pydantic's ValidationError for what is no event of a run."""
    from film.production.event_models import EVENTS

    return EVENTS.validate_python(json.loads(event.as_json()))
