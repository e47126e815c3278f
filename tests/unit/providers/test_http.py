"""The shared client against real sockets on loopback: what was sent, what was not, and where it will not go."""

from __future__ import annotations

import asyncio
import contextlib
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from fake_vendor import CANARY, MP4, QUICK, run, tells_no_key

from film.errors import BadMedia, OutcomeUnknown, PaidLost, ProviderUnavailable, StoreError
from film.models import AssetType
from film.providers.http import PublicResolver, make_client, never_sent
from film.providers.results import ResultFetcher
from film.providers.retry_policy import RetryPolicy
from film.providers.vendor_client import KeyAuth, VendorClient


class Loopback:
    """A server whose every answer is written by hand; counts the requests that reached it."""

    def __init__(self, *answers: bytes | None, piece: int = 0) -> None:
        self.answers = list(answers)
        self.piece = piece
        """Bytes at a time, a hundredth of a second apart; 0 sends all at once."""
        self.tasks: set[Any] = set()
        self.writers: list[asyncio.StreamWriter] = []
        self.requests: list[bytes] = []
        self.connections = 0

    async def __aenter__(self) -> Loopback:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()
        for writer in self.writers:
            writer.transport.abort()
        await asyncio.gather(*self.tasks)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        answer: bytes | None = b""
        self.tasks.add(asyncio.current_task())
        self.writers.append(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    (int(x.split(b":")[1]) for x in head.lower().split(b"\r\n") if x.startswith(b"content-length")), 0
                )
                self.requests.append(head + await reader.readexactly(length))
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if answer is None:
                    return
                await self._send(writer, answer)
                if b"connection: close" in answer.lower():
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.transport.abort() if answer is None else writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _send(self, writer: asyncio.StreamWriter, answer: bytes) -> None:
        for at in range(0, len(answer), self.piece or len(answer) or 1):
            writer.write(answer[at : at + (self.piece or len(answer))])
            await writer.drain()
            if self.piece:
                await asyncio.sleep(0.01)


def answer(body: bytes, status: str = "200 OK", headers: str = "", length: int | None = None) -> bytes:
    return (
        f"HTTP/1.1 {status}\r\nContent-Length: {len(body) if length is None else length}\r\n{headers}\r\n".encode()
        + body
    )


def client(
    url: str, http: httpx.AsyncClient, patience: RetryPolicy = QUICK, scratch: Path | None = None
) -> VendorClient:
    auth = KeyAuth("Authorization", f"Key {CANARY}", CANARY)
    return VendorClient("fal", url, auth, http, moved=True, patience=patience, scratch=scratch)


@pytest.mark.parametrize(
    "reply", [None, b"", answer(b"{}", "500 Oops"), answer(b"{}", "503 Busy"), answer(b"{", length=9) + b""]
)
def test_an_order_without_a_whole_answer_is_unknown_and_was_sent_once(reply: bytes | None) -> None:
    async def play() -> None:
        patience = RetryPolicy(answer_seconds=0.3)
        async with Loopback(reply) as server, make_client() as http:
            with pytest.raises(OutcomeUnknown) as caught:
                await client(server.url, http, patience).post_once("order", {"a": 1})
            assert len(server.requests) == 1
            assert caught.value.charged is None
            assert tells_no_key(caught.value)

    run(play())


def test_a_refused_connection_is_provably_no_order() -> None:
    async def play() -> None:
        async with Loopback(b"") as server:
            url = server.url
        async with make_client() as http:
            with pytest.raises(ProviderUnavailable, match="cannot be reached") as caught:
                await client(url, http).post_once("order", {})
            assert tells_no_key(caught.value)

    run(play())


def test_a_name_that_does_not_resolve_is_provably_no_order() -> None:
    async def play() -> None:
        async with make_client() as http:
            with pytest.raises(ProviderUnavailable):
                await client("http://no-such-host.invalid", http).post_once("order", {})

    run(play())


def test_a_broken_connection_is_not_mistaken_for_one_never_made() -> None:
    """The transport reports a server that hangs up as a connect timeout: taken at its word it would be paid twice."""

    async def play() -> None:
        async with Loopback(None) as server, make_client() as http:
            with pytest.raises(httpx.TransportError) as caught:
                await http.post(server.url, json={})
            assert not never_sent(caught.value)
        with pytest.raises(httpx.TransportError) as caught:
            async with make_client() as http:
                await http.post(server.url, json={})
        assert never_sent(caught.value)

    run(play())


