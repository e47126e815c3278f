"""The calls of YouTube's API: signed in, counted against the day's quota, asked again where that does no harm.

What may be asked again is asked again (a GET, an update); an insert whose answer is lost raises ``Unanswered``, and who
asked looks whether it is there. Tokens and upload addresses are in no error.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import httpx

from film.errors import PublishError
from film.publish.quota import Quota
from film.publish.youtube.row import HOME
from film.publish.youtube.signin import Tokens

TRIES = 6
LONGEST_PAUSE = 60.0
_LARGEST = 8 << 20
INSERTS, UNITS = "inserts", "units"
LIMITS = {INSERTS: 100, UNITS: 10_000}
"""A day's, of a project that asked for no more: videos.insert has a bucket of its own since June 2026."""
COSTS = {
    "videos.insert": (INSERTS, 1),
    "captions.list": (UNITS, 50),
    "captions.insert": (UNITS, 400),
    "captions.update": (UNITS, 450),
    "videos.update": (UNITS, 50),
    "thumbnails.set": (UNITS, 50),
    "playlists.insert": (UNITS, 50),
    "playlistItems.insert": (UNITS, 50),
}
"""Everything else is a unit."""
TRANSPORT = (httpx.HTTPError, httpx.StreamError, OSError)


class Unanswered(PublishError):
    """An insert went out, and no answer tells whether it was taken."""


class Answered(PublishError):
    """The API declined. ``reason`` is its own word."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        self.status, self.reason = status, reason
        super().__init__(f"YouTube declines ({reason or status}): {message[:300]}", hint=_HINTS.get(reason, _HINT))


_LOOKED_FOR = "run again: it is looked for"
_HINT = "see what it says, change it, and run again: what is there is not sent again"
_HINTS = {
    "quotaExceeded": "run again after midnight in California: nothing is sent twice",
    "uploadLimitExceeded": "the channel has reached its own limit of uploads: run again tomorrow",
    "youtubeSignupRequired": "the account has no channel: make one at youtube.com, then sign in again",
    "insufficientPermissions": "sign in again: film publish --to youtube --sign-in",
    "accessNotConfigured": "switch the YouTube Data API v3 on in Google's console, for the project of your client",
}


@dataclass(frozen=True)
class Standing:
    """Of an upload: how many bytes are there, or the finished video, or that its address is gone."""

    offset: int = 0
    video: Mapping[str, Any] | None = None
    gone: bool = False


@dataclass(frozen=True)
class Answer:
    """An answer that came to its end."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class YouTube:
    def __init__(self, http: httpx.Client, tokens: Tokens, quota: Quota, home: str, *, speed: float = 1.0) -> None:
        self._http, self._tokens, self._quota, self._home = http, tokens, quota, home
        self.speed = speed

    # -- asking

    def get(self, name: str, **params: str | int) -> dict[str, Any]:
        """``name`` is the resource: videos, playlistItems …"""
        return self.call(f"{name}.list", "GET", f"/youtube/v3/{name}", params=params)

    def pages(self, name: str, most: int, **params: str | int) -> Iterator[list[dict[str, Any]]]:
        """The items of a list, a page after the other, ``most`` pages."""
        token = ""
        for _ in range(most):
            answer = self.get(name, **params, **({"pageToken": token} if token else {}))
            yield items_of(answer)
            token = str(answer.get("nextPageToken", ""))
            if not token:
                return

    def call(
        self,
        what: str,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: Any = None,
        content: bytes | None = None,
        mime: str = "application/json",
        once: bool = False,
    ) -> dict[str, Any]:
        """The answer's JSON. ``once`` for what must not be asked a second time: its lost answer is Unanswered."""
        data = content if content is not None else (None if body is None else json.dumps(body).encode())
        headers = {"Content-Type": mime} if data is not None else {}
        answer = self._ask(what, method, self._home + path, params=params, content=data, headers=headers, once=once)
        return as_object(answer)

    def begin(self, resource: Mapping[str, Any], size: int, mime: str) -> str:
        """The address of a new upload. A lost answer leaves no video, so it may be asked for again."""
        answer = self._ask(
            "videos.insert",
            "POST",
            f"{self._home}/upload/youtube/v3/videos",
            params={"uploadType": "resumable", "part": ",".join(resource)},
            content=json.dumps(resource).encode(),
            headers={
                "Content-Type": "application/json; charset=UTF-8",
                "X-Upload-Content-Length": str(size),
                "X-Upload-Content-Type": mime,
            },
        )
        address = answer.headers.get("location", "")
        self._check_address(address)
        return address

    def ask_upload(self, address: str, size: int) -> Standing:
        """How far an upload is. Asked until it is answered, within reason."""
        self._check_address(address)
        last = ""
        for attempt in range(1, TRIES + 1):
            try:
                answer = self.put(address, f"bytes */{size}", 0, iter(()))
            except TRANSPORT as error:
                last = f"{type(error).__name__}"
            else:
                if (found := standing_of(answer)) is not None:
                    return found
                last = str(answer.status)
            self.pause(attempt)
        raise unreachable(last)

    def put(self, address: str, content_range: str, length: int, content: Iterator[bytes]) -> Answer:
        """One PUT to an upload's address, streamed; the answer as it is, a fresh token where the old one ended."""
        headers = {
            "Authorization": f"Bearer {self._tokens.access()}",
            "Content-Length": str(length),
            "Content-Range": content_range,
        }
        with self._http.stream("PUT", address, content=content, headers=headers) as response:
            answer = _read(response)
        if answer.status == 401:
            self._tokens.renew()
        return answer

    def pause(self, attempt: int, told: str = "") -> None:
        wait = float(told) if told.isdigit() else min(LONGEST_PAUSE, 2.0**attempt) * random.uniform(0.5, 1.0)
        time.sleep(min(wait, LONGEST_PAUSE) / self.speed)

    # -- inside

    def _ask(
        self,
        what: str,
        method: str,
        address: str,
        *,
        params: Mapping[str, str | int] | None,
        content: bytes | None,
        headers: Mapping[str, str],
        once: bool = False,
    ) -> Answer:
        renewed = False
        last = ""
        for attempt in range(1, TRIES + 1):
            self._quota.charge(*COSTS.get(what, (UNITS, 1)))
            signed = {**headers, "Authorization": f"Bearer {self._tokens.access()}"}
            try:
                with self._http.stream(method, address, params=params, content=content, headers=signed) as response:
                    answer = _read(response)
            except TRANSPORT as error:
                last = type(error).__name__
                if once and not isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout)):
                    raise Unanswered(f"YouTube did not answer to {what} ({last})", hint=_LOOKED_FOR) from None
                self.pause(attempt)
                continue
            if answer.status == 401 and not renewed:
                self._tokens.renew()
                renewed = True
                continue
            if answer.status == 429 or answer.status >= 500:
                last = str(answer.status)
                if once and answer.status >= 500:
                    raise Unanswered(f"YouTube did not answer to {what} ({last})", hint=_LOOKED_FOR)
                self.pause(attempt, answer.headers.get("retry-after", ""))
                continue
            if answer.status >= 400:
                raise self._declined(answer, what)
            return answer
        raise unreachable(last)

    def _declined(self, answer: Answer, what: str) -> Answered:
        error = as_dict(as_object(answer, strict=False).get("error"))
        reasons = [as_dict(one) for one in as_list(error.get("errors"))]
        reason = str(reasons[0].get("reason", "")) if reasons else ""
        if reason in ("quotaExceeded", "dailyLimitExceeded"):
            self._quota.exhausted(COSTS.get(what, (UNITS, 1))[0])
        return Answered(answer.status, reason, str(error.get("message", "")))

    def _check_address(self, address: str) -> None:
        """An upload's address is the API's own: the token and the film go nowhere else."""
        ours, theirs = urlsplit(self._home), urlsplit(address)
        same = (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc)
        google = self._home == HOME and theirs.scheme == "https" and f".{theirs.hostname}".endswith(".googleapis.com")
        if not (same or google) or theirs.username is not None:
            raise PublishError(
                "YouTube names an address for the upload that is not its own", hint="run again; if it stays so, stop"
            )


