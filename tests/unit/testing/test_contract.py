"""Every provider there is passes the suite for providers, and every way of breaking it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from film.errors import PollingNotSupported
from film.models import AssetType, Generated
from film.providers import registry
from film.providers.base import (
    BaseImageProvider,
    BaseProvider,
    BaseVideoProvider,
    ImageConfig,
    JobStatus,
    Listing,
    ProviderContext,
    Ticket,
    VideoConfig,
)
from film.rates import RateCard
from film.testing import contract, synthetic
from film.testing.contract import ProviderContract, check_provider
from film.testing.doubles import FakeAudioProvider, FakeImageProvider, FakeVideoProvider

READ = RateCard(
    tuple(rate.model_copy(update={"unverified": ""}) for rate in RateCard.shipped().rates), RateCard.shipped().as_of
)
"""The shipped prices, as if somebody had read all of them on the vendors' own pages."""
BUILT_IN = [(kind, name) for kind in AssetType for name in registry.names(kind) if name != "fake"]


@pytest.mark.parametrize(("kind", "name"), BUILT_IN)
@pytest.mark.parametrize("check", contract.CHECKS, ids=lambda check: check.__name__)
def test_the_built_in_providers_pass(kind: AssetType, name: str, check: Callable[[contract.MakeProvider], object]):
    check(partial(registry.provider_class(kind, name), ProviderContext(rates=READ)))


@pytest.mark.parametrize("kind", AssetType)
def test_the_draft_providers_make_what_they_promise(kind: AssetType):
    contract.check_generates(registry.provider_class(kind, "draft"))


class TestFakeImage(ProviderContract):
    provider = FakeImageProvider
    answers = True

    def test_names_the_missing_key(self) -> None:
        """It works in memory, without a key."""


class TestFakeAudio(ProviderContract):
    provider = FakeAudioProvider
    answers = True

    def test_names_the_missing_key(self) -> None:
        """It works in memory, without a key."""


class MyVideoProvider(BaseVideoProvider):
    """The least that a plug-in author writes."""

    name = "my-video"

    async def generate(self, image_url: str, prompt: str, config: VideoConfig) -> Generated:
        data = synthetic.clip(float(config.duration), 64, 64, 1)
        return Generated(data=data, mime="video/mp4")

    def estimate_cost(self, config: VideoConfig) -> Decimal:
        return Decimal("0.05") * config.duration


def test_the_least_that_a_plug_in_is_passes():
    check_provider(MyVideoProvider, generates=True)


# -- broken ones, each caught by the check that is about it


class Nameless(MyVideoProvider):
    name = ""


class Shouting(MyVideoProvider):
    name = "My Video"


class Float(MyVideoProvider):
    def estimate_cost(self, config: VideoConfig) -> Any:
        return 0.25


class Negative(MyVideoProvider):
    def estimate_cost(self, config: VideoConfig) -> Decimal:
        return Decimal(-1)


class Unpriced(MyVideoProvider):
    def estimate_cost(self, config: VideoConfig) -> Decimal:
        return Decimal("NaN")


class CheaperByTheDozen(MyVideoProvider):
    def estimate_cost(self, config: VideoConfig) -> Decimal:
        return 1 / config.duration


class Forgetful(MyVideoProvider):
    def request_params(self, config: VideoConfig) -> dict[str, Any]:
        return {"duration": config.duration}


class Fickle(MyVideoProvider):
    calls = 0

    def request_params(self, config: VideoConfig) -> dict[str, Any]:
        Fickle.calls += 1
        return {"prompt": config.prompt, "nonce": Fickle.calls}


class Short(MyVideoProvider):
    def clip_seconds(self, config: VideoConfig) -> Decimal:
        return Decimal(5)


class HalfAQueue(MyVideoProvider):
    async def poll_status(self, job_id: Ticket | str) -> JobStatus:
        return JobStatus(state="done")


class AsksByTheClock(FakeVideoProvider):
    """As its list was asked before vendors' clocks were found to differ."""

    async def find_lost(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, config: Any, *, since: float, image_url: str | None = None
    ) -> Listing | None:
        return None


class NeverShows(FakeVideoProvider):
    def seconds_to_show(self, config: Any) -> float:
        return float("inf")


class NeedsItsKeyTooSoon(MyVideoProvider):
    account = "fal"

    def __init__(self, context: Any = None) -> None:
        super().__init__(context)
        self.key = self.api_key()


class SaysItNeedsAKeyAndDoesNot(MyVideoProvider):
    account = "fal"


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (Nameless, "give the class name"),
        (Shouting, "lower case"),
        (Float, "never a float"),
        (Negative, "is none"),
        (Unpriced, "is none"),
        (CheaperByTheDozen, "no upper bound"),
        (Forgetful, "all shots would be one"),
        (Fickle, "nothing would be reused"),
        (Short, "shorter clip"),
        (HalfAQueue, "no JobProvider"),
        (AsksByTheClock, "age=… and image_url=…"),
        (NeverShows, "when a list shows an order"),
        (SaysItNeedsAKeyAndDoesNot, "account = None"),
    ],
)
def test_what_is_broken_is_told_in_words(broken: type[BaseProvider], words: str):
    with pytest.raises(AssertionError, match=words):
        check_provider(broken)


def test_a_key_may_not_be_needed_to_plan():
    with pytest.raises(Exception, match="FAL_API_KEY"):
        check_provider(NeedsItsKeyTooSoon)


class WrongKind(BaseImageProvider):
    name = "wrong-kind"

    async def generate(self, prompt: str, config: ImageConfig) -> Generated:
        return Generated(data=synthetic.speech("no picture", 1), mime="image/png")

    def estimate_cost(self, config: ImageConfig) -> Decimal:
        return Decimal(0)


class Truncated(MyVideoProvider):
    async def generate(self, image_url: str, prompt: str, config: VideoConfig) -> Generated:
        return Generated(data=synthetic.clip(2, 64, 64, 1), mime="video/mp4")


@pytest.mark.parametrize(("broken", "words"), [(WrongKind, "instead of"), (Truncated, "lasts 2.0 s")])
def test_what_does_not_make_what_it_promises_is_told(broken: Any, words: str):
    with pytest.raises(Exception, match=words):
        check_provider(broken, generates=True)


def test_doubles_answer_polls_as_their_kind_does():
    contract.check_polls_or_says_that_it_does_not(FakeVideoProvider)
    with pytest.raises(PollingNotSupported):
        asyncio.run(FakeAudioProvider().poll_status("x"))
