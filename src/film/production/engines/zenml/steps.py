"""The steps of making a film as ZenML's: each joins the film's workshop and has its part done there.

Importing this imports ZenML: it is reached by name, through ``film.production.engines.zenml`` or
``pipelines.steps.film_steps``.

* ``film`` is the film's params as JSON, ``passed`` the gate's estimate: every step that may pay takes it, so that none
  can begin before the gate, nor without it.
* ZenML's own cache is off: it would answer a second film with the first one's results, and knows nothing of a store
  that was emptied. Ours is asked inside of each step.
* A step that is repeated finds in the store what the first try had finished, and in the journal what it had sent.
* ``run`` names a workshop that is open in this process; without it the steps of one ZenML run share one of their own.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

from film.models import AssetType
from film.planning.params import film_params
from film.production.engines.zenml import views, work
from film.production.engines.zenml.work import Batch, Estimate
from film.production.engines.zenml.workshop import FilmWorkshop, at_work, joined
from film.production.shot_reports import ShotReport
from film.settings import load_settings

zenml: Any = import_module("zenml")
_HTML: Any = import_module("zenml.types").HTMLString
_Retries: Any = import_module("zenml.config.retry_config").StepRetryConfig
_again: Any = _Retries(max_retries=2, delay=1)

Reports = list[dict[str, Any]]
"""ShotReports as JSON."""


@zenml.step(name="load", enable_cache=False, enable_artifact_visualization=False)
def load_shots_step(shots_json_path: str, options: dict[str, Any], run: str = "") -> Annotated[str, "film"]:
    """Read and check shots.json and settle every choice; ``options`` are those of ``run_film_pipeline``."""
    if (shop := at_work(run)) is not None:
        return shop.run.params.model_dump_json()
    return _loaded(shots_json_path, options)


@zenml.step(name="estimate", enable_cache=False)
def estimate_cost_step(
    film: str, batch_size: int = 0, run: str = ""
) -> tuple[Annotated[dict[str, Any], "estimate"], Annotated[list[dict[str, Any]], "batches"]]:
    """The budget gate: what is missing, at what price, and whether it may be bought; then the shots in batches."""
    with _joined(run, film) as shop:
        passed, batches = shop.do(
            lambda house: work.estimate(
                house, shop.digest, shop.begun, consent=shop.consent, batch_size=batch_size or None
            )
        )
        zenml.log_metadata({"at_most_usd": str(passed.at_most), "shots_to_make": passed.shots_to_make})
        return passed.model_dump(mode="json"), [batch.model_dump(mode="json") for batch in batches]


@zenml.step(name="shoot", enable_cache=False, retry=_again)
def generate_shots_step(
    batch: dict[str, Any], film: str, passed: dict[str, Any], run: str = ""
) -> Annotated[list[dict[str, Any]], "shots"]:
    """A batch of shots, each from its picture to its clip, with no barrier between them."""
    with _joined(run, film) as shop:
        gate = _admitted(shop, passed)
        return _plain(shop.do(lambda house: work.shoot(house, Batch.model_validate(batch), gate)))


@zenml.step(name="images", enable_cache=False, retry=_again)
def generate_images_step(film: str, passed: dict[str, Any], run: str = "") -> Annotated[list[dict[str, Any]], "images"]:
    """Every picture."""
    return _stage(AssetType.IMAGE, film, passed, run)


@zenml.step(name="audio", enable_cache=False, retry=_again)
def synthesize_audio_step(film: str, passed: dict[str, Any], run: str = "") -> Annotated[list[dict[str, Any]], "audio"]:
    """Every line of speech. Before the clips: where one is made to fit its line, it waits for it."""
    return _stage(AssetType.AUDIO, film, passed, run)


@zenml.step(name="videos", enable_cache=False, retry=_again)
def animate_videos_step(
    film: str, passed: dict[str, Any], images: list[dict[str, Any]], audio: list[dict[str, Any]], run: str = ""
) -> Annotated[list[dict[str, Any]], "videos"]:
    """Every clip whose picture is there; ``images`` and ``audio`` only say that those are through."""
    return _stage(AssetType.VIDEO, film, passed, run)


@zenml.step(name="index", enable_cache=False)
def index_metadata_step(
    film: str, passed: dict[str, Any], shots: list[Reports], run: str = ""
) -> Annotated[list[str], "assets"]:
    """Write down which assets the film uses; their ids. Raises Interrupted when the run was told to stop."""
    with _joined(run, film) as shop:
        gate = _admitted(shop, passed)
        return shop.do(lambda house: work.index(house, _reports(shots), gate))


@zenml.step(name="record", enable_cache=False)
def record_cost_step(film: str, assets: list[str], run: str = "") -> Annotated[dict[str, Any], "cost"]:
    """The cost reports; their sums, and a table for the dashboard."""
    with _joined(run, film) as shop:
        costs, film_id = shop.do(work.record), shop.run.params.film_id
    zenml.save_artifact(_HTML(views.cost_table(film_id, costs)), name="cost_table")
    return {"spent_usd": str(costs.total), "saved_usd": str(costs.saved), "assets": len(assets)}


@zenml.step(name="compose", enable_cache=False)
def compose_film_step(
    film: str, passed: dict[str, Any], shots: list[Reports], cost: dict[str, Any], run: str = ""
) -> Annotated[dict[str, Any], "finished_film"]:
    """Cut the film; its facts, and a sheet of its shots for the dashboard."""
    with _joined(run, film) as shop:
        gate = _admitted(shop, passed)
        result = shop.do(lambda house: work.compose(house, _reports(shots), gate, shop.began))
        sheet = views.sheet(shop.run.params, result)
        shop.result = result
    zenml.save_artifact(_HTML(sheet), name="contact_sheet")
    told = views.facts(result)
    shown = ("path", "seconds", "cost_usd", "shots_made", "shots_reused")
    zenml.log_metadata(
        {name: told[name] for name in shown} | {"missing": len(result.failed), "spent_usd": cost["spent_usd"]}
    )
    return told


# -- inside


def _stage(kind: AssetType, film: str, passed: dict[str, Any], run: str) -> Reports:
    with _joined(run, film) as shop:
        gate = _admitted(shop, passed)
        return _plain(shop.do(lambda house: work.stage(house, kind, gate)))


def _joined(run: str, film: str) -> AbstractContextManager[FilmWorkshop]:
    return joined(run or str(zenml.get_step_context().pipeline_run.id), film)


def _admitted(shop: FilmWorkshop, passed: dict[str, Any]) -> Estimate:
    gate = Estimate.model_validate(passed)
    gate.admit(shop.digest)
    return gate


def _plain(reports: list[ShotReport]) -> Reports:
    return [report.model_dump(mode="json") for report in reports]


def _reports(shots: list[Reports]) -> list[ShotReport]:
    return [ShotReport.model_validate(report) for batch in shots for report in batch]


def _loaded(shots_json_path: str, options: dict[str, Any]) -> str:
    settings = load_settings()
    chosen = dict(options)
    for name in ("music", "output"):
        if chosen.get(name):
            chosen[name] = Path(chosen[name])
    limit = chosen.get("budget_limit")
    chosen["budget_limit"] = settings.default_budget if limit is None else Decimal(str(limit))
    return film_params(shots_json_path, settings, **chosen).model_dump_json()
