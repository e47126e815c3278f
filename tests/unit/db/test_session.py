"""Engines keep SQLite safe between threads and processes, and refuse what cannot be kept safe."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, literal, select, text, type_coerce, update
from sqlalchemy.exc import DBAPIError, StatementError

from film.db import drives, session
from film.db.base import MicroUSD, from_micros, to_micros
from film.db.drives import mounted_as, network_filesystem, parse_mount_command, parse_proc_mounts
from film.db.migrate import prepare
from film.db.session import close_engines, engine_for, make_engine, make_reader, sessions_for, snapshot
from film.db.tables import Budget, Film
from film.errors import ConfigurationError, StoreError

MOUNTS = """\
overlay / overlay rw 0 0
server:/films /mnt/films nfs4 rw 0 0
//nas/art /mnt/my\\040art cifs rw 0 0
/dev/sdb1 /mnt/films/local ext4 rw 0 0
me@host:/ /home/me/remote fuse.sshfs rw 0 0
"""


def pragma(engine: Engine, name: str) -> object:
    with engine.connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_every_connection_is_prepared(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'deep' / 'film.db'}")
    with engine.connect() as first, engine.execution_options(film_lazy=True).connect() as second:
        for connection in (first, second):
            settings = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "busy_timeout", "foreign_keys", "synchronous")
            ]
            assert settings == ["wal", 30_000, 1, 2]


def test_threads_write_without_an_error(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(insert(Budget), [{"scope": "film:f"}])
    failures: list[Exception] = []

    def work() -> None:
        try:
            for _ in range(10):
                with engine.begin() as connection:
                    connection.execute(select(Budget.spent)).all()  # what makes SQLite's defaults fail
                    connection.execute(update(Budget).values(spent=Budget.spent + Decimal("0.01")))
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with engine.connect() as connection:
        assert connection.execute(select(Budget.spent)).scalar() == Decimal("1.20")


def test_a_snapshot_neither_waits_for_a_writer_nor_sees_half_of_it(engine: Engine) -> None:
    with engine.begin() as writer:
        writer.execute(insert(Film), [{"film_id": "half"}])
        with snapshot(engine) as reader:
            assert reader.execute(select(Film.film_id)).all() == []


def test_a_snapshot_does_not_change(engine: Engine) -> None:
    with snapshot(engine) as reader:
        assert reader.execute(select(Film.film_id)).all() == []
        with engine.begin() as writer:
            writer.execute(insert(Film), [{"film_id": "new"}])
        assert reader.execute(select(Film.film_id)).all() == []


def test_a_snapshots_connection_writes_again_afterwards(engine: Engine) -> None:
    with snapshot(engine):
        pass
    with engine.begin() as writer:
        writer.execute(insert(Film), [{"film_id": "new"}])


def test_a_session_left_open_holds_no_writer_up(database_url: str) -> None:
    left_open = sessions_for(database_url)()
    left_open.execute(select(Film.film_id)).all()
    with make_engine(database_url).begin() as writer:
        if writer.dialect.name == "sqlite":
            writer.exec_driver_sql("PRAGMA busy_timeout=0")
        writer.execute(insert(Film), [{"film_id": "new"}])
    left_open.close()
    with sessions_for(database_url)() as session_:
        session_.add(Film(film_id="newer"))
        session_.commit()
        assert session_.execute(select(Film.film_id).order_by(Film.film_id)).scalars().all() == ["new", "newer"]


def test_a_reader_cannot_write(engine: Engine) -> None:
    reader = make_reader(engine.url.render_as_string(hide_password=False))
    with pytest.raises(DBAPIError, match=r"(?i)read.?only"), reader.begin() as connection:
        connection.execute(insert(Film), [{"film_id": "f"}])
    with reader.connect() as connection:
        assert connection.execute(select(Film.film_id)).all() == []


def test_a_reader_needs_a_database(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no database at"):
        make_reader(f"sqlite:///{tmp_path / 'none.db'}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("what", ["an empty file", "a copy"])
def test_a_reader_leaves_the_file_as_it_is(tmp_path: Path, what: str) -> None:
    file = tmp_path / "film.db"
    with closing(sqlite3.connect(file)) as connection:
        if what == "a copy":
            connection.execute("CREATE TABLE films (film_id)")
            connection.commit()
    before = file.read_bytes()
    with make_reader(f"sqlite:///{file}").connect() as connection:
        connection.execute(text("SELECT count(*) FROM sqlite_master")).all()
    close_engines()
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["film.db"]


def test_one_engine_for_a_url(database_url: str) -> None:
    engine = engine_for(database_url)
    assert engine_for(database_url) is engine
    close_engines()
    assert engine_for(database_url) is not engine


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_has_connections_of_its_own(engine: Engine) -> None:
    def server_side(connection: object) -> object:
        query = "SELECT pg_backend_pid()" if engine.dialect.name == "postgresql" else "SELECT 0"
        return connection.execute(text(query)).scalar()  # type: ignore[attr-defined]

    with engine.connect() as connection:
        parents = server_side(connection), id(connection.connection.driver_connection)
    child = os.fork()
    if not child:
        try:
            with engine.connect() as connection:
                own = server_side(connection), id(connection.connection.driver_connection)
            shared = own[0] == parents[0] if engine.dialect.name == "postgresql" else own[1] == parents[1]
            os._exit(1 if shared else 0)
        except BaseException:  # noqa: BLE001
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    with engine.connect() as connection:
        assert (server_side(connection), id(connection.connection.driver_connection)) == parents


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("mysql://host/films", "names mysql"),
        ("postgresql+pg8000://me:hunter2@host/films", "names the driver postgresql.pg8000"),
        ("sqlite+aiosqlite:///films.db", "names the driver"),
        ("not a url with hunter2", "not a database URL"),
        ("postgresql://me:hunter2@host:port/films", "not a database URL"),
    ],
)
def test_urls_that_cannot_work(url: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem) as caught:
        make_engine(url)
    assert "hunter2" not in str(caught.value)
    assert caught.value.hint


@pytest.mark.postgres
def test_a_transaction_that_stands_still_is_ended_by_the_server(postgres_schema_url: str) -> None:
    """As of a process that was stopped in the middle of one: others wait for its rows."""
    with make_engine(postgres_schema_url).connect() as connection:
        assert connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar() == "1min"
        assert "film_" in str(connection.exec_driver_sql("SHOW search_path").scalar()), "what the URL asks for holds"


def test_the_older_spelling_of_postgresql_works() -> None:
    assert make_engine("postgres://me@host/films").dialect.name == "postgresql"


def test_an_old_sqlite_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(ConfigurationError, match=r"needed is 3\.35"):
        make_engine(f"sqlite:///{tmp_path / 'film.db'}")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/me/film", "overlay"),
        ("/mnt/films/film.db", "nfs4"),
        ("/mnt/films/local/film.db", "ext4"),
        ("/mnt/my art", "cifs"),
        ("/mnt/films2", "overlay"),
        ("/home/me/remote/x", "fuse.sshfs"),
    ],
)
def test_the_deepest_mount_counts(path: str, kind: str) -> None:
    assert mounted_as(path, parse_proc_mounts(MOUNTS)) == kind


def test_a_later_mount_covers_an_earlier_one() -> None:
    assert mounted_as("/a/b", [("/", "ext4"), ("/a", "autofs"), ("/a", "nfs")]) == "nfs"


def test_the_mount_command_is_understood() -> None:
    listed = "/dev/disk3 on / (apfs, local)\n//me@nas/art on /Volumes/my (art) (smbfs, nodev)\n"
    assert parse_mount_command(listed) == [("/", "apfs"), ("/Volumes/my (art)", "smbfs")]


@pytest.mark.skipif(sys.platform == "win32", reason="drives have no mounts there")
def test_a_network_drive_is_refused_through_links_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    (tmp_path / "link").symlink_to(share)
    monkeypatch.setattr(drives, "_mounts", lambda: [("/", "ext4"), (str(share), "nfs4")])
    assert network_filesystem(tmp_path / "link" / "deeper") == "nfs4"
    with pytest.raises(ConfigurationError, match=r"network drive \(nfs4\)"):
        make_engine(f"sqlite:///{tmp_path / 'link' / 'film.db'}")
    assert list(share.iterdir()) == []
    make_engine(f"sqlite:///{tmp_path / 'film.db'}")


def test_unreadable_mounts_refuse_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def unreadable(*_: object, **__: object) -> str:
        raise OSError

    monkeypatch.setattr(Path, "read_text", unreadable)
    monkeypatch.setattr(drives.subprocess, "run", unreadable)
    assert network_filesystem(tmp_path) is None


def test_a_database_that_stays_locked_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "BUSY_SECONDS", 0.05)
    file = tmp_path / "film.db"
    with sqlite3.connect(file) as holder:
        holder.execute("CREATE TABLE x (y)")
        holder.commit()
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="held by another process") as caught:
            make_engine(f"sqlite:///{file}").connect()
    holder.close()
    assert "run again" in str(caught.value.hint)


def test_a_writer_that_stands_still_is_named_to_those_who_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "BUSY_SECONDS", 0.05)
    url = f"sqlite:///{tmp_path / 'film.db'}"
    standing, waiting = make_engine(url), make_engine(url)
    prepare(standing)
    with standing.begin():
        with pytest.raises(StoreError, match=r"film\.db has been held by another process for 0\.05 s") as caught:
            waiting.begin().__enter__()
        assert "suspended" in str(caught.value.hint)
    with waiting.begin() as connection:  # the wait has broken nothing
        connection.execute(insert(Film).values(film_id="later"))


# -- exact money


def test_a_full_disk_is_named_with_the_way_out_and_nothing_is_half_written(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'film.db'}")
    prepare(engine)
    with engine.begin() as connection:
        connection.execute(insert(Film).values(film_id="kept"))
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with (
        pytest.raises(StoreError, match="cannot be written: database or disk is full") as caught,
        engine.begin() as connection,
    ):
        for number in range(1000):
            connection.execute(insert(Film).values(film_id=f"film {number}", title="x" * 100))
    assert "free some space" in str(caught.value.hint)
    with snapshot(engine) as connection:
        assert connection.scalars(select(Film.film_id)).all() == ["kept"]


def test_money_is_exact_in_sums_and_comparisons(engine: Engine) -> None:
    tenth = Decimal("0.10")
    with engine.begin() as connection:
        connection.execute(insert(Budget), [{"scope": str(n), "spent_micros": tenth} for n in range(10)])
        connection.execute(update(Budget).values(reserved=Budget.reserved + tenth))
        both = Budget.spent + Budget.reserved
        assert connection.execute(select(both + Decimal("0.05"))).scalars().first() == Decimal("0.25")
        assert connection.execute(select(Decimal(1) - Budget.spent)).scalars().first() == Decimal("0.90")
        assert len(connection.execute(select(Budget.scope).where(both + tenth <= Decimal("0.30"))).all()) == 10
        assert len(connection.execute(select(Budget.scope).where(both + tenth <= Decimal("0.299999"))).all()) == 0


@pytest.mark.parametrize("amount", [0.1, 1, "1", Decimal("NaN"), Decimal("Infinity")])
def test_what_is_no_sum_of_money_is_refused(engine: Engine, amount: object) -> None:
    with pytest.raises(StatementError, match="money is Decimal"), engine.begin() as connection:
        connection.execute(select(type_coerce(literal(amount, MicroUSD()), MicroUSD())))


@pytest.mark.parametrize(
    ("dollars", "micros", "text_"),
    [("12.5", 12_500_000, "12.50"), ("0.0000001", 1, "0.000001"), ("0", 0, "0.00"), ("0.053", 53_000, "0.053")],
)
def test_dollars_become_micros_rounded_up_and_read_well(dollars: str, micros: int, text_: str) -> None:
    assert to_micros(Decimal(dollars)) == micros
    assert str(from_micros(micros)) == text_
