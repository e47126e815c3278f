"""What publishing is tried with: a simulated YouTube, and somebody who takes messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from film.db.session import engine_for
from film.publish.journal import Publication, PublicationJournal
from film.publish.package import Disclosure, Metadata, Package, hashed
from film.publish.publishing import publish
from film.publish.targets import Opening
from film.publish.youtube.publisher import YouTubePublisher
from film.settings import Settings
from film.testing.simulator import Simulator
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


@dataclass
class Receiver:
    url: str
    answers: list[int]
    came: list[tuple[dict[str, str], bytes]]
