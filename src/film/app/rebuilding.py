"""Rows made anew from the gallery's records, and the library's entries of what was bought."""

from __future__ import annotations

from film.models import Asset, AssetType
from film.planning.results import OWN, asset_id
from film.planning.services import Services

_KINDS = {kind.value: kind for kind in AssetType}


def take_in(services: Services) -> int:
    """Take in the files that the database does not know.

    What was paid for, and what people brought themselves, gets its entry in the library again, by the name it had,
    since nothing in the library is ever collected. Its words come back with the first film that uses it.

    Args:
        services: Of the gallery, with the database that its rows go into.

    Returns:
        How many results have their rows again.
    """
    report = services.cache.adopt()
    entries = [
        Asset(
            asset_id=asset_id(_KINDS[record.kind], record.key),
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
        if record.kind in _KINDS and (record.price or record.provider == OWN)
    ]
    lacking = [entry for entry in entries if services.index.get_asset(entry.asset_id) is None]
    if lacking:  # an entry that is there knows more than the record does
        services.index.index_assets(lacking)
    return len(report.adopted)
