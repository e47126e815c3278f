"""Pictures from FAL: Black Forest Labs' FLUX models.

Billed by the megapixel, each one begun counting whole. FLUX takes no negative prompt: it would be read as a wish.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import Any

from film.errors import InputError
from film.providers.base import ImageConfig
from film.providers.capabilities import Capabilities
from film.providers.fal.queue import FalQueue
from film.providers.vendor import BillableUnits
from film.providers.vendor_client import as_list, as_object
from film.providers.vendor_kinds import ImageVendor

_FLUX = Capabilities(text_limit=10_000, sides=(64, 2048), seed=True)

MODELS = {
    "fal-ai/flux/schnell": _FLUX,
    "fal-ai/flux/dev": _FLUX,
    "fal-ai/flux-2-pro": _FLUX,
}
_ONE_EACH = frozenset({"fal-ai/flux-2-pro"})
"""Models that cannot be told how many pictures to make."""


class FalImageProvider(FalQueue, ImageVendor):
    """FLUX at FAL."""

    name = "fal"
    label = "FLUX"
    models = MODELS
    default_model = "fal-ai/flux/schnell"
    usual_seconds = 8.0
    poll_seconds = 1.0

    def request_params(self, config: ImageConfig) -> dict[str, Any]:
        model = self.known_model(config)
        facts = self.models[model]
        fewest, most = facts.sides or (1, 2048)
        if not all(fewest <= side <= most for side in (config.width, config.height)):
            raise InputError(
                f"{model} makes pictures of {fewest} to {most} pixels a side, not {config.width}×{config.height}",
                hint="choose a smaller frame; the cut scales pictures up",
            )
        params: dict[str, Any] = {
            "prompt": self.check_text(config.prompt, facts.text_limit, model),
            "image_size": {"width": config.width, "height": config.height},
            "output_format": "png",
            "enable_safety_checker": True,
        }
        if model not in _ONE_EACH:
            params["num_images"] = 1
        if config.seed is not None:
            params["seed"] = config.seed
        return params

    async def body(self, config: ImageConfig, image_url: str | None) -> dict[str, Any]:
        return self.request_params(config)

    def is_order(self, listed: dict[str, Any], config: ImageConfig, image_url: str | None) -> bool:
        return listed == self.request_params(config)

    def bought(self, config: ImageConfig) -> BillableUnits:
        self.request_params(config)
        megapixels = (Decimal(config.width * config.height) / 1_000_000).to_integral_value(ROUND_CEILING)
        return BillableUnits(self.model_of(config), megapixels)

    def outputs(self, result: dict[str, Any]) -> tuple[str, ...]:
        urls = (as_object(image).get("url") for image in as_list(result.get("images")))
        return tuple(url for url in urls if isinstance(url, str))
