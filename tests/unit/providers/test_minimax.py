"""MiniMax clips through FAL's queue."""

from __future__ import annotations

import base64
import hashlib
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from fake_vendor import CANARY, MP4, FakeVendor, png_uri, run, sent

from film.errors import InputError, ProviderUnavailable
from film.providers.base import Scene, VideoConfig
from film.providers.fal.minimax import MODELS, MinimaxVideoProvider
from film.providers.vendor_kinds import PictureFile

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


def test_a_picture_too_large_for_an_order_goes_to_fals_store_and_is_known_again(
    vendor: FakeVendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MinimaxVideoProvider, "inline_limit", 1000)
    picture = png_uri()
    content = base64.b64decode(picture.partition(",")[2])
    name = f"{hashlib.sha256(content).hexdigest()[:32]}.png"
    url = f"https://v3.fal.media/files/koala/Xy_{name}"
    token = {"token": "t0ken", "token_type": "Bearer", "base_url": "https://v3.fal.media"}
    vendor.on("POST", "https://rest.fal.ai/storage/auth/token", httpx.Response(200, json=token))
    vendor.on("POST", "https://v3.fal.media/files/upload", httpx.Response(200, json={"access_url": url}))
    provider = vendor.provider(MinimaxVideoProvider, tmp_path)
    run(provider.submit(CONFIG, image_url=picture))
    asked, stored, ordered = vendor.seen
    assert asked.url.params["storage_type"] == "fal-cdn-v3" and asked.headers["authorization"] == f"Key {CANARY}"
    assert (stored.headers["authorization"], stored.headers["x-fal-file-name"]) == ("Bearer t0ken", name)
    assert (stored.headers["content-type"], stored.content) == ("image/png", content)
    assert sent(ordered)["image_url"] == url

    order = sent(ordered)
    listed = [
        {"request_id": "r-2", "sent_at": "2026-11-22T10:00:00Z", "json_input": {**order, "image_url": "https://x/y"}},
        {"request_id": "r-1", "sent_at": "2026-11-22T10:00:00Z", "json_input": order},
    ]
    headers = {"date": "Sun, 22 Nov 2026 10:01:00 GMT"}
    page = httpx.Response(200, headers=headers, json={"items": listed})
    vendor.on("GET", "https://api.fal.ai/v1/models/requests/by-endpoint", page)
    listing = run(provider.find_lost(CONFIG, age=60.0, image_url=picture))
    assert listing is not None and [ticket.job_id for ticket in listing.found] == ["r-1"]


def test_a_store_that_does_not_say_where_the_picture_is_leaves_nothing_ordered(
    vendor: FakeVendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MinimaxVideoProvider, "inline_limit", 1000)
    token = {"token": "t0ken", "token_type": "Bearer", "base_url": "https://v3.fal.media"}
    vendor.on("POST", "https://rest.fal.ai/storage/auth/token", httpx.Response(200, json=token))
    vendor.on("POST", "https://v3.fal.media/files/upload", httpx.Response(200, json={}))
    with pytest.raises(ProviderUnavailable, match="does not say where"):
        run(vendor.provider(MinimaxVideoProvider, tmp_path).submit(CONFIG, image_url=png_uri()))
    assert len(vendor.seen) == 2


def test_a_picture_larger_than_any_file_taken_becomes_a_jpeg(vendor: FakeVendor, tmp_path: Path) -> None:
    provider = vendor.provider(MinimaxVideoProvider, tmp_path)
    picture = png_uri(400, 300)
    provider.inline_limit, provider.file_limit = 1000, 150_000  # pyright: ignore[reportAttributeAccessIssue]
    packed = provider.packed(picture)
    assert isinstance(packed, PictureFile)
    assert (packed.mime, packed.name.rpartition(".")[2]) == ("image/jpeg", "jpeg")
    assert 0 < len(packed.content) <= 150_000 < len(picture) * 3 // 4


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
