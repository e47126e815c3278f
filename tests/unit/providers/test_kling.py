"""Kling clips through FAL's queue: the newest model names its picture otherwise, and must be told to be silent."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from fake_vendor import FakeVendor, png_uri, run, sent

from film.errors import InputError
from film.providers.base import Scene, VideoConfig
from film.providers.fal.kling import MODELS, KlingVideoProvider

TURBO = "fal-ai/kling-video/v2.5-turbo/pro/image-to-video"
SPEAKING = "fal-ai/kling-video/v2.6/pro/image-to-video"
CONFIG = VideoConfig(prompt="she opens the door")


@pytest.fixture
def vendor() -> FakeVendor:
    vendor = FakeVendor()
    for model in MODELS:
        vendor.on("POST", f"https://queue.fal.run/{model}", httpx.Response(200, json={"request_id": "r-1"}))
    return vendor


def test_an_order_to_the_letter(vendor: FakeVendor, tmp_path: Path) -> None:
    picture = png_uri()
    config = CONFIG.model_copy(update={"negative_prompt": "cartoon", "camera": "tilt up"})
    run(vendor.provider(KlingVideoProvider, tmp_path).submit(config, image_url=picture))
    assert str(vendor.seen[0].url) == f"https://queue.fal.run/{TURBO}"
    assert sent(vendor.seen[0]) == {
        "prompt": "she opens the door\nCamera: tilt up",
        "negative_prompt": "cartoon",
        "image_url": picture,
        "duration": "5",
        "cfg_scale": 0.5,
    }


def test_the_model_that_speaks_is_told_not_to(vendor: FakeVendor, tmp_path: Path) -> None:
    picture = png_uri()
    run(
        vendor.provider(KlingVideoProvider, tmp_path).submit(
            CONFIG.model_copy(update={"model": SPEAKING}), image_url=picture
        )
    )
    assert sent(vendor.seen[0]) == {
        "prompt": "she opens the door",
        "start_image_url": picture,
        "duration": "5",
        "generate_audio": False,
    }


def test_sound_is_bought_where_it_is_made_at_its_own_price(vendor: FakeVendor, tmp_path: Path) -> None:
    with_sound = CONFIG.model_copy(update={"model": SPEAKING, "sound": True})
    provider = vendor.provider(KlingVideoProvider, tmp_path)
    run(provider.submit(with_sound, image_url=png_uri()))
    assert sent(vendor.seen[0])["generate_audio"] is True
    silent = with_sound.model_copy(update={"sound": None})
    assert provider.quote(with_sound).amount == 2 * provider.quote(silent).amount == Decimal("0.70")
    assert provider.request_params(with_sound) != provider.request_params(silent)

    mute = CONFIG.model_copy(update={"sound": True})
    assert provider.quote(mute) == provider.quote(CONFIG)
    assert provider.request_params(mute) == provider.request_params(CONFIG)
    assert "no sound" in provider.notices(mute)[0]


@pytest.mark.parametrize(
    ("model", "duration", "bought", "dollars"),
    [
        (TURBO, "5", 5, "0.35"),
        (TURBO, "5.1", 10, "0.70"),
        (SPEAKING, "5", 5, "0.35"),
        ("fal-ai/kling-video/v2.1/standard/image-to-video", "3", 5, "0.28"),
        ("fal-ai/kling-video/v2.1/pro/image-to-video", "3", 5, "0.49"),
        ("fal-ai/kling-video/v2.1/master/image-to-video", "10", 10, "2.80"),
        ("fal-ai/kling-video/v2.5-turbo/standard/image-to-video", "5", 5, "0.21"),
    ],
)
def test_a_clip_is_bought_at_the_next_length_sold(model: str, duration: str, bought: int, dollars: str) -> None:
    config = CONFIG.model_copy(update={"model": model, "duration": Decimal(duration)})
    provider = KlingVideoProvider()
    assert provider.clip_seconds(config) == bought
    assert provider.request_params(config)["duration"] == str(bought)
    assert provider.estimate_cost(config) == Decimal(dollars)


def test_a_shot_longer_than_any_clip_is_refused() -> None:
    with pytest.raises(InputError, match="up to 10 s"):
        KlingVideoProvider().quote(CONFIG.model_copy(update={"duration": Decimal(11)}))


def test_the_cache_key_knows_what_is_sent_and_nothing_else() -> None:
    provider = KlingVideoProvider()
    params = provider.request_params(CONFIG)
    for same in (
        {"duration": Decimal(3)},
        {"seed": 1},
        {"frame_rate": "30"},
        {"scene": Scene(mood="sad")},
        {"width": 640},
    ):
        assert provider.request_params(CONFIG.model_copy(update=same)) == params
    for other in ({"negative_prompt": "cartoon"}, {"duration": Decimal(7)}, {"prompt": "x"}):
        assert provider.request_params(CONFIG.model_copy(update=other)) != params


def test_a_seed_is_not_dropped_in_silence() -> None:
    assert KlingVideoProvider().notices(CONFIG) == ()
    assert "seed" in KlingVideoProvider().notices(CONFIG.model_copy(update={"seed": 1}))[0]
