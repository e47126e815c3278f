"""A simulated YouTube with somebody signed in, and films that are bytes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from outlets import Receiver, Studio
from pydantic import SecretStr

from film.publish.package import CaptionFile
from film.publish.youtube.signin import sign_in
from film.settings import Settings
from film.testing.simulator import Latency, SimulatorThread


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with SimulatorThread(latency=Latency(speed=1000, video=10.0)) as simulator:
        settings = Settings(
            gallery=tmp_path / "gallery",
            database_url=f"sqlite:///{tmp_path / 'gallery' / 'film.db'}",
            keys={"youtube": SecretStr("a-client:a-secret")},
            base_urls={"youtube": f"{simulator.url}/youtube"},
            speeds={"youtube": 1000.0},
        )
        sign_in(settings, show=lambda address: None)
        made = Studio(settings, simulator, tmp_path)
        made.publisher().find_channel()
        yield made
        made.close()


@pytest.fixture
def captions(tmp_path: Path) -> Callable[..., CaptionFile]:
    def make(language: str, text: str = "Hello") -> CaptionFile:
        path = tmp_path / f"harbour.{language}.srt"
        path.write_text(text)
        return CaptionFile(path, language, path.read_bytes())

    return make


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Who takes messages; ``answers`` are its statuses, in turn, and 200 after those."""
    found = Receiver("", [], [])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(found.answers.pop(0) if found.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}/films?token=hidden"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
