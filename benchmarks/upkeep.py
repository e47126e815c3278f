"""Upkeep of 100,000 blobs: fsck that reads all, fsck that compares lengths, the two steps of a collection.

Each is measured as a process of its own, so that its peak memory is its own. The blobs are small, as looking after many
is a matter of their number; a third is used by the library, a third was used lately, and a third is garbage. Beside
reading and hashing all of them stands the bare loop that does only that.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, insert, update

from benchmarks.figure import Figure
from film.db.base import now
from film.db.migrate import prepare
from film.db.session import make_engine
from film.db.tables import Action, AssetRow, Blob

BLOBS = 100_000

_MEASURED = """
import hashlib, json, os, resource, sys, time
from datetime import timedelta
from pathlib import Path
from film.cache import AssetCache
from film.db.session import make_engine
gallery, work = Path(sys.argv[1]), sys.argv[2]
began = time.perf_counter()
if work == "bare":
    count = 0
    for folder, _, names in os.walk(gallery / "blobs"):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                count += hashlib.file_digest(file, "sha256").hexdigest() == name
else:
    cache = AssetCache(gallery, engine=make_engine(f"sqlite:///{gallery / 'film.db'}"))
    if work == "read":
        count = cache.verify().checked
    elif work == "quick":
        count = cache.verify(read_all=False).checked
    elif work == "dry run":
        count = cache.collect(dry_run=True).doubtful
    else:
        report = cache.collect()
        count = report.doubtful + report.removed
took = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"seconds": took, "mib": peak / 1024, "count": count}))
"""


def figures() -> list[Figure]:
    garbage = BLOBS - 2 * (BLOBS // 3)
    with tempfile.TemporaryDirectory() as folder:
        gallery = Path(folder)
        engine = make_engine(f"sqlite:///{gallery / 'film.db'}")
        prepare(engine)
        _fill(gallery, engine)
        bare, _ = _measure(gallery, "bare", BLOBS)
        read, read_memory = _measure(gallery, "read", BLOBS)
        quick, _ = _measure(gallery, "quick", BLOBS)
        listing, _ = _measure(gallery, "dry run", garbage)
        mark, mark_memory = _measure(gallery, "mark", garbage)
        with engine.begin() as db:
            long_ago = now() - timedelta(days=2)
            db.execute(update(Blob).where(Blob.quarantined_at.is_not(None)).values(quarantined_at=long_ago))
        remove, remove_memory = _measure(gallery, "remove", garbage)
        engine.dispose()
    return [
        Figure(f"fsck of {BLOBS:,} blobs, every byte read", read, "s"),
        Figure("its peak memory", read_memory, "MiB", "<= 200"),
        Figure("beside the bare loop that reads and hashes", read / bare, "times", "<= 3"),
        Figure("fsck that compares lengths", quick, "s"),
        Figure("gc --dry-run", listing, "s"),
        Figure(f"gc, first step: {garbage:,} marked", mark, "s"),
        Figure("its peak memory", mark_memory, "MiB", "<= 250"),
        Figure(f"gc, second step: {garbage:,} removed", remove, "s"),
        Figure("its peak memory", remove_memory, "MiB", "<= 250"),
    ]


def _measure(gallery: Path, work: str, expected: int) -> tuple[float, float]:
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(gallery), work], capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    assert told["count"] == expected, f"{work}: {told['count']} of {expected}"
    return told["seconds"], told["mib"]


def _fill(gallery: Path, engine: Engine) -> None:
    """Rows and files written at once, without a commit and a sync for each."""
    long_ago, lately = now() - timedelta(days=90), now() - timedelta(days=3)
    for start in range(0, BLOBS, 10_000):
        blobs: list[dict[str, object]] = []
        actions: list[dict[str, object]] = []
        assets: list[dict[str, object]] = []
        for number in range(start, start + 10_000):
            data = f"blob {number}".encode()
            sha256 = hashlib.sha256(data).hexdigest()
            folder = gallery / "blobs" / "sha256" / sha256[:2] / sha256[2:4]
            folder.mkdir(parents=True, exist_ok=True)
            (folder / sha256).write_bytes(data)
            used = lately if number % 3 == 1 else long_ago
            blobs.append({"sha256": sha256, "size": len(data), "mime": "image/png", "created_at": used})
            actions.append(
                {"key": sha256, "kind": "image", "provider": "p", "state": "ready", "blob_sha256": sha256,
                 "details": {}, "created_at": used, "last_used_at": used}
            )  # fmt: skip
            if number % 3 == 2:
                assets.append(
                    {"asset_id": sha256, "key": sha256, "asset_type": "image", "provider": "p", "sha256": sha256}
                )
        with engine.begin() as db:
            db.execute(insert(Blob), blobs)
            db.execute(insert(Action), actions)
            db.execute(insert(AssetRow), assets)
