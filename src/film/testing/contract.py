"""The tests that every provider passes, yours too. No test framework is needed, and none is in the way.

    from film.testing.contract import ProviderContract

    class TestMyVideoProvider(ProviderContract):          # pytest finds the test_… methods
        provider = MyVideoProvider

or, without a class, ``check_provider(MyVideoProvider)`` runs them all. Nothing here needs a key or sends anything, but
``check_generates``: give it a provider that answers (``make``), at a simulator or a double, and it is asked for media.
"""

from __future__ import annotations

import asyncio
import base64
import inspect
import math
import os
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar
from unittest import mock

from film.environment.variables import KEY_NAMES
from film.errors import FilmError, MissingKeyError, PollingNotSupported
from film.hashing import content_key
from film.jobs.checks import check_media
from film.models import AssetType, Generated, Quote
from film.providers.base import (
    AudioConfig,
    BaseAudioProvider,
    BaseImageProvider,
    BaseProvider,
    BaseVideoProvider,
    ImageConfig,
    JobProvider,
    ProviderContext,
    VideoConfig,
    check_generated,
)
from film.testing import synthetic

CONFIGS: dict[AssetType, Any] = {
    AssetType.IMAGE: ImageConfig(prompt="a lighthouse at dusk", width=512, height=512),
    AssetType.VIDEO: VideoConfig(prompt="the beam turns once", width=512, height=512),
    AssetType.AUDIO: AudioConfig(text="The light is out.", character="Mara"),
}
"""An ordinary order of each kind."""

_LONGER: dict[AssetType, dict[str, Any]] = {
    AssetType.IMAGE: {"width": 1024, "height": 1024},
    AssetType.VIDEO: {"duration": Decimal(10)},
    AssetType.AUDIO: {"text": "The light is out. Nobody climbs up there any more."},
}
"""What makes an order larger: it may not become cheaper."""

MakeProvider = Callable[[], BaseProvider]


def check_is_named(make: MakeProvider) -> None:
    """It is one of the three kinds, and has a name that users can write."""
    provider = make()
    kinds = (BaseImageProvider, BaseVideoProvider, BaseAudioProvider)
    assert isinstance(provider, kinds), "derive it from BaseImageProvider, BaseVideoProvider or BaseAudioProvider"
    assert provider.name, 'give the class name = "…": what users will write'
    assert provider.name == provider.name.strip().lower(), "names are lower case: users type them"
    assert " " not in provider.name, "names hold no spaces: users type them"


def check_needs_no_key_to_plan(make: MakeProvider) -> None:
    """Constructing it and asking for a price work without any key, so that a film can be planned before paying."""
    with no_keys():
        provider = make()
        provider.estimate_cost(config_of(provider))
        provider.request_params(config_of(provider))


def check_price(make: MakeProvider) -> None:
    """A price is an exact sum of money, no less for more, and the same when asked twice."""
    provider = make()
    config = config_of(provider)
    price = provider.estimate_cost(config)
    assert isinstance(price, Decimal), f"estimate_cost returned {type(price).__name__}: money is Decimal, never a float"
    assert price.is_finite(), f"a price of {price} is none"
    assert price >= 0, f"a price of {price} is none"
    assert provider.estimate_cost(config) == price, "the price of one order changes from call to call"
    larger = config.model_copy(update=_LONGER[provider.asset_type])
    assert provider.estimate_cost(larger) >= price, "a larger order is cheaper: the estimate is no upper bound"
    quote = provider.quote(config)
    assert isinstance(quote, Quote)
    assert quote.amount == price, "quote() and estimate_cost() differ"
    if provider.local:
        assert price == 0, "what is made on this machine costs nothing"


def check_request_params(make: MakeProvider) -> None:
    """The parameters can be hashed, are the same every time, and hold no key: they become the cache key."""
    provider = make()
    config = config_of(provider)
    params = provider.request_params(config)
    assert params == make().request_params(config), "equal orders have different parameters: nothing would be reused"
    content_key("contract/1", params)
    other = config.model_copy(
        update={"text": "Another line."} if provider.asset_type is AssetType.AUDIO else {"prompt": "another picture"}
    )
    assert provider.request_params(other) != params, "the prompt is not among request_params: all shots would be one"


def check_clip_length(make: MakeProvider) -> None:
    """A clip is at least as long as the shot: the cut can trim it, not stretch it."""
    provider = make()
    if isinstance(provider, BaseVideoProvider):
        for seconds in (Decimal(2), Decimal(5), Decimal("5.5")):
            config = config_of(provider).model_copy(update={"duration": seconds})
            assert provider.clip_seconds(config) >= seconds, f"a shot of {seconds} s would get a shorter clip"


