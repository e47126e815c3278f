"""A film in a bucket: the same files as in a folder, under a name that ends in the film's hash.

An object of a bucket appears whole or not at all, so what is there at its length is there. ``SHA256SUMS`` goes last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from film.environment.env_trust import shown_url
from film.errors import ConfigurationError, InputError, PublishError
from film.publish.bundle import METADATA, SUMS, BundleFile, bundle
from film.publish.journal import Memo, Publication
from film.publish.package import Package
from film.publish.targets import Opening, Outgoing, Part, Place, Progress, Publisher

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_PATIENCE = {"max_retries": 5, "retry_timeout": timedelta(seconds=60)}


class S3Publisher(Publisher):
    def __init__(self, opening: Opening) -> None:
        self._url = opening.at.rstrip("/")
        self._options = {name: secret.get_secret_value() for name, secret in opening.settings.store_options.items()}
        if not self._url.startswith("s3://") or len(self._url) <= len("s3://"):
            raise InputError(f"{shown_url(self._url)} is no bucket", hint="write --at s3://bucket/prefix", field="at")

    def place(self) -> Place:
        return Place(shown_url(self._url), shown_url(self._url))

    def preview(self, package: Package, known: Publication | None) -> Sequence[Outgoing]:
        files = bundle(package, known.marker if known else "")
        there: dict[str, str] = known.memo.get("objects", {}) if known else {}
        return [
            Outgoing(f"PUT {self.place().id}/{_name(package, one)}", {"bytes": one.size, "sha256": one.sha256})
            for one in files
            if there.get(one.name) != one.sha256
        ]

    def send(self, package: Package, memo: Memo, progress: Progress) -> None:
        self._put(package, memo, progress)
        memo.note(said_hash=package.metadata.hash)
        folder = _name(package, bundle(package, memo.marker)[0]).rpartition("/")[0]
        memo.is_out(folder, f"{self.place().id}/{folder}")

    def revise(self, package: Package, memo: Memo) -> None:
        self._put(package, memo, lambda done, total: None)

    def parts(self, package: Package) -> Sequence[Part]:
        digest = hashlib.sha256(str([(f.name, f.sha256) for f in bundle(package, "")]).encode()).hexdigest()
        return [Part("objects", digest, lambda memo: self._put(package, memo, lambda done, total: None))]

    def settle(self, package: Package, memo: Memo) -> str:
        return f"{len(bundle(package, memo.marker))} objects, with {SUMS} and {METADATA}"

    # -- inside

    def _put(self, package: Package, memo: Memo, progress: Progress) -> None:
        """Every object that is not there as it is here. A film's own name holds its hash; small ones are put anew."""
        import obstore
        from obstore import exceptions

        there: dict[str, str] = dict(memo["objects"] or {})
        try:
            for one in bundle(package, memo.marker):
                if there.get(one.name) == one.sha256 and self._size(_name(package, one)) == one.size:
                    continue
                if one.path is not None and self._size(_name(package, one)) == one.size:
                    pass  # an earlier run's, whose note did not get onto the disk
                elif one.path is not None:
                    with package.opened() as file:
                        obstore.put(self._store, _name(package, one), file)
                        package.check(file)
                    progress(one.size, one.size)
                else:
                    assert one.data is not None
                    obstore.put(self._store, _name(package, one), one.data)
                there[one.name] = one.sha256
                memo.note(objects=there)
        except (exceptions.BaseError, OSError) as error:
            first = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise PublishError(
                f"{self.place().id} was not written to: {first[:200]}",
                hint="check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL and the bucket's policy",
            ) from None  # the cause may quote a credential

    def _size(self, name: str) -> int | None:
        import obstore

        try:
            return int(obstore.head(self._store, name)["size"])
        except FileNotFoundError:
            return None

    @cached_property
    def _store(self) -> ObjectStore:
        if find_spec("obstore") is None:
            raise ConfigurationError(
                "the library that speaks to buckets is not installed",
                hint="install it with: pip install 'film-generation[s3]'",
            )
        from obstore.store import from_url

        told: dict[str, Any] = {"config": self._options, "retry_config": _PATIENCE}
        if self._options.get("aws_endpoint", "").startswith("http:"):
            told["client_options"] = {"allow_http": True}
        try:
            return from_url(self._url, **told)
        except Exception as error:
            raise InputError(
                f"{shown_url(self._url)} cannot be used as a bucket", hint="write --at s3://bucket/prefix", field="at"
            ) from error


def _name(package: Package, one: BundleFile) -> str:
    return f"{package.film.stem}-{package.sha256[:16]}/{one.name}"
