"""A film in the making with doubles for vendors, for the steps and for the engine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from film.models import AssetType
from film.pipeline.events import Event, Listener
from film.pipeline.params import FilmParams, film_params
from film.pipeline.results import FilmResult
from film.pipeline.run import make_film
from film.pipeline.stop import Stop
from film.pipeline.zenml import make_film as make_with_zenml
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
    doubles: dict[tuple[AssetType, str], BaseProvider] | None = None

    @property
    def providers(self) -> dict[tuple[AssetType, str], Any]:
        return dict(
            self.doubles
            or {
                (AssetType.IMAGE, "fake"): FakeImageProvider(vendor=self.vendor),
                (AssetType.VIDEO, "fake"): FakeVideoProvider(vendor=self.vendor),
                (AssetType.AUDIO, "fake"): FakeAudioProvider(vendor=self.vendor),
            }
        )

    def params(self, shots: Sequence[dict[str, Any]], **options: Any) -> FilmParams:
        path = self.folder / "shots.json"
        path.write_text(json.dumps(shots))
        chosen = {f"{kind.value}_provider": "fake" for kind in AssetType}
        usual = {"film_id": "film", "size": "128x128", "budget_limit": Decimal(100)}
        return film_params(path, self.settings, **{**usual, **chosen, **options})

    def make(self, shots: Sequence[dict[str, Any]], **options: Any) -> FilmResult:
        """Under the local engine."""
        return asyncio.run(make_film(self.params(shots, **options), self.settings, providers=self.providers))

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
            make_with_zenml(
                self.params(shots, **options),
                self.settings,
                listeners=[self.events.append, *listeners],
                stop=stop,
                providers=self.providers,
                batch_size=batch_size,
                by_stages=by_stages,
            )
        )

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
