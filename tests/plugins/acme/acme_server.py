"""Acme's servers, as far as a test needs them: orders, a queue, results, and what was billed."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from film.testing import synthetic

KEY = "acme-key-5ecret-0123456789"


class Acme(ThreadingHTTPServer):
    """``orders`` are the bodies of all POSTs that were taken; ``ready`` is cleared to keep jobs waiting."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.orders: list[dict[str, Any]] = []
        self.polled = threading.Event()
        self.ready = threading.Event()
        self.ready.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> Acme:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Answers(BaseHTTPRequestHandler):
    server: Acme

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self._is_paid():
            self.server.orders.append(body)
            self._say(200, {"id": f"clip-{len(self.server.orders)}"})

    def do_GET(self) -> None:
        name = self.path.rpartition("/")[2]
        if self.path.startswith("/media/"):  # results are fetched without the key
            order = self.server.orders[int(name.removesuffix(".mp4").partition("-")[2]) - 1]
            assert "X-Acme-Key" not in self.headers
            self._send(200, synthetic.clip(order["seconds"], 320, 180, len(order["prompt"])), "video/mp4")
        elif not self._is_paid():
            return
        elif name == "me":
            self._say(200, {"credits": 41})
        else:
            self.server.polled.set()
            ready = {"state": "ready", "url": f"{self.server.url}/media/{name}.mp4"}
            self._say(200, ready if self.server.ready.is_set() else {"state": "working"})

    def _is_paid(self) -> bool:
        paid = self.headers.get("X-Acme-Key") == KEY
        if not paid:
            self._say(401, {"error": "who are you?"})
        return paid

    def _say(self, status: int, answer: dict[str, Any]) -> None:
        self._send(status, json.dumps(answer).encode(), "application/json")

    def _send(self, status: int, body: bytes, mime: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", mime)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None: ...