def test_orders_ride_on_fresh_connections_and_questions_share_one() -> None:
    async def play() -> None:
        async with Loopback(answer(b"{}")) as server, make_client() as http:
            line = client(server.url, http)
            for _ in range(3):
                await line.ask("status")
            assert server.connections == 1
            for _ in range(3):
                await line.post_once("order", {})
            assert server.connections == 4

    run(play())


def test_an_order_carries_the_key_in_its_header_and_asks_for_no_compression() -> None:
    async def play() -> None:
        async with Loopback(answer(b'{"ok": true}')) as server, make_client() as http:
            got = await client(server.url, http).post_once("a/b", {"x": "é"}, headers={"X-One": "1"})
            assert got.json() == {"ok": True}
            head, _, body = server.requests[0].partition(b"\r\n\r\n")
            assert head.startswith(b"POST /a/b HTTP/1.1")
            assert f"authorization: key {CANARY}".encode() in head.lower()
            assert b"accept-encoding: identity" in head.lower()
            assert b"x-one: 1" in head.lower()
            assert CANARY.encode() not in body
            assert body == '{"x":"é"}'.encode()

    run(play())


def test_a_question_is_asked_once_under_the_journal_and_again_alone() -> None:
    async def play() -> None:
        faults = [answer(b"", "503 Busy"), None, answer(b"", "429 Slow"), answer(b'{"a":1}')]
        async with Loopback(*faults) as server, make_client() as http:
            with pytest.raises(ProviderUnavailable):
                await client(server.url, http).ask("status")
            assert len(server.requests) == 1
            got = await client(server.url, http, RetryPolicy(attempts=6, first_pause=0)).ask("status")
            assert got.json() == {"a": 1}

    run(play())


def test_a_question_gives_up_after_its_attempts_and_says_when_to_come_back() -> None:
    async def play() -> None:
        async with Loopback(answer(b"", "429 Slow", "Retry-After: 0\r\n")) as server, make_client() as http:
            with pytest.raises(ProviderUnavailable) as caught:
                await client(server.url, http, RetryPolicy(attempts=4, first_pause=0)).ask("status")
            assert len(server.requests) == 4
            assert caught.value.retry_after == 0

    run(play())


def test_a_pause_honours_what_the_vendor_asked_for_up_to_a_limit() -> None:
    assert RetryPolicy().pause(0, 30) == 30
    assert RetryPolicy().pause(0, 10_000) == RetryPolicy().longest_pause
    assert RetryPolicy(first_pause=1).pause(2) >= 3


def test_the_key_stays_at_its_host() -> None:
    async def play() -> None:
        async with make_client() as http:
            line = VendorClient("fal", "https://queue.fal.run", KeyAuth("A", CANARY, CANARY), http)
            assert str(line.at_base("https://evil.example/x/y?z=1")) == "https://queue.fal.run/x/y?z=1"
            assert str(line.at_base("//evil.example/x")) == "https://queue.fal.run/x"
            assert str(line.at_base("https://queue.fal.run/x")) == "https://queue.fal.run/x"
            assert str(line.at_base("http://queue.fal.run/x")) == "https://queue.fal.run/x"
            gateway = VendorClient("fal", "http://gate:1/fal/", KeyAuth("A", CANARY, CANARY), http)
            assert str(gateway.at_base("https://queue.fal.run/x?y=1")) == "http://gate:1/fal/x?y=1"
            assert str(gateway.at_base("http://gate:1/fal/x")) == "http://gate:1/fal/x"
            assert str(gateway.at_base("http://gate:2/fal/x?y=1")) == "http://gate:1/fal/x?y=1", "it moved since"
            assert str(gateway.at_base("https://queue.fal.run/falcon/x")) == "http://gate:1/fal/falcon/x"

    run(play())


# -- results


def test_a_result_comes_as_a_file_with_its_true_type_and_without_the_key(tmp_path: Path) -> None:
    async def play() -> None:
        async with Loopback(answer(MP4, headers="Content-Type: text/html\r\n")) as server, make_client() as http:
            got = await client(server.url, http, scratch=tmp_path).download(f"{server.url}/a", AssetType.VIDEO)
            assert got.path.read_bytes() == MP4
            assert got.path.parent == tmp_path
            assert (got.path.suffix, got.kind.mime) == (".mp4", "video/mp4")
            assert CANARY.encode() not in server.requests[0]

    run(play())


