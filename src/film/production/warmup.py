"""Starts what takes a while to start, before it is known whether it is needed: a film's first plan takes its time too.

A film that was made before is mostly there: what its next run needs starts when there is something to make.
"""

from __future__ import annotations

from contextlib import suppress

from film.errors import FilmError
from film.models import AssetType
from film.planning.params import FilmParams
from film.providers.registry import provider_class
from film.settings import Settings


def warm_up(params: FilmParams, settings: Settings) -> None:
    """Tell the providers of a film that was never made to get ready. What is wrong with them is for the plan to say."""
    if (settings.films / params.film_id).exists():
        return
    chosen = {(kind, params.choice(shot, kind).provider) for shot in params.shots for kind in AssetType}
    for kind, name in sorted(chosen):
        with suppress(FilmError):
            provider_class(kind, name).get_ready(len(params.shots))
