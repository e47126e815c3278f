"""``film simulate``: vendors that are none, on this machine, to rehearse a paid film from end to end at $0."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

import click

from film.cli.console import counted, dollars, note
from film.cli.looking import workspace
from film.cli.options import option


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
    """Play the vendors on a loopback port, for rehearsals of paid tiers at $0.

    Alone, it prints what to export in another terminal and runs until Ctrl-C. With a PROGRAM after --, it runs that
    with all of it set, and ends with its exit code: film simulate -- film make shots.json --tier premium --yes
    """
    from film.app.rehearsals import Rehearse, run_program, serve
    from film.app.running import blocking

    asked = Rehearse(port=port, speed=speed, seed=seed, concurrency=concurrency, gallery=gallery)
    room = workspace()
    if program:
        done = blocking(lambda _stop: run_program(asked, program, room))
    else:
        done = blocking(lambda _stop: serve(asked, room, ready=_tell))
    note(f"rehearsed: {counted(done.orders, 'order')} that would have cost {dollars(done.cost_usd)}")
    return done.exit_code


def _tell(environment: Mapping[str, str]) -> None:
    for name, value in environment.items():
        click.echo(f"export {name}={shlex.quote(value)}")
    note("copy these lines into another terminal and make films there; Ctrl-C ends it")
