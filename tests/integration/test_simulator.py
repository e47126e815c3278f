"""The adapters, the journal and the simulated vendors together: the whole way of a purchase over real HTTP."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from vendors import SHOPS, account, buyer

from film.testing.simulator import Latency, Simulator, SimulatorThread
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
