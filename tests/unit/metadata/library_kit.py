"""Assets to fill a library with."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from film.models import Asset, AssetType


def asset(number: int = 1, **fields: Any) -> Asset:
    values: dict[str, Any] = {
        "asset_id": f"asset_{number:05d}",
        "key": f"{number:064x}",
        "asset_type": AssetType.IMAGE,
        "provider": "fal",
        "model": "flux",
        "prompt": f"Emma opens the attic door, take {number}, dust in the light of a low sun",
        "shot_type": "close-up",
        "characters": ("Emma",),
        "landscapes": ("attic", "interior"),
        "styles": ("cinematic", "victorian"),
        "mood": "nostalgic",
        "time_of_day": "afternoon",
        "film_id": "first_film",
        "sha256": f"{number + 7:064x}",
        "size": 1000,
        "mime": "image/png",
        "cost_usd": Decimal("0.003"),
        "created_at": "2026-11-01T10:00:00+00:00",
        "details": {"width": 1280},
    }
    return Asset(**(values | fields))


def numbers(assets: Any) -> list[int]:
    return [int(a.asset_id.removeprefix("asset_")) for a in assets]
