"""Clips from Kling, reached through FAL: lengths of 5 and 10 seconds, silent unless sound is asked for.

The newer models make sound as well unless they are told not to, at twice the price; the film has its own, so they are
told, always.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from film.providers.base import VideoConfig
from film.providers.fal.clips import FalClipModel, FalClips

_SILENT = FalClipModel(lengths=(5, 10), text_limit=2500, negative_prompt=True)

MODELS = {
    "fal-ai/kling-video/v2.5-turbo/pro/image-to-video": _SILENT,
    "fal-ai/kling-video/v2.5-turbo/standard/image-to-video": _SILENT,
    "fal-ai/kling-video/v2.1/standard/image-to-video": _SILENT,
    "fal-ai/kling-video/v2.1/pro/image-to-video": _SILENT,
    "fal-ai/kling-video/v2.1/master/image-to-video": _SILENT,
    "fal-ai/kling-video/v2.6/pro/image-to-video": replace(_SILENT, picture_field="start_image_url", sound="optional"),
}


class KlingVideoProvider(FalClips):
    """Kling at FAL."""

    name = "kling"
    label = "Kling"
    default_model = "fal-ai/kling-video/v2.5-turbo/pro/image-to-video"
    models = MODELS
    usual_seconds = 150.0
    file_limit = 10_000_000

    def options(self, config: VideoConfig, model: FalClipModel) -> dict[str, Any]:
        chosen: dict[str, Any] = (
            {"generate_audio": bool(config.sound)} if model.sound == "optional" else {"cfg_scale": 0.5}
        )
        if config.negative_prompt:
            chosen["negative_prompt"] = self.check_text(config.negative_prompt, model.text_limit, self.model_of(config))
        return chosen
