"""What a run tells to those who watch it from outside: spans, metrics, log lines; and what it never tells."""

from __future__ import annotations

import asyncio
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from film.app.films import run_film_pipeline
from film.app.task import FilmGenerationTask
from film.errors import ConfigurationError
from film.models import Shot
from film.production.events import Events
from film.production.observe import Tracing
from film.settings import load_settings

PROMPT, LINE = "a trunk is opened in secret", "Nobody may hear this."


class Watcher:
    def __init__(self, *shots: Shot) -> None:
        self.spans_out, self.reader = InMemorySpanExporter(), InMemoryMetricReader()
        tracers = TracerProvider(shutdown_on_exit=False)
        tracers.add_span_processor(SimpleSpanProcessor(self.spans_out))
        self.tracing = Tracing(
            tracers, MeterProvider([self.reader], shutdown_on_exit=False), {s.shot_id: s for s in shots}
        )
        self.events = Events(self.tracing)

    def spans(self) -> dict[str, ReadableSpan]:
        return {span.name: span for span in self.spans_out.get_finished_spans()}

    def points(self, name: str) -> list[Any]:
        data = self.reader.get_metrics_data()
        assert data
        metrics = [m for r in data.resource_metrics for s in r.scope_metrics for m in s.metrics]
        return [point for m in metrics if m.name == name for point in m.data.data_points]


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    path = tmp_path / "shots.json"
    shot = {"shot_id": "one", "enhanced_prompt": PROMPT, "dialogue": LINE, "duration": 1, "characters": ["Emma"]}
    path.write_text(json.dumps([shot]))
    return path


def film_of(watcher: Watcher) -> None:
    tell = watcher.events.emit
    told = {"film_id": "attic", "tier": "budget", "shots": 2, "shots_to_make": 1, "to_make": 1, "at_most": "0.27"}
    tell("film_started", **told, schema_version=1)
    tell("step_started", shot_id="one", step="video")
    for kind in ("submitted", "waiting", "fetched"):
        tell("job", shot_id="one", step="video", kind=kind, provider="minimax", job_id="j-1", message="")
    tell("step_done", shot_id="one", step="video", reused=False, asset_id="a", cost="0.27", provider="minimax")
    tell("shot_done", shot_id="one", reused=False)


def test_a_purchase_is_one_span_with_its_tries_inside() -> None:
    watcher = Watcher()
    film_of(watcher)
    watcher.events.emit("cut_started", frames=48)
    money = dict.fromkeys(("for_nothing", "saved", "set_aside", "under_review", "disputed"), "0")
    counts = {"made": 1, "reused": 1, "failed": 0, "over_quote": []}
    watcher.events.emit("film_done", path="x", seconds=2, cost="0.27", **counts, **money)
    spans = watcher.spans()
    assert set(spans) == {"film", "shot", "video", "cut"}
    assert [event.name for event in spans["video"].events] == ["submitted", "waiting", "fetched"]
    parents = {name: span.parent.span_id if span.parent else None for name, span in spans.items()}
    ids = {name: span.context.span_id for name, span in spans.items() if span.context}
    assert parents == {"film": None, "shot": ids["film"], "video": ids["shot"], "cut": ids["film"]}
    attributes = spans["video"].attributes or {}
    assert (attributes["film.job_id"], attributes["film.shot_id"], attributes["film.cost_usd"]) == (
        "j-1",
        "one",
        "0.27",
    )
    assert [point.value for point in watcher.points("film.cost")] == [0.27]
    assert [point.count for point in watcher.points("film.asset.duration")] == [1]


def test_a_shot_that_failed_is_an_error_and_a_stopped_run_leaves_no_span_open() -> None:
    watcher = Watcher()
    film_of(watcher)
    watcher.events.emit("step_started", shot_id="two", step="image")
    watcher.events.emit("shot_failed", shot_id="two", step="image", error="refused", hint="", charged=False)
    watcher.events.emit("step_started", shot_id="three", step="image")
    watcher.tracing.close()
    ended = watcher.spans_out.get_finished_spans()
    assert len([s for s in ended if s.status.description == "refused"]) == 2
    assert [s.name for s in ended][-3:] == ["image", "shot", "film"]
    assert [point.value for point in watcher.points("film.shots.failed")] == [1]


@pytest.mark.parametrize("told", [True, False])
def test_prompts_are_told_only_when_asked_for(told: bool) -> None:
    shot = Shot(shot_id="one", enhanced_prompt=PROMPT, dialogue=LINE)
    watcher = Watcher(*([shot] if told else []))
    film_of(watcher)
    watcher.tracing.close()
    text = str([dict(span.attributes or {}) for span in watcher.spans_out.get_finished_spans()])
    assert (PROMPT in text, LINE in text) == (told, told)


def test_every_event_is_a_line_that_says_whose_it_is(
    shots: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILM_OBSERVE", "log")
    monkeypatch.setenv("FAL_API_KEY", "canary-key-0123456789")
    for _ in range(2):
        run_film_pipeline("attic", shots, tier="draft", size="128x128", settings=load_settings())
    (file,) = (tmp_path / "gallery" / "logs").iterdir()
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert {line["film_id"] for line in lines} == {"attic"} and len({line["run"] for line in lines}) == 2
    assert [line["event"] for line in lines if line["event"] in ("film_started", "film_done")] == [
        "film_started",
        "film_done",
    ] * 2
    text = file.read_text()
    assert not any(secret in text for secret in (PROMPT, LINE, "canary-key"))


def test_a_single_shot_tells_of_itself_as_a_film_does(
    shots: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILM_OBSERVE", "log")
    (shot,) = json.loads(shots.read_text())
    task = FilmGenerationTask("attic", tier="draft", settings=load_settings(), size="128x128")
    asyncio.run(task.generate_shot(shot))
    (file,) = (tmp_path / "gallery" / "logs").iterdir()
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert {line["film_id"] for line in lines} == {"attic"}
    assert sorted(line["step"] for line in lines if line["event"] == "step_done") == ["audio", "image", "video"]


class Collector(http.server.BaseHTTPRequestHandler):
    got: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        self.got.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def collector() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """A loopback server that speaks as much OTLP as an exporter needs."""
    got: list[tuple[str, bytes]] = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Here", (Collector,), {"got": got}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", got
    server.shutdown()
    thread.join()
    server.server_close()


def test_one_setting_sends_a_run_to_a_collector(
    shots: Path, collector: tuple[str, list[tuple[str, bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, got = collector
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
    monkeypatch.setenv("FILM_OBSERVE", "otlp")
    monkeypatch.setenv("FAL_API_KEY", "canary-key-0123456789")
    run_film_pipeline("attic", shots, tier="draft", size="128x128", settings=load_settings())
    assert {path for path, _ in got} == {"/v1/traces", "/v1/metrics"}
    sent = b"".join(body for _, body in got)
    assert b"film.shot_id" in sent and b"film.assets" in sent
    assert not any(secret in sent for secret in (PROMPT.encode(), LINE.encode(), b"canary-key"))


def test_what_cannot_be_observed_with_is_named() -> None:
    with pytest.raises(ConfigurationError, match="FILM_OBSERVE names 'statsd'"):
        load_settings({"FILM_OBSERVE": "log, statsd", "HOME": "/nowhere"})
