"""A run as OpenTelemetry sees it: one span for each thing a person would name, and the metrics of a shop floor.

    film ─┬─ shot ─┬─ image     one span for a purchase or a drawing, however often it was tried: what happens on the
          │        ├─ video     way (submitted, waiting, adopted, fetched …) are events of that span
          │        └─ audio
          └─ cut

Spans are made of the run's own event stream, so observing changes nothing of what a run does. It is off unless
``FILM_OBSERVE`` says ``otlp``; where to send is said by OpenTelemetry's own variables (OTEL_EXPORTER_OTLP_ENDPOINT …).
Prompts and dialogue are left out unless ``FILM_OBSERVE_PROMPTS`` is set, and keys never reach an event.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from film.errors import ConfigurationError
from film.models import Shot
from film.production.events import Event, Listener
from film.production.logs import log_lines
from film.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import Span, TracerProvider

SCOPE = "film"


@contextmanager
def observing(settings: Settings, film_id: str, shots: Sequence[Shot]) -> Generator[list[Listener]]:
    """The listeners that the settings ask for; what they gathered is sent when the run ends, however it ends."""
    with ExitStack() as open_until_the_end:
        listeners: list[Listener] = []
        if "log" in settings.observe:
            listeners.append(open_until_the_end.enter_context(log_lines(settings.gallery / "logs", film_id)))
        if "otlp" in settings.observe:
            tracers, meters = open_until_the_end.enter_context(_exporting())
            told = shots if settings.observe_prompts else ()
            tracing = Tracing(tracers, meters, {shot.shot_id: shot for shot in told})
            open_until_the_end.callback(tracing.close)
            listeners.append(tracing)
        yield listeners


class Tracing:
    """A listener that turns events into spans and metrics. ``shots`` are those whose prompts may be told."""

    def __init__(self, tracers: TracerProvider, meters: MeterProvider, shots: Mapping[str, Shot]) -> None:
        self._tracer = tracers.get_tracer(SCOPE)
        meter = meters.get_meter(SCOPE)
        self._assets = meter.create_counter("film.assets", description="assets made or reused")
        self._cost = meter.create_counter("film.cost", unit="{USD}", description="billed, or quoted where not told")
        self._failures = meter.create_counter("film.shots.failed", description="shots that could not be finished")
        self._seconds = meter.create_histogram("film.asset.duration", unit="s", description="from start to stored")
        self._shots = shots
        self._spans: dict[tuple[str, ...], Span] = {}
        self._began: dict[tuple[str, ...], float] = {}

    def __call__(self, event: Event) -> None:
        handle = getattr(self, f"_on_{event.event}", None)
        if handle:
            handle(event, event.facts)

    def close(self) -> None:
        """End what a run that was stopped left open, innermost first."""
        for place in sorted(self._spans, key=len, reverse=True):
            self._end(place)

    # -- one for each event

    def _on_film_started(self, event: Event, facts: Mapping[str, Any]) -> None:
        self._begin((), "film", event, film_id=facts["film_id"], tier=facts["tier"], shots=facts["shots"])

    def _on_step_started(self, event: Event, facts: Mapping[str, Any]) -> None:
        self._begin_step(event, facts)

    def _on_step_done(self, event: Event, facts: Mapping[str, Any]) -> None:
        about = {"step": facts["step"], "provider": facts.get("provider", ""), "reused": facts["reused"]}
        self._assets.add(1, about)
        place = (facts["shot_id"], facts["step"])
        if facts["reused"] and place not in self._spans:
            return
        self._begin_step(event, facts)
        self._seconds.record(event.at - self._began[place], about)
        self._cost.add(float(Decimal(str(facts["cost"]))), about)
        self._end(place, asset_id=facts["asset_id"], cost_usd=str(facts["cost"]), reused=facts["reused"])

    def _on_job(self, event: Event, facts: Mapping[str, Any]) -> None:
        span = self._begin_step(event, facts)
        told = {k: str(facts[k]) for k in ("job_id", "provider", "message") if facts.get(k)}
        span.add_event(facts["kind"], _named(told))
        if facts.get("job_id"):
            span.set_attributes(_named({"job_id": facts["job_id"], "provider": facts.get("provider", "")}))

    def _on_shot_done(self, event: Event, facts: Mapping[str, Any]) -> None:
        self._end_shot(facts["shot_id"])

    def _on_shot_failed(self, event: Event, facts: Mapping[str, Any]) -> None:
        from opentelemetry.trace import Status, StatusCode

        self._failures.add(1, {"step": facts["step"]})
        self._begin_step(event, facts)
        for place in ((facts["shot_id"], facts["step"]), (facts["shot_id"],)):
            self._spans[place].set_status(Status(StatusCode.ERROR, str(facts["error"])))
        self._end_shot(facts["shot_id"])

    def _on_cut_started(self, event: Event, facts: Mapping[str, Any]) -> None:
        self._begin(("", "cut"), "cut", event, frames=facts["frames"])

    def _on_warning(self, event: Event, facts: Mapping[str, Any]) -> None:
        if span := self._spans.get(()):
            span.add_event("warning", {"message": str(facts["message"])})

    def _on_film_done(self, event: Event, facts: Mapping[str, Any]) -> None:
        self._end(("", "cut"))
        self._end((), made=facts["made"], reused=facts["reused"], failed=facts["failed"], cost_usd=str(facts["cost"]))

    # -- spans

    def _begin_step(self, event: Event, facts: Mapping[str, Any]) -> Span:
        shot_id, step = facts["shot_id"], facts["step"]
        self._begin((shot_id,), "shot", event, shot_id=shot_id, **self._told(shot_id))
        return self._begin((shot_id, step), step, event, shot_id=shot_id, step=step)

    def _told(self, shot_id: str) -> dict[str, str]:
        shot = self._shots.get(shot_id)
        return {"prompt": shot.enhanced_prompt, "dialogue": shot.written} if shot else {}

    def _begin(self, place: tuple[str, ...], name: str, event: Event, **facts: object) -> Span:
        from opentelemetry.trace import set_span_in_context

        if place not in self._spans:
            outer = self._spans.get(place[:-1]) or self._spans.get(()) if place else None
            context = set_span_in_context(outer) if outer else None
            self._spans[place] = self._tracer.start_span(name, context, attributes=_named(facts))
            self._began[place] = event.at
        return self._spans[place]

    def _end(self, place: tuple[str, ...], **facts: object) -> None:
        if span := self._spans.pop(place, None):
            span.set_attributes(_named(facts))
            span.end()

    def _end_shot(self, shot_id: str) -> None:
        for place in [place for place in self._spans if len(place) == 2 and place[0] == shot_id]:
            self._end(place)
        self._end((shot_id,))


def _named(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {f"film.{name}": value for name, value in facts.items() if value not in (None, "")}


@contextmanager
def _exporting() -> Generator[tuple[TracerProvider, MeterProvider]]:
    """Providers that send over OTLP; where the program around us has set up its own, those are used and left open."""
    try:
        from opentelemetry import metrics, trace
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.metrics import MeterProvider
        from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise ConfigurationError(
            "FILM_OBSERVE asks for otlp, but OpenTelemetry is not installed",
            hint="install it with: pip install 'film-generation[observe]'",
        ) from error
    if isinstance(given := trace.get_tracer_provider(), TracerProvider):
        yield given, metrics.get_meter_provider()
        return
    resource = Resource.create({"service.name": "film-generation"})
    tracers = TracerProvider(resource=resource, shutdown_on_exit=False)
    tracers.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    meters = MeterProvider(
        [PeriodicExportingMetricReader(OTLPMetricExporter())], resource=resource, shutdown_on_exit=False
    )
    try:
        yield tracers, meters
    finally:
        tracers.shutdown()
        meters.shutdown()
