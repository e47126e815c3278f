"""One vendor account's calls: an order goes out once, a question may be asked again, a result is fetched until whole.

    post_once ── one POST, whatever happens ── answered / ProviderUnavailable (never sent) / OutcomeUnknown
    ask ──────── whatever does no harm when it is asked again, as ``RetryPolicy`` says
    hand_over ── a file to where the vendor said, without the key
    download ─── a result to a temporary file: from public addresses only, capped and paced

The key rides in a header, to the account's own host only: a status URL that names another host is asked for at the
account's host, and results are fetched without it. What a vendor says is shown to people only after ``redact``.
"""

from __future__ import annotations

import asyncio
import email.utils
import json
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import httpx

from film.errors import OutcomeUnknown, ProviderUnavailable
from film.models import AssetType
from film.providers.addresses import check_outside, place_of, refused
from film.providers.http import OUTSIDE, TRANSPORT_FAILURES, check_length, never_sent
from film.providers.redact import redact
from film.providers.results import Download, ResultFetcher
from film.providers.retry_policy import RetryPolicy

_LONG = 16
"""Characters from which on a key is no word that may well stand in an answer."""


class KeyAuth(httpx.Auth):
    """Puts the account's key into its header; never shows it."""

    def __init__(self, header: str, value: str, secret: str) -> None:
        self.header, self._value, self._secret = header, value, secret

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers[self.header] = self._value
        yield request

    @property
    def sendable(self) -> bool:
        """Whether a header can carry it: a pasted quotation mark, dash or line break cannot travel."""
        return self._value.isascii() and self._value.isprintable()

    def hide(self, text: str, *, limit: int = 400) -> str:
        return redact(text, (self._value, self._secret), limit=limit)

    def struck(self, body: bytes) -> bytes:
        """An answer without the key: a vendor that names a job by it would have it written down with the job."""
        secret = self._secret.encode("utf-8", errors="replace")
        return body.replace(secret, b"***") if len(secret) >= _LONG else body

    def __repr__(self) -> str:
        return f"KeyAuth({self.header!r}, '***')"