def test_the_first_result_of_a_new_gallery_finds_its_folder_made(tmp_path: Path) -> None:
    async def play() -> None:
        async with Loopback(answer(MP4)) as server, make_client() as http:
            folder = tmp_path / "gallery" / "tmp"
            got = await client(server.url, http, scratch=folder).download(server.url, AssetType.VIDEO)
            assert got.path.parent == folder

    run(play())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_a_full_disk_is_ours_and_not_the_vendors_and_is_asked_nothing_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def on_a_full_disk(prefix: str, dir: Path) -> tuple[int, str]:
        (dir / f"{prefix}full").touch()
        return os.open("/dev/full", os.O_WRONLY), str(dir / f"{prefix}full")

    monkeypatch.setattr("film.providers.results.tempfile.mkstemp", on_a_full_disk)

    async def play() -> None:
        async with Loopback(answer(MP4)) as server, make_client() as http:
            patient = replace(QUICK, attempts=3)
            with pytest.raises(StoreError) as told:
                await client(server.url, http, patient, tmp_path).download(server.url, AssetType.VIDEO)
            assert str(told.value) == f"the gallery's disk is full ({tmp_path / 'fetch-full'})"
            assert "not bought again" in told.value.hint
            assert len(server.requests) == 1 and not list(tmp_path.iterdir())

    run(play())


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "gallery").write_text("a file")

    async def play() -> None:
        async with Loopback(answer(MP4)) as server, make_client() as http:
            with pytest.raises(StoreError, match=str(tmp_path / "gallery")):
                await client(server.url, http, scratch=tmp_path / "gallery" / "tmp").download(
                    server.url, AssetType.VIDEO
                )
            assert not server.requests

    run(play())


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<!DOCTYPE html><title>Sorry</title>", "HTML"),
        (b'{"error": "expired"}', "JSON"),
        (b"#EXTM3U\nfile:///etc/passwd", "text"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "image/png"),
        (b"\0\1\2\3\xff\xfe" * 9, "no known media type"),
    ],
)
def test_something_else_than_the_media_is_quoted(tmp_path: Path, body: bytes, said: str) -> None:
    async def play() -> None:
        async with Loopback(answer(body)) as server, make_client() as http:
            with pytest.raises(BadMedia, match=said) as caught:
                await client(server.url, http, scratch=tmp_path).download(server.url, AssetType.VIDEO)
            assert caught.value.charged
            assert not list(tmp_path.iterdir())

    run(play())


def test_a_cut_download_is_fetched_again_when_alone_and_reported_under_the_journal(tmp_path: Path) -> None:
    async def play() -> None:
        cut = answer(MP4[:20], length=len(MP4), headers="Connection: close\r\n")
        async with Loopback(cut, cut, answer(MP4)) as server, make_client() as http:
            with pytest.raises(ProviderUnavailable, match="cannot be fetched"):
                await client(server.url, http, scratch=tmp_path).download(server.url, AssetType.VIDEO)
            patient = client(server.url, http, RetryPolicy(attempts=3, first_pause=0), tmp_path)
            got = await patient.download(server.url, AssetType.VIDEO)
            assert got.path.read_bytes() == MP4
            assert len(list(tmp_path.iterdir())) == 1

    run(play())


def test_an_empty_result_is_fetched_three_times(tmp_path: Path) -> None:
    async def play() -> None:
        async with Loopback(answer(b"")) as server, make_client() as http:
            patient = client(server.url, http, RetryPolicy(attempts=6, first_pause=0), tmp_path)
            with pytest.raises(BadMedia, match="empty"):
                await patient.download(server.url, AssetType.VIDEO)
            assert len(server.requests) == 3

    run(play())


@pytest.mark.parametrize("status", ["403 Forbidden", "404 Not Found", "410 Gone"])
def test_an_expired_address_is_a_loss_to_be_looked_into(tmp_path: Path, status: str) -> None:
    async def play() -> None:
        async with Loopback(answer(b"", status)) as server, make_client() as http:
            with pytest.raises(PaidLost):
                await client(server.url, http, scratch=tmp_path).download(server.url, AssetType.VIDEO)

    run(play())


