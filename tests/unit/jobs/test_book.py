"""The order book: what it holds after crashes, on full disks and beside a database that is away."""

from __future__ import annotations

import errno
import multiprocessing
import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from house import House
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from film.db import away
from film.db.base import now
from film.errors import OutcomeUnknown, StoreError
from film.jobs import Job
from film.jobs import book as book_module
from film.jobs.book import OrderBook


@pytest.fixture
def book(tmp_path: Path) -> OrderBook:
    return OrderBook(tmp_path / "gallery" / "orders.log")


def a_job(house: House) -> Job:
    house.make()
    return house.jobs().list_jobs()[0]


def test_an_order_its_ticket_and_its_end_are_written_as_they_happen(house: House, book: OrderBook) -> None:
    house.make(book=book)
    (job,) = house.jobs().list_jobs()
    written = book.orders()[job.id]
    assert (written.state, written.quoted, written.billed) == ("done", Decimal("0.05"), Decimal("0.05"))
    assert written.ticket["job_id"] == "fake-1"
    assert (written.order["key"], written.order["film"], written.end["blob"]) == (job.key, "film", job.blob_sha256)
    assert (book.order_ids(), book.damaged()) == ({job.id}, 0)


def test_nothing_is_sent_that_the_book_does_not_take(
    house: House, book: OrderBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int, line: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(book_module, "_write", full)
    with pytest.raises(StoreError, match="full"):
        house.make(book=book)
    assert (house.vendor.posts, [job.state for job in house.jobs().list_jobs()]) == (0, ["unsent"])
    assert house.purse.released


def test_on_a_full_disk_the_room_that_was_kept_takes_the_ticket(
    house: House, book: OrderBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = a_job(house)
    book.order(job)
    spare = book.path.with_name("orders.log.spare")
    assert spare.stat().st_size == book_module.SPARE
    write = book_module._write  # pyright: ignore[reportPrivateUsage]

    def full(handle: int, line: bytes) -> None:
        if spare.exists():
            os.write(handle, line[: len(line) // 2])  # as a full disk does: half of it
            raise OSError(errno.ENOSPC, "No space left on device")
        write(handle, line)

    monkeypatch.setattr(book_module, "_write", full)
    book.ticket(job.id, {"job_id": "x"}, now())
    assert (book.ticket_of(job.id), book.damaged()) == ({"job_id": "x"}, 0)


def test_a_line_that_a_crash_has_cut_is_passed_over_and_harms_no_other(house: House, book: OrderBook) -> None:
    job = a_job(house)
    book.order(job)
    whole = book.path.read_bytes()
    book.path.write_bytes(whole + whole[:100])
    book.order(replace(job, id="11111111-2222-3333-4444-555555555555"))
    assert (len(book.orders()), book.damaged()) == (2, 1)


def test_a_flipped_bit_is_found(house: House, book: OrderBook) -> None:
    book.order(a_job(house))
    content = bytearray(book.path.read_bytes())
    content[40] ^= 1
    book.path.write_bytes(content)
    assert (book.orders(), book.damaged()) == ({}, 1)


def _write_many(path: Path, job: Job, name: int) -> None:
    for number in range(100):
        OrderBook(path).ticket(job.id, {"job_id": f"{name}-{number}", "pad": "x" * 3000}, now())


def test_lines_of_several_processes_never_mix(house: House, book: OrderBook) -> None:
    job = a_job(house)
    book.order(job)
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_many, args=(book.path, job, name)) for name in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert book.damaged() == 0
    assert book.path.read_bytes().count(b"\n") == 301


def test_a_ticket_that_the_database_did_not_take_is_found_in_the_book(
    house: House, book: OrderBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away while the order is answered, and does not come back."""
    monkeypatch.setattr(away, "PATIENCE", 0.3)
    house.vendor.lists = False
    engine = house.engine()
    gone = False

    def strike(connection: Any) -> None:
        if gone:
            raise OperationalError("BEGIN", None, ConnectionError("gone"), connection_invalidated=True)

    def go() -> None:
        nonlocal gone
        gone = True

    event.listen(engine, "begin", strike)
    house.vendor._after.append(go)  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(StoreError, match="fake-1"):
        house.make_on(engine, book=book)
    assert [job.state for job in house.jobs().list_jobs()] == ["intent"]
    house.clock.put(600)
    house.make(book=book)
    assert ([job.state for job in house.jobs().list_jobs()], house.vendor.posts) == (["done"], 1)


def test_a_database_that_comes_back_is_waited_for(house: House, book: OrderBook) -> None:
    engine = house.engine()
    left = 3

    def strike(connection: Any) -> None:
        nonlocal left
        if house.vendor.posts and left:
            left -= 1
            raise OperationalError("BEGIN", None, ConnectionError("restarting"), connection_invalidated=True)

    event.listen(engine, "begin", strike)
    house.make_on(engine, book=book)
    assert ([job.state for job in house.jobs().list_jobs()], house.vendor.posts, left) == (["done"], 1, 0)


def test_a_book_is_begun_from_the_jobs_of_a_gallery_that_had_none(house: House, book: OrderBook) -> None:
    house.make()
    house.vendor.lists = False
    house.vendor.swallows_answer()
    with pytest.raises(OutcomeUnknown):
        house.make(house.image_call("another"))
    jobs = house.jobs().list_jobs()
    book.begin_from(jobs)
    assert [w.state for w in book.orders().values()] == ["done", "unknown"]
    assert book.order_ids() == {job.id for job in jobs}
