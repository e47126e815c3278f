"""Rows of a plan, as the tests of what comes after planning need them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from film.models import AssetRequest, Quote, Shot
from film.planning.plan import PlannedAsset, State
from film.planning.requests import PlannedRequest
from film.providers.base import BaseProvider
from film.testing.doubles import FakeVideoProvider


class Quick(FakeVideoProvider):
    usual_seconds = 20.0


def planned(name: str, provider: BaseProvider, config: Any = None, state: State = "new") -> PlannedAsset:
    request = AssetRequest(asset_type=provider.asset_type, provider=provider.name, model="m", params={})
    ask = PlannedRequest(Shot(shot_id=name, enhanced_prompt=name), request, provider, config)
    return PlannedAsset(ask, state, "", Quote(amount=Decimal(0)))
