"""The strangers' vendors and their attack are a part of the benchmarks, a package beside ``src``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))
