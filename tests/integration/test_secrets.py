"""Keys reach the vendors and nothing else: canaries are planted, everything goes wrong, and every sink is searched.

sinks    stdout, stderr, the log at its most talkative, the events stream, tracebacks with their variables,
         every file of the gallery (database, blobs, films, manifests, reports, the page of costs)
faults   vendors that work, vendors that refuse the key, vendors that send every header back as their words
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from film.environment.variables import KEY_NAMES, URL_NAMES
from film.testing.simulator import Fault, Latency, SimulatorThread

CANARIES = {account: f"canary-{account}-5ecret-0123456789abcdef" for account in KEY_NAMES}
SHOTS = [
    {"shot_id": "one", "enhanced_prompt": "an attic", "duration": 1, "dialogue": "Hello."},
    {"shot_id": "two", "enhanced_prompt": "a forbidden attic", "duration": 1},
]

PROGRAM = """
import json, logging, os, sys, traceback
logging.basicConfig(level=logging.DEBUG, filename=os.environ["LOG"])
print_exception = traceback.print_exception
def with_variables(error, *rest, **options):
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    sys.stderr.write("".join(told.format()))
traceback.print_exception = with_variables
from film.cli import main as door
report = door.report
def and_dump(error):
    report(error)
    with_variables(error)
door.report = and_dump
*firsts, last = json.loads(sys.argv[1])
for arguments in firsts:
    print("film", *arguments)
    try:
        door.main(arguments)
    except SystemExit:
        pass
door.main(last)
"""
"""``film``, once or several times, with every log there is, and every error's traceback with all variables in sight."""


class Echo(BaseHTTPRequestHandler):
    """A vendor whose answer is the request itself, headers and all: a complaint, or to questions one of success."""

    status = 500
    asked = 500

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        body = json.dumps({"detail": f"cannot do this: {dict(self.headers)}", "error": str(self.headers)}).encode()
        self.send_response(self.status if self.command == "POST" else self.asked)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815  # names that http.server looks for

    def log_message(self, format: str, *args: object) -> None: ...


@contextmanager
def echoing(status: int, asked: int) -> Iterator[dict[str, str]]:
    handler = type("Echo", (Echo,), {"status": status, "asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield {name: f"http://127.0.0.1:{server.server_port}/{account}" for account, name in URL_NAMES.items()}
        server.shutdown()
        thread.join()


class Search:
    """Runs ``film`` and looks for canaries in whatever comes of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sinks = 0
        self.hits: list[str] = []
        self.runs = 0
        self.logged = 0
        (folder / "shots.json").write_text(json.dumps({"size": "128x128", "shots": SHOTS}))
        (folder / ".env").write_text("".join(f"{KEY_NAMES[a][0]}={key}\n" for a, key in CANARIES.items()))
        (folder / ".env").chmod(0o600)

    def film(self, vendors: dict[str, str], *commands: str) -> subprocess.CompletedProcess[bytes]:
        """Give a program these commands, one after the other; it ends as the last of them does."""
        self.runs += 1
        log = self.folder / f"log-{self.runs}.txt"
        told = {"FILM_NO_SPEND": "0", "LOG": str(log), "FILM_GALLERY_DIR": str(self.folder / "gallery")}
        clean = {k: v for k, v in os.environ.items() if k not in {n for names in KEY_NAMES.values() for n in names}}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, json.dumps([command.split() for command in commands])],
            capture_output=True,
            cwd=self.folder,
            env={**clean, **vendors, **told},
            timeout=600,
            check=False,
        )
        self.look(f"stdout of {commands}", done.stdout)
        self.look(f"stderr of {commands}", done.stderr)
        self.logged += log.stat().st_size
        return done

    def look(self, sink: str, content: bytes) -> None:
        self.sinks += 1
        for account, key in CANARIES.items():
            # In base64 it looks different at each of three offsets; the middle of each is always there.
            forms = [key.encode(), *(base64.b64encode(b"x" * n + key.encode())[4:-4] for n in range(3))]
            self.hits += [f"{account}'s key in {sink}" for form in forms if form in content]

    def look_at_files(self) -> None:
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and path.name != ".env":
                self.look(str(path.relative_to(self.folder)), path.read_bytes())


@pytest.fixture
def search(tmp_path: Path) -> Search:
    return Search(tmp_path)


LOOKING = (
    "doctor --online",
    "jobs --all",
    "jobs --all --json",
    "costs",
    "costs --html costs.html",
    "assets --json",
    "prices --refresh",
    "plan shots.json --json",
    "fsck",
)


def make(search: Search, vendors: dict[str, str], tier: str, more: str = "", *then: str) -> int:
    command = f"make shots.json --tier {tier} --yes --debug --events events-{search.runs}.jsonl {more}"
    return search.film(vendors, *then, command).returncode


def test_no_key_is_in_any_sink(search: Search, tell: Callable[[str], None]) -> None:
    with SimulatorThread(latency=Latency(speed=1000), keys=CANARIES) as simulator:
        vendors = {URL_NAMES[account]: url for account, url in simulator.base_urls().items()}
        simulator.add_fault(Fault("refuse", vendor="fal", match="forbidden"))
        simulator.add_fault(Fault("reset", vendor="openai", after=True))
        assert make(search, vendors, "budget") == 6, "one shot is refused, the others are made"
        assert make(search, vendors, "premium", "--film_id another --image_provider replicate") == 0
        assert simulator.posts(), "the keys were taken by the vendors"
        assert search.film(vendors, *LOOKING).returncode == 0
    for status, asked in ((401, 500), (500, 200)):
        with echoing(status, asked) as vendors:
            assert make(search, vendors, "ultra", f"--film_id echo_{status}", "doctor --online") in (4, 6)
    search.film(vendors, "jobs --all --json")
    search.look_at_files()
    tell(f"sinks {search.sinks}, canary hits {len(search.hits)}")
    assert search.hits == []
    assert search.sinks > 50
    assert search.logged > 10_000, "a log that is silent proves nothing"


def test_the_search_finds_what_is_there(search: Search) -> None:
    """The control: in the clear, in base64 at any offset, in a file of the gallery."""
    key = CANARIES["fal"].encode()
    search.look("clear", b"Key " + key)
    for n in range(3):
        search.look("base64", base64.b64encode(b"y" * n + key + b"tail"))
    (search.folder / "gallery").mkdir()
    (search.folder / "gallery" / "film.db").write_bytes(b"\0" + key)
    search.look_at_files()
    assert len(search.hits) == 5


def test_what_providers_are_handed_does_not_show_its_keys() -> None:
    from film.providers.base import ProviderContext
    from film.settings import load_settings

    environment: dict[str, Any] = {KEY_NAMES[a][0]: key for a, key in CANARIES.items()}
    context = ProviderContext(keys=CANARIES)
    assert not any(key in repr(context) + repr(load_settings(environment)) for key in CANARIES.values())
