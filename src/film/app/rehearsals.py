"""Rehearsals: vendors that are none, on this machine, to make a paid film from end to end at $0.

    Rehearse ──► Rehearsal: a simulator on a loopback port, a gallery of its own ──► serve, or run a program with it

Their media are test pictures. They must never reach the library, where they would be reused for real films, so a
rehearsal has a gallery and a database of its own, and no bucket. The vendors' books lie beside them: who ends a
rehearsal in its middle, in whatever way, goes on with it later.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Coroutine, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from film.app.models import UseCaseInput, UseCaseResult
from film.app.workspace import Workspace
from film.errors import ConfigurationError, InputError
from film.files.own_files import own_folder
from film.vendors import accounts, secret_names

if TYPE_CHECKING:
    from film.testing.simulator import Simulator

KEPT = 86_400.0
"""Seconds of this machine's time for which results are kept."""
BOOKS = "vendors.db"
NOWHERE = "http://127.0.0.1:9"
"""Where nobody listens: an order that is sent there was provably never taken."""


class Rehearse(UseCaseInput):
    """How vendors are played."""

    port: int = 0
    """Where to listen; 0 takes a free one."""
    speed: float = 20.0
    """Seconds of theirs in one of ours."""
    seed: int = 0
    """Another number, other waiting times."""
    concurrency: int = 0
    """Jobs at once on an account, the rest queues; 0 for all."""
    gallery: Path | None = None
    """Where rehearsed films and assets go."""


class Rehearsed(UseCaseResult):
    """What was ordered, and what it would have cost."""

    orders: int
    cost_usd: Decimal
    exit_code: int


async def serve(asked: Rehearse, workspace: Workspace, *, ready: Callable[[Mapping[str, str]], None]) -> Rehearsed:
    """Play the vendors until this is cancelled, or the process gets SIGTERM.

    Args:
        asked: How.
        workspace: Its gallery says where the rehearsal's lies, beside it.
        ready: Called with what to set in the environment of programs that are to meet these vendors.
    """
    room, simulator = _begin(asked, workspace)
    before = _books_of(simulator)

    async def play() -> int:
        task = asyncio.current_task()
        assert task is not None
        _on(signal.SIGTERM, task.cancel)
        async with simulator:
            ready(environment(simulator, room))
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
        return 0

    return _rehearsed(before, simulator, await _listening(asked, play()))


async def run_program(asked: Rehearse, program: tuple[str, ...], workspace: Workspace) -> Rehearsed:
    """Play the vendors for one program, with all of it set in its environment. Raises InputError where it is none."""
    room, simulator = _begin(asked, workspace)
    before = _books_of(simulator)

    async def play() -> int:
        _on(signal.SIGINT, lambda: None)  # Ctrl-C reaches the program too, which finishes what it has bought
        async with simulator:
            try:
                child = await asyncio.create_subprocess_exec(
                    *program, env={**without_secrets(), **environment(simulator, room)}
                )
            except (OSError, ValueError) as error:
                raise InputError(f"{program[0]} cannot be started", hint="name a program after --") from error
            return await child.wait()

    return _rehearsed(before, simulator, await _listening(asked, play()))


def environment(simulator: Simulator, gallery: Path) -> dict[str, str]:
    """All that a rehearsal sets; the last four keep it apart from what is real, whatever .env says.

    A key may stand under several names: each of them is set, or the real one would go along under the other. A vendor
    that nobody simulates cannot be reached, or a rehearsal would order from it in earnest.
    """
    set_here = simulator.environment()
    others = {name: set_here.get(known.key, "none") for known in accounts().values() for name in known.keys}
    nowhere = {known.url: NOWHERE for known in accounts().values() if known.url not in set_here}
    return {
        **others,
        **nowhere,
        **set_here,
        "FILM_GALLERY_DIR": str(gallery),
        "FILM_DATABASE_URL": f"sqlite:///{gallery / 'film.db'}",
        "FILM_STORE_URL": "none",
        "FILM_NO_SPEND": "0",
    }


def without_secrets() -> dict[str, str]:
    """This program's environment without what opens something real: a bucket, a database, an account."""
    kept_back = secret_names()
    return {name: value for name, value in os.environ.items() if name not in kept_back}


def _on(number: signal.Signals, then: Callable[[], object]) -> None:
    with contextlib.suppress(NotImplementedError):  # Windows' loop has no such handlers; Ctrl-C ends it all the same
        asyncio.get_running_loop().add_signal_handler(number, then)


def _begin(asked: Rehearse, workspace: Workspace) -> tuple[Path, Simulator]:
    """The rehearsal's gallery, and the vendors, who know what was ordered before."""
    from film.testing.simulator import Latency, Simulator

    room = (asked.gallery or workspace.settings.gallery.with_name("FilmRehearsals")).absolute()
    simulator = Simulator(
        latency=Latency(speed=asked.speed, spread=0.2),
        seed=asked.seed,
        concurrency=asked.concurrency,
        lifetime=KEPT,
        state=_books(room),
        port=asked.port,
    )
    return room, simulator


def _books(gallery: Path) -> Path:
    try:
        own_folder(gallery)
    except OSError as error:
        raise ConfigurationError(
            f"{gallery} cannot be made: {error.strerror or error}", hint="name another folder with --gallery"
        ) from error
    return gallery / BOOKS


def _books_of(simulator: Simulator) -> tuple[int, Decimal]:
    return len(simulator.charges()), simulator.total()


def _rehearsed(before: tuple[int, Decimal], simulator: Simulator, code: int) -> Rehearsed:
    orders, cost = _books_of(simulator)
    return Rehearsed(orders=orders - before[0], cost_usd=cost - before[1], exit_code=code)


async def _listening(asked: Rehearse, played: Coroutine[Any, Any, int]) -> int:
    try:
        return await played
    except OSError as error:
        raise ConfigurationError(
            f"port {asked.port} cannot be used: {error.strerror or error}", hint="leave --port out to take a free one"
        ) from error
