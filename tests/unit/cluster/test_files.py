"""Files travel only where they do not lie already, and an error comes back as what it was."""

from __future__ import annotations

import pickle
import socket
import time
from decimal import Decimal
from pathlib import Path

import pytest

from film.cluster.files import HandedFile, MissingFile, at_hand
from film.cluster.head import HeadWatch
from film.cluster.node import portable
from film.errors import BudgetExceededError, FilmError, InputError, PollingNotSupported


def test_a_file_that_lies_there_is_used_as_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"picture")
    with at_hand([HandedFile.of(path)], {}, bytes) as places:
        assert places == {path: path}


def test_a_file_of_the_same_name_and_length_with_other_content_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "look.cube"
    path.write_bytes(b"theirs")
    wanted = HandedFile(path, HandedFile.of(_with(tmp_path / "other", b"ours!!")).sha256)
    with pytest.raises(MissingFile) as missing, at_hand([wanted], {}, bytes):
        pass
    assert missing.value.files == (wanted,)


def test_a_file_that_was_sent_is_there_for_as_long_as_it_is_needed(tmp_path: Path) -> None:
    wanted = HandedFile(tmp_path / "gone.mp4", "ab" * 32)
    with at_hand([wanted], {wanted.sha256: "reference"}, lambda _: b"clip") as places:
        copy = places[wanted.path]
        assert copy.read_bytes() == b"clip"
        assert copy.suffix == ".mp4"
    assert not copy.exists()


@pytest.mark.parametrize(
    "error",
    [
        BudgetExceededError(Decimal("12.5"), Decimal(10), scope="film"),
        InputError("is odd", hint="make it even", file="shots.json", line=3),
        PollingNotSupported("openai"),
    ],
)
def test_an_error_is_the_same_in_another_process(error: FilmError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (str(again), again.hint, vars(again)) == (str(error), error.hint, vars(error))


def test_an_error_that_cannot_travel_is_told() -> None:
    class Odd(Exception):
        def __init__(self, one: object, two: object) -> None:
            super().__init__("odd")

    told = portable(Odd(1, 2))
    assert str(told) == "Odd: odd"
    assert pickle.loads(pickle.dumps(told)).args == told.args


def test_a_head_that_is_gone_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("film.cluster.head.LOOK", 0.02)
    with socket.create_server(("127.0.0.1", 0)) as server:
        watch = HeadWatch(f"127.0.0.1:{server.getsockname()[1]}", "do this")
        time.sleep(0.2)
        watch.check()
    until = time.monotonic() + 10
    while not watch.is_gone and time.monotonic() < until:
        time.sleep(0.02)
    with pytest.raises(FilmError, match="head") as told:
        watch.check()
    assert told.value.hint == "do this"
    watch.close()


def _with(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
