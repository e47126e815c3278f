"""The one place where asynchronous work is begun from outside a loop."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from film.production.stop import Stop, run_blocking

T = TypeVar("T")


def blocking(work: Callable[[Stop], Coroutine[Any, Any, T]]) -> T:
    """Do ``work`` and return what it comes to.

    Where a loop runs already, as in a notebook, it is done on a thread beside it.

    Args:
        work: Gets the flag that ends it early, and gives the coroutine.
    """
    return run_blocking(work)
