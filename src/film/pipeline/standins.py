"""What the cut shows for a shot that could not be finished: its still, or a drawn panel, marked as missing.

A film with a gap is a film that can be watched and judged; the gap is made good by the next run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from film.models import AssetType
from film.pipeline.obtain import Obtainer
from film.pipeline.params import ProviderChoice
from film.pipeline.requests import Asker
from film.pipeline.results import CompletedShot

DRAFT = ProviderChoice(provider="draft")


async def add_stand_ins(obtainer: Obtainer, asker: Asker, shots: Sequence[CompletedShot]) -> list[CompletedShot]:
    """The shots, each of those without a clip with a still in its place."""
    drawing = Asker(asker.params.model_copy(update={"choices": dict.fromkeys(AssetType, DRAFT)}), asker.providers)
    return [shot if shot.video else await _with_stand_in(obtainer, drawing, shot) for shot in shots]


async def _with_stand_in(obtainer: Obtainer, drawing: Asker, done: CompletedShot) -> CompletedShot:
    if done.image:
        return replace(done, stand_in=done.image)
    plain = done.shot.model_copy(update={"image_provider": None, "image_model": None})
    panel = await obtainer.obtain(drawing.image(plain))
    return replace(done, stand_in=panel.asset)
