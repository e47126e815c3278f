"""A library to search by meaning, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from meaning_kit import TinyEmbedder
from sqlalchemy import Engine

from film.metadata import MetadataIndex
from film.search import SemanticSearch


@pytest.fixture
def index(engine: Engine) -> MetadataIndex:
    return MetadataIndex(engine=engine)


@pytest.fixture
def embedder() -> TinyEmbedder:
    return TinyEmbedder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "search"


@pytest.fixture
def search(index: MetadataIndex, embedder: TinyEmbedder, folder: Path) -> SemanticSearch:
    return SemanticSearch(index, folder, embedder=embedder)
