"""The vendors' own SDKs buy from the simulator: who believes it to be the vendor proves that it speaks the protocol.

In each test our adapter orders first; the SDK then gets the very same order through its own typed arguments, so the
books must show two equal jobs: the SDK sends what we send. It polls, parses strictly and downloads, with retries off.
Where an SDK and the simulator disagree, the SDK is right.

    uv run --group conformance pytest -m conformance tests/conformance      (or: just conformance)
"""

from __future__ import annotations

import time
from base64 import b64decode
from decimal import Decimal
from typing import Any

import httpx
import pytest
from orders import CLIP, KEY, LINE, PICTURE, PLATE, Alike, Order

from film.media import check
from film.models import AssetType
from film.testing.simulator import Fault, Simulator

pytestmark = [pytest.mark.conformance, pytest.mark.filterwarnings("ignore")]


def strictly(answer: Any) -> Any:
    """An answer that its SDK took as it came, held against the SDK's own model of it."""
    return type(answer).model_validate(answer.model_dump(by_alias=True))


# -- OpenAI


@pytest.fixture
def openai_client(simulator: Simulator) -> Any:
    openai = pytest.importorskip("openai")
    url = f"{simulator.url}/openai/v1"
    return openai.OpenAI(api_key=KEY, base_url=url, max_retries=0, _strict_response_validation=True)


def test_openai_speaks(openai_client: Any, ordered_by_us: Order, ordered_alike: Alike):
    ours = ordered_by_us(AssetType.AUDIO, "openai", LINE)
    answer = openai_client.audio.speech.create(**ours.order)
    ordered_alike(ours)
    assert check(answer.content, AssetType.AUDIO, name="the speech").seconds > 1
    assert [model.id for model in openai_client.models.list()][:1] == ["tts-1"]


@pytest.mark.parametrize(
    ("fault", "error", "code"),
    [
        ("throttle", "RateLimitError", "rate_limit_exceeded"),
        ("no-credit", "RateLimitError", "insufficient_quota"),
        ("unauthorized", "AuthenticationError", "invalid_api_key"),
        ("refuse", "BadRequestError", "content_policy_violation"),
        ("error", "InternalServerError", None),
    ],
)
def test_openai_knows_the_simulators_errors(
    simulator: Simulator, openai_client: Any, fault: Any, error: str, code: str | None
):
    openai = pytest.importorskip("openai")
    simulator.add_fault(Fault(fault))
    with pytest.raises(getattr(openai, error)) as caught:
        openai_client.audio.speech.create(model="tts-1", voice="nova", input="Who is there?")
    assert caught.value.code == code
    assert len(simulator.posts()) == 1


# -- ElevenLabs


@pytest.fixture
def elevenlabs_client(simulator: Simulator) -> Any:
    client = pytest.importorskip("elevenlabs.client")
    return client.ElevenLabs(api_key=KEY, base_url=f"{simulator.url}/elevenlabs")


def elevenlabs_speak(client: Any, order: dict[str, Any]) -> Any:
    types = pytest.importorskip("elevenlabs.types")
    rest = {name: value for name, value in order.items() if name not in ("voice_id", "response_format")}
    rest["voice_settings"] = types.VoiceSettings(**rest["voice_settings"])
    return client.text_to_speech.with_raw_response.convert_with_timestamps(
        order["voice_id"], **rest, output_format="mp3_44100_128", request_options={"max_retries": 0}
    )


def test_elevenlabs_speaks(elevenlabs_client: Any, ordered_by_us: Order, ordered_alike: Alike):
    ours = ordered_by_us(AssetType.AUDIO, "elevenlabs", LINE)
    response = elevenlabs_speak(elevenlabs_client, ours.order)
    theirs = ordered_alike(ours)
    answer = strictly(response.data)
    sound = check(b64decode(answer.audio_base_64, validate=True), AssetType.AUDIO, name="the speech")
    assert "".join(answer.alignment.characters) == LINE.text
    assert abs(answer.alignment.character_end_times_seconds[-1] - float(sound.seconds)) < 1
    assert response.headers["character-cost"] == str(len(LINE.text))
    assert response.headers["request-id"] == theirs.id

    listed = strictly(elevenlabs_client.history.list(page_size=1))
    assert [item.request_id for item in listed.history] == [theirs.id]
    assert listed.has_more
    (item,) = listed.history
    strictly(elevenlabs_client.history.get(item.history_item_id))
    again = b"".join(elevenlabs_client.history.get_audio(item.history_item_id))
    assert again == b64decode(answer.audio_base_64, validate=True)
    assert elevenlabs_client.user.get().subscription.character_limit > 0


