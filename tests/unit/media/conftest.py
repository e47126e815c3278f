"""Clips with numbered frames are made as for the tests of the cut."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "render"))
