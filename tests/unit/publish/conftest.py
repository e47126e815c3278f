"""A simulated YouTube with somebody signed in, and films that are bytes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from film.db.session import engine_for
from film.publish.journal import Publication, PublicationJournal
from film.publish.package import CaptionFile, Disclosure, Metadata, Package, hashed
from film.publish.publishing import publish
from film.publish.targets import Opening
from film.publish.youtube.publisher import YouTubePublisher
from film.publish.youtube.signin import sign_in
from film.settings import Settings
from film.testing.simulator import Latency, Simulator, SimulatorThread
from film.testing.simulator.youtube import SimulatedYouTube

CHUNK = 256 << 10


@dataclass
class Studio:
    """Everything that a publication on the simulated YouTube takes."""

    settings: Settings
    simulator: Simulator
    folder: Path
    told: list[str] = field(default_factory=list)
    opened: list[YouTubePublisher] = field(default_factory=list)

    @property
    def youtube(self) -> SimulatedYouTube:
        return self.simulator.vendors["youtube"]  # type: ignore[return-value]

    @property
    def opening(self) -> Opening:
        return Opening(self.settings, engine_for(self.settings.database_url), tell=self.told.append)

    @property
    def journal(self) -> PublicationJournal:
        return PublicationJournal(engine_for(self.settings.database_url))

    def publisher(self, **about: Any) -> YouTubePublisher:
        self.opened.append(YouTubePublisher(self.opening, chunk=CHUNK, **about))
        return self.opened[-1]

    def with_another_database(self) -> Studio:
        url = f"sqlite:///{self.folder / 'another.db'}"
        settings = self.settings.model_copy(update={"database_url": url})
        return Studio(settings, self.simulator, self.folder, self.told, self.opened)

    def close(self) -> None:
        for publisher in self.opened:
            publisher.close()

    def package(self, name: str = "harbour", size: int = 3 * CHUNK + 5, **about: Any) -> Package:
        film = self.folder / f"{name}.mp4"
        if not film.exists():
            film.write_bytes((name.encode() * size)[:size])
        sha256, size, identity = hashed(film)
        words = {"title": name, "disclosure": Disclosure(synthetic=True, sentence="AI-generated: a test")}
        metadata = Metadata(**{**words, **about.pop("metadata", {})})
        return Package(name, film, sha256, size, identity, metadata, **about)

    def publish(self, package: Package, **about: Any) -> tuple[Publication, str]:
        return publish(package, self.publisher(), "youtube", self.journal, **about)


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


@dataclass
class Receiver:
    url: str
    answers: list[int]
    came: list[tuple[dict[str, str], bytes]]


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
