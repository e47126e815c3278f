"""Pictures from FAL: Black Forest Labs' FLUX models.

Billed by the megapixel, each one begun counting whole. FLUX takes no negative prompt: it would be read as a wish.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from film.errors import InputError
from film.providers.base import ImageConfig
from film.providers.fal_queue import FalQueue
from film.providers.vendor import Bought
from film.providers.vendor_kinds import ImageVendor
from film.providers.wire import as_list, as_object


@dataclass(frozen=True)
class FluxModel:
    """What a FLUX model takes. ``batches`` is whether it can be told how many pictures to make."""

    batches: bool = True
    max_side: int = 2048
    prompt_limit: int = 10_000


MODELS = {
    "fal-ai/flux/schnell": FluxModel(),
    "fal-ai/flux/dev": FluxModel(),
    "fal-ai/flux-2-pro": FluxModel(batches=False),
}


class FalImageProvider(FalQueue, ImageVendor):
    """FLUX at FAL."""

    name = "fal"
    default_model = "fal-ai/flux/schnell"
    usual_seconds = 8.0
    poll_seconds = 1.0

    def request_params(self, config: ImageConfig) -> dict[str, Any]:
        model = self.known_model(config, list(MODELS))
        profile = MODELS[model]
        if not all(64 <= side <= profile.max_side for side in (config.width, config.height)):
            raise InputError(
                f"{model} makes pictures of 64 to {profile.max_side} pixels a side, not {config.width}×{config.height}",
                hint="choose a smaller frame; the cut scales pictures up",
            )
        params: dict[str, Any] = {
            "prompt": self.check_text(config.prompt, profile.prompt_limit, model),
            "image_size": {"width": config.width, "height": config.height},
            "output_format": "png",
            "enable_safety_checker": True,
        }
        if profile.batches:
            params["num_images"] = 1
        if config.seed is not None:
            params["seed"] = config.seed
        return params

    async def body(self, config: ImageConfig, image_url: str | None) -> dict[str, Any]:
        return self.request_params(config)

    def is_order(self, listed: dict[str, Any], config: ImageConfig, image_url: str | None) -> bool:
        return listed == self.request_params(config)

    def bought(self, config: ImageConfig) -> Bought:
        self.request_params(config)
        megapixels = (Decimal(config.width * config.height) / 1_000_000).to_integral_value(ROUND_CEILING)
        return Bought(self.model_of(config), megapixels)

    def notices(self, config: ImageConfig) -> tuple[str, ...]:
        if config.negative_prompt:
            return ("FLUX takes no negative prompt, so it is not sent; say in the prompt what should be seen instead",)
        return ()

    def outputs(self, result: dict[str, Any]) -> tuple[str, ...]:
        urls = (as_object(image).get("url") for image in as_list(result.get("images")))
        return tuple(url for url in urls if isinstance(url, str))
