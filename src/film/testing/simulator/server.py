"""The loopback server on which all simulated vendors live, and the desk from which a test steers them.

    GET  /__control__/books     jobs, posts, invoice, what was bought twice
    POST /__control__/faults    {"kind": "reset", "step": "submit", "after": true, …} or a list of those
    DELETE /__control__/faults

Bound to 127.0.0.1 only, and it answers programs alone: a page of the web that finds the port (by a name that it makes
stand for this machine, or across sites) is refused before anything is looked at. Nothing on it costs anything:
``environment`` says what to export so that the program, with keys that are none, takes it for the vendors.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from aiohttp import web

from film.testing.simulator.books import Books, Charge, Post
from film.testing.simulator.faults import Fault, Faults, fault_as_json, fault_from
from film.testing.simulator.vendor import House, Latency, SimulatedVendor
from film.vendors import Account, load, vendors

LARGEST_ORDER = 64 << 20
OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")


def simulated() -> list[tuple[Account, str]]:
    """The accounts that somebody plays, and the class that does; its ``name`` is the account's."""
    return [(row.account, row.simulator) for row in vendors().values() if row.account and row.simulator]


class Simulator:
    """All vendors on one port. ``port`` 0 takes a free one; ``state`` is a file in which the books outlive the server.

    async with Simulator(latency=Latency(speed=100)) as simulator:
        os.environ.update(simulator.environment())
    """

    def __init__(
        self,
        *,
        latency: Latency | None = None,
        faults: Iterable[Fault] = (),
        seed: int = 0,
        concurrency: int = 0,
        lifetime: float = 3600.0,
        keys: dict[str, str] | None = None,
        state: Path | None = None,
        port: int = 0,
        host: str = "127.0.0.1",
    ) -> None:
        self._house = House(
            books=Books(state, seed=seed),
            faults=Faults(*faults, seed=seed),
            latency=latency or Latency(),
            concurrency=concurrency,
            lifetime=lifetime,
            keys=keys or {},
        )
        self._host, self._port = host, port
        self._runner: web.AppRunner | None = None
        self.vendors: dict[str, SimulatedVendor] = {}
        """Who is played, once it has started."""

    # -- running

    async def start(self) -> Self:
        app = web.Application(client_max_size=LARGEST_ORDER, middlewares=[self._refuse_browsers])
        app.add_routes(
            [
                web.get("/__control__/books", self._show_books),
                web.post("/__control__/faults", self._add_faults),
                web.delete("/__control__/faults", self._clear_faults),
            ]
        )
        for account, path in simulated():
            vendor: type[SimulatedVendor] = load(path)
            self.vendors[account.name] = played = vendor(self._house)
            app.add_routes(played.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await self.open_door()
        return self

    async def open_door(self) -> None:
        """Take connections (again), on the same port as before."""
        assert self._runner is not None, "start() first"
        site = web.TCPSite(self._runner, self._host, self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def close_door(self) -> None:
        """Refuse connections, as a vendor whose machines are down."""
        assert self._runner is not None, "start() first"
        for site in list(self._runner.sites):
            await site.stop()

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        self._house.books.close()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    # -- for the program under test

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self._port}"

    def base_urls(self) -> dict[str, str]:
        """Account → where it lives here, as ``Settings.base_urls`` has it."""
        return {account.name: f"{self.url}/{account.name}" for account, _ in simulated()}

    def environment(self) -> dict[str, str]:
        """What to export for the program to work with these vendors instead of the real ones."""
        urls = {account.url: self.base_urls()[account.name] for account, _ in simulated()}
        keys = {account.key: self._house.keys.get(account.name, "simulated") for account, _ in simulated()}
        return urls | keys | {"FILM_SIMULATED_SPEED": f"{self._house.latency.speed:g}"}

    # -- for the test

    def add_fault(self, fault: Fault) -> None:
        self._house.faults.add(fault)

    def clear_faults(self) -> None:
        self._house.faults.clear()

    @property
    def struck(self) -> list[Fault]:
        """The faults that have happened."""
        return list(self._house.faults.struck)

    @property
    def books(self) -> Books:
        return self._house.books

    def charges(self, vendor: str | None = None) -> list[Charge]:
        return self._house.books.invoice(vendor)

    def total(self, vendor: str | None = None) -> Decimal:
        return sum((charge.amount for charge in self.charges(vendor)), Decimal(0))

    def posts(self, vendor: str | None = None) -> list[Post]:
        return self._house.books.posts(vendor)

    def bought_twice(self) -> dict[str, int]:
        return self._house.books.bought_twice()

    # -- who may ask

    @web.middleware
    async def _refuse_browsers(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Browsers say which name they followed here, and from which page; no program that rehearses is sent by one."""
        names = {f"{host}{port}" for host in (self._host, *OWN_NAMES) for port in (f":{self._port}", "")}
        sent_by = (request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "none"))
        if request.headers.get("Host", "").lower() not in names or sent_by != (None, "none"):
            return web.json_response({"error": "simulated vendors answer programs of this machine only"}, status=403)
        return await handler(request)

    # -- the control API

    async def _show_books(self, request: web.Request) -> web.StreamResponse:
        books = self._house.books
        return web.json_response(
            {
                "jobs": [asdict(job) for job in books.jobs()],
                "posts": [asdict(post) for post in books.posts()],
                "invoice": [{**asdict(charge), "amount": str(charge.amount)} for charge in books.invoice()],
                "total": str(self.total()),
                "bought_twice": books.bought_twice(),
                "faults_struck": [fault_as_json(fault) for fault in self.struck],
            }
        )

    async def _add_faults(self, request: web.Request) -> web.StreamResponse:
        try:
            asked: Any = await request.json()
            faults = [fault_from(values) for values in cast("list[Any]", asked if isinstance(asked, list) else [asked])]
        except (ValueError, TypeError) as error:
            return web.json_response({"error": str(error)}, status=400)
        for fault in faults:
            self._house.faults.add(fault)
        return web.json_response({"waiting": len(faults)})

    async def _clear_faults(self, request: web.Request) -> web.StreamResponse:
        self._house.faults.clear()
        return web.json_response({})


class SimulatorThread:
    """A simulator on a thread of its own, for tests that run the program in another process or block this one.

    ``simulator`` may be asked for its books at any time; faults are added through it too.
    """

    def __init__(self, **options: Any) -> None:
        self.simulator = Simulator(**options)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="film-simulator", daemon=True)

    def __enter__(self) -> Simulator:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self.simulator.start(), self._loop).result()
        return self.simulator

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self.simulator.stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def serve(simulator: Simulator, *, announce: Any = print) -> None:
    """Run in the foreground until cancelled; tells ``announce`` what to export, a line each."""
    async with simulator:
        for name, value in simulator.environment().items():
            announce(f"export {name}={value}")
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
