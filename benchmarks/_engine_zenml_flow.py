"""The product's ZenML steps up to the last shot, as a pipeline of their own: no cut is measured. Imports ZenML."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from film.production.engines.zenml.steps import estimate_cost_step, generate_shots_step, load_shots_step

zenml: Any = import_module("zenml")


@zenml.pipeline(name="shots", dynamic=True, enable_cache=False, enable_step_logs=False, enable_pipeline_logs=False)
def shots_flow(batch_size: int, run: str) -> None:
    film = load_shots_step("", {}, run)
    passed, batches = estimate_cost_step(film, batch_size, run)
    whole = zenml.unmapped
    generate_shots_step.map(batches, film=whole(film), passed=whole(passed), run=whole(run))
