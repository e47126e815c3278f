"""Over a bound: a clear error within two seconds; and what is no file is never waited for."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from film.cache.records import Records
from film.cache.token import read_token
from film.environment.env_files import read as read_env
from film.errors import FilmError, InputError, StoreError
from film.files.bounds import BOUNDS
from film.inspect.expected import expected
from film.jobs.book import OrderBook
from film.media.measure import check
from film.models import AssetType
from film.production.finishing.captioning import write_beside
from film.prompts.cast import read_cast
from film.prompts.template import read_template
from film.rates.card import read_card
from film.render.cube import read_cube
from film.shots.shotfile import load_shots, parse_rate, parse_size
from film.timeline import Timeline

MIB = 1024 * 1024
SHOT = '{"shot_id": "a", "enhanced_prompt": "x", "duration": 1}'


def template(path: Path) -> object:
    return read_template(path, "film")


def film_toml(path: Path) -> object:
    shots = path.with_name("shots.json")
    shots.write_text(f"[{SHOT}]")
    path.replace(path.with_name("film.toml"))
    return load_shots(shots)


def one(**fields: object) -> bytes:
    """A film of one shot."""
    return json.dumps([json.loads(SHOT) | fields]).encode()


def film(**beside: object) -> bytes:
    """A film of one shot, with settings beside it."""
    return json.dumps({"shots": [json.loads(SHOT)]} | beside).encode()


TOO_MUCH: dict[str, tuple[Callable[[Path], object], bytes]] = {
    "shots.json: bytes": (load_shots, b"[" + b" " * (32 * MIB) + b"]"),
    "shots.json: depth": (load_shots, b"[" * 1_000_000),
    "shots.json: braces": (load_shots, b"[" + b"{}," * (10 * MIB) + b"{}]"),
    "shots.json: numbers": (load_shots, b"[" + b"1," * (15 * MIB) + b"1]"),
    "shots.json: names": (load_shots, b"[" + b'"a",' * (7 * MIB) + b'"a"]'),
    "shots.json: digits": (load_shots, b"[" + b"9" * (30 * MIB) + b"]"),
    "shots.json: escapes": (load_shots, b'["' + b"\\" * (30 * MIB)),
    "shots.json: one string": (load_shots, b'["' + b"a" * (30 * MIB)),
    "shots.json: many shots": (load_shots, b"[" + b",".join([SHOT.encode()] * 30_000) + b"]"),
    "shots.json: fields of a shot": (load_shots, one(**{f"unknown{n}": 1 for n in range(200_000)})),
    "shots.json: fields like others": (load_shots, one(**{f"durationn{'x' * 300}{n}": 1 for n in range(20_000)})),
    "shots.json: fields of the film": (load_shots, film(**{f"unknown{n}": 1 for n in range(200_000)})),
    "shots.json: characters": (load_shots, one(characters=[f"m{n}" for n in range(1_000_000)])),
    "shots.json: landscapes": (load_shots, one(landscapes=[f"m{n}" for n in range(1_000_000)])),
    "shots.json: styles": (load_shots, one(styles=[f"m{n}" for n in range(1_000_000)])),
    "film.toml: bytes": (film_toml, b"#" * (2 * MIB)),
    "film.toml: lines": (film_toml, b"\n" * 900_000),
    "film.toml: parts of a key": (film_toml, b"a." * 400_000 + b"a = 1"),
    "film.toml: parts of a table": (film_toml, b"[" + b"a." * 400_000 + b"a]"),
    "film.toml: parts in a table": (film_toml, b"a = {" + b"b." * 400_000 + b"b = 1}"),
    "film.toml: quoted parts": (film_toml, b'"a".' * 200_000 + b"a = 1"),
    "film.toml: depth": (film_toml, b"a = " + b"[" * 500_000),
    "film.toml: tables in tables": (film_toml, b"a = " + b"{a=" * 300_000),
    "film.toml: digits": (film_toml, b"a = " + b"9" * 900_000),
    "template: bytes": (template, b"#" * (2 * MIB)),
    "template: parts of a key": (template, b"a." * 400_000 + b"a = 1"),
    "cast: bytes": (read_cast, b"#" * (2 * MIB)),
    "rate card: bytes": (read_card, b"#" * (2 * MIB)),
    "rate card: parts of a key": (read_card, b"a." * 400_000 + b"a = 1"),
    "LUT: bytes": (read_cube, b"0 0 0\n" * (11 * MIB)),
    "LUT: lines": (read_cube, b"LUT_3D_SIZE 2\n" + b"0 0 0\n" * 3_000_000),
    "LUT: size": (read_cube, b"LUT_3D_SIZE 999999999999\n0 0 0\n"),
    "LUT: one line": (read_cube, b"LUT_3D_SIZE 2\n" + b"0 " * (30 * MIB)),
    ".env: bytes": (read_env, b"A=b\n" * 100_000),
}


@pytest.mark.parametrize("case", TOO_MUCH)
def test_too_much_is_refused_within_two_seconds(tmp_path: Path, case: str) -> None:
    read, data = TOO_MUCH[case]
    path = tmp_path / "given"
    path.write_bytes(data)
    began = time.process_time()
    with pytest.raises(FilmError) as told:
        read(path)
    assert time.process_time() - began < 2
    assert told.value.hint and len(str(told.value)) < 500


def test_unknown_fields_of_thousands_of_shots_are_told_in_a_few_lines(tmp_path: Path) -> None:
    path = tmp_path / "shots.json"
    path.write_text(json.dumps([json.loads(SHOT) | {"shot_id": f"s{n}", "n" * 5000: 1} for n in range(500)]))
    warnings = load_shots(path).warnings
    assert len(warnings) == 21
    assert max(map(len, warnings)) < 200
    assert warnings[-1] == "shots.json: 480 more fields are none of a shot: ignored"


@pytest.mark.parametrize(
    "text", ["1e999999999", "1e-999999999", "٢٤", "1" * 5000, "1/" + "3" * 5000, "1/0", "-24/-1", "²"]
)
def test_a_rate_is_a_plain_number(text: str) -> None:
    """Other numbers are numbers, too, and may take all memory."""
    began = time.process_time()
    with pytest.raises(InputError, match="frame_rate"):
        parse_rate(text)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("text", ["٣٢٠x١٨٠", "１２８０x７２０", "٢٠:٩"])
def test_a_size_is_written_in_plain_digits(text: str) -> None:
    with pytest.raises(InputError, match="size"):
        parse_size(text)


@pytest.mark.parametrize("text", ["²", "٣", "--3", "1e9", "-16²"])
def test_a_level_is_a_plain_number(tmp_path: Path, text: str) -> None:
    (tmp_path / "given").write_text(f'sound = {{loudness = "{text}"}}')
    with pytest.raises(InputError, match="is no level"):
        film_toml(tmp_path / "given")


READERS: dict[str, Callable[[Path], object]] = {
    "shots.json": load_shots,
    "film.toml": film_toml,
    "template": template,
    "cast": read_cast,
    "rate card": read_card,
    "LUT": read_cube,
    "media": lambda path: check(path, AssetType.IMAGE),
}


KINDS = ["fifo", "socket", "/dev/zero", "/dev/stdin", "folder"]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_refused_at_once(
    tmp_path: Path, reader: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    put(Path("given"), kind)
    began = time.monotonic()
    with pytest.raises(FilmError):
        READERS[reader](Path("given"))
    assert time.monotonic() - began < 2


def token(folder: Path, kind: str) -> None:
    put(folder / "library.json", kind)
    with pytest.raises(StoreError):
        read_token(folder)


def order_book(folder: Path, kind: str) -> None:
    put(folder / "orders.log", kind)
    book = OrderBook(folder / "orders.log")
    with pytest.raises(StoreError):
        book.order_ids()
    with pytest.raises(StoreError):
        book.end("a", "done", None, datetime.now(UTC))


def manifest(folder: Path, kind: str) -> None:
    put(folder / "f.build.json", kind)
    assert expected(folder / "f.mp4") is None


def captions(folder: Path, kind: str) -> None:
    put(folder / "f.srt", kind)
    nothing_said = cast(Timeline, SimpleNamespace(captions=(), captions_language="en"))
    written, notes = write_beside(folder / "f.mp4", nothing_said, wanted=False, written={})
    assert (written, notes) == ({}, [])
    assert os.path.lexists(folder / "f.srt"), "it is not this program's"


def records(folder: Path, kind: str) -> None:
    put(folder / "results.log", kind)
    assert list(Records(folder).read()) == []


BESIDE = {each.__name__: each for each in (token, order_book, manifest, captions, records)}


@pytest.mark.parametrize("kept", BESIDE)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_not_waited_for_where_this_program_keeps_its_own(
    tmp_path: Path, kept: str, kind: str
) -> None:
    """A gallery, or a folder that a film goes into, may come from anybody, too."""
    began = time.monotonic()
    BESIDE[kept](tmp_path, kind)
    assert time.monotonic() - began < 2


def put(path: Path, kind: str) -> None:
    """Put something there that is no file."""
    match kind:
        case "fifo":
            os.mkfifo(path)
        case "socket":
            with socket.socket(socket.AF_UNIX) as bound:
                bound.bind(str(path))
        case "folder":
            path.mkdir()
        case _:
            path.symlink_to(kind)


COMMANDS = (
    ["make"], ["plan"], ["inspect"], ["provenance"], ["assets", "import"], ["library", "import"], ["restore"],
    ["templates", "render"], ["export"],
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_waits_for_a_pipe(tmp_path: Path, command: list[str]) -> None:
    os.mkfifo(tmp_path / "pipe")
    environment = {**os.environ, "FILM_GALLERY_DIR": str(tmp_path / "gallery")}
    done = subprocess.run(
        [sys.executable, "-m", "film", *command, "pipe"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode not in (0, 70) and "Traceback" not in done.stderr, done.stderr


SECRET = "canary-hunter2"
PRIVATE = (
    f"-----BEGIN OPENSSH PRIVATE KEY-----\n{SECRET}\n",
    f"{SECRET}\n",
    f"root:{SECRET}:0:0\n",
    f"password = '{SECRET}'\n",
    f'{{"token": "{SECRET}"}}',
    f"{SECRET}=1\n[{SECRET}]\n",
    f"\x1b]0;{SECRET}\x07",
)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("text", PRIVATE, ids=range(len(PRIVATE)))
def test_a_file_named_by_mistake_is_not_quoted(tmp_path: Path, reader: str, text: str) -> None:
    path = tmp_path / "given"
    path.write_text(text)
    with pytest.raises(FilmError) as told:
        READERS[reader](path)
    assert SECRET not in f"{told.value} {told.value.hint}"


def test_every_bound_is_written_down() -> None:
    page = Path("docs/reference/limits.md").read_text()
    for what, bound in BOUNDS.items():
        assert f"| {what} |" in page, what
        size = f"{bound.bytes // MIB} MiB" if bound.bytes >= MIB else f"{bound.bytes // 1024} KiB"
        line = next(line for line in page.splitlines() if line.startswith(f"| {what} |"))
        assert size in line, line
