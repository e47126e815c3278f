"""Plans, shoots and records a film that is all there, and prints what it took: a process of its own, for its memory.

python -m benchmarks._long_film GALLERY SHOTS.JSON
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from pathlib import Path

from film.planning.params import film_params
from film.planning.requests import ProviderSet
from film.planning.services import running_services
from film.production.events import Events
from film.production.film_run import FilmRun
from film.production.stop import Stop
from film.settings import Settings


async def make_long_film(gallery: Path, shots: Path) -> dict[str, float]:
    """Seconds of each step, and this process's highest memory in MiB."""
    settings = Settings(gallery=gallery, database_url=f"sqlite:///{gallery / 'film.db'}")
    params = film_params(shots, settings, tier="draft")
    took: dict[str, float] = {}
    async with running_services(settings, online=False) as services:
        run = FilmRun(params, services, Events(), Stop(), ProviderSet(services.context))
        began = time.perf_counter()
        plan = await run.plan()
        took["plan"] = time.perf_counter() - began
        assert not any(shot.to_make for shot in plan.shots)
        run.check(plan, None)
        await run.begin(plan)
        made = await run.shoot(plan)
        assert all(shot.complete for shot in made)
        took["shoot"] = time.perf_counter() - began - took["plan"]
        await run.record(plan, made)
        took["record"] = time.perf_counter() - began - took["plan"] - took["shoot"]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return {**took, "memory": memory}


if __name__ == "__main__":
    gallery, shots = map(Path, sys.argv[1:])
    sys.stdout.write(json.dumps(asyncio.run(make_long_film(gallery, shots))))
