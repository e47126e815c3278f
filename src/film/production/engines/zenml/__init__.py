"""Films as ZenML pipelines: ``film make --engine zenml``, and steps for pipelines of your own. An extra.

    house      ZenML's manners: its folder, quiet, offline        reports (film.pipeline)   a shot's outcome as JSON
    flows      the two pipelines                                  work       what a step does, without ZenML
    steps      the steps, for pipelines of your own               views      what the dashboard shows
    workshop   the one run that all steps of a process share

    make_film ─► opens the workshop ─► film_flow, in a thread ─► steps, in ZenML's threads ─► work, back on our loop

ZenML decides which step is taken when, keeps what became of it and shows it. It holds no truth: that is the store, the
journal and the ledger, as under the local engine. A film begun here is finished there, and the other way round.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

from film.errors import FilmError
from film.planning.params import FilmParams
from film.planning.plan import Consent
from film.planning.results import FilmResult
from film.production.engines.zenml import house
from film.production.engines.zenml.workshop import FilmWorkshop, known_as, opened
from film.production.events import Listener
from film.production.stop import Stop
from film.settings import Settings, load_settings

_STEPS = (
    "load_shots_step",
    "estimate_cost_step",
    "generate_shots_step",
    "generate_images_step",
    "synthesize_audio_step",
    "animate_videos_step",
    "index_metadata_step",
    "record_cost_step",
    "compose_film_step",
)
_FLOWS = ("film_flow", "film_by_stages_flow")

__all__ = ["make_film"]


def __getattr__(name: str) -> Any:
    """The steps and the pipelines, which import ZenML."""
    if name in _STEPS or name in _FLOWS:
        house.enter(load_settings())
        return getattr(import_module(f"{__name__}.{'steps' if name in _STEPS else 'flows'}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


async def make_film(
    params: FilmParams,
    settings: Settings,
    *,
    listeners: Sequence[Listener] = (),
    consent: Consent | None = None,
    stop: Stop | None = None,
    providers: Mapping[Any, Any] | None = None,
    batch_size: int = 0,
    by_stages: bool = False,
) -> FilmResult:
    """Bring a film up to date as a run of ZenML's: a ``film.production.engines.Engine``.

    ``batch_size`` is how many shots make a step, 0 leaves it to the film's size; ``by_stages`` makes all pictures, then
    all lines, then all clips. ``providers`` take the place of those that the film's choices name.
    """
    house.require()
    stop = stop or Stop()
    async with opened(
        params, settings, listeners=listeners, consent=consent, stop=stop, providers=providers
    ) as workshop:
        name = uuid.uuid4().hex

        def flow() -> None:
            house.check_stack(house.enter(settings))
            flows: Any = import_module("film.production.engines.zenml.flows")
            # A copy each: a pipeline keeps what it is called with, and another film may be made beside this one.
            if by_stages:
                flows.film_by_stages_flow.copy()(run=name)
            else:
                flows.film_flow.copy()(batch_size=batch_size, run=name)

        with known_as(name, workshop):
            await _through(flow, workshop, stop)
        if workshop.result is None:
            raise FilmError("ZenML ended without a film", hint="look at its run with: zenml pipeline runs list")
        return workshop.result


async def _through(flow: Callable[[], None], workshop: FilmWorkshop, stop: Stop) -> None:
    """Run a pipeline in a thread, to the end: when cancelled, new work is stopped and what was begun is finished."""
    running = asyncio.ensure_future(asyncio.to_thread(flow))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait([running])
        running.exception()  # looked at, so that asyncio does not report it as lost
        raise
    except FilmError:
        raise
    except Exception as error:
        if isinstance(workshop.failure, Exception):
            raise workshop.failure from None  # what went wrong in a step, and not ZenML's telling of it
        raise FilmError(
            f"ZenML could not run the film: {type(error).__name__}: {error}",
            hint="set ZENML_LOGGING_VERBOSITY=INFO to see what it does, or use --engine local",
        ) from error
