"""The cutting room is shared with the unit tests of the cut."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "compose"))
