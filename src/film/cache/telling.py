"""What the cache was asked for, a line an asset, to the logger ``film.cache`` at INFO:

    hit  image 3f9a0c51d27be884 of fal for shot_001, saved $0.003
    miss video 77ab1e09c4d2f310 of minimax for shot_001

It says what ``get_cache_stats`` counts, no more and no less. Whoever wants to read it configures ``logging`` as ever;
``film make --debug`` prints it.
"""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from film.cache.entry import CachedAsset
from film.errors import usd

log = logging.getLogger("film.cache")
_shot: ContextVar[str] = ContextVar("film_cache_shot", default="")


@contextmanager
def asking_for(shot_id: str) -> Generator[None]:
    """Within it, and in the tasks that begin in it, the cache is asked for this shot."""
    before = _shot.set(shot_id)
    try:
        yield
    finally:
        _shot.reset(before)


def tell_hit(asset: CachedAsset, shot_id: str = "") -> None:
    if log.isEnabledFor(logging.INFO):
        saved = f", saved {usd(asset.cost)}" if asset.cost else ""
        log.info("hit  %s%s%s", _about(asset.key, asset.kind, asset.provider), _whose(shot_id), saved)


def tell_miss(key: str, kind: str, provider: str) -> None:
    if log.isEnabledFor(logging.INFO):
        log.info("miss %s%s", _about(key, kind, provider), _whose(""))


def _about(key: str, kind: str, provider: str) -> str:
    return " ".join(filter(None, (kind, key[:16], f"of {provider}" if provider else "")))


def _whose(shot_id: str) -> str:
    name = shot_id or _shot.get()
    return f" for {name}" if name else ""
