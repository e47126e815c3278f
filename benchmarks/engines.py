"""The engines beside each other: makespans against the bound, memory of long films, what a shot takes by itself.

Each engine's figures are made in ``benchmarks/_engine_NAME.py`` (``figures() -> list[Figure]``). One whose extra is not
installed is named as such and not measured. ``--only local`` measures one.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
from pathlib import Path

from benchmarks.figure import Figure

NEEDS = {"local": None, "zenml": "zenml", "ray": "ray"}
"""Engine → the package that it cannot do without."""


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", choices=tuple(NEEDS), help="one of the engines")


def figures(given: argparse.Namespace) -> list[Figure]:
    return [figure for name in NEEDS if given.only in (None, name) for figure in figures_of(name)]


def figures_of(engine: str) -> list[Figure]:
    """An engine's figures; one that says so where it cannot be measured here."""
    package, module = NEEDS[engine], f"_engine_{engine}"
    if package and importlib.util.find_spec(package) is None:
        return [Figure(f"{engine}: not measured", 0, f"{package} is not installed")]
    if not Path(__file__).with_name(f"{module}.py").exists():
        return [Figure(f"{engine}: not measured", 0, "no figures yet")]
    return importlib.import_module(f"benchmarks.{module}").figures()
