"""Fetching what was paid for: from public addresses only, capped and paced.

    URL ─ at most 3 redirects, each checked ─► temporary file ─► type told by its bytes ─► Download

No key goes along, to whatever host.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

import httpx

from film.errors import BadMedia, PaidLost, ProviderUnavailable, disk_error
from film.files.own_files import own_folder
from film.media import FileType
from film.models import AssetType
from film.providers.addresses import Place, check_outside, place_of, refused
from film.providers.http import OUTSIDE, TRANSPORT_FAILURES, check_length
from film.providers.media import recognise
from film.providers.retry_policy import RetryPolicy

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({401, 403, 404, 410})


@dataclass(frozen=True)
class Download:
    """A fetched result: a temporary file that the caller takes over, and its type."""

    path: Path
    kind: FileType


class _Again(Exception):
    """This attempt brought nothing of use; the next one may."""


class _Empty(_Again):
    """It brought no bytes at all."""


class ResultFetcher:
    """Downloads for one provider. ``own_host`` is where the user moved the account: results may lie there too."""

    def __init__(
        self,
        provider: str,
        http: httpx.AsyncClient,
        *,
        own_place: Place | None = None,
        patience: RetryPolicy,
        scratch: Path | None = None,
        describe: Callable[[BaseException], str] = str,
    ) -> None:
        self.provider, self.http, self.patience = provider, http, patience
        self._own_place, self._scratch, self._describe = own_place, scratch, describe

    async def fetch(self, url: str, wanted: AssetType) -> Download:
        """The result behind ``url``, as long as it was announced.

        Raises PaidLost when the vendor no longer has it there, BadMedia when it is not the media asked for,
        ProviderUnavailable when it cannot be had now, and StoreError when our own disk cannot take it.
        """
        deadline = time.monotonic() + self.patience.fetch_seconds
        empty = 0
        problem: ProviderUnavailable | BadMedia | None = None
        for attempt in range(self.patience.attempts):
            try:
                async with asyncio.timeout(max(0.01, deadline - time.monotonic())):
                    return await self._attempt(url, wanted)
            except _Empty:
                empty += 1
                problem = BadMedia(
                    f"{self.provider}: the result is empty",
                    hint="it was paid for: the next film make fetches it once more; for another, raise the shot's take",
                    provider=self.provider,
                    charged=True,
                )
                if empty == self.patience.empty_attempts:
                    break
            except (*TRANSPORT_FAILURES, _Again) as error:
                problem = ProviderUnavailable(
                    f"{self.provider}: the result cannot be fetched: {self._describe(error)}",
                    hint="it is paid for: the next film make fetches it, for as long as its vendor keeps it",
                    provider=self.provider,
                )
            if not await self.patience.rest(attempt, deadline):
                break
        assert problem is not None
        raise problem

    async def _attempt(self, url: str, wanted: AssetType) -> Download:
        with _on_disk(self._scratch):
            if self._scratch:
                own_folder(self._scratch)  # a new gallery has no folders yet
            handle, name = tempfile.mkstemp(prefix="fetch-", dir=self._scratch)
        path = Path(name)
        try:
            head, size = b"", 0
            with os.fdopen(handle, "wb", buffering=0) as file:
                async with self._open(url) as response:
                    async for chunk in self._paced(response, self.patience.caps[wanted]):
                        head = head + chunk if len(head) < 512 else head
                        with _on_disk(path):
                            size += _write(file, chunk)
                    check_length(response, size)
            if not head:
                raise _Empty
            kind = recognise(head, wanted, self.provider)
            return Download(_named(path, kind), kind)
        except BaseException:
            _discard(path)
            raise

    @asynccontextmanager
    async def _open(self, url: str) -> AsyncGenerator[httpx.Response]:
        target = self._parse(url)
        for _ in range(self.patience.redirects + 1):
            request = self.http.build_request("GET", target)
            if place_of(target) != self._own_place or target.scheme not in ("http", "https"):
                check_outside(target, self.provider)
                request.extensions = {**request.extensions, OUTSIDE: self.provider}
            response = await self.http.send(request, auth=None, stream=True, follow_redirects=False)
            try:
                if response.status_code not in _REDIRECTS:
                    self._check_status(response)
                    yield response
                    return
                target = self._parse(response.headers.get("location", ""), target)
            finally:
                await response.aclose()
        raise refused(self.provider, f"a result behind more than {self.patience.redirects} redirects")

    def _parse(self, url: str, beside: httpx.URL | None = None) -> httpx.URL:
        try:
            return beside.join(url) if beside else httpx.URL(url)
        except (httpx.InvalidURL, ValueError):
            raise refused(self.provider, "a result address that is none") from None

    def _check_status(self, response: httpx.Response) -> None:
        if response.status_code in _GONE:
            raise PaidLost(
                f"{self.provider} no longer has the result ({response.status_code})",
                hint="it was paid for and has expired; raise the shot's take to make it anew",
                provider=self.provider,
                charged=True,
            )
        if response.status_code != 200:
            raise _Again(f"its host answered {response.status_code}")

    async def _paced(self, response: httpx.Response, cap: int) -> AsyncGenerator[bytes]:
        started, size = time.monotonic(), 0
        async for chunk in response.aiter_bytes():
            size += len(chunk)
            if size > cap:
                raise BadMedia(
                    f"{self.provider}: the result is larger than {cap >> 20} MB",
                    hint="no such file is expected: look at the job on the vendor's site",
                    provider=self.provider,
                    charged=True,
                )
            elapsed = time.monotonic() - started
            if elapsed > self.patience.grace and size < elapsed * self.patience.floor:
                raise _Again(f"{size} bytes in {elapsed:.0f} s are too slow")
            yield chunk


@contextmanager
def _on_disk(place: Path | None) -> Generator[None]:
    """Within it a fault is our disk's, and not the vendor's: asking again would not help."""
    try:
        yield
    except OSError as error:
        raise disk_error(error, place or tempfile.gettempdir()) from error


def _write(file: FileIO, data: bytes) -> int:
    """All of it, and at once: what is buffered is only found not to fit when the file is closed."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) or 0 :]
    return len(data)


def _named(path: Path, kind: FileType) -> Path:
    return path.rename(path.with_suffix(kind.suffix))


def _discard(path: Path) -> None:
    path.unlink(missing_ok=True)
