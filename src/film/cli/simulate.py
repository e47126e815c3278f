"""``film simulate``: vendors that are none, on this machine, to rehearse a paid film from end to end at $0.

Their media are test pictures. They must never reach the library, where they would be reused for real films, so a
rehearsal has a gallery and a database of its own, and no bucket. The vendors' books lie beside them: who ends a
rehearsal in its middle, in whatever way, goes on with it later.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from film.cli.console import counted, dollars, note
from film.cli.options import option
from film.environment.variables import KEY_NAMES, SECRET_NAMES
from film.errors import ConfigurationError, InputError
from film.files.own_files import own_folder

if TYPE_CHECKING:
    from film.testing.simulator import Simulator


KEPT = 86_400.0
"""Seconds of this machine's time for which results are kept."""
BOOKS = "vendors.db"


@click.command(name="simulate")
@option("port", type=click.IntRange(0, 65535), default=0, help="Where to listen; a free port unless given.")
@option("speed", type=click.FloatRange(0.01, 10_000), default=20.0, show_default=True, help="Seconds of theirs in one.")
@option("seed", type=int, default=0, help="Another number, other waiting times.")
@option("concurrency", type=click.IntRange(0, 1000), default=0, help="Jobs at once on an account, the rest queues.")
@option("gallery", type=click.Path(path_type=Path, file_okay=False), help="Where rehearsed films and assets go.")
@click.argument("program", nargs=-1, type=click.UNPROCESSED)
def command(
    port: int, speed: float, seed: int, concurrency: int, gallery: Path | None, program: tuple[str, ...]
) -> int:
    """Play FAL, Replicate, Runway, OpenAI and ElevenLabs on a loopback port, for rehearsals of paid tiers at $0.

    Alone, it prints what to export in another terminal and runs until Ctrl-C. With a PROGRAM after --, it runs that
    with all of it set, and ends with its exit code: film simulate -- film make shots.json --tier premium --yes
    """
    from film.settings import load_settings
    from film.testing.simulator import Latency, Simulator

    room = (gallery or load_settings().gallery.with_name("FilmRehearsals")).absolute()
    simulator = Simulator(
        latency=Latency(speed=speed, spread=0.2),
        seed=seed,
        concurrency=concurrency,
        lifetime=KEPT,
        state=_books(room),
        port=port,
    )
    charged, amount = len(simulator.charges()), simulator.total()
    try:
        code = _run(simulator, room, program) if program else _serve(simulator, room)
    except OSError as error:
        raise ConfigurationError(
            f"port {port} cannot be used: {error.strerror or error}", hint="leave --port out to take a free one"
        ) from error
    bought, cost = len(simulator.charges()) - charged, simulator.total() - amount
    note(f"rehearsed: {counted(bought, 'order')} that would have cost {dollars(cost)}")
    return code


def environment(simulator: Simulator, gallery: Path) -> dict[str, str]:
    """All that a rehearsal sets; the last four keep it apart from what is real, whatever .env says.

    A key may stand under several names: each of them is set, or the real one would go along under the other.
    """
    keys = simulator.environment()
    others = {name: keys[names[0]] for names in KEY_NAMES.values() for name in names}
    return {
        **others,
        **keys,
        "FILM_GALLERY_DIR": str(gallery),
        "FILM_DATABASE_URL": f"sqlite:///{gallery / 'film.db'}",
        "FILM_STORE_URL": "none",
        "FILM_NO_SPEND": "0",
    }


def _books(gallery: Path) -> Path:
    try:
        own_folder(gallery)
    except OSError as error:
        raise ConfigurationError(
            f"{gallery} cannot be made: {error.strerror or error}", hint="name another folder with --gallery"
        ) from error
    return gallery / BOOKS


def _serve(simulator: Simulator, gallery: Path) -> int:
    async def play() -> None:
        task = asyncio.current_task()
        assert task is not None
        _on(signal.SIGTERM, task.cancel)
        async with simulator:
            for name, value in environment(simulator, gallery).items():
                click.echo(f"export {name}={shlex.quote(value)}")
            note("copy these lines into another terminal and make films there; Ctrl-C ends it")
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(play())
    return 0


def _run(simulator: Simulator, gallery: Path, program: tuple[str, ...]) -> int:
    async def play() -> int:
        _on(signal.SIGINT, lambda: None)  # Ctrl-C reaches the program too, which finishes what it has bought
        async with simulator:
            try:
                child = await asyncio.create_subprocess_exec(
                    *program, env={**_without_secrets(), **environment(simulator, gallery)}
                )
            except (OSError, ValueError) as error:
                raise InputError(f"{program[0]} cannot be started", hint="name a program after --") from error
            return await child.wait()

    return asyncio.run(play())


def _without_secrets() -> dict[str, str]:
    """This program's environment without what opens something real: a bucket, a database, an account."""
    return {name: value for name, value in os.environ.items() if name not in SECRET_NAMES}


def _on(number: signal.Signals, then: Callable[[], object]) -> None:
    with contextlib.suppress(NotImplementedError):  # Windows' loop has no such handlers; Ctrl-C ends it all the same
        asyncio.get_running_loop().add_signal_handler(number, then)
