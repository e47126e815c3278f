"""The description's module paths; the code lives in ``film``."""

import os
import sys

if sys.argv[:1] == ["-m"] and not sys.flags.safe_path and sys.path[0] != __file__.rsplit(os.sep, 2)[0]:
    del sys.path[0]  # as in ``film``: no module comes from the folder that one happens to be in
