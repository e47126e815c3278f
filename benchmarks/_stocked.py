"""A gallery that already holds every asset of a film, without making them: one blob a kind, a row a key."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from sqlalchemy import insert

from film.cache import CachedAsset
from film.db.tables import Action
from film.models import AssetType
from film.planning.params import FilmParams
from film.planning.requests import ProviderSet, RequestBuilder
from film.planning.services import Services, open_services
from film.settings import Settings

SECOND = Decimal(1)
"""How long every line is."""

FACTS = {
    AssetType.IMAGE: {"width": 960, "height": 540},
    AssetType.VIDEO: {"frames": 120, "frame_rate": "24", "seconds": "5", "width": 960, "height": 540},
    AssetType.AUDIO: {"samples": 48_000, "sample_rate": 48_000},
}


def stock(params: FilmParams, gallery: Path) -> Services:
    """Pretend that an earlier run made everything the film asks for."""
    services = open_services(Settings(gallery=gallery, database_url=f"sqlite:///{gallery / 'film.db'}"))
    blobs = {kind: _put(services, kind) for kind in AssetType}
    builder = RequestBuilder(params, ProviderSet(services.context))
    rows: dict[str, AssetType] = {}
    for shot in params.shots:
        audio = builder.audio(shot)
        asks = [builder.image(shot), *([audio] if audio else [])]
        picture = blobs[AssetType.IMAGE].sha256
        asks.append(builder.video(shot, picture, speech_seconds=None if audio is None else SECOND))
        rows |= {services.key(ask.request): ask.asset_type for ask in asks}
    with services.engine.begin() as db:
        db.execute(
            insert(Action),
            [
                {
                    "key": key,
                    "kind": kind.value,
                    "provider": "draft",
                    "state": "ready",
                    "blob_sha256": blobs[kind].sha256,
                    "details": FACTS[kind],
                }
                for key, kind in rows.items()
            ],
        )
    return services


def _put(services: Services, kind: AssetType) -> CachedAsset:
    data = f"a {kind.value} that nobody looks at".encode()
    return services.cache.put(f"{kind.value:0<64}", kind=kind.value, provider="draft", mime="x/y", data=data)
