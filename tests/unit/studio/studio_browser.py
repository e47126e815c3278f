"""A browser that asks a studio in this process: without a socket, through the guard, as an owner unless told."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any

import httpx

HOST = "127.0.0.1:4000"
TOKENS = {"owner": "owner-" + "o" * 30, "editor": "editor-" + "e" * 30, "reviewer": "reviewer-" + "r" * 30}
SHOTS = """[
  {"shot_id": "a", "enhanced_prompt": "A harbour at dawn, fishing boats", "duration": 1, "mine": {"kept": [1,  2]}},
  {"shot_id": "b", "enhanced_prompt": "Close-up of Mara", "duration": 1, "dialogue": "They should be back.",
   "characters": ["mara"]},
  {"shot_id": "c", "enhanced_prompt": "An empty road", "duration": 1}
]
"""


class Browser:
    def __init__(self, app: Any, role: str | None = "owner") -> None:
        self.app = app
        self.role = role

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        sent: dict[str, str] = {"host": HOST}
        if self.role:
            sent["authorization"] = f"Bearer {TOKENS[self.role]}"
        if method not in ("GET", "HEAD"):
            sent["content-type"] = "application/json"
        data = content if content is not None else None if body is None else json.dumps(body).encode()
        if data is None and method not in ("GET", "HEAD"):
            data = b"{}"

        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
                return await client.request(method, path, content=data, headers={**sent, **(headers or {})})

        return asyncio.run(go())

    def get(self, path: str, **more: Any) -> Any:
        answer = self.ask("GET", f"/api/v1{path}", **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return self.ask("POST", f"/api/v1{path}", body, **more)

    def make(self, estimate: Mapping[str, Any], name: str = "a click of mine") -> dict[str, Any]:
        """Agree to an estimate and wait for what comes of it."""
        film = estimate["film"]
        begun = self.post(
            f"/films/{film}/generations", {"estimate_id": estimate["id"]}, headers={"idempotency-key": name}
        )
        assert begun.status_code == 202, begun.text
        for _ in range(1200):
            found = self.get(f"/films/{film}/generations/{begun.json()['id']}")
            if found["ended_at"]:
                return found
            time.sleep(0.05)
        raise AssertionError(f"not ended: {found}")
