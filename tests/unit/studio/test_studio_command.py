"""``film studio``: what it refuses before it listens, and a start and an end in a process of its own."""

import os
import signal
import subprocess
import sys

import httpx
import pytest
from click.testing import CliRunner

from film.cli.studio import command
from film.errors import ConfigurationError, InputError


def called(*arguments):
    return CliRunner().invoke(command, list(arguments), catch_exceptions=True, standalone_mode=False).exception


def test_it_refuses_to_be_reached_by_strangers(tmp_path):
    refused = called(str(tmp_path), "--host", "192.168.1.5")
    assert isinstance(refused, ConfigurationError)
    assert "--token-file" in refused.hint


def test_it_wants_a_folder(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("x")
    assert isinstance(called(str(file)), InputError)


@pytest.mark.parametrize("missing", ["fastapi", "uvicorn"])
def test_without_its_libraries_it_says_what_helps(tmp_path, monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    refused = called(str(tmp_path))
    assert isinstance(refused, ConfigurationError)
    assert refused.hint == "pip install 'film-generation[studio]'"


def test_it_prints_an_address_serves_events_and_ends_when_told(tmp_path, film_folder):
    environ = {**os.environ, "FILM_GALLERY_DIR": str(tmp_path / "gallery"), "FILM_NO_SPEND": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "film", "studio", str(film_folder), "--no-browser"],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        address, _, token = process.stdout.readline().strip().partition("?token=")
        headers = {"authorization": f"Bearer {token}"}
        with httpx.Client(base_url=address, headers=headers, timeout=60) as client:
            (film,) = client.get("/api/v1/films").json()
            assert film["id"] == "harbour"
            since = client.get("/api/v1/about").json()["seq"]
            with client.stream("GET", f"/api/v1/events?film=harbour&since={since}") as events:
                lines = events.iter_lines()
                client.get("/api/v1/films/harbour/shots")
                client.post("/api/v1/films/harbour/comments", json={"text": "Hello"})
                first = next(line for line in lines if line.startswith("event: "))
                number = next(line for line in lines if line.startswith("data: "))
                assert (first, number) == ("event: changed", 'data: {"film":"harbour","what":"notes"}')
            # who comes back is told what happened meanwhile, from the row after the one it saw
            client.post("/api/v1/films/harbour/comments", json={"text": "Again"})
            with client.stream("GET", "/api/v1/events", headers={"last-event-id": str(since)}) as events:
                lines = events.iter_lines()
                assert next(line for line in lines if line.startswith("event: ")) == "event: changed"
            with client.stream("GET", "/api/v1/events", headers={"last-event-id": "1"}) as events:
                lines = events.iter_lines()
                assert next(line for line in lines if line.startswith("event: ")) == "event: reset"
                process.send_signal(signal.SIGTERM)  # a stream is open: it ends all the same
                assert process.wait(60) in (0, -signal.SIGTERM)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()
