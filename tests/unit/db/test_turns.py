"""Threads of one process never meet at SQLite's lock."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from film.db import session
from film.db.session import make_engine
from film.errors import StoreError


@pytest.fixture
def impatient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An engine whose SQLite does not wait at all: whoever finds the file locked fails."""
    create = session.create_engine
    monkeypatch.setattr(session, "create_engine", lambda url, **_options: create(url, connect_args={"timeout": 0}))
    engine = make_engine(f"sqlite:///{tmp_path / 'film.db'}")
    with engine.begin() as db:
        db.execute(text("CREATE TABLE written (n INTEGER)"))
    return engine


def write(engine: Engine, number: int) -> None:
    with engine.begin() as db:
        db.execute(text("INSERT INTO written VALUES (:n)"), {"n": number})
        time.sleep(0.002)


def count(engine: Engine) -> int:
    with session.snapshot(engine) as db:
        return db.execute(text("SELECT count(*) FROM written")).scalar_one()


def test_writing_threads_wait_for_each_other_and_not_for_sqlite(impatient: Engine):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: write(impatient, n), range(64)))
    assert count(impatient) == 64


def test_a_turn_ends_with_its_transaction_however_that_ends(impatient: Engine):
    for _ in range(3):
        with pytest.raises(OperationalError), impatient.begin() as db:
            db.execute(text("INSERT INTO nowhere VALUES (1)"))
    with pytest.raises(ZeroDivisionError), impatient.connect() as db, db.begin():
        raise ZeroDivisionError
    with impatient.connect() as db:
        for number in range(3):
            with db.begin():
                db.execute(text("INSERT INTO written VALUES (:n)"), {"n": number})
        db.invalidate()
    write(impatient, 4)
    assert count(impatient) == 4


def test_another_process_is_waited_for_by_sqlite_and_told_when_it_takes_too_long(impatient: Engine, tmp_path: Path):
    other = make_engine(f"sqlite:///{tmp_path / 'film.db'}")
    with other.begin() as db:
        db.execute(text("INSERT INTO written VALUES (1)"))
        with pytest.raises(StoreError, match="held by another process"):
            write(impatient, 2)
    write(impatient, 3)
    assert count(impatient) == 2


def test_readers_take_no_turn(impatient: Engine):
    with impatient.begin() as db:
        db.execute(text("INSERT INTO written VALUES (1)"))
        with ThreadPoolExecutor(1) as thread:
            assert thread.submit(count, impatient).result(timeout=300) == 0


def test_a_forked_child_does_not_wait_for_a_thread_that_it_does_not_have(impatient: Engine, tmp_path: Path):
    held, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with impatient.connect() as db, db.begin():
            held.set()
            leave.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(30)
    real, child = os.getpid, os.getpid() + 1
    try:
        with pytest.MonkeyPatch.context() as patch, pytest.raises(StoreError, match="held by another process"):
            patch.setattr(os, "getpid", lambda: child)
            write(impatient, 1)  # SQLite's lock is still the parent's: it is SQLite that answers, and at once
    finally:
        leave.set()
        thread.join()
    assert os.getpid is real
