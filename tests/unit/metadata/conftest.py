"""A library in an empty database, on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from film.metadata import MetadataIndex


@pytest.fixture
def index(engine: Engine) -> MetadataIndex:
    return MetadataIndex(engine=engine)
