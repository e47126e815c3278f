"""The three kinds of vendor, by what they make; submit, poll and fetch are ``VendorProvider``'s.

ImageVendor     generate(prompt, config)
VideoVendor     generate(image_url, prompt, config)     sells clips of fixed lengths, and animates a picture
SpeechVendor    generate(text, config)                  ForgetfulSpeechVendor keeps nothing of what it answers
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from film.errors import BadMedia, InputError, OutcomeUnknown, PaidLost, PollingNotSupported, ProviderUnavailable
from film.media import FileType
from film.models import AssetType, Generated
from film.providers.base import (
    AudioConfig,
    BaseAudioProvider,
    BaseImageProvider,
    BaseVideoProvider,
    ImageConfig,
    JobStatus,
    Ticket,
    VideoConfig,
)
from film.providers.media import data_uri, fit_picture, read_data_uri, recognise, travelling
from film.providers.vendor import VendorProvider
from film.providers.vendor_client import Answer


class ImageVendor(VendorProvider, BaseImageProvider):
    """A vendor of pictures."""

    async def generate(self, prompt: str, config: ImageConfig) -> Generated:
        return await self.run(config.model_copy(update={"prompt": prompt}))


@dataclass(frozen=True)
class PictureFile:
    """A picture that is too large to travel inside an order. Equal pictures have equal names."""

    content: bytes = field(repr=False)
    mime: str

    @property
    def name(self) -> str:
        return f"{hashlib.sha256(self.content).hexdigest()[:32]}.{self.mime.partition('/')[2]}"


class VideoVendor(VendorProvider, BaseVideoProvider):
    """A vendor of clips, sold by fixed lengths."""

    inline_limit: ClassVar[int]
    """Characters of a data URI that an order may hold; a larger picture is uploaded."""
    file_limit: ClassVar[int]
    """Bytes of a picture that the vendor takes at all; a larger one is sent as a JPEG that it takes."""

    async def upload(self, picture: PictureFile) -> str:
        """Put a picture where the vendor keeps its customers' files; returns what an order calls it.

        It costs nothing and may be done again. Raises ProviderUnavailable when it cannot be done now. Override it
        where the vendor keeps files.
        """
        raise InputError(
            f"{self.name} takes pictures of up to {self.inline_limit} characters, this one has more",
            hint="choose a smaller frame; the cut scales pictures up",
        )

    async def generate(self, image_url: str, prompt: str, config: VideoConfig) -> Generated:
        return await self.run(config.model_copy(update={"prompt": prompt}), image_url=image_url)

    def lengths(self, config: VideoConfig) -> Sequence[int]:
        """The lengths in seconds that the model sells, shortest first."""
        return self.models[self.known_model(config)].lengths

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

    def packed(self, image_url: str | None) -> str | PictureFile:
        """The shot's picture as it travels: a URL as it is, a data URI that an order may hold, or a file to upload."""
        if not image_url:
            raise InputError(f"{self.name} animates a picture, and none was given", hint="make the shot's image first")
        if not image_url.startswith("data:"):
            return image_url
        try:
            inline = data_uri(*travelling(*read_data_uri(image_url)))
            if len(inline) <= self.inline_limit:
                return inline
            return PictureFile(*fit_picture(*read_data_uri(inline), self.file_limit))
        except ValueError as error:
            raise InputError(f"{self.name} cannot take the shot's picture: {error}", hint="make it anew") from error

    def packings(self, image_url: str | None) -> Iterator[str | PictureFile]:
        """The ways in which the shot's picture may lie in an order: as it is sent now, and as it was sent before.

        Until 2026-11 pictures went with their metadata. An order of then that is looked for is found by those bytes.
        """
        yield self.packed(image_url)
        if not image_url or not image_url.startswith("data:"):
            return
        if len(image_url) <= self.inline_limit:
            yield image_url
            return
        content, mime = read_data_uri(image_url)
        if len(content) <= self.file_limit:
            yield PictureFile(content, mime)

    async def deliver(self, image_url: str | None) -> str:
        """What the order calls the shot's picture, once it is where it needs to be."""
        picture = self.packed(image_url)
        return picture if isinstance(picture, str) else await self.upload(picture)

    def stored_at(self, name: object, answer: Answer) -> str:
        """What the vendor calls an uploaded picture; raises ProviderUnavailable when it does not say."""
        if isinstance(name, str) and name:
            return name
        raise ProviderUnavailable(
            f"{self.name} took the shot's picture and does not say where it is: {answer.words}",
            hint="nothing was ordered: run again",
            provider=self.name,
        )


class SpeechVendor(VendorProvider, BaseAudioProvider):
    """A vendor of speech: its answer to an order is the sound."""

    answers_at_once = True

    def sound_of(self, sound: bytes, answer: Answer) -> FileType:
        """The type of the sound that an order was answered with; OutcomeUnknown where it is no sound at all.

        Then it was made or not, billed or not: the answer does not have the form that says so.
        """
        try:
            return recognise(sound[:512], AssetType.AUDIO, self.name)
        except BadMedia as error:
            raise OutcomeUnknown(
                f"{self.name} took the order and sent no sound: {error.message if sound else answer.words}",
                hint="see `film jobs`; it is not sent again by itself",
                provider=self.name,
                charged=None,
            ) from error

    async def generate(self, text: str, config: AudioConfig) -> Generated:
        return await self.run(config.model_copy(update={"text": text}))


class ForgetfulSpeechVendor(SpeechVendor):
    """A vendor of speech that keeps nothing: what is lost on the way cannot be asked for."""

    async def poll_status(self, job_id: Ticket | str) -> JobStatus:
        raise PollingNotSupported(self.name)

    async def fetch(self, ticket: Ticket, status: JobStatus) -> Generated:
        if ticket.result is not None:
            return ticket.result
        raise PaidLost(
            f"{self.name} answers an order at once and keeps nothing: the answer was lost on the way",
            hint="it may have been charged; raise the shot's take to order it anew",
            provider=self.name,
            charged=None,
        )
