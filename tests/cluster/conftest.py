"""What the tests of the cluster share with those that kill programs: the audit, and the films that it knows to read."""

import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "crash"))
# As ``film.cluster.library`` has it, which is loaded after the tests have loaded Ray.
os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
# Who is on a cluster shows its token; heads and nodes of the tests ask for this one.
os.environ.setdefault("RAY_AUTH_MODE", "token")
os.environ.setdefault("RAY_AUTH_TOKEN", "a-token-of-the-tests-" + "0" * 43)