@dataclass(frozen=True)
class Answer:
    """A vendor's whole answer. ``words`` is its body, fit to be shown."""

    status: int
    headers: httpx.Headers
    body: bytes = field(repr=False)
    words: str

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> dict[str, Any]:
        """The answer's JSON object; empty when it is none."""
        return as_object(self.value())

    def value(self) -> object:
        """The answer's JSON of any shape; None when it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def moment(self) -> float | None:
        """What the vendor's clock said, in Unix time; None where it does not say."""
        try:
            said = email.utils.parsedate_to_datetime(self.headers.get("date", ""))
            return (said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp()
        except (ValueError, TypeError, OverflowError):
            return None

    @property
    def is_kept(self) -> bool:
        """Whether a cache between us and the vendor had it ready: it says how things stood some time ago."""
        return self.headers.get("age", "0").strip() not in ("", "0")

    @property
    def retry_after(self) -> float | None:
        """Seconds that the vendor asked to wait, from a number or a date."""
        text = self.headers.get("retry-after", "").strip()
        try:
            return max(0.0, min(float(text), 86_400.0))
        except ValueError:
            pass
        try:
            return max(0.0, min(email.utils.parsedate_to_datetime(text).timestamp() - time.time(), 86_400.0))
        except (ValueError, TypeError, OverflowError):
            return None


class VendorClient:
    """The calls to one account of one vendor, in one event loop."""

    def __init__(
        self,
        provider: str,
        base: str,
        auth: KeyAuth,
        http: httpx.AsyncClient,
        *,
        moved: bool = False,
        patience: RetryPolicy | None = None,
        scratch: Path | None = None,
    ) -> None:
        self.provider, self.auth, self.http = provider, auth, http
        self.base = httpx.URL(base.rstrip("/") + "/")
        self.patience = patience or RetryPolicy()
        self._own_place = place_of(self.base) if moved else None
        self._results = ResultFetcher(
            provider,
            http,
            own_place=self._own_place,
            patience=self.patience,
            scratch=scratch,
            describe=self._hide,
        )

    # -- orders

    async def post_once(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        """The one POST of an order. Every answer that decides it is returned; the vendor's adapter reads it.

        Raises ProviderUnavailable when provably nothing was sent, OutcomeUnknown for everything else that is no
        answer: the vendor may be working on it, and charging for it.
        """
        request = self.http.build_request("POST", self.at_base(path), json=body, headers=headers, params=params)
        failure: BaseException
        try:
            async with asyncio.timeout(self.patience.answer_seconds):
                answer = await self._exchange(request, self.auth)
                if answer.status < 500 and answer.status != 408:
                    return answer
            raise self._unknown(f"answered {answer.status} ({answer.words})")
        except OutcomeUnknown:
            raise
        except Exception as error:  # noqa: BLE001  # whatever it was, only never_sent proves that nothing went out
            failure = error
        if never_sent(failure):
            raise ProviderUnavailable(
                f"{self.provider} cannot be reached: {self._hide(failure)}",
                hint="check the connection and run again",
                provider=self.provider,
            )
        raise self._unknown(f"did not answer ({self._hide(failure)})")

    def _unknown(self, what: str) -> OutcomeUnknown:
        return OutcomeUnknown(
            f"{self.provider} {what}: the order may have been accepted, and is not sent again",
            hint="see `film jobs`; the vendor's own job list shows whether it arrived",
            provider=self.provider,
            charged=None,
        )

    # -- questions

    async def ask(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        lasts: Callable[[Answer], bool] = lambda answer: False,
    ) -> Answer:
        """A question that does no harm when it is asked twice. Every lasting answer below 500 is returned.

        ``lasts`` knows answers from 500 on that are the vendor's last word and no fault of the moment.
        Raises ProviderUnavailable when none comes in the time there is.
        """
        target = self.at_base(url)
        return await self._patiently(
            lambda: self.http.build_request(method, target, headers=headers, params=params, json=body), self.auth, lasts
        )

    async def hand_over(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        fields: Mapping[str, str] | None = None,
        file: tuple[str, bytes, str] | None = None,
    ) -> Answer:
        """POST a file to where the vendor said: its bytes as they are, or a form of ``fields`` and the ``file``.

        Only public addresses are believed, and the key does not go along. It may be done again, and costs nothing.
        """
        try:
            target = httpx.URL(url)
        except (httpx.InvalidURL, ValueError):
            raise refused(self.provider, "an upload address that is none") from None
        outside = place_of(target) != self._own_place or target.scheme not in ("http", "https")
        if outside:
            check_outside(target, self.provider, "an upload")

        def request() -> httpx.Request:
            files = {"file": file} if file else None
            made = self.http.build_request("POST", target, headers=headers, content=content, data=fields, files=files)
            if outside:
                made.extensions = {**made.extensions, OUTSIDE: self.provider}
            return made

        return await self._patiently(request, None)

    async def _patiently(
        self,
        request: Callable[[], httpx.Request],
        auth: KeyAuth | None,
        lasts: Callable[[Answer], bool] = lambda answer: False,
    ) -> Answer:
        last = "no answer"
        retry_after: float | None = None
        deadline = time.monotonic() + self.patience.ask_seconds
        for attempt in range(self.patience.attempts):
            retry_after = None
            try:
                async with asyncio.timeout(max(0.01, deadline - time.monotonic())):
                    answer = await self._exchange(request(), auth)
                if (answer.status < 500 and answer.status not in (408, 425, 429)) or lasts(answer):
                    return answer
                last, retry_after = f"{answer.status} ({answer.words})", answer.retry_after
            except TRANSPORT_FAILURES as error:
                last = self._hide(error)
            if not await self.patience.rest(attempt, deadline, retry_after):
                break
        raise ProviderUnavailable(
            f"{self.provider} does not answer: {last}",
            hint="the job is not lost: run again later to resume it",
            provider=self.provider,
            retry_after=retry_after,
        )

    async def _exchange(self, request: httpx.Request, auth: KeyAuth | None) -> Answer:
        response = await self.http.send(request, auth=auth, stream=True, follow_redirects=False)
        try:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > self.patience.answer_cap:
                    raise httpx.ReadError(f"an answer of more than {self.patience.answer_cap} bytes")
            check_length(response, len(body))
        finally:
            await response.aclose()
        words = self.auth.hide(bytes(body[:4000]).decode("utf-8", errors="replace")) or "no text"
        return Answer(response.status_code, response.headers, self.auth.struck(bytes(body)), words)

    def at_base(self, url: str) -> httpx.URL:
        """Where the key may travel: the URL at the account's own host, whatever host it names."""
        try:
            target = httpx.URL(url)
        except httpx.InvalidURL:
            target = httpx.URL("/")
        if target.host and (target.scheme, target.netloc) == (self.base.scheme, self.base.netloc):
            return target
        if target.raw_path.startswith(self.base.raw_path):  # a gateway's own URL, from when it stood elsewhere
            return self.base.copy_with(raw_path=target.raw_path)
        return self.base.copy_with(raw_path=self.base.raw_path.rstrip(b"/") + b"/" + target.raw_path.lstrip(b"/"))

    async def download(self, url: str, wanted: AssetType) -> Download:
        """A result as a temporary file; see ``ResultFetcher.fetch``."""
        return await self._results.fetch(url, wanted)

    def _hide(self, error: BaseException) -> str:
        return self.auth.hide(str(error) or type(error).__name__)


def as_object(value: object) -> dict[str, Any]:
    """A JSON object, or an empty one in place of anything else."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def name_of(value: object) -> str:
    """A vendor's id, which is text or a whole number; empty for what is none."""
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def part(name: str) -> str:
    """A vendor's id as one part of a path, whatever is in it."""
    return quote(name, safe="")
