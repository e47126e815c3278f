"""Vendors that nobody here wrote, and an attack on the money spent there (``benchmarks/strangers``).

uv run pytest tests/crash/test_strangers.py                        the vendors, and a film made at them
uv run pytest -n 0 -m "long and ci" tests/crash/test_strangers.py      kills in the situations that wait least
uv run pytest -n 0 -m "long and not ci" tests/crash/test_strangers.py  kills in all twenty; and the controls
"""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import aiohttp
import psycopg
import pytest
from benchmarks.strangers.audit import audited
from benchmarks.strangers.cases import CONTROL, table, totals
from benchmarks.strangers.databases import Postgres, programs_of
from benchmarks.strangers.films import shot
from benchmarks.strangers.galleries import Film, Gallery, default_command
from benchmarks.strangers.kills import Options, attack, naive_command
from benchmarks.strangers.plans import SITUATIONS
from benchmarks.strangers.vendors.plan import Plan
from benchmarks.strangers.vendors.server import Server
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills go to a group of processes")

KILLS = 40
KILLS_OF_CI = 80
WAIT_LEAST = ("crowd", "pair", "plain", "odd-submit", "key-changed", "db-older", "disk-full")
"""Situations of CI: of processes, vendors' answers, keys, database, disk. A kill takes about five seconds of a core."""
SPEED = 20


async def _asked(server: Server) -> dict[str, object]:
    """One order at each vendor, and what its list, its states and its bills look like."""
    root = f"http://127.0.0.1:{server.port}"
    said: dict[str, object] = {}
    async with aiohttp.ClientSession() as http:
        fal, replicate = {"Authorization": "Key k-fal"}, {"Authorization": "Bearer k-replicate"}
        async with http.post(f"{root}/fal/fal-ai/flux/schnell", json={"prompt": "a harbour"}, headers=fal) as got:
            order = await got.json()
            said["fal order"] = (got.status, "Date" in got.headers, sorted(order))
        async with http.get(order["status_url"], headers=fal) as got:
            said["fal, too early"] = (got.status, (await got.json())["status"])
        async with http.get(order["response_url"], headers=fal) as got:
            said["fal result, too early"] = got.status
        await asyncio.sleep(0.3)
        async with http.get(order["status_url"], headers=fal) as got:
            said["fal, done"] = (got.status, (await got.json())["status"])
        async with http.get(order["response_url"], headers=fal) as got:
            said["fal bill"] = (got.headers["x-fal-billable-units"], "url" in (await got.json())["images"][0])
        listed = f"{root}/fal/v1/models/requests/by-endpoint?endpoint_id=fal-ai/flux/schnell&expand=payloads"
        async with http.get(listed, headers=fal) as got:
            said["fal list"] = [item["json_input"]["prompt"] for item in (await got.json())["items"]]
        async with http.get(listed, headers={"Authorization": "Key other"}) as got:
            said["fal list of another account"] = (await got.json())["items"]

        where = f"{root}/replicate/v1/models/black-forest-labs/flux-schnell/predictions"
        async with http.post(where, json={"input": {"prompt": "a cave"}}, headers=replicate) as got:
            said["replicate order"] = (got.status, (await got.json())["status"])
        async with http.get(f"{root}/replicate/v1/predictions", headers=replicate) as got:
            page = await got.json()
            said["replicate list"] = (sorted(page), page["results"][0]["input"]["prompt"])

        form = {"model": "gen4_turbo", "promptImage": "data:x", "promptText": "p", "duration": 5, "ratio": "1280:720"}
        runway = {"Authorization": "Bearer k-runway"}
        async with http.post(f"{root}/runway/v1/image_to_video", json=form, headers=runway) as got:
            said["runway without a version"] = got.status
        runway["X-Runway-Version"] = "2024-11-06"
        async with http.post(f"{root}/runway/v1/image_to_video", json=form, headers=runway) as got:
            task = await got.json()
        async with http.get(f"{root}/runway/v1/tasks/{task['id']}", headers=runway) as got:
            said["runway task"] = (await got.json())["status"]
        async with http.get(f"{root}/runway/v1/tasks/nothing", headers=runway) as got:
            said["runway, a task that is not"] = got.status

        line = {"model": "tts-1", "input": "Good evening.", "voice": "nova", "response_format": "wav"}
        speech, bearer = f"{root}/openai/v1/audio/speech", {"Authorization": "Bearer k"}
        async with http.post(speech, json=line, headers=bearer) as got:
            said["openai"] = (got.status, (await got.read())[:4], bool(got.headers["x-request-id"]))
        async with http.post(speech, json=line) as got:
            said["openai without a key"] = got.status

        voice, key = f"{root}/elevenlabs/v1/text-to-speech/a-voice/with-timestamps", {"xi-api-key": "k"}
        words = {"text": "Good evening.", "model_id": "eleven_multilingual_v2"}
        async with http.post(voice, json=words, headers=key) as got:
            said["elevenlabs"] = (got.headers["character-cost"], "audio_base64" in await got.json())
        async with http.get(f"{root}/elevenlabs/v1/history", headers=key) as got:
            history = await got.json()
            said["elevenlabs list"] = (history["has_more"], [item["text"] for item in history["history"]])
    return said


