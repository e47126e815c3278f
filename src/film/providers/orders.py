"""What providers are asked for and what they answer: plain data, of the kinds of asset and of jobs.

Scene, Reference ─► ImageConfig, VideoConfig, AudioConfig ──(submit)──► Ticket ──(poll)──► JobStatus
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from film.models import Generated, Model
from film.providers.capabilities import Subject


class Scene(Model):
    """What a shot says of its content, beside the prompt. Providers that only read prompts ignore it."""

    shot_type: str = "medium"
    characters: tuple[str, ...] = ()
    landscapes: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    mood: str | None = None
    time_of_day: str | None = None


class Reference(Model):
    """A picture that a model is to go by: whom or what it shows, the file and its hash."""

    name: str
    subject: Subject
    path: Path
    sha256: str


class ImageConfig(Model):
    """A picture to make; ``width`` and ``height`` in pixels, ``model`` None for the provider's own default.

    ``references`` are as many as its model takes (``Capabilities.references``); ``unsent`` names whom and what it
    cannot go by.
    """

    prompt: str
    negative_prompt: str = ""
    width: int = 1280
    height: int = 720
    seed: int | None = None
    model: str | None = None
    scene: Scene = Scene()
    references: tuple[Reference, ...] = ()
    unsent: tuple[str, ...] = ()


class VideoConfig(Model):
    """A clip to make of a picture; ``duration`` in seconds is what the shot needs, a vendor may sell more."""

    prompt: str
    negative_prompt: str = ""
    duration: Decimal = Decimal(5)
    width: int = 1280
    height: int = 720
    frame_rate: str = "24"
    """Frames a second as a rational, ``24`` or ``24000/1001``: what providers that can choose should choose."""
    seed: int | None = None
    model: str | None = None
    camera: str | None = None
    continues: bool = False
    """Whether its picture is the last of the shot before, with which it has to begin exactly."""
    sound: bool | None = None
    """Whether the clip should come with sound of its own, where its model makes any: that has another price."""
    scene: Scene = Scene()


class AudioConfig(Model):
    """A line to speak; ``voice`` None lets the provider cast the character."""

    text: str
    voice: str | None = None
    character: str | None = None
    model: str | None = None


class Ticket(Model):
    """What a vendor answered to a submission: enough to ask for the job after a restart, JSON through and through.

    ``result`` is set by vendors that answer a submission with the media itself; it is never stored.
    """

    job_id: str
    urls: Mapping[str, str] = Field(default_factory=dict[str, str])
    details: Mapping[str, Any] = Field(default_factory=dict[str, Any])
    result: Generated | None = Field(default=None, exclude=True)


class JobStatus(Model):
    """Where a job stands. ``charged`` and ``billed`` are set once the vendor says, ``progress`` is 0..1 or None."""

    state: Literal["queued", "running", "done", "failed", "unclear"]
    """``unclear``: what came back is none of the vendor's documented answers, and so says nothing about the job."""
    progress: float | None = None
    outputs: tuple[str, ...] = ()
    """URLs of the results, once done."""
    error: str = ""
    refused: bool = False
    """Failed because the vendor's moderation said no: never sent again."""
    charged: bool | None = None
    billed: Decimal | None = None
    details: Mapping[str, Any] = Field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Listing:
    """What a vendor's list says of an order whose answer was lost."""

    found: tuple[Ticket, ...] = ()
    """Jobs that match the order, the most likely first."""
    complete: bool = False
    """The list was in the documented form, showed the account's jobs, and was read to its end or to before the order
    was sent: what is not in it was not there when it was asked. Only such a list can prove that no job came about."""
