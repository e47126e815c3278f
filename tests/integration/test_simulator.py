"""The adapters, the journal and the simulated vendors together: the whole way of a purchase over real HTTP."""

from __future__ import annotations

import asyncio
import json
import sys
import urllib.error
import urllib.request
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine
from vendors import SHOPS, Buyer, account, buyer, new_jobs

from film.db.session import make_engine
from film.errors import FilmError
from film.testing.simulator import Fault, Latency, Simulator, SimulatorThread
from film.testing.simulator.books import Books

FAST = Latency(speed=200)


def fal_client() -> httpx.AsyncClient:
    return httpx.AsyncClient(headers={"Authorization": "Key simulated"})


@pytest.mark.parametrize("name", SHOPS)
def test_every_adapter_buys_from_its_simulated_vendor(name: str, tmp_path: Path):
    async def main() -> None:
        async with Simulator(latency=FAST) as simulator, buyer(name, simulator, tmp_path) as shop:
            made = await shop.buy()
            assert made.generated is not None
            assert made.generated.details
            call = shop.call()
            billed = simulator.total(account(name))
            assert 0 < billed <= call.quoted, "a quote is an upper bound"
            if made.billed is not None:
                assert made.billed == billed
            assert [post.accepted for post in simulator.posts()] == [True]

    asyncio.run(main())


def test_what_is_made_depends_on_the_order_and_every_job_is_different(tmp_path: Path):
    async def main() -> None:
        async with Simulator(latency=FAST) as simulator, buyer("fal", simulator, tmp_path) as shop:
            first, second = await shop.buy(1), await shop.buy(2)
            assert first.generated is not None
            assert second.generated is not None
            assert first.generated.path is not None
            assert second.generated.path is not None
            assert first.generated.path.read_bytes() != second.generated.path.read_bytes()
            assert list(simulator.bought_twice().values()) == [2]

    asyncio.run(main())


def test_a_seed_makes_everything_alike(tmp_path: Path):
    async def pictures(folder: Path) -> bytes:
        folder.mkdir()
        async with Simulator(latency=FAST, seed=7) as simulator, buyer("fal", simulator, folder) as shop:
            made = await shop.buy()
            assert made.generated is not None
            assert made.generated.path is not None
            return made.generated.path.read_bytes()

    assert asyncio.run(pictures(tmp_path / "one")) == asyncio.run(pictures(tmp_path / "two"))


def test_the_environment_leads_the_settings_to_the_simulator(tmp_path: Path):
    from film.settings import load_settings

    simulator = Simulator(port=1)
    settings = load_settings(simulator.environment(), folder=tmp_path)
    assert settings.base_urls == simulator.base_urls()
    assert settings.key("fal") == "simulated"


def test_the_books_outlive_the_server(tmp_path: Path):
    async def main() -> None:
        for posts in (1, 2):
            async with Simulator(latency=FAST, state=tmp_path / "books.db") as simulator:
                async with buyer("fal", simulator, tmp_path) as shop:
                    await shop.buy(posts)
                assert len(simulator.posts()) == posts
                assert simulator.total() == Decimal("0.003") * posts

    asyncio.run(main())
    assert len(Books(tmp_path / "books.db").invoice()) == 2


