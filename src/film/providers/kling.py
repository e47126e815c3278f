"""Clips from Kling, reached through FAL: lengths of 5 and 10 seconds, silent unless sound is asked for.

The newer models make sound as well unless they are told not to, at twice the price; the film has its own, so they are
told, always.
"""

from __future__ import annotations

from typing import Any

from film.providers.base import VideoConfig
from film.providers.fal_clips import FalClipModel, FalClips

_LENGTHS, _PROMPT = (5, 10), 2500

MODELS = {
    "fal-ai/kling-video/v2.5-turbo/pro/image-to-video": FalClipModel(_LENGTHS, _PROMPT),
    "fal-ai/kling-video/v2.5-turbo/standard/image-to-video": FalClipModel(_LENGTHS, _PROMPT),
    "fal-ai/kling-video/v2.1/standard/image-to-video": FalClipModel(_LENGTHS, _PROMPT),
    "fal-ai/kling-video/v2.1/pro/image-to-video": FalClipModel(_LENGTHS, _PROMPT),
    "fal-ai/kling-video/v2.1/master/image-to-video": FalClipModel(_LENGTHS, _PROMPT),
    "fal-ai/kling-video/v2.6/pro/image-to-video": FalClipModel(
        _LENGTHS, _PROMPT, picture_field="start_image_url", speaks=True
    ),
}


class KlingVideoProvider(FalClips):
    """Kling at FAL."""

    name = "kling"
    default_model = "fal-ai/kling-video/v2.5-turbo/pro/image-to-video"
    models = MODELS
    usual_seconds = 150.0
    file_limit = 10_000_000

    def options(self, config: VideoConfig, model: FalClipModel) -> dict[str, Any]:
        chosen: dict[str, Any] = {"generate_audio": bool(config.sound)} if model.speaks else {"cfg_scale": 0.5}
        if config.negative_prompt:
            limit = model.prompt_limit
            chosen["negative_prompt"] = self.check_text(config.negative_prompt, limit, self.model_of(config))
        return chosen

    def notices(self, config: VideoConfig) -> tuple[str, ...]:
        found: list[str] = []
        if config.seed is not None:
            found.append("Kling takes no seed, so it is not sent: no two clips of it are alike")
        if config.sound and not self.model(config).speaks:
            found.append(f"{self.model_of(config)} makes no sound, so none is bought")
        return tuple(found)
