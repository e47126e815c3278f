"""The room of the pipeline's tests, in which films are also made as runs of ZenML's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pipeline_room

from film.models import AssetType
from film.planning.results import FilmResult
from film.production.engines.zenml import make_film
from film.production.events import Listener
from film.production.stop import Stop
from film.providers.base import BaseProvider


@dataclass
class Room(pipeline_room.Room):
    """``doubles`` take the place of the usual ones."""

    doubles: dict[tuple[AssetType, str], BaseProvider] | None = None

    @property
    def providers(self) -> dict[tuple[AssetType, str], Any]:
        return dict(self.doubles or super().providers)

    def make_with_zenml(
        self,
        shots: Sequence[dict[str, Any]],
        *,
        listeners: Sequence[Listener] = (),
        stop: Stop | None = None,
        batch_size: int = 0,
        by_stages: bool = False,
        **options: Any,
    ) -> FilmResult:
        self.events.clear()
        return asyncio.run(
            make_film(
                self.params(shots, **options),
                self.settings,
                listeners=[self.events.append, *listeners],
                stop=stop,
                providers=self.providers,
                batch_size=batch_size,
                by_stages=by_stages,
            )
        )
