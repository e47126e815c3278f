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
from film.production.events import SCHEMA_VERSION

Step = AssetType
"""What is made of a shot: its picture, clip or line."""


class RunEvent(Model):
    """What all events say."""

    model_config = ConfigDict(extra="ignore", use_attribute_docstrings=True)

    at: float
    """Seconds since the run began."""


class FilmStarted(RunEvent):
    """The plan is agreed to, and work begins."""

    event: Literal["film_started"]
    schema_version: int
    """Of these events."""
    film_id: str
    tier: str
    """The set of providers."""
    shots: int
    """Of the whole film."""
    shots_to_make: int
    """Shots of which something is missing."""
    to_make: int
    """Pictures, clips and lines that are missing."""
    at_most: Decimal
    """What making it may cost now."""


class Warned(RunEvent):
    """Something that people should know."""

    event: Literal["warning"]
    message: str


class StepStarted(RunEvent):
    """Somebody works on a picture, clip or line."""

    event: Literal["step_started"]
    shot_id: str
    step: Step


class StepProgressed(RunEvent):
    """How far a step is, where its provider says."""

    event: Literal["step_progress"]
    shot_id: str
    step: Step
    done: Annotated[float, Field(ge=0, le=1)]


class JobChanged(RunEvent):
    """What became of an order."""

    event: Literal["job"]
    shot_id: str
    step: Step
    kind: Literal[
        "submitted",
        "waiting",
        "resumed",
        "adopted",
        "absent",
        "fetched",
        "done",
        "failed",
        "lost",
        "review",
        "rebought",
        "over_quote",
    ]
    """What happened to the order."""
    provider: str
    job_id: str
    """Empty before there is one."""
    message: str
    """The vendor's words, or why; may be empty."""


class StepDone(RunEvent):
    """An asset is there."""

    event: Literal["step_done"]
    shot_id: str
    step: Step
    reused: bool
    asset_id: str
    cost: Decimal
    """What this run paid for it."""
    provider: str


class ShotDone(RunEvent):
    """All of a shot is there."""

    event: Literal["shot_done"]
    shot_id: str
    reused: bool
    """Whether nothing of it was made."""


class ShotFailed(RunEvent):
    """Something of a shot could not be made; the film goes on, with a slate in its place."""

    event: Literal["shot_failed"]
    shot_id: str
    step: Step | Literal["budget"]
    """What could not be made; ``budget`` where no money could be set aside for it."""
    error: str
    hint: str
    charged: bool | None
    """Whether it was paid for; null where nobody can tell."""


class CutStarted(RunEvent):
    """The shots are put together."""

    event: Literal["cut_started"]
    frames: int
    """Of the whole film."""


class CutProgressed(RunEvent):
    """How far the cut is."""

    event: Literal["cut_progress"]
    piece: str
    """What is encoded or mixed now: a shot, ``mix``."""
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

    event: Literal["film_checked"]
    path: Path
    """Of the film."""
    summary: str
    """What the inspection came to, in one line."""


class FilmDone(RunEvent):
    """The film is there, maybe with slates."""

    event: Literal["film_done"]
    path: Path
    """Of the film."""
    seconds: float
    """How long it is."""
    made: int
    """Shots."""
    reused: int
    """Shots."""
    failed: int
    """Shots, which slates stand for."""
    cost: Decimal
    """What was booked for the film while it ran."""
    for_nothing: Decimal
    """That of it which brought nothing."""
    saved: Decimal
    """What the reused assets had cost when they were made."""
    set_aside: Decimal
    """For orders under way."""
    under_review: Decimal
    """For orders of which nobody can tell whether they were made."""
    disputed: Decimal
    """What vendors claim beyond what is booked."""
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
