"""Hits, misses and money saved: counted in memory, written in batches.

A hit must not cost a write, or a cached film would be as slow as a commit is. What is counted is written when there is
much of it, at ``close`` and when the program ends; a killed process loses a few seconds of statistics and nothing else.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from decimal import Decimal
from typing import Any, TypedDict, cast

from sqlalchemy import Engine, Table, bindparam, func, select, update

from film.cache.entry import CachedAsset
from film.db.base import now
from film.db.session import snapshot
from film.db.sql import upsert
from film.db.tables import Action, Blob, CacheCount

MOST_KEPT = 5_000
LONGEST_KEPT = 10.0
"""Seconds."""

_ACTIONS = cast(Table, Action.__table__)
_COUNTS = cast(Table, CacheCount.__table__)

Source = tuple[str, str]
"""(kind, provider)."""


class ProviderStats(TypedDict):
    hits: int
    misses: int
    cost_saved_usd: Decimal
    assets: int


class CacheStats(TypedDict):
    """``hit_rate_percent`` is of all lookups since the gallery began; sizes are of what lies in it now."""

    hits: int
    misses: int
    hit_rate_percent: float
    total_cost_saved_usd: Decimal
    total_cost_usd: Decimal
    total_assets: int
    total_blobs: int
    total_size_bytes: int
    by_kind: dict[str, int]
    by_provider: dict[str, ProviderStats]


class HitCounts:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._mutex = threading.Lock()
        self._clear()

    @property
    def is_due(self) -> bool:
        """True once when enough has been counted to be worth a commit."""
        if self._is_asked or (len(self._uses) < MOST_KEPT and time.monotonic() - self._since < LONGEST_KEPT):
            return False
        self._is_asked = True
        return True

    def hit(self, asset: CachedAsset) -> None:
        source = asset.kind, asset.provider
        with self._mutex:
            self._hits[source] += 1
            self._saved[source] = self._saved.get(source, Decimal(0)) + asset.cost
            self._uses[asset.key] = self._uses.get(asset.key, 0) + 1

    def used(self, key: str) -> None:
        """Say that a result is in use without counting a lookup: it is not garbage."""
        with self._mutex:
            self._uses.setdefault(key, 0)

    def miss(self, kind: str, provider: str) -> None:
        with self._mutex:
            self._misses[kind, provider] += 1

    def flush(self) -> None:
        """Write what was counted. If that fails it is kept for the next time."""
        with self._mutex:
            hits, misses, saved, uses = self._hits, self._misses, self._saved, self._uses
            self._clear()
        if not (hits or misses or uses):
            return
        try:
            self._write(hits, misses, saved, uses)
        except BaseException:
            with self._mutex:
                self._hits.update(hits)
                self._misses.update(misses)
                for source, amount in saved.items():
                    self._saved[source] = self._saved.get(source, Decimal(0)) + amount
                for key, times in uses.items():
                    self._uses[key] = self._uses.get(key, 0) + times
            raise

    def _clear(self) -> None:
        self._hits: Counter[Source] = Counter()
        self._misses: Counter[Source] = Counter()
        self._saved: dict[Source, Decimal] = {}
        self._uses: dict[str, int] = {}
        self._since = time.monotonic()
        self._is_asked = False

    def _write(
        self, hits: Counter[Source], misses: Counter[Source], saved: dict[Source, Decimal], uses: dict[str, int]
    ) -> None:
        rows: list[dict[str, Any]] = [
            {
                "kind": kind,
                "provider": provider,
                "hits": hits[kind, provider],
                "misses": misses[kind, provider],
                "saved_micros": saved.get((kind, provider), Decimal(0)),
            }
            for kind, provider in sorted(hits.keys() | misses.keys())
        ]
        moment = now()
        touch = (
            update(_ACTIONS)
            .where(_ACTIONS.c.key == bindparam("the_key"))
            .values(hits=_ACTIONS.c.hits + bindparam("times"), last_used_at=moment)
        )
        used = [{"the_key": key, "times": times} for key, times in sorted(uses.items())]
        with self._engine.begin() as db:  # one order everywhere, so that two writers never wait for each other
            if used:
                db.execute(touch, used)
            if rows:
                insert = upsert(db, CacheCount)
                add = {name: _COUNTS.c[name] + insert.excluded[name] for name in ("hits", "misses", "saved_micros")}
                db.execute(insert.on_conflict_do_update(index_elements=["kind", "provider"], set_=add), rows)


def read_stats(engine: Engine) -> CacheStats:
    with snapshot(engine) as db:
        counted = db.execute(
            select(CacheCount.kind, CacheCount.provider, CacheCount.hits, CacheCount.misses, CacheCount.saved)
        ).all()
        kept = db.execute(
            select(Action.kind, Action.provider, func.count(), func.sum(Action.cost))
            .where(Action.state == "ready")
            .group_by(Action.kind, Action.provider)
        ).all()
        blobs, size = db.execute(select(func.count(), func.coalesce(func.sum(Blob.size), 0))).one()
    by_provider: dict[str, ProviderStats] = {}

    def of(provider: str) -> ProviderStats:
        return by_provider.setdefault(provider, {"hits": 0, "misses": 0, "cost_saved_usd": Decimal(0), "assets": 0})

    by_kind: Counter[str] = Counter()
    for row in counted:
        stats = of(row.provider)
        stats["hits"] += row.hits
        stats["misses"] += row.misses
        stats["cost_saved_usd"] += row.saved_micros
    cost = Decimal(0)
    for kind, provider, number, sum_ in kept:
        of(provider)["assets"] += number
        by_kind[kind] += number
        cost += sum_
    hits, misses = sum(s["hits"] for s in by_provider.values()), sum(s["misses"] for s in by_provider.values())
    return {
        "hits": hits,
        "misses": misses,
        "hit_rate_percent": round(100 * hits / (hits + misses), 1) if hits + misses else 0.0,
        "total_cost_saved_usd": sum((s["cost_saved_usd"] for s in by_provider.values()), Decimal(0)),
        "total_cost_usd": cost,
        "total_assets": sum(by_kind.values()),
        "total_blobs": blobs,
        "total_size_bytes": int(size),
        "by_kind": dict(sorted(by_kind.items())),
        "by_provider": dict(sorted(by_provider.items())),
    }
