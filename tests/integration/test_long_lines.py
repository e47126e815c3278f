"""A monologue that no speech model takes at once: bought in parts, killed between them, never paid for twice."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from film.cost_tracker import verify_ledger
from film.db.session import engine_for
from film.metadata import MetadataIndex
from film.models import AssetType
from film.planning.params import film_params
from film.planning.plan import PlannedAsset, plan_film
from film.planning.requests import ProviderSet
from film.planning.services import open_services
from film.planning.speech_chunks import passages
from film.settings import Settings, load_settings
from film.testing.simulator import Fault, Latency, Simulator, SimulatorThread

SENTENCE = "This is number {}: the lamp was out, and nobody had come up these stairs since the autumn. "
MONOLOGUE = "".join(SENTENCE.format(n) for n in range(60))
LIMITS = {"openai": 4096, "elevenlabs": 5_000}
MODELS = {"openai": "tts-1", "elevenlabs": "eleven_v3"}
"""Those that take the least at once: every second that is spoken is made, sent, looked through and joined here."""
PROGRAM = """
import asyncio, json, sys
from film.app.task import FilmGenerationTask
task = FilmGenerationTask("film", tier="budget", audio_provider=sys.argv[1], audio_model=sys.argv[2], concurrency=1)
done = asyncio.run(task.generate_shot(json.loads(sys.stdin.read())))
print(json.dumps({"cost": str(done.cost_usd), "path": str(done.audio_path), "details": dict(done.audio.details)}))
"""


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with SimulatorThread(latency=Latency(audio=100, speed=200)) as simulator:
        yield simulator


@pytest.fixture
def settings(tmp_path: Path, simulator: Simulator) -> Settings:
    return load_settings(environment(tmp_path, simulator), folder=tmp_path)


def environment(folder: Path, simulator: Simulator) -> dict[str, str]:
    gallery = folder / "gallery"
    return {
        **simulator.environment(),
        "FILM_GALLERY_DIR": str(gallery),
        "FILM_DATABASE_URL": f"sqlite:///{gallery / 'film.db'}",
        "FILM_NO_SPEND": "0",
    }


def shot(dialogue: str) -> dict[str, Any]:
    return {"shot_id": "shot_001", "enhanced_prompt": "a keeper speaks", "duration": 5, "dialogue": dialogue}


def start(provider: str, dialogue: str, folder: Path, simulator: Simulator) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, provider, MODELS[provider]],
        env={**os.environ, **environment(folder, simulator)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(shot(dialogue)))
    process.stdin.close()
    process.stdin = None
    return process


def finish(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    return json.loads(out)


def wait_for(process: subprocess.Popen[str], there: Callable[[], object]) -> None:
    until = time.monotonic() + 300
    while not there():
        assert process.poll() is None and time.monotonic() < until
        time.sleep(0.02)


def planned(provider: str, dialogue: str, settings: Settings, folder: Path) -> PlannedAsset:
    path = folder / "shots.json"
    path.write_text(json.dumps([shot(dialogue)]))
    params = film_params(
        path, settings, film_id="film", tier="budget", audio_provider=provider, audio_model=MODELS[provider]
    )
    services = open_services(settings)
    return plan_film(params, services, ProviderSet(services.context)).shots[0].assets[AssetType.AUDIO]


def spoken(simulator: Simulator, provider: str) -> list[str]:
    return [str(job.order.get("input") or job.order.get("text")) for job in simulator.books.jobs(provider)]


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL cannot be sent on Windows")
@pytest.mark.parametrize("provider", LIMITS)
def test_a_monologue_killed_between_its_parts_is_paid_for_once_and_an_edit_buys_one_part(
    provider: str, simulator: Simulator, settings: Settings, tmp_path: Path
) -> None:
    parts = [passage.text for passage in passages(MONOLOGUE, LIMITS[provider])]
    assert len(parts) >= 2

    row = planned(provider, MONOLOGUE, settings, tmp_path)
    assert row.state == "new" and len(row.orders) == len(parts)
    assert row.quote.amount == sum((part.quote.amount for part in row.parts), Decimal(0)) > 0

    process = start(provider, MONOLOGUE, tmp_path, simulator)
    wait_for(process, lambda: spoken(simulator, provider))
    simulator.add_fault(Fault("throttle", vendor=provider, times=0, seconds=60))  # no place for the other parts
    wait_for(process, lambda: len(planned(provider, MONOLOGUE, settings, tmp_path).orders) < len(parts))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    (first,) = spoken(simulator, provider)
    rest = planned(provider, MONOLOGUE, settings, tmp_path)
    assert rest.state == "new" and [o.ask.config.text for o in rest.orders] == [p for p in parts if p != first]
    assert rest.quote.amount == row.quote.amount - sum(p.quote.amount for p in row.parts if p.ask.config.text == first)

    simulator.clear_faults()
    made = finish(start(provider, MONOLOGUE, tmp_path, simulator))
    assert sorted(spoken(simulator, provider)) == sorted(parts) and not simulator.bought_twice()
    assert simulator.total(provider) == row.quote.amount
    details = made["details"]
    assert len(details["parts"]) == len(parts)
    if provider == "elevenlabs":
        words = details["words"]
        assert [word["word"] for word in words] == MONOLOGUE.split()
        assert all(a["start"] < a["end"] <= b["start"] + 1e-6 for a, b in itertools.pairwise(words))
        assert words[-1]["end"] <= details["samples"] / details["sample_rate"] + 0.1

    whole = planned(provider, MONOLOGUE, settings, tmp_path)
    assert (whole.state, whole.quote.amount, whole.saved) == ("reused", 0, row.quote.amount)
    edited = MONOLOGUE.replace("This is number 30:", "And this was number thirty:")
    stale = planned(provider, edited, settings, tmp_path)
    assert len(stale.orders) == 1
    finish(start(provider, edited, tmp_path, simulator))
    assert len(spoken(simulator, provider)) == len(parts) + 1 and not simulator.bought_twice()

    engine = engine_for(settings.database_url)
    assert verify_ledger(engine) == []
    library = MetadataIndex(settings=settings).find_assets(asset_type="audio")
    assert sum((asset.cost_usd for asset in library), Decimal(0)) == simulator.total(provider)


def test_a_part_that_is_refused_leaves_the_others_paid_for_and_kept(
    simulator: Simulator, settings: Settings, tmp_path: Path
) -> None:
    first, second, *_ = [passage.text for passage in passages(MONOLOGUE, LIMITS["openai"])]
    simulator.add_fault(Fault("refuse", vendor="openai", match=second[:40]))
    _, err = start("openai", MONOLOGUE, tmp_path, simulator).communicate(timeout=600)
    assert "refused" in err
    row = planned("openai", MONOLOGUE, settings, tmp_path)
    assert [order.ask.part for order in row.orders] == [2]
    assert first in spoken(simulator, "openai")
