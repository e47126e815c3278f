"""Work that a cancellation may not cut in two.

Between a POST and the commit of its answer lies the one window in which money can get lost. A cancelled caller
therefore waits for such work to end, and is cancelled then. The same goes for what is bought and has to be stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def unbroken(work: Awaitable[T]) -> T:
    """The result of ``work``, which runs to its end even when the caller is cancelled meanwhile."""
    return await unbroken_once(lambda: True, work)


async def unbroken_once(is_due: Callable[[], bool], work: Awaitable[T]) -> T:
    """The result of ``work``, which is cancelled with its caller until ``is_due``, and then runs to its end."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as request:
            cancelled = request
            if not is_due():
                task.cancel()
    if cancelled is None:
        return task.result()
    if not task.cancelled():
        task.exception()  # looked at, so that asyncio does not report it as lost
    raise cancelled