def standing_of(answer: Answer) -> Standing | None:
    """What an answer to a PUT says; None where it says nothing, so that one asks again."""
    if answer.status in (200, 201):
        video = as_object(answer, strict=False)
        return Standing(video=video) if video.get("id") else None
    if answer.status == 308:
        _, _, last = answer.headers.get("range", "").partition("-")
        return Standing(offset=int(last) + 1 if last.isdigit() else 0)
    if answer.status in (404, 410):
        return Standing(gone=True)
    if answer.status in (401, 408, 429) or answer.status >= 500:
        return None
    error = as_dict(as_object(answer, strict=False).get("error"))
    raise Answered(answer.status, "", str(error.get("message", "")))


def unreachable(last: str) -> PublishError:
    return PublishError(
        f"YouTube cannot be reached ({last})", hint="run again once it can: the film goes on where it stopped"
    )


def items_of(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [as_dict(one) for one in as_list(answer.get("items"))]


def as_object(answer: Answer, *, strict: bool = True) -> dict[str, Any]:
    if not answer.content and strict:
        return {}
    try:
        return as_dict(json.loads(answer.content))
    except ValueError:
        if strict:
            raise Unanswered("YouTube's answer cannot be read", hint="run again: what is there is found") from None
        return {}


def as_dict(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _read(answer: httpx.Response) -> Answer:
    """The whole of a short answer, within bounds."""
    pieces: list[bytes] = []
    size = 0
    for piece in answer.iter_bytes():
        size += len(piece)
        if size > _LARGEST:
            raise httpx.ReadError("the answer does not end")
        pieces.append(piece)
    return Answer(answer.status_code, answer.headers, b"".join(pieces))
