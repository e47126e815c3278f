"""What MiniMax and Kling have in common: clips, sold through FAL's queue.

    picture, small ──► data URI in the order
    picture, large ──► FAL's storage ──► its URL in the order

A vendor's file says which models there are and what they take; the words of an order, its prices and its length are
made here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from film.providers.base import VideoConfig
from film.providers.capabilities import Capabilities
from film.providers.fal.queue import FalQueue
from film.providers.vendor import BillableUnits
from film.providers.vendor_client import as_object
from film.providers.vendor_kinds import PictureFile, VideoVendor

STORAGE = "https://rest.fal.ai"
"""Where FAL tells which of its stores takes a file, and gives the token for it."""


@dataclass(frozen=True, kw_only=True)
class FalClipModel(Capabilities):
    """A model of clips at FAL, and what its order calls the picture. Without ``resolutions`` it makes one size."""

    picture_field: str = "image_url"
    first_frame: bool = True


class FalClips(FalQueue, VideoVendor):
    """A vendor of clips whose account is FAL's."""

    models: ClassVar[Mapping[str, FalClipModel]]  # pyright: ignore[reportIncompatibleVariableOverride]
    poll_seconds = 2.0
    inline_limit = 8_000_000

    # -- override this

    def options(self, config: VideoConfig, model: FalClipModel) -> dict[str, Any]:
        """What an order says beside prompt, picture and length."""
        return {}

    # -- given

    def model(self, config: VideoConfig) -> FalClipModel:
        """The facts of the model that is asked for; raises InputError for one that is not sold."""
        return self.models[self.known_model(config)]

    def request_params(self, config: VideoConfig) -> dict[str, Any]:
        model = self.model(config)
        return {
            "prompt": self.check_text(self.prompt_of(config), model.text_limit, self.model_of(config)),
            "duration": str(self.clip_seconds(config)),
            **self.options(config, model),
        }

    def variant(self, config: VideoConfig) -> str:
        """Which of the model's prices holds: by resolution, or for sound."""
        resolutions = self.model(config).resolutions
        filling = (name for name in resolutions if int(name.removesuffix("P")) >= min(config.width, config.height))
        if resolutions:
            return next(filling, resolutions[-1])  # the smallest that fills the frame, or the largest there is
        return "audio" if config.sound and self.model(config).sound == "optional" else ""

    def bought(self, config: VideoConfig) -> BillableUnits:
        self.request_params(config)
        return BillableUnits(self.model_of(config), self.clip_seconds(config), self.variant(config))

    async def body(self, config: VideoConfig, image_url: str | None) -> dict[str, Any]:
        return {**self.request_params(config), self.model(config).picture_field: await self.deliver(image_url)}

    def is_order(self, listed: dict[str, Any], config: VideoConfig, image_url: str | None) -> bool:
        place = self.model(config).picture_field
        sent = {name: value for name, value in listed.items() if name != place}
        if sent != self.request_params(config):
            return False
        there = listed.get(place, "")
        return any(
            there == picture if isinstance(picture, str) else str(there).endswith(picture.name)
            for picture in self.packings(image_url)
        )

    async def upload(self, picture: PictureFile) -> str:
        async with self.client(STORAGE) as client:
            answer = self.check(
                await client.ask("storage/auth/token", method="POST", params={"storage_type": "fal-cdn-v3"}, body={})
            )
            told = answer.json()
            headers = {
                "Authorization": f"{told.get('token_type')} {told.get('token')}",
                "Content-Type": picture.mime,
                "X-Fal-File-Name": picture.name,
            }
            place = f"{str(told.get('base_url') or '').rstrip('/')}/files/upload"
            stored = self.check(await client.hand_over(place, headers=headers, content=picture.content))
        return self.stored_at(stored.json().get("access_url"), stored)

    def outputs(self, result: dict[str, Any]) -> tuple[str, ...]:
        url = as_object(result.get("video")).get("url")
        return (url,) if isinstance(url, str) else ()
