"""A film in the making with doubles for vendors: what the pipeline's tests share."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from film.app.films import make_film
from film.models import AssetType
from film.planning.params import FilmParams, film_params
from film.planning.plan import FilmPlan, plan_film
from film.planning.requests import ProviderSet
from film.planning.results import FilmResult
from film.planning.services import open_services
from film.production.events import Event
from film.production.stop import Stop
from film.providers.base import BaseProvider
from film.providers.registry import register
from film.settings import Settings
from film.testing.doubles import FakeAudioProvider, FakeImageProvider, FakeVendor, FakeVideoProvider

for fake in (FakeImageProvider, FakeVideoProvider, FakeAudioProvider):
    register(fake)


@dataclass
class Room:
    """Settings, one vendor for all three kinds, and everything that was told."""

    settings: Settings
    folder: Path
    vendor: FakeVendor = field(default_factory=FakeVendor)
    events: list[Event] = field(default_factory=list[Event])
    text_limit: int | None = None
    """Characters that the voice takes at once."""

    @property
    def providers(self) -> dict[tuple[AssetType, str], BaseProvider]:
        voice = FakeAudioProvider(vendor=self.vendor)
        voice.longest_text = self.text_limit
        return {
            (AssetType.IMAGE, "fake"): FakeImageProvider(vendor=self.vendor),
            (AssetType.VIDEO, "fake"): FakeVideoProvider(vendor=self.vendor),
            (AssetType.AUDIO, "fake"): voice,
        }

    def params(self, shots: Sequence[dict[str, Any]], **options: Any) -> FilmParams:
        path = self.folder / "shots.json"
        path.write_text(json.dumps(shots))
        chosen = {f"{kind.value}_provider": "fake" for kind in AssetType}
        return film_params(
            path,
            self.settings,
            **{"film_id": "film", "size": "128x128", "budget_limit": Decimal(100), **chosen, **options},
        )

    def make(self, shots: Sequence[dict[str, Any]], *, stop: Stop | None = None, **options: Any) -> FilmResult:
        self.events.clear()
        return asyncio.run(
            make_film(
                self.params(shots, **options),
                self.settings,
                listeners=[self.events.append],
                providers=self.providers,
                stop=stop,
            )
        )

    def plan(self, shots: Sequence[dict[str, Any]], **options: Any) -> FilmPlan:
        services = open_services(self.settings)
        return plan_film(self.params(shots, **options), services, ProviderSet(services.context, dict(self.providers)))

    def told(self, event: str) -> list[dict[str, object]]:
        return [e.facts for e in self.events if e.event == event]


def shot(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "shot_id": f"shot_{number:03d}",
        "shot_number": number,
        "enhanced_prompt": f"prompt {number}",
        "duration": 1,
        **fields,
    }
