"""Lets large buffers go back to the system as soon as they are freed.

An encoder takes some twenty pictures, each in one large block, and every segment has an encoder of its own. The C
library learns from the first such block that is freed to carve the next ones out of its arenas, one for each thread,
where smaller blocks come to lie between them: a film of many pieces then holds a tenth more memory than it uses. With
a fixed threshold it does not learn that. Only glibc does; elsewhere there is nothing to be done.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache

_M_MMAP_THRESHOLD = -3
_LARGE = 4 << 20
"""Bytes: an encoder's picture, and not a decoder's, which come and go with every frame."""


@cache
def give_back_large_buffers() -> bool:
    """For this process, from now on; whether it could be arranged."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        return bool(ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE))
    except (AttributeError, OSError):  # musl has no such thing
        return False
