"""Rows made anew from the gallery's records, and the library's entries of what was bought."""

from __future__ import annotations

from film.models import Asset, AssetType
from film.pipeline.services import Services

_KINDS = {kind.value: kind for kind in AssetType}


def take_in(services: Services) -> int:
    """Take in the files that the database does not know; how many results have their rows again.

    What was paid for gets an entry in the library, too, since nothing in the library is ever collected. Its words come
    back with the first film that uses it.
    """
    report = services.cache.adopt()
    entries = [
        Asset(
            asset_id=f"{record.kind}_{record.key[:16]}_kept",
            key=record.key,
            asset_type=_KINDS[record.kind],
            provider=record.provider,
            sha256=record.sha256,
            size=record.size,
            mime=record.mime,
            cost_usd=record.price,
            details=dict(record.details),
            created_at=record.at,
        )
        for record in report.adopted
        if record.kind in _KINDS and record.price
    ]
    if entries:
        services.index.index_assets(entries)
    return len(report.adopted)
