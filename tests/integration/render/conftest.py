"""The cut's and the pipeline's helpers serve here too."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2] / "unit" / "render"), str(Path(__file__).parents[1])]