def test_another_process_steers_it_through_the_control_api():
    def call(method: str, path: str, body: object = None) -> dict[str, object]:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(simulator.url + path, data, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    with SimulatorThread(latency=FAST) as simulator:
        call("POST", "/__control__/faults", {"kind": "error", "vendor": "openai", "status": 503})
        order = {"model": "tts-1", "input": "Hello.", "voice": "alloy"}
        headers = {"Authorization": "Bearer simulated", "Content-Type": "application/json"}
        url = simulator.environment()["FILM_OPENAI_URL"] + "/v1/audio/speech"
        request = urllib.request.Request(url, json.dumps(order).encode(), headers)
        with pytest.raises(urllib.error.HTTPError, match="503"):
            urllib.request.urlopen(request)
        with urllib.request.urlopen(request) as answer:
            assert answer.read()
        books = call("GET", "/__control__/books")
        assert books["total"] == "0.00009"
        assert [p["accepted"] for p in books["posts"]] == [False, True]  # pyright: ignore[reportGeneralTypeIssues]
        with pytest.raises(urllib.error.HTTPError, match="400"):
            call("POST", "/__control__/faults", {"kind": "earthquake"})


def test_results_are_deleted_after_their_lifetime(tmp_path: Path):
    async def main() -> None:
        async with Simulator(latency=Latency(image=0.0), lifetime=0.2) as simulator, fal_client() as client:
            at = simulator.base_urls()["fal"]
            ticket = (await client.post(f"{at}/fal-ai/flux/schnell", json={"prompt": "x"})).json()
            url = (await client.get(ticket["response_url"])).json()["images"][0]["url"]
            assert (await client.get(url)).status_code == 200
            await asyncio.sleep(0.3)
            assert (await client.get(url)).status_code == 404

    asyncio.run(main())


def test_an_account_runs_as_many_jobs_at_once_as_it_may(tmp_path: Path):
    async def main() -> list[str]:
        async with Simulator(latency=Latency(image=60), concurrency=2) as simulator, fal_client() as client:
            at = simulator.base_urls()["fal"]
            tickets = [
                (await client.post(f"{at}/fal-ai/flux/schnell", json={"prompt": str(n)})).json() for n in range(5)
            ]
            return [(await client.get(t["status_url"])).json()["status"] for t in tickets]

    assert asyncio.run(main()) == ["IN_PROGRESS"] * 2 + ["IN_QUEUE"] * 3


# -- every fault at every adapter

SUBMIT = [
    Fault("throttle", seconds=1),
    Fault("error", status=500),
    Fault("error", status=503, after=True),
    Fault("reset"),
    Fault("reset", after=True),
    Fault("hang", seconds=4, after=True),
    Fault("garbage"),
    Fault("garbage", after=True),
    Fault("error-200", after=True),
    Fault("slow-headers", seconds=0.3),
    Fault("unauthorized"),
    Fault("no-credit"),
    Fault("refuse"),
]
FATE = [Fault(kind) for kind in ("fail", "refuse-later", "black", "malformed", "strange")]
POLL = [Fault("error", step="status"), Fault("reset", step="status"), Fault("garbage", step="status")]
MEDIA_KINDS = "short truncate cut corrupt html json empty wrong-type gzip-bomb endless redirect expired".split()
MEDIA = [Fault(kind) for kind in MEDIA_KINDS] + [
    Fault("slow-body", seconds=0.4),
    Fault("error", step="media"),
    Fault("redirect", location="http://127.0.0.1:9/x"),
]
LASTING = [Fault(kind, times=0) for kind in ("corrupt", "html", "empty", "expired", "truncate")]
AT_ONCE = ("openai", "elevenlabs")
"""Their result is the answer itself, so nothing but the submission can be spoilt."""


def faults_of(name: str) -> list[Fault]:
    return SUBMIT if name in AT_ONCE else SUBMIT + FATE + POLL + MEDIA + LASTING


def title(fault: Fault) -> str:
    return f"{fault.kind}{'-after' if fault.after else ''}{'-always' if fault.times == 0 else ''}@{fault.place}"


async def meet(fault: Fault, number: int, simulator: Simulator, shop: Buyer, engine: Engine) -> str | None:
    """Buy while ``fault`` lasts, then once more as its user would; what went wrong beyond it, in words."""
    film = f"(film {number})"
    shop = replace(
        shop, jobs=new_jobs(engine, shop.ledger, speed=5000 if fault.kind in ("malformed", "strange") else 200)
    )
    fault = replace(fault, match=film)
    simulator.add_fault(fault)
    for _ in range(2):
        try:
            async with asyncio.timeout(20):
                await shop.buy(about=film)
        except FilmError as error:
            if not error.hint:
                return f"{title(fault)}: {error!r} does not say what to do"
        except TimeoutError:
            return f"{title(fault)}: hung"
    if not any(struck.match == film for struck in simulator.struck):
        return f"{title(fault)}: did not happen"
    made = [job for job in simulator.books.jobs() if film in str(job.order)]
    billed = sum((Decimal(job.price) for job in made if job.billed), Decimal(0))
    records = shop.jobs.list_jobs(film_id=film)
    states = sorted(job.state for job in records)
    if len(made) > 1 + sum(state in ("closed", "failed") for state in states):
        return f"{title(fault)}: made {len(made)} times, on record {states}"
    held = sum((job.quoted for job in records if job.state in ("review", "submitted", "unknown")), Decimal(0))
    settled = sum((shop.ledger.settled.get(key, Decimal(0)) for key in {job.key for job in records}), Decimal(0))
    if billed > settled + held:
        return f"{title(fault)}: billed {billed}, settled {settled}, held {held} ({states})"
    if fault.times == 0 and "done" in states:
        return f"{title(fault)}: took it for good"
    return None


@pytest.mark.parametrize("name", [name for name in SHOPS if name != "kling"])
def test_no_fault_makes_an_adapter_buy_twice_take_the_wrong_thing_or_hang(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """Kling is left out: it speaks Minimax's protocol to Minimax's vendor."""

    async def main() -> list[str | None]:
        async with Simulator(latency=FAST) as simulator, buyer(name, simulator, tmp_path) as shop:
            engine = make_engine(f"sqlite:///{tmp_path / 'film.db'}")
            return await asyncio.gather(*(meet(f, n, simulator, shop, engine) for n, f in enumerate(faults_of(name))))

    met = asyncio.run(main())
    with capsys.disabled():
        wrong = sum(problem is not None for problem in met)
        sys.stdout.write(f"\n{name}: {len(met)} provider faults, wrong or hung {wrong}\n")
    assert [problem for problem in met if problem] == []
