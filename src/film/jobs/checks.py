"""Is this the media that was paid for? Asked before anything is stored, of the bytes themselves.

Generated ──► film.media.check (decodes everything) ──► Generated with its true type and the facts found
                                                    └─► BadMedia: who sent what instead of what
"""

from __future__ import annotations

from typing import Any

from film.errors import BadMedia
from film.media import Probe, check, describe, head_of, sniff
from film.media.filetypes import wanted
from film.models import AssetType, Generated


def check_media(made: Generated, asset_type: AssetType, provider: str) -> Generated:
    """``made`` with its true type and what decoding told of it; raises BadMedia saying what came instead."""
    media = made.path or made.data or b""
    try:
        found = check(media, asset_type, name="it")
    except BadMedia as error:
        head = head_of(media)
        file_type = sniff(head)
        fits = file_type and asset_type in file_type.holds
        came = (
            f"a damaged {file_type.mime_as(asset_type)} ({error.message})"
            if file_type and fits
            else describe(head, quoted=True)
        )
        raise BadMedia(
            f"{provider} sent {came} instead of {wanted(asset_type)}",
            hint="it is fetched again by itself; if it stays so, tell the provider, with the job's id from film jobs",
            provider=provider,
            charged=None,
        ) from error
    return made.model_copy(update={"mime": found.mime, "details": {**_facts(found), **made.details}})


def _facts(found: Probe) -> dict[str, Any]:
    if found.kind is AssetType.AUDIO:
        return {"sample_rate": found.sample_rate, "channels": found.channels, "seconds": float(found.seconds)}
    size = {"width": found.width, "height": found.height}
    if found.kind is AssetType.IMAGE:
        return size
    return {**size, "frames": found.frames, "seconds": float(found.seconds), "frame_rate": str(found.rate)}
