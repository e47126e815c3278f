"""Thin names; see ``film.pipeline.steps``, and for ZenML's steps and pipelines ``film.pipeline.zenml``.

Names that end in ``_step`` or ``_flow`` are ZenML's, and import it when they are first asked for.
"""

from importlib import import_module
from typing import Any

from film.pipeline.steps import check_budget, compose, load_shots, open_run, plan_film, record, shoot

__all__ = ["check_budget", "compose", "load_shots", "open_run", "plan_film", "record", "shoot"]


def __getattr__(name: str) -> Any:
    if name.endswith(("_step", "_flow")):
        return getattr(import_module("film.pipeline.zenml"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
