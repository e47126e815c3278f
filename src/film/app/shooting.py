"""The work of a production: a whole film, or some of its shots, or their pictures alone.

    whole   the local engine, as ``film make`` has it
    part    recover ─► plan, less what was not asked for ─► check ─► begin ─► shots, or stills ─► record; nothing is cut

Apart from ``film.app.productions``, which keeps the books, since it needs all that makes films.
"""

from __future__ import annotations

from collections.abc import Callable

from film.app.estimates import Agreed, EstimateChanged, alone, fingerprint, part_of
from film.app.film_desk import FilmDesk
from film.db.away import on_thread
from film.models import AssetType
from film.planning.params import FilmParams
from film.planning.plan import Consent, plan_film
from film.planning.record import set_status
from film.planning.results import CompletedShot, FilmResult
from film.production.engines.local import make_film
from film.production.events import Event
from film.production.film_run import FilmRun, opened_run
from film.production.stages import make_stage
from film.production.stop import Stop

Hear = Callable[[Event], None]


async def make_whole(params: FilmParams, desk: FilmDesk, hear: Hear, consent: Consent, stop: Stop) -> FilmResult:
    """All that is missing of a film, and its cut."""
    return await make_film(params, desk.settings, listeners=[hear], consent=consent, stop=stop)


async def make_part(
    params: FilmParams,
    desk: FilmDesk,
    agreed: Agreed,
    hear: Hear,
    consent: Consent,
    stop: Stop,
) -> list[CompletedShot]:
    """Some shots of a film, or their pictures alone; the rest of it stays as it is, and nothing is cut."""
    async with opened_run(FilmRun, params, desk.settings, listeners=[hear], stop=stop, minds_ctrl_c=False) as run:
        await run.recover()
        only = alone(agreed.asked)
        whole = await on_thread(plan_film, params, run.services, run.providers, only and set(only))
        plan = part_of(whole, agreed.asked, desk)
        if fingerprint(plan) != agreed.fingerprint:
            raise EstimateChanged("the film has changed since its price was shown", hint="look at the price again")
        run.check(plan, consent)
        await run.begin(plan)
        try:
            shots = await (
                make_stage(run, plan, AssetType.IMAGE) if agreed.asked.stage == "stills" else run.shoot(plan)
            )
            await run.record(plan, shots)
        finally:
            await on_thread(set_status, run.services.engine, params.film_id, "partial")
        return shots
