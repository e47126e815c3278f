"""A database of any age is at the newest schema after ``prepare``, and the models and the migrations agree."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, create_engine, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from film.db.migrate import alembic_config, prepare
from film.db.session import make_engine
from film.db.tables import Base, Film, LedgerEntry
from film.db.version import HEAD, read_version, version_table
from film.db.words import is_ours
from film.errors import StoreError


def version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return read_version(connection)


def differences(connection: Connection) -> list[object]:
    configured = MigrationContext.configure(connection, opts={"include_name": is_ours})
    return list(compare_metadata(configured, Base.metadata))


def schema(connection: Connection) -> dict[str, set[str]]:
    """Everything the database says of its tables and triggers, in no order."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        plain = ((name, sql.replace(f'"{name}"', name)) for name, sql in rows)  # quoted where a table was rebuilt
        return {name: {line.strip().rstrip(",") for line in sql.splitlines()} for name, sql in plain}
    queries = {
        "columns": "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable"
        " FROM information_schema.columns WHERE table_schema = current_schema()",
        "constraints": "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = current_schema()::regnamespace",
        "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
        "triggers": "SELECT pg_get_triggerdef(t.oid), p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
        " JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = current_schema()::regnamespace"
        " AND NOT t.tgisinternal",
    }
    return {name: {str(tuple(row)) for row in connection.exec_driver_sql(sql)} for name, sql in queries.items()}


def test_an_empty_database_is_at_head_afterwards(database_url: str) -> None:
    engine = make_engine(database_url)
    prepare(engine)
    assert version(engine) == HEAD
    assert set(Base.metadata.tables) < set(inspect(engine).get_table_names())


def test_the_head_that_is_stamped_is_the_newest_migration(engine: Engine) -> None:
    with engine.connect() as connection:
        assert ScriptDirectory.from_config(alembic_config(connection)).get_heads() == [HEAD]


def test_the_models_and_the_migrations_agree(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "head")
    with engine.connect() as connection:
        assert differences(connection) == []
        migrated = schema(connection)
    with engine.begin() as connection:
        Base.metadata.drop_all(connection)
        Base.metadata.create_all(connection)
        created = schema(connection)
    assert created == migrated


