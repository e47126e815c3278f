"""The corpus is made by the benchmark ``foreign``: a package of the checkout, beside ``src``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))