@pytest.mark.parametrize(
    ("fault", "status", "word"),
    [
        ("throttle", 429, "too_many_concurrent_requests"),
        ("no-credit", 401, "quota_exceeded"),
        ("unauthorized", 401, "invalid_api_key"),
    ],
)
def test_elevenlabs_knows_the_simulators_errors(
    simulator: Simulator, elevenlabs_client: Any, fault: Any, status: int, word: str
):
    core = pytest.importorskip("elevenlabs.core")
    simulator.add_fault(Fault(fault))
    order: dict[str, Any] = {"voice_id": "JBFqnCBsd6RMkjVDRZzb", "text": "Who is there?", "voice_settings": {}}
    with pytest.raises(core.ApiError) as caught:
        elevenlabs_speak(elevenlabs_client, order)
    assert (caught.value.status_code, caught.value.body["detail"]["status"]) == (status, word)
    assert len(simulator.posts()) == 1


# -- FAL


@pytest.fixture
def fal(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Any:
    client = pytest.importorskip("fal_client.client")
    monkeypatch.setattr(client, "QUEUE_URL_FORMAT", f"{simulator.url}/fal/")
    monkeypatch.setattr(client, "REST_URL", f"{simulator.url}/fal")
    monkeypatch.setattr(client, "CDN_URL", f"{simulator.url}/fal")
    monkeypatch.setattr(client, "MAX_ATTEMPTS", 1)
    return client


def test_fal_stores_pictures_for_nothing(fal: Any, simulator: Simulator):
    picture = b64decode(PICTURE.partition(",")[2])
    url = fal.SyncClient(key=KEY).upload(picture, "image/png", "lighthouse.png")
    assert url.endswith("_lighthouse.png")
    order = {"prompt": "the beam turns", "image_url": url, "duration": "5"}
    fal.SyncClient(key=KEY).submit("fal-ai/kling-video/v2.5-turbo/pro/image-to-video", order)
    with pytest.raises(fal.FalClientHTTPError):
        fal.SyncClient(key=KEY).submit(
            "fal-ai/kling-video/v2.5-turbo/pro/image-to-video", {**order, "image_url": url + "x"}
        )
    assert [post.accepted for post in simulator.posts()] == [True, False]


@pytest.mark.parametrize(
    ("kind", "name", "config"),
    [(AssetType.IMAGE, "fal", PLATE), (AssetType.VIDEO, "minimax", CLIP), (AssetType.VIDEO, "kling", CLIP)],
)
def test_fal_makes_pictures_and_clips(
    fal: Any, ordered_by_us: Order, ordered_alike: Alike, kind: AssetType, name: str, config: Any
):
    ours = ordered_by_us(kind, name, config)
    handle = fal.SyncClient(key=KEY).submit(ours.endpoint, ours.order)
    theirs = ordered_alike(ours)
    states = list(handle.iter_events(with_logs=True, interval=0.01))
    assert isinstance(states[-1], fal.Completed)
    assert states[-1].error is None
    assert {type(state) for state in states} <= {fal.Queued, fal.InProgress, fal.Completed}
    result = handle.get()
    media = result["images"][0] if kind is AssetType.IMAGE else result["video"]
    body = httpx.get(media["url"]).content
    found = check(body, kind, name="the result")
    assert found.mime == media["content_type"]
    if kind is AssetType.IMAGE:
        assert (found.width, found.height, result["seed"]) == (media["width"], media["height"], PLATE.seed)
    # A handle made from the id alone asks at the addresses that the SDK builds itself.
    same = fal.SyncRequestHandle.from_request_id(fal.SyncClient(key=KEY)._client, ours.endpoint, theirs.id)
    assert (same.response_url, same.status_url) == (handle.response_url, handle.status_url)
    assert same.get() == result


def test_fal_cancels(fal: Any, simulator: Simulator):
    client = fal.SyncClient(key=KEY)
    handle = client.submit("fal-ai/flux/dev", {"prompt": "a lighthouse"})
    handle.cancel()
    (status,) = handle.iter_events()
    assert (type(status), status.error_type) == (fal.Completed, "request_cancelled")
    assert len(simulator.posts()) == 1


@pytest.mark.parametrize(
    ("fault", "status"), [("throttle", 429), ("no-credit", 403), ("unauthorized", 401), ("refuse", 422), ("error", 503)]
)
def test_fal_knows_the_simulators_errors(fal: Any, simulator: Simulator, fault: Any, status: int):
    simulator.add_fault(Fault(fault))
    with pytest.raises(fal.FalClientHTTPError) as caught:
        fal.SyncClient(key=KEY).submit("fal-ai/flux/schnell", {"prompt": "a lighthouse"})
    assert caught.value.status_code == status
    assert caught.value.message
    assert len(simulator.posts()) == 1


# -- Replicate


@pytest.fixture
def replicate_client(simulator: Simulator) -> Any:
    replicate = pytest.importorskip("replicate")
    client = replicate.Client(api_token=KEY, base_url=f"{simulator.url}/replicate")
    client.poll_interval = 0.01
    return client


def test_replicate_makes_pictures(replicate_client: Any, ordered_by_us: Order, ordered_alike: Alike):
    ours = ordered_by_us(AssetType.IMAGE, "replicate", PLATE)
    prediction = replicate_client.models.predictions.create(ours.endpoint, input=ours.order)
    theirs = ordered_alike(ours)
    assert prediction.status in ("starting", "processing")
    prediction.wait()
    assert (prediction.id, prediction.status, prediction.error) == (theirs.id, "succeeded", None)
    (url,) = prediction.output
    found = check(httpx.get(url).content, AssetType.IMAGE, name="the result")
    assert found.mime == "image/png"
    assert prediction.input == ours.order
    listed = replicate_client.predictions.list().results
    assert [job.id for job in listed] == [theirs.id, ours.id]


def test_replicate_runs_to_the_end(simulator: Simulator, replicate_client: Any):
    """It asks with ``Prefer: wait``, and takes whatever is not "starting" for finished."""
    (url,) = replicate_client.run("black-forest-labs/flux-schnell", input={"prompt": "a lighthouse"})
    assert check(httpx.get(url).content, AssetType.IMAGE, name="the result").mime == "image/webp"
    assert len(simulator.posts()) == 1


def test_replicate_cancels(simulator: Simulator, replicate_client: Any):
    prediction = replicate_client.models.predictions.create("black-forest-labs/flux-schnell", input={"prompt": "fog"})
    prediction.cancel()
    assert prediction.status == "canceled"
    assert simulator.books.jobs()[-1].cancelled


@pytest.mark.parametrize(
    ("fault", "status"), [("throttle", 429), ("no-credit", 402), ("unauthorized", 401), ("error", 503)]
)
def test_replicate_knows_the_simulators_errors(simulator: Simulator, replicate_client: Any, fault: Any, status: int):
    exceptions = pytest.importorskip("replicate.exceptions")
    simulator.add_fault(Fault(fault))
    with pytest.raises(exceptions.ReplicateError) as caught:
        replicate_client.models.predictions.create("black-forest-labs/flux-schnell", input={"prompt": "a lighthouse"})
    assert caught.value.status == status
    assert caught.value.detail
    assert len(simulator.posts()) == 1


# -- Runway


@pytest.fixture
def runway_client(simulator: Simulator) -> Any:
    runwayml = pytest.importorskip("runwayml")
    url = f"{simulator.url}/runway"
    return runwayml.RunwayML(api_key=KEY, base_url=url, max_retries=0, _strict_response_validation=True)


def runway_create(client: Any, order: dict[str, Any]) -> Any:
    names = {"promptImage": "prompt_image", "promptText": "prompt_text"}
    return client.image_to_video.create(**{names.get(name, name): value for name, value in order.items()})


def test_runway_makes_clips(simulator: Simulator, runway_client: Any, ordered_by_us: Order, ordered_alike: Alike):
    ours = ordered_by_us(AssetType.VIDEO, "runway", CLIP)
    created = runway_create(runway_client, ours.order)
    theirs = ordered_alike(ours)
    assert created.id == theirs.id
    seen = set[str]()
    while (task := runway_client.tasks.retrieve(created.id)).status not in ("SUCCEEDED", "FAILED", "CANCELLED"):
        seen.add(task.status)
        assert task.estimated_cost.credits == created.estimated_cost.credits
        time.sleep(0.02)
    assert seen == {"RUNNING"}
    assert task.status == "SUCCEEDED"
    assert task.cost.credits * Decimal("0.01") == Decimal(theirs.price)
    (url,) = task.output
    found = check(httpx.get(url).content, AssetType.VIDEO, name="the clip")
    assert found.seconds == ours.order["duration"]
    assert runway_client.organization.retrieve().credit_balance == 100_000 - 2 * task.cost.credits


def test_runway_stores_pictures_for_nothing(simulator: Simulator, runway_client: Any):
    picture = b64decode(PICTURE.partition(",")[2])
    stored = runway_client.uploads.create_ephemeral(file=("lighthouse.png", picture))
    assert stored.uri.startswith("runway://") and simulator.posts() == []
    order = {"model": "gen4_turbo", "promptImage": stored.uri, "promptText": "fog", "ratio": "1280:720", "duration": 5}
    runway_create(runway_client, order)
    with pytest.raises(pytest.importorskip("runwayml").BadRequestError):
        runway_create(runway_client, {**order, "promptImage": stored.uri + "x"})
    assert [post.accepted for post in simulator.posts()] == [True, False]


@pytest.mark.parametrize("fault", ["fail", "refuse-later"])
def test_runway_reads_a_failure(simulator: Simulator, runway_client: Any, fault: Any):
    simulator.add_fault(Fault(fault))
    order = {"model": "gen4_turbo", "promptImage": PICTURE, "promptText": "fog", "ratio": "1280:720", "duration": 5}
    task_id = runway_create(runway_client, order).id
    while (task := runway_client.tasks.retrieve(task_id)).status != "FAILED":
        time.sleep(0.02)
    assert task.failure
    assert task.failure_code.startswith("SAFETY." if fault == "refuse-later" else "INTERNAL.")
    assert task.cost.credits == (25 if fault == "refuse-later" else 0)


def test_runway_queues_and_cancels(runway_client: Any, simulator: Simulator):
    order = {"model": "gen4.5", "promptImage": PICTURE, "promptText": "fog", "ratio": "1280:720", "duration": 2}
    simulator.add_fault(Fault("stuck"))
    task_id = runway_create(runway_client, order).id
    assert runway_client.tasks.retrieve(task_id).status == "PENDING"
    runway_client.tasks.delete(task_id)
    task = runway_client.tasks.retrieve(task_id)
    assert (task.status, task.cost.credits) == ("CANCELLED", 0)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("throttle", "RateLimitError"),
        ("no-credit", "BadRequestError"),
        ("unauthorized", "AuthenticationError"),
        ("refuse", "BadRequestError"),
        ("error", "InternalServerError"),
    ],
)
def test_runway_knows_the_simulators_errors(simulator: Simulator, runway_client: Any, fault: Any, error: str):
    runwayml = pytest.importorskip("runwayml")
    simulator.add_fault(Fault(fault))
    order = {"model": "gen4_turbo", "promptImage": PICTURE, "promptText": "fog", "ratio": "1280:720", "duration": 5}
    with pytest.raises(getattr(runwayml, error)) as caught:
        runway_create(runway_client, order)
    assert caught.value.body["error"]
    assert len(simulator.posts()) == 1
