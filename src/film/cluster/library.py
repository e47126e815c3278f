"""Ray itself, loaded when it is needed. It is an extra: nothing else in the package imports it."""

from __future__ import annotations

import os
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from film.errors import ConfigurationError


def check_installed() -> None:
    """Raise ConfigurationError where there is no Ray, without loading it: that takes a while."""
    if find_spec("ray") is None:
        raise ConfigurationError(
            "the engine ray needs Ray, which is not installed",
            hint="install it with: pip install 'film-generation[ray]', or leave --engine out",
        )


def ray_library() -> Any:
    """The module. Its types are not known to checkers that run where it is not installed."""
    check_installed()
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anybody unless the user says so
    # Nodes have the package. Else a driver that "uv run" started would send them its folder to install it from.
    os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
    with quietly():
        return import_module("ray")


@contextmanager
def quietly() -> Generator[None]:
    """Ray tells of its own plans as warnings; those are for its users, and ours are none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