def check_polls_or_says_that_it_does_not(make: MakeProvider) -> None:
    """Queued vendors implement ``poll_status``; the others leave the one that refuses."""
    provider = make()
    if isinstance(provider, JobProvider):
        assert provider.usual_seconds > 0
        assert provider.poll_seconds > 0
        for name in ("submit", "poll_status", "fetch", "cancel", "find_lost"):
            assert inspect.iscoroutinefunction(getattr(provider, name)), f"{name} must be async"
        taken = inspect.signature(provider.find_lost).parameters
        assert {"age", "image_url"} <= taken.keys(), "find_lost takes age=… and image_url=…"
        seconds = provider.seconds_to_show(config_of(provider))
        assert math.isfinite(seconds), "seconds_to_show says when a list shows an order at the latest"
        assert seconds >= 0, "seconds_to_show says when a list shows an order at the latest"
        return
    try:
        asyncio.run(provider.poll_status("no such job"))
    except PollingNotSupported as error:
        assert error.hint
    else:
        raise AssertionError("poll_status answers, but the provider is no JobProvider: add it to the bases")


def check_names_the_missing_key(make: MakeProvider) -> None:
    """Without its key, a provider that needs one says which variable to set, and sends nothing."""
    with no_keys():
        provider = make()
        if provider.account is None:
            return
        provider.context = ProviderContext()
        try:
            asyncio.run(generate(provider))
        except MissingKeyError as error:
            assert any(name in str(error) for name in KEY_NAMES.get(provider.account, (provider.name,))), str(error)
            assert error.hint
        else:
            raise AssertionError("it works without a key: set account = None")


def check_generates(make: MakeProvider) -> Generated:
    """Asked for media, it returns media of its kind that decodes to the end. ``make`` gives one that can answer."""
    provider = make()
    made = check_generated(asyncio.run(generate(provider)), provider.name)
    checked = check_media(made, provider.asset_type, provider.name)
    if isinstance(provider, BaseVideoProvider):
        seconds = checked.details.get("seconds")
        wanted = float(provider.clip_seconds(config_of(provider)))
        assert seconds is None or seconds >= wanted - 0.2, f"the clip lasts {seconds} s, promised were {wanted} s"
    return checked


CHECKS: tuple[Callable[[MakeProvider], object], ...] = (
    check_is_named,
    check_needs_no_key_to_plan,
    check_price,
    check_request_params,
    check_clip_length,
    check_polls_or_says_that_it_does_not,
    check_names_the_missing_key,
)
"""All that need nothing but the class."""


def check_provider(make: MakeProvider, *, generates: bool = False) -> None:
    """Run the whole suite; raises AssertionError with what to mend. ``generates`` asks for media as well."""
    for check in (*CHECKS, *([check_generates] if generates else [])):
        check(make)


class ProviderContract:
    """The suite as a mixin for pytest or any runner that calls ``test_…``; ``provider`` is the class under test.

    Override ``make`` when it takes more than the class to build one. ``answers`` says that ``make`` gives a provider
    that can really be asked for media.
    """

    provider: ClassVar[type[BaseProvider]]
    answers: ClassVar[bool] = False

    def make(self) -> BaseProvider:
        return self.provider()

    def test_is_named(self) -> None:
        check_is_named(self.make)

    def test_needs_no_key_to_plan(self) -> None:
        check_needs_no_key_to_plan(self.make)

    def test_price(self) -> None:
        check_price(self.make)

    def test_request_params(self) -> None:
        check_request_params(self.make)

    def test_clip_length(self) -> None:
        check_clip_length(self.make)

    def test_polls_or_says_that_it_does_not(self) -> None:
        check_polls_or_says_that_it_does_not(self.make)

    def test_names_the_missing_key(self) -> None:
        check_names_the_missing_key(self.make)

    def test_generates(self) -> None:
        if self.answers:
            check_generates(self.make)


# -- what the checks are made of


def config_of(provider: BaseProvider) -> Any:
    return CONFIGS[provider.asset_type]


async def generate(provider: BaseProvider) -> object:
    """Ask for the ordinary order of the provider's kind."""
    config = config_of(provider)
    match provider:
        case BaseImageProvider():
            return await provider.generate(config.prompt, config)
        case BaseVideoProvider():
            with tempfile.TemporaryDirectory() as folder:
                return await provider.generate(picture_url(provider, Path(folder)), config.prompt, config)
        case BaseAudioProvider():
            return await provider.generate(config.text, config)
        case _:
            raise FilmError(f"{type(provider).__name__} is of no kind", hint="derive it from one of the three")


def picture_url(provider: BaseVideoProvider, folder: Path) -> str:
    """A picture in the form that the provider takes."""
    picture = synthetic.picture(512, 512, 1)
    if provider.image_url_form == "data":
        return "data:image/png;base64," + base64.b64encode(picture).decode()
    file = folder / "picture.png"
    file.write_bytes(picture)
    return file.as_uri()


@contextmanager
def no_keys() -> Generator[None]:
    """An environment in which no account's key is set."""
    hidden = {name for names in KEY_NAMES.values() for name in names}
    with mock.patch.dict(os.environ, {k: v for k, v in os.environ.items() if k not in hidden}, clear=True):
        yield
