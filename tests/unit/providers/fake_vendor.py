"""A vendor in memory: answers by script, writes down what it was asked. For tests of one adapter's wire format."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import traceback
import wave
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from PIL import Image

from film.errors import FilmError
from film.providers.base import ProviderContext
from film.providers.retry_policy import RetryPolicy
from film.providers.vendor import VendorProvider

CANARY = "canary-5ecret-key-0123456789"
QUICK = RetryPolicy(first_pause=0.0, answer_seconds=5.0, ask_seconds=5.0, fetch_seconds=5.0)

T = TypeVar("T")
P = TypeVar("P", bound=VendorProvider)
Reply = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


@dataclass
class FakeVendor:
    """``on`` scripts replies to a method and path, one after the other; the last one repeats."""

    replies: dict[tuple[str, str], list[Reply]] = field(default_factory=dict)
    seen: list[httpx.Request] = field(default_factory=list)

    def on(self, method: str, url: str, *replies: Reply) -> None:
        self.replies[method, url] = list(replies)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        url = str(request.url)
        script = self.replies.get((request.method, url)) or self.replies.get((request.method, url.partition("?")[0]))
        if not script:
            return httpx.Response(404, json={"detail": f"nothing at {request.method} {url}"})
        reply = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, httpx.Response):
            return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)
        return reply(request)

    def posts(self) -> list[httpx.Request]:
        return [request for request in self.seen if request.method == "POST"]

    def provider(self, kind: type[P], folder: Path, *, base: str | None = None) -> P:
        account = kind.account
        assert account is not None
        made = kind(
            ProviderContext(
                keys={account: CANARY},
                base_urls={account: base} if base else {},
                http=httpx.AsyncClient(transport=httpx.MockTransport(self)),
                scratch=folder,
            )
        )
        made.patience = QUICK
        return made


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def sent(request: httpx.Request) -> Any:
    return json.loads(request.content)


def tells_no_key(error: BaseException) -> bool:
    """Whether neither the words nor the traceback, local variables included, hold the key."""
    told = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    return CANARY not in told + str(error) + repr(error) + str(getattr(error, "hint", ""))


def denied(vendor: FakeVendor, work: Coroutine[Any, Any, object]) -> FilmError:
    """The error that an order ends in: it was sent once, the key is in nothing of it, and it says what to do."""
    with pytest.raises(FilmError) as caught:
        run(work)
    assert len(vendor.seen) == 1
    assert tells_no_key(caught.value)
    assert caught.value.hint
    return caught.value


def png(width: int = 64, height: int = 36) -> bytes:
    file = io.BytesIO()
    Image.effect_noise((width, height), 90).convert("RGB").save(file, "PNG")
    return file.getvalue()


def png_uri(width: int = 64, height: int = 36) -> str:
    return "data:image/png;base64," + base64.b64encode(png(width, height)).decode()


def wav(frames: int = 240) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(24000)
        sound.writeframes(b"\1\0" * frames)
    return file.getvalue()


MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 64
