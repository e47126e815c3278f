"""Engines are found by their names, and those that are not there say which are."""

from __future__ import annotations

import pytest

from film.app.films import make_film
from film.errors import ConfigurationError
from film.production.engines import ENGINES, LOCAL, engine_named


def test_the_local_engine_is_this_program() -> None:
    assert engine_named(LOCAL) is make_film


def test_an_unknown_engine_names_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match="no engine 'slurm'") as caught:
        engine_named("slurm")
    assert all(name in str(caught.value.hint) for name in ENGINES)
