"""What the operating system says of the gallery's disk, as an error with the way out."""

from __future__ import annotations

import errno

from film.errors import StoreError

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def disk_error(error: OSError) -> StoreError:
    if error.errno in _FULL:
        return StoreError(
            f"the gallery's disk is full ({error.filename or 'while writing'})",
            hint="free some space and run again: what was paid for is fetched, not bought again",
        )
    return StoreError(f"the gallery's disk failed: {error}", hint="check the disk, then the gallery with: film fsck")
