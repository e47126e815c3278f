"""Simulated vendors answer programs of this machine: no page of the web, and nobody's real key comes near them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from film.app.rehearsals import environment, without_secrets
from film.testing.simulator import Latency, Simulator
from film.vendors import accounts

FAULT = {"kind": "reset", "step": "submit"}


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, 200),
        ({"Host": "localhost"}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Host": "localhost.evil.example:PORT"}, 403),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"Host": ""}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
    ids=str,
)
def test_pages_are_refused_and_programs_are_not(headers: dict[str, str], code: int) -> None:
    async def ask() -> tuple[set[int], int]:
        async with Simulator(latency=Latency(image=0.0)) as simulator, httpx.AsyncClient(base_url=simulator.url) as web:
            sent = {name: value.replace("PORT", simulator.url.rpartition(":")[2]) for name, value in headers.items()}
            order = {"prompt": "A pier", "image_size": {"width": 1280, "height": 720}}
            key = {"Authorization": "Key simulated"}
            answers = [
                await web.get("/__control__/books", headers=sent),
                await web.post("/fal/fal-ai/flux/schnell", json=order, headers=key | sent),
                await web.post("/__control__/faults", json=FAULT, headers=sent),
                await web.delete("/__control__/faults", headers=sent),
            ]
            return {answer.status_code for answer in answers}, len(simulator.posts())

    assert asyncio.run(ask()) == ({code}, int(code == 200))


def test_no_real_key_goes_along_under_any_of_its_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    names = [name for account in accounts().values() for name in account.keys]
    for name in (*names, "AWS_SECRET_ACCESS_KEY", "FILM_DATABASE_URL"):
        monkeypatch.setenv(name, "a real one")

    rehearsed = without_secrets() | environment(Simulator(), tmp_path)

    assert "a real one" not in rehearsed.values()
    assert {rehearsed[name] for name in names} == {"simulated"}
