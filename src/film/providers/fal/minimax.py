"""Clips from MiniMax: the Hailuo models, reached through FAL.

They come in lengths of 6 and 10 seconds and follow the picture's own aspect ratio.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from film.providers.base import VideoConfig
from film.providers.fal.clips import FalClipModel, FalClips

_HAILUO = FalClipModel(lengths=(6, 10), text_limit=2000)

MODELS = {
    "fal-ai/minimax/hailuo-02/standard/image-to-video": replace(_HAILUO, resolutions=("512P", "768P")),
    "fal-ai/minimax/hailuo-2.3/standard/image-to-video": _HAILUO,
    "fal-ai/minimax/hailuo-2.3-fast/standard/image-to-video": _HAILUO,
}


class MinimaxVideoProvider(FalClips):
    """Hailuo at FAL."""

    name = "minimax"
    label = "Hailuo"
    default_model = "fal-ai/minimax/hailuo-02/standard/image-to-video"
    models = MODELS
    usual_seconds = 90.0
    file_limit = 20_000_000

    def options(self, config: VideoConfig, model: FalClipModel) -> dict[str, Any]:
        chosen: dict[str, Any] = {"prompt_optimizer": True}
        return {**chosen, "resolution": self.variant(config)} if model.resolutions else chosen
