"""What the cut shows for a shot that could not be finished: its still, else a drawn panel, else a card; marked.

A film with a gap is a film that can be watched and judged; the gap is made good by the next run.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from dataclasses import replace

from PIL import Image

from film.cache import AssetCache, CachedAsset
from film.errors import ProviderError
from film.hashing import content_key
from film.models import AssetType
from film.planning.params import FilmParams, ProviderChoice
from film.planning.requests import RequestBuilder
from film.planning.results import CompletedShot
from film.production.asset_resolver import AssetResolver
from film.providers.registry import TIERS

_DRAFT = next(tier for tier in TIERS.values() if tier.is_draft)
DRAFT = ProviderChoice(provider=_DRAFT.image)


async def add_stand_ins(
    resolver: AssetResolver, builder: RequestBuilder, shots: Sequence[CompletedShot]
) -> list[CompletedShot]:
    """The shots, each of those without a clip with a still in its place."""
    drawing = RequestBuilder(
        builder.params.model_copy(update={"choices": dict.fromkeys(AssetType, DRAFT)}), builder.providers
    )
    return [shot if shot.video or shot.shot.title else await _with_stand_in(resolver, drawing, shot) for shot in shots]


async def _with_stand_in(resolver: AssetResolver, drawing: RequestBuilder, done: CompletedShot) -> CompletedShot:
    if done.image:
        return replace(done, stand_in=done.image)
    plain = done.shot.model_copy(update={"image_provider": None, "image_model": None})
    try:
        panel = (await resolver.obtain(drawing.image(plain))).asset
    except ProviderError:
        panel = await asyncio.to_thread(_card, resolver.services.cache, drawing.params)
    return replace(done, stand_in=panel)


def _card(cache: AssetCache, params: FilmParams) -> CachedAsset:
    """A dark card: what is left to show when not even a panel can be drawn."""
    key = content_key("card/1", {"width": params.width, "height": params.height})
    if found := cache.use_many([key]).get(key):
        return found
    out = io.BytesIO()
    Image.new("RGB", (params.width, params.height), (18, 20, 24)).save(out, "PNG")
    return cache.put(key, kind="image", provider=_DRAFT.image, mime="image/png", data=out.getvalue())
