"""What runs on a node: a function, with its files at hand, and an answer that says how it went.

Answers are values and never exceptions: those would reach the caller wrapped up in the cluster's own, or not at all.
"""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from film.cluster.access import environment_with
from film.cluster.files import HandedFile, MissingFile, at_hand
from film.cluster.library import ray_library
from film.environment.variables import SECRET_NAMES

_NO_KEYS: Mapping[str, None] = dict.fromkeys(SECRET_NAMES)
"""Work that costs nothing needs no key, and finds none, whatever its node was started with."""


@dataclass(frozen=True)
class Done:
    value: Any


@dataclass(frozen=True)
class Failed:
    error: Exception


@dataclass(frozen=True)
class Needed:
    files: tuple[HandedFile, ...]


Answer = Done | Failed | Needed


def perform(
    function: Callable[..., Any], arguments: Sequence[Any], files: Sequence[HandedFile], sent: Mapping[str, Any]
) -> Answer:
    """``function(*arguments, places)``."""
    try:
        with environment_with(_NO_KEYS), at_hand(files, sent, ray_library().get) as places:
            return Done(function(*arguments, places))
    except Exception as error:  # noqa: BLE001  # whatever it is, it belongs to who asked
        return _answer_to(error)


def perform_in_steps(
    function: Callable[..., Iterator[Any]],
    arguments: Sequence[Any],
    files: Sequence[HandedFile],
    sent: Mapping[str, Any],
) -> Generator[Answer]:
    """Every step of ``function(*arguments, places)``; an answer that is not Done is the last."""
    try:
        with environment_with(_NO_KEYS), at_hand(files, sent, ray_library().get) as places:
            for step in function(*arguments, places):
                yield Done(step)
    except Exception as error:  # noqa: BLE001  # as above; what came before it stays valid
        yield _answer_to(error)


class Bench:
    """A process that stays, for work that keeps something loaded."""

    def perform(
        self,
        function: Callable[..., Any],
        arguments: Sequence[Any],
        files: Sequence[HandedFile],
        sent: Mapping[str, Any],
    ) -> Answer:
        return perform(function, arguments, files, sent)


def _answer_to(error: Exception) -> Answer:
    if isinstance(error, MissingFile):
        return Needed(error.files)
    return Failed(portable(error))


def portable(error: Exception) -> Exception:
    """An error as it can travel, with where it came from."""
    told = "on a node of the cluster:\n" + "".join(traceback.format_exception(error))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  # made on the same line
    except Exception:  # noqa: BLE001  # not all errors of other libraries can be taken apart and put together
        error = RuntimeError(f"{type(error).__name__}: {error}")
    error.add_note(told)
    return error
