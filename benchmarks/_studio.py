"""A vendor reduced to what a schedule sees of it: so many places, a line before them, a length for each job.

providers_of(studio) ─► pictures and clips that are asked for (or answer at once), and speech ─► Studio
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from benchmarks._script import MEAN, Script
from film.jobs import Clock
from film.models import AssetType, Generated, Shot
from film.planning.params import FilmParams, ProviderChoice
from film.planning.requests import ProviderSet
from film.providers.base import (
    BaseAudioProvider,
    BaseImageProvider,
    BaseProvider,
    BaseVideoProvider,
    JobProvider,
    JobStatus,
    Ticket,
)
from film.testing import synthetic

MEDIA = {
    AssetType.IMAGE: Generated(data=synthetic.picture(16, 16, 1), mime="image/png"),
    AssetType.VIDEO: Generated(data=synthetic.clip(0.1, 16, 16, 1), mime="video/mp4"),
    AssetType.AUDIO: Generated(data=synthetic.speech("la", 1), mime="audio/wav"),
}


@dataclass
class Studio:
    """What a vendor is to a schedule: ``places`` for each kind of job, a line before them, a length for each job."""

    film: Script
    places: int
    clock: Clock
    media: dict[AssetType, Generated] = field(default_factory=MEDIA.copy)
    most: int = 0
    """Jobs of a kind that were at work at once."""
    polls: int = 0
    _free: dict[AssetType, list[float]] = field(default_factory=dict[AssetType, list[float]])
    """When each place falls free."""

    def accept(self, kind: AssetType, shot: int) -> float:
        """Take an order; the moment in which it will be done."""
        free = self._free.setdefault(kind, [0.0] * self.places)
        ends = max(self.clock.monotonic(), heapq.heappop(free)) + self.film.lengths[shot][kind]
        heapq.heappush(free, ends)
        self.most = max(self.most, sum(end > self.clock.monotonic() for end in free))
        return ends


class _Rehearsed(BaseProvider):
    name = "rehearsed"
    default_model = "rehearsed-1"

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio

    def estimate_cost(self, config: Any) -> Decimal:
        return Decimal(0)

    async def make(self, shot: str) -> Generated:
        """Wait in line, and until it is made."""
        ends = self.studio.accept(self.asset_type, int(shot))
        await self.studio.clock.sleep(ends - self.studio.clock.monotonic())
        return self.studio.media[self.asset_type]


class _Polled(_Rehearsed, JobProvider):
    queues = True

    async def submit(self, config: Any, *, image_url: str | None = None) -> Ticket:
        ends = self.studio.accept(self.asset_type, int(config.prompt))
        return Ticket(job_id=config.prompt, details={"ends": ends})

    async def poll_status(self, job_id: Ticket | str) -> JobStatus:
        assert isinstance(job_id, Ticket)
        self.studio.polls += 1
        return JobStatus(state="done" if self.studio.clock.monotonic() >= job_id.details["ends"] else "running")

    async def fetch(self, ticket: Ticket, status: JobStatus) -> Generated:
        return self.studio.media[self.asset_type]


class Pictures(_Rehearsed, BaseImageProvider):
    async def generate(self, prompt: str, config: Any) -> Generated:
        return await self.make(prompt)


class Clips(_Rehearsed, BaseVideoProvider):
    async def generate(self, image_url: str, prompt: str, config: Any) -> Generated:
        return await self.make(prompt)


class Speech(_Rehearsed, BaseAudioProvider):
    async def generate(self, text: str, config: Any) -> Generated:
        return await self.make(text)


class PolledPictures(_Polled, Pictures):
    usual_seconds = MEAN[AssetType.IMAGE]
    poll_seconds = 1.0


class PolledClips(_Polled, Clips):
    usual_seconds = MEAN[AssetType.VIDEO]
    poll_seconds = 2.0


def providers_of(studio: Studio, polled: bool) -> ProviderSet:
    makers: dict[AssetType, type[_Rehearsed]] = {
        AssetType.IMAGE: PolledPictures if polled else Pictures,
        AssetType.VIDEO: PolledClips if polled else Clips,
        AssetType.AUDIO: Speech,
    }
    return ProviderSet(given={(kind, _Rehearsed.name): maker(studio) for kind, maker in makers.items()})


def params_of(film: Script, places: int) -> FilmParams:
    return FilmParams(
        film_id="rehearsal",
        shots=tuple(
            Shot(
                shot_id=f"shot_{n:04d}",
                enhanced_prompt=str(n),
                duration=Decimal(film.durations[n]),
                dialogue=str(n) if AssetType.AUDIO in lengths else None,
            )
            for n, lengths in enumerate(film.lengths)
        ),
        tier="budget",
        choices={kind: ProviderChoice(provider=_Rehearsed.name) for kind in AssetType},
        width=128,
        height=72,
        rate=Fraction(24),
        concurrency=places,
        budget_limit=Decimal(100),
    )
