"""AssetCache: what the rest of the program knows of the cache. It counts what is asked for; the rest it hands on."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from io import BufferedReader
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine

from film.cache.actions import Claim
from film.cache.adopt import AdoptReport, adopt
from film.cache.blobs import BlobStore, Condition
from film.cache.bucket import Bucket
from film.cache.copies import Copies, Dropped, Pushed
from film.cache.counts import CacheStats, HitCounts, read_stats
from film.cache.entry import CachedAsset, NewResult
from film.cache.flight import LEASE, Flights
from film.cache.identity import Identity
from film.cache.keeping import decide
from film.cache.records import Record
from film.cache.results import ResultStore
from film.cache.segments import SegmentCache
from film.cache.shared import SharedBlobs
from film.cache.telling import tell_hit, tell_miss
from film.cache.upkeep import GRACE, CollectReport, StrayFile, UpkeepScope, VerifyReport
from film.db.base import now
from film.db.session import engine_for
from film.errors import ConfigurationError, IntegrityError, StoreError
from film.settings import Settings, load_settings

WORKERS = 4
"""Threads for database and disk: SQLite has one writer, so more would only wait."""

_log = logging.getLogger("film.cache")


class AssetCache:
    """The gallery's store of results. Without arguments it is the user's own gallery.

    Safe between threads, tasks and processes; each process opens its own. ``close`` writes the last statistics, and so
    does the end of the program. ``on_problem`` hears of every blob that is not what it should be.
    With a ``bucket`` blobs lie there, too: whoever has the same database and bucket has the same library.
    """

    def __init__(
        self,
        gallery: Path | None = None,
        *,
        engine: Engine | None = None,
        settings: Settings | None = None,
        lease: timedelta = LEASE,
        on_problem: Callable[[str], None] | None = None,
        bucket: Bucket | None = None,
    ) -> None:
        if gallery is None or engine is None:
            settings = settings or load_settings()
        self.gallery = (gallery or _of(settings).gallery).absolute()
        self._engine = engine or engine_for(_of(settings).database_url)
        self._bucket = bucket or bucket_of(settings)
        self._results = ResultStore(self.gallery, self._engine, on_problem, self._bucket)
        self._counts = HitCounts(self._engine)
        self._flights = Flights(self._results, self._executor, lease)
        self._lease = lease
        self._mutex = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._last_words = weakref.finalize(self, _flush_quietly, self._counts)

    @property
    def problems(self) -> list[str]:
        """The last faults that were found, for a run to show at its end."""
        return list(self._results.problems)

    # -- asking

    def get(self, key: str, *, kind: str = "", provider: str = "") -> CachedAsset | None:
        """The result of ``key``, counted as a hit or a miss; ``kind`` and ``provider`` say whose miss it is."""
        asset = self._results.find(key)
        if asset is None:
            self._count_miss(key, kind, provider)
        else:
            self._count_hit(asset)
        return asset

    def get_many(self, keys: Iterable[str], *, kind: str = "", provider: str = "") -> dict[str, CachedAsset]:
        """The results there are, by key, each key counted once."""
        wanted = dict.fromkeys(keys)
        found = self._results.find_many(wanted)
        for key in wanted:
            if key in found:
                self._count_hit(found[key])
            else:
                self._count_miss(key, kind, provider)
        return found

    def peek_many(self, keys: Iterable[str]) -> dict[str, CachedAsset]:
        """The results there are, by key, for a plan: nothing is counted, marked as used or healed."""
        return self._results.peek_many(dict.fromkeys(keys))

    def on_record(self, keys: Iterable[str]) -> dict[str, CachedAsset]:
        """What the database says of these keys, whatever their files are like; set aside or not."""
        keys = list(keys)
        aside = {asset.key: asset for asset in self._results.actions.find_aside(keys)}
        return aside | {asset.key: asset for asset in self._results.actions.find_many(keys)}

    def count_hits(self, found: Iterable[tuple[str, CachedAsset]]) -> None:
        """Count what ``peek_many`` has found and somebody now uses: (shot, result), a hit each."""
        for shot_id, asset in found:
            self._count_hit(asset, shot_id)

    def use_many(self, keys: Iterable[str]) -> dict[str, CachedAsset]:
        """The results there are and whole, every byte checked, kept alive but not counted as hits."""
        found = self._results.find_many(dict.fromkeys(keys), whole=True)
        for key in found:
            self._counts.used(key)
        return found

    async def obtain(
        self,
        key: str,
        *,
        kind: str,
        provider: str,
        make: Callable[[], Awaitable[NewResult | None]],
        use_cache: bool = True,
    ) -> tuple[CachedAsset, bool]:
        """The result of ``key`` and whether it was there: whoever is first makes it, everybody else waits.

        Of all tasks, threads and processes that ask at the same time one calls ``make``; if it dies, its work is taken
        over. A hit has been read through once in this process. An error of ``make`` reaches all who wait in this
        process. ``make`` answers None when it learns that another has made and stored it: that is a hit. Without
        ``use_cache`` nothing is looked up and nobody waited for, and the result replaces
        what was there.
        """
        asset, is_hit = await self._flights.obtain(key, kind=kind, provider=provider, make=make, use_cache=use_cache)
        if is_hit:
            self._count_hit(asset)
        elif use_cache:
            self._count_miss(key, kind, provider)
        return asset, is_hit

    # -- keeping

    def temporary(self, suffix: str = "") -> Path:
        """A new file name in the store's filesystem, to write to before ``put``."""
        return self._results.blobs.temporary(suffix)

    def room(self) -> int:
        """Bytes that are left on the store's disk."""
        return self._results.blobs.room()

    def put(
        self,
        key: str,
        *,
        kind: str,
        provider: str,
        mime: str,
        data: bytes | None = None,
        path: Path | None = None,
        cost: Decimal = Decimal(0),
        details: Mapping[str, Any] | None = None,
    ) -> CachedAsset:
        """Keep a result, in place of any there was. A file at ``path`` is taken over: it is moved, not copied."""
        made = NewResult(mime, data, path, cost, details or {})
        return self._results.store(key, made, kind=kind, provider=provider, owner=None)

    def verified_path(self, asset: CachedAsset | str) -> Path:
        """Where a result (or the result of a key) lies, every byte checked once in this process.

        Raises IntegrityError when its bytes are not what was stored; they are then put aside, and the next run
        makes it again.
        """
        if isinstance(asset, str):
            found = self._results.actions.find(asset)
            if found is None:
                raise StoreError(f"nothing is stored for {asset[:16]}", hint="run again: it will be made")
            asset = found
        if not self._results.is_whole(asset):
            raise IntegrityError(
                f"{asset.kind} {asset.key[:16]} in the gallery is damaged or missing: {asset.path.name[:16]}",
                hint="run again: it was put aside and will be made again",
            )
        self._counts.used(asset.key)
        return asset.path

    def open(self, asset: CachedAsset | str) -> BufferedReader:
        """A verified result, opened for reading; no link is followed."""
        return self._results.blobs.open(self.verified_path(asset).name)

    def open_blob(self, sha256: str, size: int) -> BufferedReader:
        """A verified blob by its hash, whatever it is the result of; StoreError where it is not whole."""
        condition = self._results.blobs.check(sha256, size)
        if condition is not Condition.GOOD:
            raise StoreError(f"blob {sha256[:16]} is {condition.value}", hint="see what else is: film fsck")
        return self._results.blobs.open(sha256)

    def segments(self, kind: str = "segment") -> SegmentCache:
        """The store as the cut sees it."""
        return SegmentCache(self, kind)

    # -- claiming by hand

    def claim(self, key: str, *, owner: str, lease: timedelta | None = None, kind: str, provider: str) -> Claim:
        """Become the maker of ``key`` ("mine"), or learn that it is "ready" or being made ("wait")."""
        return self._results.actions.claim(key, owner=owner, lease=lease or self._lease, kind=kind, provider=provider)

    def renew(self, key: str, *, owner: str, lease: timedelta | None = None) -> bool:
        """Hold a claim for longer; False when it has been lost."""
        return self._results.actions.renew({key: owner}, lease or self._lease) == 1

    def publish(self, key: str, made: NewResult, *, owner: str, kind: str, provider: str) -> CachedAsset:
        """Store a claimed result. If another was published meanwhile, that one stays and is returned."""
        return self._results.store(key, made, kind=kind, provider=provider, owner=owner)

    def abandon(self, key: str, *, owner: str | None = None) -> bool:
        """Give a claim up for others to take."""
        return self._results.actions.release(key, owner)

    # -- upkeep

    def get_cache_stats(self) -> CacheStats:
        """Hits, misses, money saved and sizes, over the life of the gallery."""
        self._counts.flush()
        return read_stats(self._engine)

    def verify(self, *, read_all: bool = True, scope: UpkeepScope | None = None) -> VerifyReport:
        """Compare every row (or those of a scope) with its file and its bytes, or only its length; changes nothing."""
        return self._results.upkeep.verify(read_all=read_all, scope=scope)

    def adopt(self, *, dry_run: bool = False) -> AdoptReport:
        """Make rows anew, from the gallery's own records, for files that the database does not know."""
        results = self._results
        if not dry_run:
            results.identity.write()
        return adopt(self._engine, results.blobs, results.records, results.actions, results.locks, dry_run=dry_run)

    def repair(
        self, *, read_all: bool = True, scope: UpkeepScope | None = None, found: VerifyReport | None = None
    ) -> VerifyReport:
        """Verify, heal what can be healed, and put the rest aside: the next run makes it again. Returns what was found.

        What was set aside stays on record, and counts again once a whole copy is back. What cannot be read is only
        reported. ``found`` is what a verification just before has found.
        """
        return self._results.repair(read_all=read_all, scope=scope, found=found)

    def trouble(self) -> StoreError | None:
        """Why gallery and database are not one library, if they are not."""
        return self._results.identity.trouble()

    def take_over(self) -> None:
        """Take a database that is empty, or an older copy, for the library's own: ``adopt`` is about to fill it."""
        self._results.identity.take_over()
        if self._results.membership:
            self._results.membership.take_over()

    @property
    def identity(self) -> Identity:
        """Whose files these are: asked before anything is written, forgotten or deleted."""
        return self._results.identity

    def heal_from(self, folder: Path, hashes: Iterable[str]) -> list[str]:
        """Bring whole copies of these blobs from a backup or another gallery; the hashes of those that came."""
        self._results.identity.write()
        return self._results.upkeep.heal_from(BlobStore(folder, lambda: ""), hashes)

    def is_whole(self, sha256: str) -> bool:
        """Whether a blob on record can be read, and is what its name says."""
        return self._results.upkeep.is_whole(sha256)

    def lost(self) -> list[tuple[str, str, datetime]]:
        """What was set aside: hash, why, since when."""
        return self._results.upkeep.lost()

    def strays(self) -> list[StrayFile]:
        """Files without a row."""
        return self._results.upkeep.strays()

    def unlisted(self) -> list[str]:
        """Folders of the store that ``strays`` could not look into, and why."""
        return [
            f"the folder {name} cannot be read: {why}" for name, why in sorted(self._results.blobs.unlisted.items())
        ]

    def recorded(self, hashes: Iterable[str]) -> dict[str, Record]:
        """What the records of the gallery, and of the bucket, say of files without a row, by hash."""
        found = self._results.records.lacking(frozenset(), set(hashes))
        return {record.sha256: record for some in found.values() for record in reversed(some)}

    def promised_in_vain(self) -> int:
        """How many assets of the library have no file on record any more."""
        return self._results.upkeep.promised_in_vain()

    def collect(
        self,
        roots: Iterable[str] | None = None,
        *,
        grace: timedelta = GRACE,
        unused_for: timedelta = timedelta(days=30),
        size_cap: int | None = None,
        dry_run: bool = False,
    ) -> CollectReport:
        """Remove what nothing needs: not in ``roots`` (hashes of blobs), and not made or used within ``grace``.

        Without roots, everything that films and the library name and all that was used within ``unused_for`` stays;
        of the latter only as much, the last used first, as fits into ``size_cap`` bytes with the rest. A ``dry_run``
        changes nothing and lists what would go. StoreError where gallery, database and bucket are not one library.
        """
        self._results.identity.remove()
        if not dry_run:
            if self._results.membership:
                self._results.membership.before_removal()
            self._results.identity.write()
            self._counts.flush()
        moment = now()
        decision = decide(
            self._engine, named=roots, cutoff=moment - grace, used_since=moment - unused_for, size_cap=size_cap
        )
        return self._results.upkeep.collect(decision, grace=grace, dry_run=dry_run)

    # -- a bucket behind it

    def signed_url(self, asset: CachedAsset, lifetime: timedelta = timedelta(hours=1)) -> str | None:
        """An address from which a vendor can fetch a result for a while; None without a bucket that gives such."""
        return self._bucket.signed_url(asset.sha256, lifetime) if self._bucket else None

    def push(self, *, finish: bool = False) -> Pushed:
        """Give the bucket all that lies only here; with a new bucket, the library moves into it.

        A new bucket counts as being filled until nothing is missing in it, or ``finish`` says that the rest is gone.
        """
        copies = self._copies()
        self._results.identity.absent()
        copies.take()
        self._results.identity.write()
        return copies.push(finish=finish)

    def drop_copies(self, *, grace: timedelta = GRACE, size_cap: int = 0, dry_run: bool = False) -> Dropped:
        """Remove files here that lie in the bucket, the least recently used first, until the rest is ``size_cap``
        bytes or less. What was used within ``grace`` stays."""
        self._counts.flush()
        self._results.identity.remove()
        return self._copies().drop(now() - grace, size_cap, dry_run=dry_run)

    def _copies(self) -> Copies:
        if not isinstance(self._results.blobs, SharedBlobs) or self._results.membership is None:
            raise ConfigurationError(
                "there is no shared store: the files here are the only ones",
                hint="set FILM_STORE_URL to a bucket, like s3://films/library",
            )
        return Copies(self._engine, self._results.blobs, self._results.membership, self._results.records)

    def flush(self) -> None:
        """Write the statistics that are still in memory."""
        self._counts.flush()

    def close(self) -> None:
        """Write the last statistics and let go of threads and locks. A closed cache may be used again."""
        self._flights.close()
        with self._mutex:
            pool, self._pool = self._pool, None
        if pool:
            pool.shutdown()
        self._counts.flush()
        self._results.locks.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- inside

    def _count_hit(self, asset: CachedAsset, shot_id: str = "") -> None:
        self._counts.hit(asset)
        tell_hit(asset, shot_id)
        if self._counts.is_due:
            self._executor().submit(_flush_quietly, self._counts)

    def _count_miss(self, key: str, kind: str, provider: str) -> None:
        self._counts.miss(kind, provider)
        tell_miss(key, kind, provider)

    def _executor(self) -> ThreadPoolExecutor:
        with self._mutex:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="film-cache")
            return self._pool


def _of(settings: Settings | None) -> Settings:
    assert settings is not None
    return settings


def bucket_of(settings: Settings | None) -> Bucket | None:
    """The bucket behind the gallery, as settings name it."""
    if settings is None or not settings.store_url:
        return None
    options = {name: value.get_secret_value() for name, value in settings.store_options.items()}
    return Bucket(settings.store_url, options)


def _flush_quietly(counts: HitCounts) -> None:
    try:
        counts.flush()
    except Exception as error:  # noqa: BLE001  # statistics are not worth failing for
        _log.warning("the cache's statistics could not be written: %s", error)