def test_a_missing_column_would_be_noticed(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE films DROP COLUMN title"))
        assert differences(connection)


def test_every_revision_leads_to_the_next(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(alembic_config(connection))
        revisions = [r.revision for r in script.walk_revisions()][::-1]
    for revision in revisions:
        with engine.begin() as connection:
            command.upgrade(alembic_config(connection), revision)
        assert version(engine) == revision
    prepare(engine)
    assert version(engine) == HEAD


def test_prepare_migrates_an_older_database_and_keeps_its_rows(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = make_engine(database_url)
    prepare(engine)
    with engine.begin() as connection:
        connection.execute(insert(Film), [{"film_id": "old"}])
        connection.execute(version_table.update().values(version_num="0000"))

    def upgrade(config: object, target: str) -> None:
        connection = config.attributes["connection"]  # type: ignore[attr-defined]
        if target == "0000":  # the file that a server's rows are copied into
            Base.metadata.create_all(connection)
        else:
            connection.execute(version_table.update().values(version_num=HEAD))

    monkeypatch.setattr(command, "upgrade", upgrade)
    prepare(engine)
    assert version(engine) == HEAD
    with engine.connect() as connection:
        assert connection.execute(text("SELECT film_id FROM films")).scalars().all() == ["old"]
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_an_older_database_is_copied_first_with_every_row(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a server the rows, in a file that is at the same older schema and comes to the same when it is migrated."""
    monkeypatch.setattr("film.db.copies.AT_ONCE", 2)
    engine = make_engine(database_url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0001")
    older = MetaData()
    older.reflect(engine)
    at = datetime(2026, 5, 1, 12, 30, 15, 250_000, tzinfo=UTC)
    with engine.begin() as connection:
        films = [{"film_id": f"film {n}", "title": "Ä “quoted”", "created_at": at, "updated_at": at} for n in range(5)]
        needed = {c.name for c in older.tables["films"].columns}
        fill = {"tier": "draft", "status": "done", "limit_micros": None, "options": {"size": [1, 2]}, "spec": {}}
        rows = [{k: v for k, v in {**fill, **film}.items() if k in needed} for film in films]
        connection.execute(insert(older.tables["films"]), rows)
        ledger = {"film_id": "film 1", "kind": "saved", "amount_micros": 12_345_678_901, "at": at}
        ledger |= {"shot_id": "s", "asset_type": "image", "provider": "fal"}
        connection.execute(insert(older.tables["ledger_entries"]), [ledger] * 3)
    copy = prepare(engine, keep_in=tmp_path / "gallery")
    assert copy is not None
    assert copy.parent == (tmp_path if engine.dialect.name == "sqlite" else tmp_path / "gallery")
    assert not list(tmp_path.rglob("*.part*"))

    kept = make_engine(f"sqlite:///{copy}")
    assert version(kept) == "0001"
    prepare(kept)
    for table in (Film.__table__, LedgerEntry.__table__):
        asked = select(table).order_by(*table.primary_key)
        with kept.connect() as mine, engine.connect() as theirs:
            found = mine.execute(asked).all()
            assert found == theirs.execute(asked).all()
            assert len(found) in (5, 3)
    kept.dispose()
    assert prepare(engine, keep_in=tmp_path / "gallery") is None, "it is at the newest schema"


def test_where_no_copy_can_be_kept_nothing_is_migrated(database_url: str, tmp_path: Path) -> None:
    engine = make_engine(database_url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0001")
    if engine.dialect.name == "sqlite":
        pytest.skip("its copy lies beside it: there is no other folder to be in the way")
    (tmp_path / "gallery").write_bytes(b"a file, where a folder would be")
    with pytest.raises(StoreError, match="cannot be copied before it is migrated"):
        prepare(engine, keep_in=tmp_path / "gallery")
    assert version(engine) == "0001"


def test_a_database_of_a_newer_program_is_refused(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(version_table.update().values(version_num="9999"))
    with pytest.raises(StoreError, match="9999, newer than this program"):
        prepare(engine)


def test_a_table_of_somebody_else_is_refused(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE films (x INTEGER)"))
    with pytest.raises(StoreError, match="'films', which is not of this program"):
        prepare(engine)


def test_create_all_stamps_only_a_whole_database(database_url: str) -> None:
    engine = make_engine(database_url)
    Base.metadata.create_all(engine, tables=[Base.metadata.tables["films"]])
    assert not inspect(engine).has_table(version_table.name)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    assert version(engine) == HEAD
    Base.metadata.create_all(engine)
    assert version(engine) == HEAD


def test_what_was_dropped_is_made_again(engine: Engine) -> None:
    Base.metadata.drop_all(engine)
    prepare(engine)
    assert inspect(engine).has_table("films")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "film.db").write_bytes(b"not a database " * 100)
    with pytest.raises(StoreError, match=r"film\.db cannot be used"):
        prepare(make_engine(f"sqlite:///{tmp_path / 'film.db'}"))


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("postgresql://someone:hunter2@/nowhere?host={}", "nowhere on {}"),
        (
            "postgresql://someone@127.0.0.1:1/nowhere?password=hunter2&options=-c%20a.b%3Dhunter2",
            "nowhere on 127.0.0.1:1",
        ),
        ("postgresql://127.0.0.1:1/nowhere?sslpassword=hunter2&passfile=someone", "nowhere on 127.0.0.1:1"),
    ],
)
def test_an_unreachable_server_is_named_without_any_secret(tmp_path: Path, url: str, named: str) -> None:
    with pytest.raises(StoreError) as caught:
        prepare(make_engine(url.format(tmp_path)))
    told = repr(caught.value) + str(caught.value)
    assert f"the database {named.format(tmp_path)} cannot be used" in told
    for secret in ("hunter2", "someone", "options"):
        assert secret not in told
    assert "hunter2" not in str(caught.value.__cause__)


def test_at_head_alembic_is_not_imported(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'film.db'}"
    prepare(make_engine(url))
    script = (
        f"import sys; from film.db.session import engine_for; engine_for({url!r}); sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_many_prepare_one_new_database_at_once(database_url: str) -> None:
    """Threads with an engine each stand for processes: the lock is the database's in both cases."""
    failures: list[Exception] = []
    start = threading.Barrier(8)

    def work() -> None:
        engine = make_engine(database_url)
        start.wait()
        try:
            prepare(engine)
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert version(make_engine(database_url)) == HEAD


@pytest.mark.parametrize("statement", ["UPDATE ledger_entries SET amount_micros = 0", "DELETE FROM ledger_entries"])
@pytest.mark.parametrize("way", ["create_all", "migrations"])
def test_the_ledger_refuses_changes(database_url: str, statement: str, way: str) -> None:
    engine = make_engine(database_url)
    with engine.begin() as connection:
        if way == "create_all":
            Base.metadata.create_all(connection)
        else:
            command.upgrade(alembic_config(connection), "head")
        connection.execute(insert(LedgerEntry), [{"film_id": "f", "kind": "saved", "amount_micros": Decimal(0)}])
    with pytest.raises(DBAPIError, match="insert-only"), engine.begin() as connection:
        connection.execute(text(statement))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM ledger_entries")).scalar() == 1


@pytest.mark.postgres
def test_the_ledger_refuses_to_be_emptied(postgres_schema_url: str) -> None:
    engine = make_engine(postgres_schema_url)
    prepare(engine)
    with pytest.raises(DBAPIError, match="insert-only"), engine.begin() as connection:
        connection.execute(text("TRUNCATE ledger_entries"))


def test_plain_sqlalchemy_can_read_what_was_written(tmp_path: Path) -> None:
    """The file is an ordinary SQLite database: no engine of ours is needed to look into it."""
    prepare(make_engine(f"sqlite:///{tmp_path / 'film.db'}"))
    assert inspect(create_engine(f"sqlite:///{tmp_path / 'film.db'}")).has_table("films")
