"""A film made the way its user makes it: over HTTP, at simulated vendors in a process of their own.

    Script ─► film run (adapters, journal, store, ledger, checks of every byte) ══ HTTP ══► FAL, Runway, ElevenLabs

The vendors' time is shortened; this machine's is not, and both processes share its cores: drawing and encoding what
was ordered is in the figure too.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from benchmarks._script import MEAN, Script, lower_bound
from film.models import AssetType
from film.planning.params import FilmParams, film_params
from film.planning.requests import ProviderSet
from film.planning.services import running_services
from film.production.events import Events
from film.production.film_run import FilmRun
from film.production.stop import Stop
from film.settings import Settings, load_settings
from film.shots.json_lines import JsonLines
from film.shots.shotfile import check_shots

EXPORTS = 11
"""Lines in which a simulator says how to reach it."""


def buy_over_http(film: Script, places: int, *, speed: float) -> float:
    """Seconds of the vendors' time from the first order of a film of equal shots to its last asset in the store."""
    with tempfile.TemporaryDirectory() as folder, _vendors(places, speed) as told:
        gallery = {"FILM_GALLERY_DIR": folder, "FILM_DATABASE_URL": f"sqlite:///{folder}/film.db"}
        settings = load_settings({**told, **gallery}, folder=Path(folder))
        return asyncio.run(_buy(film, places, settings)) * speed


def efficiency_over_http(film: Script, places: int, *, speed: float) -> float:
    """The share of that time, in percent, that no schedule could do without."""
    return 100 * lower_bound(film, places) / buy_over_http(film, places, speed=speed)


async def _buy(film: Script, places: int, settings: Settings) -> float:
    params = _params(film, places, settings)
    async with running_services(settings, online=True) as services:
        run = FilmRun(params, services, Events(), Stop(), ProviderSet(services.context))
        plan = await run.plan()
        begun = time.monotonic()
        shots = await run.shoot(plan)
        assert all(shot.complete for shot in shots)
        return time.monotonic() - begun


def _params(film: Script, places: int, settings: Settings) -> FilmParams:
    assert film.equal, "the vendors make everything of a kind in one time"
    shots = [
        {"shot_id": f"shot_{n:04d}", "enhanced_prompt": f"shot {n}", "duration": length, "dialogue": f"Line {n}."}
        for n, length in enumerate(film.durations)
    ]
    return film_params(
        check_shots(shots, JsonLines(""), Path("film")),
        settings,
        film_id="over_http",
        tier="ultra",  # each kind of asset from another account, as a place is one of an account's
        budget_limit=Decimal(1000),
        size="128x128",
        concurrency=places,
    )


@contextmanager
def _vendors(places: int, speed: float) -> Generator[dict[str, str]]:
    lengths = [f"--{kind.value}={MEAN[kind]}" for kind in AssetType]
    options = [*lengths, f"--speed={speed}", "--spread=0", f"--concurrency={places}"]
    command = [sys.executable, "-m", "film.testing.simulator", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = (process.stdout.readline().strip().removeprefix("export ").partition("=") for _ in range(EXPORTS))
        try:
            yield {name: value for name, _, value in said}
        finally:
            process.terminate()
