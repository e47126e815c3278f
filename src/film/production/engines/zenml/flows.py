"""Making a film as ZenML pipelines: in batches of shots, or stage by stage as the description draws it.

    film_flow             load ─► estimate ─┬─► shoot (a batch) ─┬─► index ─► record ─► compose
                                            ├─► shoot …          │
                                            └─► shoot …         ─┘

    film_by_stages_flow   load ─► estimate ─► images ─► audio ─► videos ─► index ─► record ─► compose

The first is dynamic: how many batches there are is known once the estimate is. Inside a batch every shot is a chain of
its own, and all batches share the providers' places. The second is static, waits for the last picture before the first
clip, and takes a quarter longer for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from film.production.engines.zenml.steps import (
    animate_videos_step,
    compose_film_step,
    estimate_cost_step,
    generate_images_step,
    generate_shots_step,
    index_metadata_step,
    load_shots_step,
    record_cost_step,
    synthesize_audio_step,
)

zenml: Any = import_module("zenml")


@zenml.pipeline(name="film", dynamic=True, enable_cache=False, enable_step_logs=False, enable_pipeline_logs=False)
def film_flow(
    shots_json_path: str = "shots.json",
    options: dict[str, Any] | None = None,
    batch_size: int = 0,
    run: str = "",
) -> None:
    """``options`` are those of ``run_film_pipeline``; ``batch_size`` 1 makes every shot a step of its own."""
    film = load_shots_step(shots_json_path, options or {}, run)
    passed, batches = estimate_cost_step(film, batch_size, run)
    shots: Any = []
    if batches.item_count:
        whole = zenml.unmapped
        shots = generate_shots_step.map(batches, film=whole(film), passed=whole(passed), run=whole(run))
    index = index_metadata_step(film, passed, shots, run)
    cost = record_cost_step(film, index, run)
    compose_film_step(film, passed, shots, cost, run)


@zenml.pipeline(name="film_by_stages", enable_cache=False, enable_step_logs=False, enable_pipeline_logs=False)
def film_by_stages_flow(
    shots_json_path: str = "shots.json", options: dict[str, Any] | None = None, run: str = ""
) -> None:
    """``options`` are those of ``run_film_pipeline``."""
    film = load_shots_step(shots_json_path, options or {}, run)
    passed, _ = estimate_cost_step(film, 0, run)
    images = generate_images_step(film, passed, run)
    audio = synthesize_audio_step(film, passed, run)
    videos = animate_videos_step(film, passed, images, audio, run)
    shots = [images, audio, videos]
    index = index_metadata_step(film, passed, shots, run)
    cost = record_cost_step(film, index, run)
    compose_film_step(film, passed, shots, cost, run)
