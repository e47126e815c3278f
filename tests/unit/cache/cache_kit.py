"""Keys by name, and what a failing disk does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from film.cache import AssetCache, Bucket, CachedAsset
from film.db.migrate import prepare
from film.db.session import make_engine

Put = Callable[..., CachedAsset]


def key(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def overwrite(path: Path, data: bytes) -> None:
    """What a failing disk or a helpful person does."""
    path.chmod(0o600)
    path.write_bytes(data)


class House:
    """Machines with a gallery each, over one bucket."""

    def __init__(self, folder: Path, bucket: Bucket) -> None:
        self.folder, self.bucket = folder, bucket

    @contextmanager
    def machine(self, name: str, engine: Engine, *, alone: bool = False) -> Iterator[AssetCache]:
        bucket = None if alone else self.bucket
        with AssetCache(self.folder / name, engine=engine, bucket=bucket) as cache:
            yield cache

    def database(self, name: str) -> Engine:
        engine = make_engine(f"sqlite:///{self.folder / name}.db")
        prepare(engine)
        return engine
