"""``python -m benchmarks`` lists what can be measured; ``python -m benchmarks NAME [--json]`` measures it.

A benchmark is a module of this package with ``figures() -> list[Figure]``; its first docstring line is its summary.
One with options of its own has ``add_options(parser)`` and ``figures(given)``.
Figures are ratios within one run wherever the machine would decide otherwise, and a goal stands beside each.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
from pathlib import Path

from benchmarks.figure import Figure


def names() -> list[str]:
    found = pkgutil.iter_modules([str(Path(__file__).parent)])
    measured = (m.name for m in found if not m.ispkg and not m.name.startswith("_"))
    return sorted(name for name in measured if name not in ("figure", "films"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("name", nargs="?", choices=names())
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    given, _ = parser.parse_known_args()
    if not given.name:
        for name in names():
            summary = (importlib.import_module(f"benchmarks.{name}").__doc__ or "").strip().splitlines()[0]
            print(f"{name:10} {summary}")
        parser.parse_args()
        return 0
    module = importlib.import_module(f"benchmarks.{given.name}")
    has_options = hasattr(module, "add_options")
    if has_options:
        module.add_options(parser)
    given = parser.parse_args()
    figures: list[Figure] = module.figures(given) if has_options else module.figures()
    if given.json:
        print(json.dumps({"figures": [figure.as_dict() for figure in figures]}, indent=2))
    else:
        for figure in figures:
            print(figure)
    return 0 if all(figure.holds is not False for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
