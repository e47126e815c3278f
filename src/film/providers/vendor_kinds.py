"""The three kinds of vendor, by what they make; submit, poll and fetch are ``VendorProvider``'s.

ImageVendor     generate(prompt, config)
VideoVendor     generate(image_url, prompt, config)     sells clips of fixed lengths, and animates a picture
SpeechVendor    generate(text, config)
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar

from film.errors import InputError
from film.models import Generated
from film.providers.base import (
    AudioConfig,
    BaseAudioProvider,
    BaseImageProvider,
    BaseVideoProvider,
    ImageConfig,
    VideoConfig,
)
from film.providers.media import fit_data_uri
from film.providers.vendor import VendorProvider


class ImageVendor(VendorProvider, BaseImageProvider):
    """A vendor of pictures."""

    async def generate(self, prompt: str, config: ImageConfig) -> Generated:
        return await self.run(config.model_copy(update={"prompt": prompt}))


class VideoVendor(VendorProvider, BaseVideoProvider):
    """A vendor of clips, sold by fixed lengths."""

    picture_limit: ClassVar[int] = 8_000_000
    """Characters of a data URI that the vendor takes."""

    async def generate(self, image_url: str, prompt: str, config: VideoConfig) -> Generated:
        return await self.run(config.model_copy(update={"prompt": prompt}), image_url=image_url)

    @abstractmethod
    def lengths(self, config: VideoConfig) -> Sequence[int]:
        """The lengths in seconds that the model sells, shortest first."""

    def clip_seconds(self, config: VideoConfig) -> Decimal:
        """The shortest length sold that holds the shot; the cut trims it."""
        sold = self.lengths(config)
        for seconds in sold:
            if seconds >= config.duration:
                return Decimal(seconds)
        raise InputError(
            f"{self.name} sells clips of up to {sold[-1]} s with {self.model_of(config)}, "
            f"this shot lasts {config.duration:f} s",
            field="duration",
            hint=f"split the shot into pieces of up to {sold[-1]} s, or choose another provider",
        )

    def prompt_of(self, config: VideoConfig) -> str:
        """The prompt with the camera move, which no vendor here takes apart from it."""
        return f"{config.prompt}\nCamera: {config.camera}" if config.camera else config.prompt

    def picture(self, image_url: str | None) -> str:
        """The shot's picture as a data URI that the vendor takes, or a public URL as it is."""
        if not image_url:
            raise InputError(f"{self.name} animates a picture, and none was given", hint="make the shot's image first")
        try:
            return fit_data_uri(image_url, self.picture_limit)
        except ValueError as error:
            raise InputError(f"{self.name} cannot take the shot's picture: {error}", hint="make it anew") from error


class SpeechVendor(VendorProvider, BaseAudioProvider):
    """A vendor of speech: its answer to an order is the sound."""

    answers_at_once = True

    async def generate(self, text: str, config: AudioConfig) -> Generated:
        return await self.run(config.model_copy(update={"text": text}))