def test_the_vendors_answer_as_their_documents_say(tmp_path: Path) -> None:
    async def ask() -> dict[str, object]:
        server = await Server(tmp_path, Plan({"vendors": {"*": {"seconds": 0.2}}})).start()
        try:
            return await _asked(server) | {"invoice": sum((n.price for n in server.books.invoice()), Decimal(0))}
        finally:
            await server.stop()

    assert asyncio.run(ask()) == {
        "fal order": (
            200,
            True,
            ["cancel_url", "queue_position", "request_id", "response_url", "status", "status_url"],
        ),
        "fal, too early": (202, "IN_PROGRESS"),
        "fal result, too early": 400,
        "fal, done": (200, "COMPLETED"),
        "fal bill": ("1", True),
        "fal list": ["a harbour"],
        "fal list of another account": [],
        "replicate order": (201, "processing"),
        "replicate list": (["next", "previous", "results"], "a cave"),
        "runway without a version": 400,
        "runway task": "RUNNING",
        "runway, a task that is not": 404,
        "openai": (200, b"RIFF", True),
        "openai without a key": 401,
        "elevenlabs": ("13", True),
        "elevenlabs list": (False, ["Good evening."]),
        "invoice": Decimal("0.003") + Decimal("0.003") + Decimal("0.25") + 13 * Decimal("0.000015") + Decimal("0.0013"),
    }


def test_a_film_at_them_settles_to_the_micro_dollar(tmp_path: Path) -> None:
    rng = random.Random(1)
    givers = [
        {"image_provider": "fal", "video_provider": "runway", "audio_provider": "openai"},
        {"image_provider": "replicate", "video_provider": "minimax", "audio_provider": "elevenlabs"},
    ]
    film = Film("attic", [shot(rng, duration=1, **given) for given in givers], "premium")

    async def make() -> None:
        server = await Server(tmp_path / "vendors", Plan({"speed": SPEED, "vendors": {"*": {"seconds": 0.2}}})).start()
        settings = server.environment() | {"FILM_SIMULATED_SPEED": str(SPEED)}
        gallery = Gallery(tmp_path, settings, default_command())
        try:
            ended = await gallery.run(*gallery.making(film, Decimal(1)))
            assert ended.code == 0, ended.err
            audit = await audited(gallery, [film], server.books.invoice())
            assert {post["kind"] for post in server.books.posts()} == {"image", "video", "audio"}
            assert (audit.orders, audit.lost, audit.silent, audit.unresolved) == (6, 0, 0, {})
            assert audit.invoice == audit.ledger > 0
            assert audit.notes == []
            assert audit.reserved == audit.assumed == 0
        finally:
            gallery.close()
            await server.stop()

    asyncio.run(make())


def test_the_deeds_befall_a_schema_as_they_befall_a_file(tmp_path: Path, postgres_url: str) -> None:
    """Else nothing would happen to the galleries on a server that are attacked."""
    with psycopg.connect(postgres_url) as asked:
        ours = Postgres(postgres_url, programs_of(asked.info.server_version))
    other = ours.beside(tmp_path)

    def tables(database: Postgres) -> list[str]:
        admin = create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)
        with admin.connect() as db:
            query = f"SELECT tablename FROM pg_tables WHERE schemaname = '{database.schema}' ORDER BY 1"
            return list(db.scalars(text(query)))

    def fill(database: Postgres, names: list[str]) -> None:
        admin = create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)
        with admin.begin() as db:
            for name in names:
                db.execute(text(f"CREATE TABLE {database.schema}.{name} (id integer)"))

    assert not ours.keep(tmp_path / "copy"), "nothing is there yet"
    fill(ours, ["alembic_version", "jobs"])
    fill(other, ["alembic_version"])
    assert ours.keep(tmp_path / "copy")
    fill(ours, ["more"])
    ours.put_back(tmp_path / "copy")
    assert tables(ours) == ["alembic_version", "jobs"]
    ours.empty()
    assert tables(ours) == []
    ours.replace(other)
    assert tables(ours) == ["alembic_version"]
    assert ours.settings["FILM_DATABASE_URL"] == other.settings["FILM_DATABASE_URL"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("kills", "situations"),
    [
        pytest.param(KILLS_OF_CI, WAIT_LEAST, marks=pytest.mark.ci, id="ci"),
        pytest.param(KILLS, tuple(SITUATIONS), id="every situation"),
    ],
)
def test_no_money_is_lost(tmp_path: Path, tell: Callable[[str], None], kills: int, situations: tuple[str, ...]) -> None:
    options = Options(command=default_command(), parallel=6, keep=tmp_path)
    cases = asyncio.run(attack(kills, 1, list(situations), options))
    tell(f"strangers: {json.dumps(totals(cases), default=str)}")
    assert {case.plan for case in cases} == set(situations)
    assert sum(case.kills for case in cases) >= kills
    found = [f"{case.plan} seed {case.seed}: {case.findings()} {case.notes}" for case in cases if case.findings()]
    assert not found, table(cases, list(SITUATIONS))


@pytest.mark.long
def test_the_attack_finds_a_naive_journal_and_a_naive_budget_out() -> None:
    naive = totals(asyncio.run(attack(12, 1, list(CONTROL), Options(command=naive_command(), parallel=4))))
    assert naive["lost"] + naive["silent doubles"] > 0
    assert naive["overspend"] > 0
