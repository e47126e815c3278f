"""The one HTTP client that all vendors share, and the one question asked of its failures: was anything sent?

    make_client() ─ httpx.AsyncClient ─ SplitTransport ─┬─ polls     pooled connections          (the accounts' hosts)
                                                        ├─ posts     a fresh connection each     (the accounts' hosts)
                                                        └─ outside   public addresses only       (where results lie)

The API is httpx's, the connections are aiohttp's: httpx alone manages some forty polls a second, this over four
hundred. Paid POSTs get a connection of their own, because one taken from a pool may be closed by the vendor at that
very moment, and then nobody knows whether the order arrived.
"""

from __future__ import annotations

import socket
import ssl
import urllib.request
from urllib.parse import urlsplit

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult
from httpx_aiohttp import AiohttpTransport

from film.providers.addresses import is_inside, is_public, literal_address, place_of, refused

OUTSIDE = "film.outside"
"""Request extension: go to public addresses only. Its value is the provider's name, for the refusal."""

_CONNECTIONS = 512


def make_client() -> httpx.AsyncClient:
    """A client for all vendors of a run: for one event loop, and to be closed after it."""
    return httpx.AsyncClient(
        transport=SplitTransport(),
        timeout=httpx.Timeout(60.0, connect=10.0, pool=60.0),
        follow_redirects=False,
        headers={"User-Agent": "film-generation", "Accept-Encoding": "identity"},
    )


TRANSPORT_FAILURES = (httpx.HTTPError, httpx.StreamError, aiohttp.ClientError, TimeoutError, OSError)
"""What may go wrong between us and a vendor, timeouts included."""


def check_length(response: httpx.Response, received: int) -> None:
    """Raise ReadError when less came than was announced."""
    announced = response.headers.get("content-length", "")
    came = max(received, response.num_bytes_downloaded)
    if announced.isdigit() and came < int(announced):
        raise httpx.ReadError(f"{came} of {announced} bytes came")


def never_sent(error: BaseException) -> bool:
    """Whether a failed request provably never reached the vendor.

    httpx-aiohttp reports a connection that broke *after* the request went out as a connect timeout; only the aiohttp
    error beneath it tells the two apart. In doubt the answer is False.
    """
    beneath = error.__cause__
    if isinstance(beneath, aiohttp.ClientError):
        return isinstance(
            beneath, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)
        )
    return isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout))


class SplitTransport(httpx.AsyncBaseTransport):
    """Sends each request over the connections that suit it."""

    def __init__(self) -> None:
        context = httpx.create_ssl_context()
        self._resolver: AbstractResolver | None = None
        self._proxies = proxies = {
            host for url in urllib.request.getproxies().values() if (host := urlsplit(url).hostname)
        }
        self._polls = _transport(context, trust_env=bool(proxies))
        self._posts = _transport(context, trust_env=bool(proxies), fresh=True)
        self._outside = _transport(context, trust_env=bool(proxies), proxies=proxies)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if OUTSIDE in request.extensions:
            if self._proxies:
                await self._judge(request.url)
            return await self._outside.handle_async_request(request)
        if request.method == "POST":
            return await self._posts.handle_async_request(request)
        return await self._polls.handle_async_request(request)

    async def _judge(self, url: httpx.URL) -> None:
        """Refuse a name that leads inside, before a proxy that may go there is asked for it.

        A machine behind a proxy may not be able to look names up; then the name itself is judged.
        """
        self._resolver = self._resolver or aiohttp.DefaultResolver()
        try:
            await PublicResolver(set(), self._resolver).resolve(*place_of(url))
        except OSError:
            if is_inside(url.host):
                raise refused("the vendor", f"a result at {url.host}, which is a name of a private network") from None

    async def aclose(self) -> None:
        if self._resolver:
            await self._resolver.close()
        for transport in (self._polls, self._posts, self._outside):
            await transport.aclose()


class PublicResolver(AbstractResolver):
    """Looks names up and refuses those that point inside.

    The connection is made to the very addresses that were judged here, so a name that changes its answer between the
    check and the call gains nothing. A proxy's own address may be private: it is the user's choice.
    """

    def __init__(self, proxies: set[str], resolver: AbstractResolver | None = None) -> None:
        self._proxies = proxies
        self._resolver = resolver or aiohttp.DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        if host not in self._proxies:
            for answer in found:
                address = literal_address(answer["host"].partition("%")[0])
                if address is None or not is_public(address):
                    raise refused("the vendor", f"a result at {host}, which is the private address {answer['host']}")
        return found

    async def close(self) -> None:
        await self._resolver.close()


def _transport(
    context: ssl.SSLContext, *, trust_env: bool, fresh: bool = False, proxies: set[str] | None = None
) -> AiohttpTransport:
    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            ssl=context,
            limit=_CONNECTIONS,
            force_close=fresh,
            resolver=None if proxies is None else PublicResolver(proxies),
        )
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=trust_env)

    return AiohttpTransport(verify=context, client=session)
