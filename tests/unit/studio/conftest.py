"""A studio in this process over a folder with one film of three shots, and a browser that asks it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from studio_browser import HOST, SHOTS, TOKENS, Browser

from film.settings import Settings
from film.studio.access import Person, Role, Tokens
from film.studio.app import studio_app
from film.studio.state import Studio


@pytest.fixture
def own_settings(tmp_path: Path) -> Settings:
    return Settings(gallery=tmp_path / "gallery", database_url=f"sqlite:///{tmp_path / 'gallery' / 'film.db'}")


@pytest.fixture
def film_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "films" / "harbour"
    folder.mkdir(parents=True)
    (folder / "shots.json").write_text(SHOTS, "utf-8")
    return folder


@pytest.fixture
def studio(film_folder: Path, own_settings: Settings) -> Iterator[Studio]:
    found = Studio(film_folder.parent, own_settings)
    yield found
    found.close()


@pytest.fixture
def app(studio: Studio) -> Any:
    people = [(token, Person(role, Role[role.upper()])) for role, token in TOKENS.items()]
    return studio_app(studio, tokens=Tokens(people), hosts=[HOST])


@pytest.fixture
def browser(app: Any) -> Browser:
    return Browser(app)
