"""A command's modules are loaded without garbage collection: what they define stays anyway."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager

_alone = False


def process_is_ours() -> None:
    """This process was started for one command: what it loads is set aside from all later collections too.

    A fifth of the second that ``film make`` takes for a film that is done would be collections that find nothing.
    """
    global _alone  # noqa: PLW0603  # a fact of the process
    _alone = True


@contextmanager
def loading() -> Generator[None]:
    """Within it nothing is collected."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if _alone:
            gc.freeze()
        if was_on:
            gc.enable()
