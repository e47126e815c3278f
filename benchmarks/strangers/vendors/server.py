"""All vendors on one port of this machine."""

from __future__ import annotations

from email.utils import formatdate
from pathlib import Path
from typing import Any

from aiohttp import web

from benchmarks.strangers.vendors.books import Books
from benchmarks.strangers.vendors.elevenlabs import ElevenLabs
from benchmarks.strangers.vendors.fal import Fal
from benchmarks.strangers.vendors.openai import OpenAI
from benchmarks.strangers.vendors.plan import VENDORS, Plan
from benchmarks.strangers.vendors.replicate import Replicate
from benchmarks.strangers.vendors.runway import Runway

ADDRESSES = {name: f"FILM_{name.upper()}_URL" for name in VENDORS}
KEYS = {
    "fal": "FAL_API_KEY",
    "openai": "OPEN_AI_API_KEY",
    "replicate": "REPLICATE_API_KEY",
    "runway": "RUNWAY_API_KEY",
    "elevenlabs": "ELEVENLABS_API_KEY",
}
KEY = "stranger"
"""What the keys begin with."""


class Server:
    """The vendors, listening on the loopback.

    Parameters:
        folder: Where the invoice is kept.
        plan: What the vendors do; changed by giving ``books.plan`` another.
        port: Where to listen; 0 for a free one.
    """

    def __init__(self, folder: Path, plan: Plan | None = None, port: int = 0) -> None:
        self.books = Books(folder, plan or Plan())
        self.port = port
        self._runner: web.AppRunner | None = None

    async def start(self) -> Server:
        """Begin to listen."""
        app = web.Application(client_max_size=64 * 2**20)
        for vendor in (Fal, Replicate, Runway, OpenAI, ElevenLabs):
            part = web.Application(client_max_size=64 * 2**20)
            part.add_routes(vendor(self.books).routes())
            app.add_subapp(f"/{vendor.name}", part)
        app.router.add_post("/__strangers__/plan", self._replan)
        app.on_response_prepare.append(self._dated)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner:
            await self._runner.cleanup()

    def environment(self, key: str = KEY) -> dict[str, str]:
        """Give the settings that point film at these vendors.

        Parameters:
            key: What keys begin with: another one is another account.
        """
        urls = {variable: f"http://127.0.0.1:{self.port}/{name}" for name, variable in ADDRESSES.items()}
        return urls | {variable: f"{key}-{name}" for name, variable in KEYS.items()}

    async def _replan(self, request: web.Request) -> web.Response:
        given: dict[str, Any] = await request.json()
        self.books.plan = Plan(given)
        return web.json_response({"ok": True})

    async def _dated(self, request: web.Request, response: web.StreamResponse) -> None:
        vendor = request.path.split("/")[1]
        if vendor in VENDORS:
            response.headers["Date"] = formatdate(self.books.clock(vendor), usegmt=True)
