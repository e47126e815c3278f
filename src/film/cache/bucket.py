"""A bucket of an S3-compatible service, or a folder in its place: objects named by the SHA-256 of their bytes.

    <url>/library                      whose bucket it is: see ``membership``
    <url>/sha256/ab/cd/<hex>           a blob
    <url>/records/<hex>/<key>          what a blob is the result of: see ``records``
    <url>/quarantine/<hex>             what did not hash to its name, put aside

Everything goes through obstore, whose calls block: they are made from the cache's threads. An answer is one of three:
it is there, it is not there, or a ``StoreError`` that says what to do. An unreachable bucket is never "not there", for
what is not there is bought again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from film.errors import ConfigurationError, StoreError

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ObjectStore

CHUNK = 1 << 20
AT_ONCE = 16
"""Requests under way at once where many objects are asked for."""
LIST_RATHER = 3_000
"""Objects from which on listing them all, a thousand an answer, is quicker than asking for each."""

_BLOB = re.compile(r"sha256/[0-9a-f]{2}/[0-9a-f]{2}/([0-9a-f]{64})")
_RECORD = re.compile(r"records/([0-9a-f]{64})/([0-9a-f]{64})")
_LENDER = "169.254.169.254"
"""Who lends credentials to machines in a cloud; asked where none are given, and answering nowhere else."""

_MD5 = re.compile(r"[0-9a-f]{32}")
_PATIENCE = {"max_retries": 5, "retry_timeout": timedelta(seconds=60)}


@dataclass(frozen=True, slots=True)
class Listed:
    """A blob as the bucket lists it."""

    sha256: str
    size: int
    modified: datetime


class Bucket:
    """``url`` is s3://bucket/prefix, gs://…, az://… or file:///folder; ``options`` are obstore's, credentials first.

    What ``options`` leave out is taken from the variables that the service's own tools read (AWS_ACCESS_KEY_ID …).
    """

    def __init__(self, url: str, options: Mapping[str, str] | None = None) -> None:
        if find_spec("obstore") is None:
            raise ConfigurationError(
                "FILM_STORE_URL is set, but the library that speaks to buckets is not installed",
                hint="install it with: pip install 'film-generation[s3]'",
            )
        self._address = url.rstrip("/")
        try:
            parts = urlsplit(self._address)
        except ValueError:
            raise ConfigurationError(
                "FILM_STORE_URL is no URL", hint="write s3://bucket/prefix, gs://bucket/prefix or file:///folder"
            ) from None  # the cause may quote it
        if parts.password is not None:
            raise ConfigurationError(
                "FILM_STORE_URL holds a password, which would be seen wherever the bucket is named",
                hint="take it out of the URL, and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
            )
        self.url = parts._replace(query="", fragment="").geturl()
        """As people are told it: what follows a ``?`` may be a token."""
        self._options = dict(options or {})
        self._tells_md5 = False

    # -- reading

    def sizes(self, hashes: Iterable[str]) -> dict[str, int]:
        """Of these blobs those that are there, and how many bytes each has."""
        wanted = set(hashes)
        if len(wanted) >= LIST_RATHER:
            return {found.sha256: found.size for found in self.blobs() if found.sha256 in wanted}
        if len(wanted) == 1:
            (one,) = wanted
            asked: Iterable[tuple[str, int | None]] = [(one, self.size(one))]
        else:
            with ThreadPoolExecutor(AT_ONCE, "film-bucket") as pool:
                asked = list(zip(wanted, pool.map(self.size, wanted), strict=True))
        return {sha256: size for sha256, size in asked if size is not None}

    def size(self, sha256: str) -> int | None:
        import obstore

        try:
            with self._told("looked into"):
                return obstore.head(self._store, _name(sha256))["size"]
        except FileNotFoundError:
            return None

    def checksum(self, sha256: str) -> str | None:
        """The MD5 of a blob as the store itself has computed it; None where it says no such thing.

        Some stores tag objects with other numbers: what they said of a note that we have read tells.
        """
        import obstore

        if not self._tells_md5:
            return None
        try:
            with self._told("looked into"):
                tag = (obstore.head(self._store, _name(sha256)).get("e_tag") or "").strip('"')
        except FileNotFoundError:
            return None
        return tag.lower() if _MD5.fullmatch(tag.lower()) else None

    def is_whole(self, sha256: str, size: int, *, like: Path | None = None) -> bool:
        """Whether a blob there is what its name says: by the store's own checksum beside a whole file, or by reading.

        ``like`` is a file here with the hash of that name, if there is one.
        """
        if self.size(sha256) != size:
            return False
        if like is not None and (told := self.checksum(sha256)) is not None:
            with like.open("rb") as file:
                if hashlib.file_digest(file, partial(hashlib.md5, usedforsecurity=False)).hexdigest() == told:
                    return True
        digest = hashlib.sha256()
        try:
            for piece in self.read(sha256):
                digest.update(piece)
        except FileNotFoundError:
            return False
        return digest.hexdigest() == sha256

    def read(self, sha256: str, start: int = 0) -> Iterator[bytes]:
        """A blob's bytes from ``start`` on, in pieces; FileNotFoundError when there is none."""
        import obstore

        with self._told("read"):
            got = obstore.get(self._store, _name(sha256), options={"range": {"offset": start}} if start else {})
            yield from map(bytes, got.stream(min_chunk_size=CHUNK))

    def blobs(self) -> Iterator[Listed]:
        """Every blob there is, listed a thousand at a time."""
        for found in self._listed("sha256"):
            if match := _BLOB.fullmatch(found["path"]):
                yield Listed(match[1], found["size"], found["last_modified"])

    def records(self) -> Iterator[tuple[str, str]]:
        """The name of every record there is: its blob's hash, and its key."""
        for found in self._listed("records"):
            if match := _RECORD.fullmatch(found["path"]):
                yield match[1], match[2]

    def _listed(self, prefix: str) -> Iterator[ObjectMeta]:
        import obstore

        with self._told("listed"), _expected():
            pages: Iterable[Sequence[ObjectMeta]] = obstore.list(self._store, prefix=prefix, chunk_size=1000)  # pyright: ignore[reportUnknownMemberType]  # one of its overloads names Arrow
            for some in pages:
                yield from some

    def note(self, name: str) -> str | None:
        """A small text beside the blobs."""
        import obstore

        try:
            with self._told("read"):
                got = obstore.get(self._store, name)
                data = bytes(got.bytes())
                tag = (got.meta.get("e_tag") or "").strip('"').lower()
                self._tells_md5 = tag == hashlib.md5(data, usedforsecurity=False).hexdigest()
                return data.decode("utf-8", "replace")
        except FileNotFoundError:
            return None

    def signed_url(self, sha256: str, lifetime: timedelta) -> str | None:
        """An address at which anybody may fetch this one blob for a while; None where the store has no such thing."""
        import obstore
        from obstore.store import AzureStore, GCSStore, S3Store

        store = self._store
        if not isinstance(store, S3Store | GCSStore | AzureStore):
            return None
        with self._told("signed for"):
            return obstore.sign(store, "GET", _name(sha256), lifetime)

    # -- writing

    def put(self, file: Path, sha256: str, size: int, *, anyway: bool = False) -> bool:
        """Store a blob unless it is there at its length; False when it was. Streamed, in parts if it is large.

        An object of another length, or any with ``anyway``, is replaced: equal names are equal bytes, so nothing can
        be lost.
        """
        import obstore

        if not anyway and self.size(sha256) == size:
            return False
        with self._told("written to"), _expected():
            obstore.put(self._store, _name(sha256), file)
        found = self.size(sha256)
        if found != size:
            raise StoreError(
                f"{self.url} took {size} bytes and has {found}: {sha256[:16]}",
                hint="run again; if it stays so, ask the bucket's provider",
            )
        return True

    def write_note(self, name: str, text: str) -> None:
        import obstore

        with self._told("written to"), _expected():
            obstore.put(self._store, name, text.encode())

    def condemn(self, sha256: str) -> None:
        """Put an object that is not its name aside."""
        import obstore

        try:
            with self._told("written to"):
                obstore.rename(self._store, _name(sha256), f"quarantine/{sha256}", overwrite=True)
        except FileNotFoundError:
            return

    def remove(self, hashes: Sequence[str]) -> None:
        """Remove blobs; those that are not there are none to remove."""
        import obstore

        for at in range(0, len(hashes), 1000):
            names = [_name(sha256) for sha256 in hashes[at : at + 1000]]
            try:
                with self._told("written to"):
                    obstore.delete(self._store, names)
            except FileNotFoundError:  # a folder minds, a bucket does not; which of them it was it does not say
                for name in names:
                    self._remove_one(name)

    def _remove_one(self, name: str) -> None:
        import obstore

        try:
            with self._told("written to"):
                obstore.delete(self._store, name)
        except FileNotFoundError:
            return

    # -- inside

    @cached_property
    def _store(self) -> ObjectStore:
        from obstore import exceptions
        from obstore.store import from_url

        try:
            if self._address.startswith("file:"):
                return from_url(self._address, mkdir=True)
            told: dict[str, Any] = {"config": self._options, "retry_config": _PATIENCE}
            if self._options.get("aws_endpoint", "").startswith("http:"):
                told["client_options"] = {"allow_http": True}
            return from_url(self._address, **told)
        except (exceptions.BaseError, ValueError) as error:
            raise ConfigurationError(
                f"FILM_STORE_URL cannot be used: {_first_line(error).replace(self._address, self.url)}",
                hint="write s3://bucket/prefix, gs://bucket/prefix or file:///folder",
            ) from None  # the cause may quote a credential

    @contextmanager
    def _told(self, done: str) -> Generator[None]:
        """Turn what obstore raises into what a user can act on; "not there" stays FileNotFoundError."""
        from obstore import exceptions

        try:
            yield
        except FileNotFoundError as error:
            raise FileNotFoundError(_first_line(error)) from None
        except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError, PermissionError) as error:
            raise StoreError(
                f"{self.url} may not be {done} with these credentials: {_first_line(error)}",
                hint="check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the bucket's policy",
            ) from None
        except (exceptions.BaseError, OSError) as error:
            if _LENDER in str(error):
                raise StoreError(
                    f"{self.url} could not be {done}: no credentials were given for it",
                    hint="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the environment or in .env",
                ) from None
            raise StoreError(
                f"{self.url} could not be {done}: {_first_line(error)}",
                hint="check the network, FILM_STORE_URL and AWS_ENDPOINT_URL; nothing is bought until it answers",
            ) from None


@contextmanager
def _expected() -> Generator[None]:
    """Where "not there" is no answer: the bucket itself is not there."""
    try:
        yield
    except FileNotFoundError as error:
        raise OSError(f"there is no such bucket or folder ({_first_line(error)})") from None


def _name(sha256: str) -> str:
    return f"sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _first_line(error: BaseException) -> str:
    """obstore goes on with its own innards, over many lines."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
