"""Providers that answer at once, seen as providers of jobs: their ``generate`` is the submission.

There is nothing to ask for later, so an answer that a crash swallowed is gone; the journal then knows that it may have
been paid for, which is all that can be known.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from film.errors import BadMedia, PollingNotSupported, ProviderError
from film.models import Generated
from film.providers.base import (
    BaseAudioProvider,
    BaseImageProvider,
    BaseProvider,
    BaseVideoProvider,
    JobProvider,
    JobStatus,
    Ticket,
    check_generated,
)


def as_job_provider(provider: BaseProvider) -> JobProvider:
    return provider if isinstance(provider, JobProvider) else _Direct(provider)


class _Direct(JobProvider):
    def __init__(self, provider: BaseProvider) -> None:
        super().__init__(provider.context)
        self._provider = provider

    def estimate_cost(self, config: Any) -> Decimal:
        return self._provider.estimate_cost(config)

    async def submit(self, config: Any, *, image_url: str | None = None) -> Ticket:
        match self._provider:
            case BaseImageProvider() as provider:
                made: object = await provider.generate(config.prompt, config)
            case BaseVideoProvider() as provider:
                made = await provider.generate(image_url or "", config.prompt, config)
            case BaseAudioProvider() as provider:
                made = await provider.generate(config.text, config)
            case provider:
                raise TypeError(f"{type(provider).__name__} is neither an image, a video nor an audio provider")
        try:
            return Ticket(job_id="", result=check_generated(made, self._provider.name))
        except BadMedia as error:
            error.charged = None  # it answered, so it may have been paid
            raise

    async def poll_status(self, job_id: Ticket | str) -> JobStatus:
        raise PollingNotSupported(self._provider.name)

    async def fetch(self, ticket: Ticket, status: JobStatus) -> Generated:
        raise ProviderError(f"{self._provider.name} keeps no results", provider=self._provider.name)
