"""Clips from Kling, reached through FAL: lengths of 5 and 10 seconds, silent.

The newer models make sound as well unless they are told not to, at twice the price; the film has its own, so they are
always told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from film.providers.base import VideoConfig
from film.providers.fal_queue import FalQueue
from film.providers.vendor import Bought
from film.providers.vendor_kinds import VideoVendor
from film.providers.wire import as_object


@dataclass(frozen=True)
class KlingModel:
    """How a Kling model wants its order. ``speaks`` is one that makes sound unless told not to."""

    picture_field: str = "image_url"
    speaks: bool = False
    lengths: tuple[int, ...] = (5, 10)
    prompt_limit: int = 2500


MODELS = {
    "fal-ai/kling-video/v2.5-turbo/pro/image-to-video": KlingModel(),
    "fal-ai/kling-video/v2.5-turbo/standard/image-to-video": KlingModel(),
    "fal-ai/kling-video/v2.1/standard/image-to-video": KlingModel(),
    "fal-ai/kling-video/v2.1/pro/image-to-video": KlingModel(),
    "fal-ai/kling-video/v2.1/master/image-to-video": KlingModel(),
    "fal-ai/kling-video/v2.6/pro/image-to-video": KlingModel(picture_field="start_image_url", speaks=True),
}


class KlingVideoProvider(FalQueue, VideoVendor):
    """Kling at FAL."""

    name = "kling"
    default_model = "fal-ai/kling-video/v2.5-turbo/pro/image-to-video"
    usual_seconds = 150.0
    poll_seconds = 2.0

    def request_params(self, config: VideoConfig) -> dict[str, Any]:
        model = self.known_model(config, list(MODELS))
        profile = MODELS[model]
        params: dict[str, Any] = {
            "prompt": self.check_text(self.prompt_of(config), profile.prompt_limit, model),
            "duration": str(self.clip_seconds(config)),
            "cfg_scale": 0.5,
        }
        if config.negative_prompt:
            params["negative_prompt"] = self.check_text(config.negative_prompt, profile.prompt_limit, model)
        if profile.speaks:
            del params["cfg_scale"]
            params["generate_audio"] = False
        return params

    def body(self, config: VideoConfig, image_url: str | None) -> dict[str, Any]:
        params = self.request_params(config)
        return {**params, MODELS[self.model_of(config)].picture_field: self.picture(image_url)}

    def lengths(self, config: VideoConfig) -> Sequence[int]:
        return MODELS[self.known_model(config, list(MODELS))].lengths

    def bought(self, config: VideoConfig) -> Bought:
        self.request_params(config)
        return Bought(self.model_of(config), self.clip_seconds(config))

    def notices(self, config: VideoConfig) -> tuple[str, ...]:
        if config.seed is not None:
            return ("Kling takes no seed, so it is not sent: no two clips of it are alike",)
        return ()

    def outputs(self, result: dict[str, Any]) -> tuple[str, ...]:
        url = as_object(result.get("video")).get("url")
        return (url,) if isinstance(url, str) else ()
