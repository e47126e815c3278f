"""Every event of a run as a model: what its facts are, for those who read a stream of them.

``film.production.events`` emits; nothing is validated on the way, for a run says thousands of them. Tests hold every
event that is emitted against these, and ``docs/reference/events.schema.json`` is made of them. An event may get further
facts in time: who reads them ignores those it does not know.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from film.models import AssetType, Model

SCHEMA_VERSION = 1
"""Rises when a fact goes or changes its meaning; a new event or a new fact does not raise it."""

Step = AssetType
"""What is made of a shot: its picture, clip or line."""


class RunEvent(Model):
    """What all events say."""

    model_config = ConfigDict(extra="ignore")

    at: float
    """Seconds since the run began."""


class FilmStarted(RunEvent):
    """The plan is agreed to, and work begins."""

    event: Literal["film_started"] = "film_started"
    schema_version: int
    """Of these events."""
    film_id: str
    tier: str
    shots: int
    shots_to_make: int
    to_make: int
    """Assets."""
    at_most: Decimal
    """Dollars."""


class Warned(RunEvent):
    """Something that people should know."""

    event: Literal["warning"] = "warning"
    message: str


class StepStarted(RunEvent):
    event: Literal["step_started"] = "step_started"
    shot_id: str
    step: Step


class StepProgressed(RunEvent):
    """How far a step is, where its provider says."""

    event: Literal["step_progress"] = "step_progress"
    shot_id: str
    step: Step
    done: Annotated[float, Field(ge=0, le=1)]


class JobChanged(RunEvent):
    """What became of an order."""

    event: Literal["job"] = "job"
    shot_id: str
    step: Step
    kind: Literal["submitted", "waiting", "resumed", "adopted", "fetched", "failed", "lost", "review", "rebought"]
    provider: str
    job_id: str
    """Empty before there is one."""
    message: str


class StepDone(RunEvent):
    """An asset is there."""

    event: Literal["step_done"] = "step_done"
    shot_id: str
    step: Step
    reused: bool
    asset_id: str
    cost: Decimal
    """Dollars that this run paid for it."""
    provider: str


class ShotDone(RunEvent):
    event: Literal["shot_done"] = "shot_done"
    shot_id: str
    reused: bool
    """Whether nothing of it was made."""


class ShotFailed(RunEvent):
    """Something of a shot could not be made; the film goes on, with a slate in its place."""

    event: Literal["shot_failed"] = "shot_failed"
    shot_id: str
    step: Step
    error: str
    hint: str
    charged: bool | None
    """None where nobody can tell."""


class CutStarted(RunEvent):
    event: Literal["cut_started"] = "cut_started"
    frames: int
    """Of the whole film."""


class CutProgressed(RunEvent):
    event: Literal["cut_progress"] = "cut_progress"
    piece: str
    done: int
    """Frames."""
    total: int
    """Frames to encode."""
    share: Annotated[float, Field(ge=0, le=1)]
    """Of all the work."""
    left: float | None
    """Seconds; null while there is no pace to go by."""


class FilmChecked(RunEvent):
    """A newly written film was inspected."""

    event: Literal["film_checked"] = "film_checked"
    path: Path
    summary: str


class FilmDone(RunEvent):
    """The film is there, maybe with slates."""

    event: Literal["film_done"] = "film_done"
    path: Path
    seconds: float
    made: int
    reused: int
    failed: int
    cost: Decimal
    """Dollars booked for the film while it ran."""
    for_nothing: Decimal
    """That of it which brought nothing."""
    saved: Decimal
    set_aside: Decimal
    under_review: Decimal
    disputed: Decimal
    over_quote: tuple[str, ...]
    """Jobs billed higher than quoted."""


FilmEvent = Annotated[
    FilmStarted
    | Warned
    | StepStarted
    | StepProgressed
    | JobChanged
    | StepDone
    | ShotDone
    | ShotFailed
    | CutStarted
    | CutProgressed
    | FilmChecked
    | FilmDone,
    Field(discriminator="event"),
]
"""Any event of a run, told apart by its field ``event``."""

EVENTS: TypeAdapter[FilmEvent] = TypeAdapter(FilmEvent)
"""Reads a line of a stream: ``EVENTS.validate_json(line)``."""


def event_schema() -> dict[str, Any]:
    """The JSON Schema of a line of the stream."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Events of a film being made, version {SCHEMA_VERSION}",
        **EVENTS.json_schema(mode="serialization"),
    }
