"""A shot's asset as the library's index knows it: what it shows, who made it, for which film."""

from __future__ import annotations

from film.models import Asset, AssetType, Shot
from film.planning.results import ShotAsset


def library_asset(shot: Shot, made: ShotAsset, film_id: str, *, text: str | None = None) -> Asset:
    """The record to index; ``text`` is what a part of a long line says. Indexed for another film too, it is in both.

    What a shot named keeps its own words and tags: they say what it shows, and the shot may say something else.
    """
    if made.taken:
        return made.taken.model_copy(update={"film_id": film_id})
    spoken = made.asset_type is AssetType.AUDIO
    stored = made.asset
    return Asset(
        asset_id=made.asset_id,
        key=made.key,
        asset_type=made.asset_type,
        provider=made.request.provider,
        model=made.request.model,
        prompt=(text or shot.spoken or "") if spoken else shot.enhanced_prompt,
        negative_prompt="" if spoken else shot.negative_prompt,
        dialogue="" if spoken else shot.spoken or "",
        shot_type=shot.shot_type,
        characters=shot.characters,
        landscapes=shot.landscapes,
        styles=shot.styles,
        mood=shot.mood,
        time_of_day=shot.time_of_day,
        film_id=film_id,
        sha256=stored.sha256,
        size=stored.size,
        mime=stored.mime,
        cost_usd=stored.cost,
        details=stored.details,
    )
