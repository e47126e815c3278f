"""The asset cache: every result of a request, kept by the request's key, made once and never silently twice.

    entry     CachedAsset, Made: what comes out and what goes in
    store     AssetCache: the face of it all
    blobs     files named by their SHA-256           actions   the rows: key → blob, and who makes what
    flight    one maker a key                        counts    hits, misses, money saved
    upkeep    verify, repair, collect garbage        segments  the store as the cut sees it
    locks     which processes still live

    obtain(key, make) ──► actions: key → blob? ──► blobs: is it there, and whole? ──► CachedAsset
                             └─ no: claim ─► make ─► blobs: file ─► actions: row

A row is written after its file and removed before it: a row without a file is a disk's fault, found and healed.
"""

from film.cache.counts import CacheStats
from film.cache.entry import CachedAsset, Made
from film.cache.segments import SegmentCache
from film.cache.store import AssetCache
from film.cache.upkeep import CollectReport, Problem, VerifyReport

__all__ = [
    "AssetCache",
    "CacheStats",
    "CachedAsset",
    "CollectReport",
    "Made",
    "Problem",
    "SegmentCache",
    "VerifyReport",
]
