"""MiniMax clips through FAL's queue."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from fake_vendor import MP4, FakeVendor, png_uri, run, sent

from film.errors import InputError
from film.providers.base import Scene, VideoConfig
from film.providers.minimax import MODELS, MinimaxVideoProvider

MODEL = "fal-ai/minimax/hailuo-02/standard/image-to-video"
NEWER = "fal-ai/minimax/hailuo-2.3/standard/image-to-video"
FAST = "fal-ai/minimax/hailuo-2.3-fast/standard/image-to-video"
JOB = "https://queue.fal.run/fal-ai/minimax/requests/r-1"
CLIP = "https://v3.fal.media/files/a.mp4"
CONFIG = VideoConfig(prompt="she opens the door")


@pytest.fixture
def vendor() -> FakeVendor:
    vendor = FakeVendor()
    accepted = {"request_id": "r-1", "status_url": f"{JOB}/status", "response_url": JOB, "cancel_url": f"{JOB}/cancel"}
    for model in MODELS:
        vendor.on("POST", f"https://queue.fal.run/{model}", httpx.Response(200, json=accepted))
    vendor.on("GET", f"{JOB}/status", httpx.Response(200, json={"status": "COMPLETED"}))
    video = {"url": CLIP, "content_type": "video/mp4", "file_name": "a.mp4", "file_size": 99}
    vendor.on("GET", JOB, httpx.Response(200, json={"video": video}))
    vendor.on("GET", CLIP, httpx.Response(200, content=MP4))
    return vendor


def test_an_order_to_the_letter(vendor: FakeVendor, tmp_path: Path) -> None:
    picture = png_uri()
    made = run(vendor.provider(MinimaxVideoProvider, tmp_path).generate(picture, "she opens the door", CONFIG))
    assert sent(vendor.posts()[0]) == {
        "prompt": "she opens the door",
        "image_url": picture,
        "duration": "6",
        "resolution": "768P",
        "prompt_optimizer": True,
    }
    assert made.path is not None
    assert made.path.read_bytes() == MP4
    assert made.mime == "video/mp4"
    assert made.details["job_id"] == "r-1"


def test_newer_models_have_one_resolution(vendor: FakeVendor, tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"model": NEWER, "duration": Decimal("6.5"), "camera": "slow push in"})
    run(vendor.provider(MinimaxVideoProvider, tmp_path).submit(config, image_url="https://example.com/a.png"))
    assert str(vendor.posts()[0].url) == f"https://queue.fal.run/{NEWER}"
    assert sent(vendor.posts()[0]) == {
        "prompt": "she opens the door\nCamera: slow push in",
        "image_url": "https://example.com/a.png",
        "duration": "10",
        "prompt_optimizer": True,
    }


@pytest.mark.parametrize(
    ("model", "duration", "height", "bought", "dollars"),
    [
        (MODEL, "5", 720, 6, "0.27"),
        (MODEL, "6", 720, 6, "0.27"),
        (MODEL, "6.001", 720, 10, "0.45"),
        (MODEL, "1", 480, 6, "0.102"),
        (NEWER, "5", 720, 6, "0.28"),
        (NEWER, "10", 720, 10, "0.56"),
        (FAST, "5", 720, 6, "0.19"),
    ],
)
def test_a_clip_is_bought_at_the_next_length_sold(
    model: str, duration: str, height: int, bought: int, dollars: str
) -> None:
    config = CONFIG.model_copy(
        update={"model": model, "duration": Decimal(duration), "height": height, "width": height * 16 // 9}
    )
    provider = MinimaxVideoProvider()
    assert provider.clip_seconds(config) == bought
    assert provider.request_params(config)["duration"] == str(bought)
    assert provider.estimate_cost(config) == Decimal(dollars)


def test_a_shot_longer_than_any_clip_is_refused_with_the_way_out() -> None:
    with pytest.raises(InputError, match=r"up to 10 s .* lasts 12\.5 s") as caught:
        MinimaxVideoProvider().quote(CONFIG.model_copy(update={"duration": Decimal("12.5")}))
    assert "split the shot" in caught.value.hint
    assert caught.value.field == "duration"


def test_the_cache_key_knows_the_length_bought_and_nothing_that_is_not_sent() -> None:
    provider = MinimaxVideoProvider()
    params = provider.request_params(CONFIG)
    for same in (
        {"duration": Decimal("4.2")},
        {"negative_prompt": "cartoon"},
        {"seed": 9},
        {"frame_rate": "24000/1001"},
        {"width": 1920, "height": 1080},
        {"scene": Scene(mood="sad")},
    ):
        assert provider.request_params(CONFIG.model_copy(update=same)) == params
    assert provider.request_params(CONFIG.model_copy(update={"camera": "pan left"})) != params
    assert "image_url" not in params


def test_what_it_cannot_take_is_said() -> None:
    told = MinimaxVideoProvider().notices(CONFIG.model_copy(update={"negative_prompt": "cartoon", "seed": 3}))
    assert len(told) == 2
    assert MinimaxVideoProvider().notices(CONFIG) == ()


@pytest.mark.parametrize("image_url", [None, "", "data:image/png;base64,!!!" + "A" * 9_000_000])
def test_without_a_picture_nothing_is_sent(vendor: FakeVendor, tmp_path: Path, image_url: str | None) -> None:
    with pytest.raises(InputError):
        run(vendor.provider(MinimaxVideoProvider, tmp_path).submit(CONFIG, image_url=image_url))
    assert vendor.seen == []


def test_a_prompt_too_long_is_not_cut_in_silence() -> None:
    with pytest.raises(InputError, match="2000 characters"):
        MinimaxVideoProvider().request_params(CONFIG.model_copy(update={"prompt": "x" * 2001}))
