"""Pictures from FAL by Google's Nano Banana: by words alone, or by words and pictures of whom and what they show.

    without references   POST fal-ai/nano-banana-2
    with up to 14        POST fal-ai/nano-banana-2/edit      image_urls: data URIs, each small enough to travel

Billed by the picture and its size: https://fal.ai/models/fal-ai/nano-banana-2 and …/edit. It takes no negative prompt.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from film.errors import InputError
from film.media import sniff
from film.providers.base import ImageConfig
from film.providers.capabilities import Capabilities, References
from film.providers.fal.queue import FalQueue
from film.providers.frames import nearest_ratio
from film.providers.media import data_uri, fit_picture
from film.providers.vendor import BillableUnits
from film.providers.vendor_client import as_list, as_object
from film.providers.vendor_kinds import ImageVendor

_SIDES = {"1K": 1024, "2K": 2048, "4K": 4096}
"""Resolution → what the shorter side of a frame may have for it: its pictures have about as many pixels as a square of
that side."""
_ROOM = 1_500_000
"""Bytes of one reference; fourteen fit into an order."""

MODELS = {
    "fal-ai/nano-banana-2": Capabilities(
        text_limit=10_000,
        resolutions=tuple(_SIDES),
        ratios=("21:9", "16:9", "3:2", "4:3", "5:4", "1:1", "4:5", "3:4", "2:3", "9:16"),
        seed=True,
        references=References(14, frozenset({"character", "place", "composition"})),
    ),
}


class NanoBananaProvider(FalQueue, ImageVendor):
    """Nano Banana at FAL."""

    name = "nano-banana"
    label = "Nano Banana"
    models = MODELS
    default_model = "fal-ai/nano-banana-2"
    usual_seconds = 20.0
    poll_seconds = 1.0

    def endpoint(self, config: ImageConfig) -> str:
        return f"{self.model_of(config)}/edit" if config.references else self.model_of(config)

    def resolution(self, config: ImageConfig) -> str:
        """The smallest that fills the frame, or the largest there is."""
        pixels = config.width * config.height
        return next((name for name, side in _SIDES.items() if side * side >= pixels), "4K")

    def request_params(self, config: ImageConfig) -> dict[str, Any]:
        model = self.known_model(config)
        facts = self.models[model]
        params: dict[str, Any] = {
            "prompt": self.check_text(config.prompt, facts.text_limit, model),
            "aspect_ratio": nearest_ratio(config.width, config.height, facts.ratios),
            "resolution": self.resolution(config),
            "output_format": "png",
            "num_images": 1,
        }
        if config.seed is not None:
            params["seed"] = config.seed
        return params

    async def body(self, config: ImageConfig, image_url: str | None) -> dict[str, Any]:
        return self._order(config)

    def is_order(self, listed: dict[str, Any], config: ImageConfig, image_url: str | None) -> bool:
        return listed == self._order(config)

    def bought(self, config: ImageConfig) -> BillableUnits:
        self.request_params(config)
        return BillableUnits(self.model_of(config), Decimal(1), self.resolution(config))

    def outputs(self, result: dict[str, Any]) -> tuple[str, ...]:
        urls = (as_object(image).get("url") for image in as_list(result.get("images")))
        return tuple(url for url in urls if isinstance(url, str))

    def _order(self, config: ImageConfig) -> dict[str, Any]:
        params = self.request_params(config)
        if config.references:
            params["image_urls"] = [_travelling(reference.path, reference.name) for reference in config.references]
        return params


def _travelling(file: Path, name: str) -> str:
    """A reference as a data URI: upright, in sRGB, as good as fits."""
    try:
        content = file.read_bytes()
        found = sniff(content[:512])
        return data_uri(*fit_picture(content, found.mime if found else "", _ROOM))
    except (OSError, ValueError) as error:
        raise InputError(
            f"the picture of {name} cannot be sent: {error}", hint=f"nothing was ordered; see {file} in the cast"
        ) from error
