"""What the tests of the cluster share with those that kill programs: the audit, and the films that it knows to read."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "crash"))
