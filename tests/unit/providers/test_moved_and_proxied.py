"""Results are fetched from outside only: behind a proxy too, and of a moved account only where it was moved to."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import httpx
import pytest
from aiohttp.abc import AbstractResolver

from film.errors import BadMedia
from film.providers.addresses import is_inside, place_of
from film.providers.http import OUTSIDE, SplitTransport
from film.providers.results import ResultFetcher
from film.providers.retry_policy import RetryPolicy


class Names(AbstractResolver):
    def __init__(self, **known: str) -> None:
        self.known = {name.replace("_", "."): address for name, address in known.items()}

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[Any]:
        if host not in self.known:
            raise OSError("no such name")
        address = {"hostname": host, "host": self.known[host], "port": port, "family": family, "proto": 0, "flags": 0}
        return [address]

    async def close(self) -> None:
        pass


class Reached(Exception):
    """The proxy was asked."""


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        ("cdn.example.com", True),
        ("rebound.example.com", False),
        ("unknown-here.example.com", True),
        ("wiki.corp", False),
        ("metadata.google.internal", False),
        ("router", False),
        ("printer.local.", False),
    ],
)
def test_behind_a_proxy_names_are_judged_all_the_same(
    host: str, reached: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")

    async def run() -> None:
        transport = SplitTransport()
        transport._resolver = Names(cdn_example_com="93.184.216.34", rebound_example_com="169.254.169.254")

        async def send(request: httpx.Request) -> httpx.Response:
            raise Reached

        monkeypatch.setattr(transport._outside, "handle_async_request", send)
        request = httpx.Request("GET", f"https://{host}/clip.mp4", extensions={OUTSIDE: "fal"})
        try:
            with pytest.raises(Reached if reached else BadMedia):
                await transport.handle_async_request(request)
        finally:
            await transport.aclose()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("http://127.0.0.1:8000/clip.mp4", True),
        ("http://127.0.0.1:5432/clip.mp4", False),
        ("http://127.0.0.1/clip.mp4", False),
        ("https://127.0.0.1:8001/clip.mp4", False),
    ],
)
def test_a_moved_accounts_host_is_believed_on_its_port_only(url: str, ours: bool) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(404)

    async def run() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
            own = place_of(httpx.URL("http://127.0.0.1:8000/fal/"))
            fetcher = ResultFetcher("fal", http, own_place=own, patience=RetryPolicy())
            async with fetcher._open(url):
                pass

    with pytest.raises(Exception) as told:  # what the 404 becomes is told elsewhere
        asyncio.run(run())
    assert bool(asked) is ours
    assert isinstance(told.value, BadMedia) is not ours


def test_names_of_a_networks_own() -> None:
    assert all(map(is_inside, ("router", "a.local", "B.INTERNAL.", "x.home.arpa")))
    assert not any(map(is_inside, ("fal.media", "a.b.example.com")))
