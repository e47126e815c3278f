"""A film that is stopped, killed, or made twice at once: nothing lost, nothing torn, and the next run goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import av
import pytest

SHOTS = [
    {
        "shot_id": f"shot_{n}",
        "shot_number": n,
        "enhanced_prompt": f"a meadow with {n} trees, clouds, Emma walking",
        "characters": ["emma"],
        "landscapes": ["field"],
        "dialogue": "Good morning." if n == 2 else None,
        "duration": 2,
    }
    for n in range(1, 7)
]


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    path = tmp_path / "walk.json"
    path.write_text(json.dumps(SHOTS))
    return path


def start(shots: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "film", "make", str(shots), "--tier", "draft", "--size", "320x180", *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ))


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=600)
    return process.returncode, out, err


def steps_done(events: Path) -> list[dict[str, Any]]:
    if not events.exists():
        return []
    lines = events.read_text().splitlines()
    return [e for e in map(json.loads, filter(lambda x: x.endswith("}"), lines)) if e["event"] == "step_done"]


def wait_for_steps(events: Path, count: int, process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 300
    while len(steps_done(events)) < count and process.poll() is None and time.monotonic() < until:
        time.sleep(0.02)


def assert_whole(path: str) -> None:
    with av.open(path) as container:
        stream = container.streams.video[0]
        assert sum(1 for _ in container.decode(stream)) == stream.frames > 0


def no_leftovers(gallery: Path) -> None:
    assert not list((gallery / "tmp").glob("*")), "temporary files of a run that ended must be gone"


@pytest.mark.skipif(os.name == "nt", reason="SIGINT cannot be sent to one process on Windows")
def test_ctrl_c_stops_cleanly_and_the_next_run_goes_on(shots: Path, tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    process = start(shots, "--events", str(events))
    wait_for_steps(events, 3, process)
    process.send_signal(signal.SIGINT)
    code, _, err = finish(process)
    assert code == 130, err
    assert "run the same command again" in err and "Traceback" not in err
    made = len(steps_done(events))
    no_leftovers(tmp_path / "gallery")

    code, out, err = finish(start(shots, "--json"))
    assert code == 0, err
    film = json.loads(out)
    assert made >= 3 and film["shots_made"] + film["shots_reused"] == 6
    assert_whole(film["path"])


@pytest.mark.parametrize("steps", [0, 2, 5, 9])
def test_killed_at_any_moment_the_next_run_makes_only_what_is_missing(shots: Path, tmp_path: Path, steps: int) -> None:
    events = tmp_path / "events.jsonl"
    process = start(shots, "--events", str(events))
    wait_for_steps(events, steps, process)
    process.kill()
    finish(process)
    before = {(e["shot_id"], e["step"]) for e in steps_done(events)}

    again = tmp_path / "again.jsonl"
    code, out, err = finish(start(shots, "--json", "--events", str(again)))
    assert code == 0, err
    assert_whole(json.loads(out)["path"])
    made_again = {(e["shot_id"], e["step"]) for e in steps_done(again) if not e["reused"]}
    assert not before & made_again, "what was stored before the kill is reused"
    code, out, _ = finish(start(shots, "--json"))
    assert code == 0 and json.loads(out)["unchanged"]


def test_two_processes_make_one_film_and_each_thing_once(shots: Path, tmp_path: Path) -> None:
    logs = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    both = [start(shots, "--json", "--events", str(log)) for log in logs]
    results = [finish(process) for process in both]
    assert [code for code, _, _ in results] == [0, 0], results
    made = [(e["shot_id"], e["step"]) for log in logs for e in steps_done(log) if not e["reused"]]
    assert len(made) == len(set(made)) == 13, "six pictures, six clips, one line, each made by one of the two"
    films = [json.loads(out) for _, out, _ in results]
    assert min(film["segments_made"] for film in films) == 0 < max(film["segments_made"] for film in films)
    for film in films:
        assert_whole(film["path"])
