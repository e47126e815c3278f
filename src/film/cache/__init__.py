"""The asset cache: every result of a request, kept by the request's key, made once and never silently twice.

    entry     CachedAsset, Made: what comes out and what goes in
    store     AssetCache: the face of it all
    blobs     files named by their SHA-256           actions   the rows: key → blob, and who makes what
    flight    one maker a key                        counts    hits, misses, money saved
    upkeep    verify, repair, collect garbage        keeping   what stays, and why
    adopt     rows made anew from those records
    segments  the store as the cut sees it           locks     which processes still live
    disk      listing, removing and syncing files    records   what each stored file is, beside the database
    telling   a log line for each hit and miss
    identity  whose files these are; token           asked before anything is written, forgotten or deleted

and, where several machines share one library, a bucket behind the gallery:

    bucket    objects by hash, over obstore          shared    the files, with a bucket behind them
    membership  whose bucket it is                   copies    push what lies only here, drop what lies there too

    obtain(key, make) ──► actions: key → blob? ──► blobs: is it there, and whole? ──► CachedAsset
                             └─ no: claim ─► make ─► blobs: file ─► actions: row

A row is written after its file and removed before it: a row without a file is a disk's fault, found and healed, or set
aside. Absence deletes nothing.
"""

from film.cache.bucket import Bucket
from film.cache.counts import CacheStats
from film.cache.entry import CachedAsset, NewResult
from film.cache.segments import SegmentCache
from film.cache.store import AssetCache
from film.cache.upkeep import CollectReport, Problem, UpkeepScope, VerifyReport

__all__ = [
    "AssetCache",
    "Bucket",
    "CacheStats",
    "CachedAsset",
    "CollectReport",
    "NewResult",
    "Problem",
    "SegmentCache",
    "UpkeepScope",
    "VerifyReport",
]
