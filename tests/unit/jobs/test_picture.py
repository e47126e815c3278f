"""A clip's picture is read when its order goes out, and not before."""

from __future__ import annotations

from typing import Any

import pytest
from house import House

from film.providers.base import Ticket
from film.testing.doubles import FakeImageProvider


class Watching(FakeImageProvider):
    """Remembers what it was sent."""

    sent: str | None = None

    async def submit(self, config: Any, *, image_url: str | None = None) -> Ticket:
        self.sent = image_url
        return await super().submit(config, image_url=image_url)


def test_a_picture_is_read_once_and_arrives(house: House):
    read: list[str] = []

    def picture() -> str:
        read.append("once")
        return "data:image/png;base64,AAAA"

    provider = Watching(vendor=house.vendor)
    call = house.image_call(provider=provider, image_url=picture)
    assert read == []
    house.make(call)
    assert (provider.sent, read) == ("data:image/png;base64,AAAA", ["once"])


def test_a_picture_that_cannot_be_read_leaves_nothing_behind(house: House):
    def gone() -> str:
        raise FileNotFoundError("picture.png")

    call = house.image_call(image_url=gone)
    with pytest.raises(FileNotFoundError):
        house.make(call)
    assert house.vendor.posts == 0
    assert house.jobs().list_jobs() == []
    assert house.purse.released == {call.reservation_id}
