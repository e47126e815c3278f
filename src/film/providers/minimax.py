"""Clips from MiniMax: the Hailuo models, reached through FAL.

They come in lengths of 6 and 10 seconds and follow the picture's own aspect ratio.
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
class HailuoModel:
    """What a Hailuo model sells. Without ``resolutions`` it makes clips of one size."""

    resolutions: tuple[str, ...] = ()
    lengths: tuple[int, ...] = (6, 10)
    prompt_limit: int = 2000


MODELS = {
    "fal-ai/minimax/hailuo-02/standard/image-to-video": HailuoModel(resolutions=("512P", "768P")),
    "fal-ai/minimax/hailuo-2.3/standard/image-to-video": HailuoModel(),
    "fal-ai/minimax/hailuo-2.3-fast/standard/image-to-video": HailuoModel(),
}


class MinimaxVideoProvider(FalQueue, VideoVendor):
    """Hailuo at FAL."""

    name = "minimax"
    default_model = "fal-ai/minimax/hailuo-02/standard/image-to-video"
    usual_seconds = 90.0
    poll_seconds = 2.0

    def request_params(self, config: VideoConfig) -> dict[str, Any]:
        model = self.known_model(config, list(MODELS))
        profile = MODELS[model]
        params: dict[str, Any] = {
            "prompt": self.check_text(self.prompt_of(config), profile.prompt_limit, model),
            "duration": str(self.clip_seconds(config)),
            "prompt_optimizer": True,
        }
        if profile.resolutions:
            params["resolution"] = self._resolution(config)
        return params

    def _resolution(self, config: VideoConfig) -> str:
        """The smallest that fills the frame, or the largest there is; "" for a model with only one."""
        offered = MODELS[self.model_of(config)].resolutions
        filling = (name for name in offered if int(name.removesuffix("P")) >= min(config.width, config.height))
        return next(filling, offered[-1] if offered else "")

    def body(self, config: VideoConfig, image_url: str | None) -> dict[str, Any]:
        return {**self.request_params(config), "image_url": self.picture(image_url)}

    def lengths(self, config: VideoConfig) -> Sequence[int]:
        return MODELS[self.known_model(config, list(MODELS))].lengths

    def bought(self, config: VideoConfig) -> Bought:
        self.request_params(config)
        return Bought(self.model_of(config), self.clip_seconds(config), self._resolution(config))

    def notices(self, config: VideoConfig) -> tuple[str, ...]:
        found: list[str] = []
        if config.negative_prompt:
            found.append("Hailuo takes no negative prompt, so it is not sent")
        if config.seed is not None:
            found.append("Hailuo takes no seed, so it is not sent: no two clips of it are alike")
        return tuple(found)

    def outputs(self, result: dict[str, Any]) -> tuple[str, ...]:
        url = as_object(result.get("video")).get("url")
        return (url,) if isinstance(url, str) else ()
