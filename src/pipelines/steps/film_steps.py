"""Thin names; see ``film.production.steps``, and for ZenML's steps and pipelines ``film.production.engines.zenml``.

Names that end in ``_step`` or ``_flow`` are ZenML's, and import it when they are first asked for.
"""

from importlib import import_module
from typing import Any

from film.production.steps import check_budget, compose, load_shots, open_run, plan_film, record, shoot

__all__ = ["check_budget", "compose", "load_shots", "open_run", "plan_film", "record", "shoot"]


def __getattr__(name: str) -> Any:
    if name.endswith(("_step", "_flow")):
        return getattr(import_module("film.production.engines.zenml"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
