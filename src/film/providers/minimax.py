"""Clips from MiniMax: the Hailuo models, reached through FAL.

They come in lengths of 6 and 10 seconds and follow the picture's own aspect ratio.
"""

from __future__ import annotations

from typing import Any

from film.providers.base import VideoConfig
from film.providers.fal_clips import FalClipModel, FalClips

_LENGTHS, _PROMPT = (6, 10), 2000

MODELS = {
    "fal-ai/minimax/hailuo-02/standard/image-to-video": FalClipModel(_LENGTHS, _PROMPT, resolutions=("512P", "768P")),
    "fal-ai/minimax/hailuo-2.3/standard/image-to-video": FalClipModel(_LENGTHS, _PROMPT),
    "fal-ai/minimax/hailuo-2.3-fast/standard/image-to-video": FalClipModel(_LENGTHS, _PROMPT),
}


class MinimaxVideoProvider(FalClips):
    """Hailuo at FAL."""

    name = "minimax"
    default_model = "fal-ai/minimax/hailuo-02/standard/image-to-video"
    models = MODELS
    usual_seconds = 90.0
    file_limit = 20_000_000

    def options(self, config: VideoConfig, model: FalClipModel) -> dict[str, Any]:
        chosen: dict[str, Any] = {"prompt_optimizer": True}
        return {**chosen, "resolution": self.variant(config)} if model.resolutions else chosen

    def notices(self, config: VideoConfig) -> tuple[str, ...]:
        found: list[str] = []
        if config.negative_prompt:
            found.append("Hailuo takes no negative prompt, so it is not sent")
        if config.seed is not None:
            found.append("Hailuo takes no seed, so it is not sent: no two clips of it are alike")
        if config.sound:
            found.append("Hailuo makes no sound, so none is bought")
        return tuple(found)