def test_an_endless_result_is_cut_off_at_the_cap(tmp_path: Path) -> None:
    async def play() -> None:
        patience = RetryPolicy(caps={AssetType.VIDEO: 100_000})
        async with Loopback(answer(MP4 + b"\0" * 300_000)) as server, make_client() as http:
            with pytest.raises(BadMedia, match="larger than"):
                await client(server.url, http, patience, tmp_path).download(server.url, AssetType.VIDEO)
        assert not list(tmp_path.iterdir())

    run(play())


def test_a_crawling_result_is_given_up(tmp_path: Path) -> None:
    async def play() -> None:
        async with Loopback(answer(MP4 * 10), piece=20) as server, make_client() as http:
            with pytest.raises(ProviderUnavailable, match="too slow"):
                await client(server.url, http, RetryPolicy(grace=0.05), tmp_path).download(server.url, AssetType.VIDEO)

    run(play())


def test_an_answer_that_never_ends_is_cut_off(tmp_path: Path) -> None:
    async def play() -> None:
        async with Loopback(answer(b"x" * 50_000)) as server, make_client() as http:
            with pytest.raises(ProviderUnavailable, match="more than"):
                await client(server.url, http, RetryPolicy(answer_cap=10_000)).ask("status")

    run(play())


def test_three_redirects_are_followed_and_a_fourth_is_not(tmp_path: Path) -> None:
    async def play() -> None:
        hop = answer(b"", "302 Found", "Location: /next\r\n")
        async with Loopback(hop, hop, hop, answer(MP4)) as server, make_client() as http:
            await client(server.url, http, scratch=tmp_path).download(server.url, AssetType.VIDEO)
        async with Loopback(hop) as server, make_client() as http:
            with pytest.raises(BadMedia, match="redirects"):
                await client(server.url, http, scratch=tmp_path).download(server.url, AssetType.VIDEO)
            assert len(server.requests) == 4

    run(play())


def test_a_redirect_to_a_private_address_is_refused(tmp_path: Path) -> None:
    async def play() -> None:
        async with Loopback(answer(MP4)) as inside, make_client() as http:
            port = inside.url.rpartition(":")[2]
            hop = answer(b"", "302 Found", f"Location: https://127.0.0.2:{port}/secret\r\n")
            async with Loopback(hop) as server:
                with pytest.raises(BadMedia, match=r"private address 127\.0\.0\.2"):
                    await client(server.url, http, scratch=tmp_path).download(server.url, AssetType.VIDEO)
            assert inside.requests == []

    run(play())


def test_loopback_results_are_refused_where_the_account_was_not_moved(tmp_path: Path) -> None:
    async def play() -> None:
        async with Loopback(answer(MP4)) as server, make_client() as http:
            with pytest.raises(BadMedia, match="refused"):
                await ResultFetcher("fal", http, patience=QUICK, scratch=tmp_path).fetch(server.url, AssetType.VIDEO)
            assert server.requests == []

    run(play())


def test_a_name_that_points_inside_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    async def play() -> None:
        async with Loopback(answer(MP4)) as server, make_client() as http:
            port = server.url.rpartition(":")[2]
            with pytest.raises(BadMedia, match="private address"):
                fetcher = ResultFetcher("fal", http, patience=QUICK, scratch=tmp_path)
                await fetcher.fetch(f"https://localhost:{port}/a", AssetType.VIDEO)
            assert server.connections == 0

    run(play())


class FixedResolver(AbstractResolver):
    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        return [
            {"hostname": host, "host": a, "port": port, "family": family, "proto": 0, "flags": 0}
            for a in self.addresses
        ]

    async def close(self) -> None: ...


def test_one_private_address_among_public_ones_refuses_the_name_unless_it_is_the_proxy() -> None:
    mixed = FixedResolver("8.8.8.8", "10.0.0.1")
    with pytest.raises(BadMedia):
        run(PublicResolver(set(), mixed).resolve("rebinding.example"))
    assert len(run(PublicResolver(set(), FixedResolver("8.8.8.8")).resolve("cdn.example"))) == 1
    assert len(run(PublicResolver({"proxy.corp"}, FixedResolver("10.0.0.1")).resolve("proxy.corp"))) == 1
