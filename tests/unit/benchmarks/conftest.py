"""The benchmarks are a package of the checkout, beside ``src``: no wheel holds them."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[3]))
