"""Drawing processes: the same bytes whoever draws, children that may die, and none that outlives us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from animatic import hands, workers
from animatic.cores import cores
from animatic.drawing import Clip, spec_in
from animatic.elements import PanelSpec
from animatic.hands import Child
from animatic.workers import Workers
from film.errors import BadMedia, InputError, Interrupted, ProviderError

SPEC = PanelSpec("Emma by the window, rain", landscapes=("attic",), characters=("emma",), seed=4)
SIZE = (96, 54)
LONG = 20_000
"""Frames that take longer to draw than any test waits for them."""


@pytest.fixture
def two() -> Iterator[Workers]:
    one = Workers(2)
    yield one
    one.close()


@pytest.fixture
def child() -> Iterator[Child]:
    one = Child()
    yield one
    one.close()


def clip_of(spec: PanelSpec | None, picture: Path, frames: int = 5) -> Clip:
    return Clip(picture, spec, *SIZE, frames, Fraction(24), "the window", None, "medium", None, 0)


def no_longer_runs(pid: int, seconds: float = 10.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
            if b") Z " in Path(f"/proc/{pid}/stat").read_bytes():
                return True  # ended, and not yet collected by whoever it was given to
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    return False


def test_a_child_gives_the_same_bytes_as_this_process(child: Child, tmp_path: Path) -> None:
    alone = Workers(1)
    here = alone.draw(SPEC, *SIZE)
    assert child.do("draw", (SPEC, *SIZE), None) == here
    (tmp_path / "picture.png").write_bytes(here)
    assert spec_in(tmp_path / "picture.png") == SPEC
    clip = clip_of(SPEC, tmp_path / "picture.png")
    alone.animate(clip, tmp_path / "here.mp4")
    child.do("animate", (clip, tmp_path / "child.mp4"), None)
    assert (tmp_path / "here.mp4").read_bytes() == (tmp_path / "child.mp4").read_bytes()
    assert not alone.pids, "one core needs no child"


def test_one_shot_is_drawn_here_and_more_at_once_by_children_too(two: Workers, tmp_path: Path) -> None:
    two.draw(SPEC, *SIZE)
    two.animate(clip_of(SPEC, tmp_path / "unused.png"), tmp_path / "clip.mp4")
    assert not two.pids
    with ThreadPoolExecutor(4) as pool:
        pictures = list(pool.map(lambda seed: two.draw(replace(SPEC, seed=seed), *SIZE), range(6)))
    assert len(set(pictures)) == 6 and len(two.pids) == 1


class Hand:
    """Does nothing, notes what it was asked to do, and takes as long as it is told to."""

    rooms = 1

    def __init__(self) -> None:
        self.busy = 0
        self.done: list[str] = []
        self.may_end = threading.Event()
        self.may_end.set()

    def do(self, name: str, _arguments: tuple[Any, ...], _should_stop: object) -> bytes:
        self.done.append(name)
        assert self.may_end.wait(10)
        return b""

    def close(self) -> None:
        pass


def test_a_clip_waits_for_the_hand_that_drew_its_picture_but_not_longer_than_drawing_takes(tmp_path: Path) -> None:
    first, second = Hand(), Hand()
    both = Workers(hands=[first, second])
    clip = clip_of(SPEC, tmp_path / "unused.png")
    both.draw(SPEC, *SIZE)
    both.animate(clip, tmp_path / "clip.mp4")
    assert (first.done, second.done) == (["draw", "animate"], [])
    with ThreadPoolExecutor(2) as pool:
        second.may_end.clear()
        first.may_end.clear()
        one = pool.submit(both.draw, SPEC, *SIZE)
        while len(first.done) < 3:
            time.sleep(0.01)
        first.may_end.set()
        one.result()
        first.may_end.clear()
        holding = pool.submit(both.draw, replace(SPEC, seed=9), *SIZE)  # keeps the clip's hand busy for ever
        while len(first.done) < 4:
            time.sleep(0.01)
        second.may_end.set()
        both.animate(clip, tmp_path / "clip.mp4")
        assert second.done == ["animate"], "it went elsewhere in the end"
        first.may_end.set()
        holding.result()


def test_clips_go_before_pictures(tmp_path: Path) -> None:
    hand = Hand()
    one = Workers(hands=[hand])
    hand.may_end.clear()
    with ThreadPoolExecutor(4) as pool:
        pool.submit(one.draw, SPEC, *SIZE)
        while not hand.done:
            time.sleep(0.01)
        pool.submit(one.draw, SPEC, *SIZE)
        while one.waiting < 1:
            time.sleep(0.01)
        pool.submit(one.animate, clip_of(SPEC, tmp_path / "unused.png"), tmp_path / "clip.mp4")
        while one.waiting < 2:
            time.sleep(0.01)
        hand.may_end.set()
    assert hand.done == ["draw", "animate", "draw"]


def test_a_child_that_died_is_replaced_and_its_work_done_again(two: Workers) -> None:
    two.start()
    (pid,) = two.pids
    with ThreadPoolExecutor(2) as pool:
        first = list(pool.map(lambda seed: two.draw(replace(SPEC, seed=seed), *SIZE), range(4)))
        os.kill(pid, signal.SIGTERM)
        assert no_longer_runs(pid)
        again = list(pool.map(lambda seed: two.draw(replace(SPEC, seed=seed), *SIZE), range(4)))
    assert again == first
    assert two.pids and two.pids != [pid]


def test_a_child_killed_at_work_twice_fails_that_work_only_and_leaves_no_piece_of_a_clip(tmp_path: Path) -> None:
    child = Child()
    one = Workers(hands=[child])
    with ThreadPoolExecutor(1) as pool:
        clip = pool.submit(one.animate, clip_of(SPEC, tmp_path / "unused.png", LONG), tmp_path / "clip.mp4")
        killed: set[int] = set()
        while len(killed) < 2:
            started = child.pid
            if started and started not in killed and (tmp_path / "clip.mp4.partial").exists():
                (tmp_path / "clip.mp4.partial").unlink()
                killed.add(started)
                os.kill(started, signal.SIGKILL)
            time.sleep(0.01)
        with pytest.raises(ProviderError) as caught:
            clip.result(20)
    assert caught.value.hint and list(tmp_path.iterdir()) == []
    assert one.draw(SPEC, *SIZE)
    one.close()


@pytest.mark.parametrize("with_child", [True, False])
def test_what_is_no_longer_wanted_stops_and_leaves_no_file(tmp_path: Path, with_child: bool) -> None:
    one = Workers(hands=[Child()]) if with_child else Workers(1)
    asked = threading.Event()
    partial = tmp_path / "clip.mp4.partial"
    with ThreadPoolExecutor(1) as pool:
        clip = clip_of(SPEC, tmp_path / "unused.png", LONG)
        making = pool.submit(one.animate, clip, tmp_path / "clip.mp4", asked.is_set)
        while not partial.exists():
            time.sleep(0.01)
        asked.set()
        with pytest.raises(Interrupted):
            making.result(10)
    assert list(tmp_path.iterdir()) == []
    one.close()


def test_what_goes_wrong_in_a_child_comes_out_as_it_is(child: Child, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"broken" * 20)
    with pytest.raises(BadMedia) as caught:
        child.do("animate", (clip_of(None, tmp_path / "broken.png"), tmp_path / "clip.mp4"), None)
    assert caught.value.provider == "draft" and "make the shot's picture again" in caught.value.hint
    with pytest.raises(InputError, match="even width"):
        try:
            odd = replace(clip_of(SPEC, tmp_path / "unused.png"), width=95)
            child.do("animate", (odd, tmp_path / "clip.mp4"), None)
        except InputError as error:
            raise InputError(error.hint) from error
    pid = child.pid
    with pytest.raises(TypeError) as unforeseen:
        child.do("draw", (SPEC, None, None), None)
    assert any("in the drawing process" in note for note in unforeseen.value.__notes__)
    assert child.pid == pid, "an error is an answer, and no reason to end"


def test_a_flat_picture_is_moved_by_a_child_as_by_this_process(child: Child, tmp_path: Path) -> None:
    Image.linear_gradient("L").convert("RGB").save(tmp_path / "flat.png")
    clip = clip_of(None, tmp_path / "flat.png")
    child.do("animate", (clip, tmp_path / "child.mp4"), None)
    Workers(1).animate(clip, tmp_path / "here.mp4")
    assert (tmp_path / "here.mp4").read_bytes() == (tmp_path / "child.mp4").read_bytes()


@pytest.mark.parametrize("script", ["exit 1", "echo film sings along with us; cat > /dev/null"])
@pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for an interpreter")
def test_where_no_child_can_be_started_this_process_draws_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str
) -> None:
    interpreter = tmp_path / "python3"
    interpreter.write_text(f"#!/bin/sh\n{script}\n")
    interpreter.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(interpreter))
    one = Workers(2)
    with ThreadPoolExecutor(2) as pool:
        pictures = list(pool.map(lambda seed: one.draw(replace(SPEC, seed=seed), *SIZE), range(3)))
    assert len(set(pictures)) == 3 and not one.pids
    one.close()


@pytest.mark.parametrize("executable", ["", "/opt/our-app/our-app", "/usr/sbin/uwsgi"])
def test_a_program_that_has_an_interpreter_inside_is_not_started_again(
    monkeypatch: pytest.MonkeyPatch, executable: str
) -> None:
    monkeypatch.setattr(sys, "executable", executable)
    one = Workers(2)
    one.start()
    assert not one.pids


_SCRIPT = """
import os, sys, threading, time
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_workers import LONG, SPEC, clip_of
from animatic.workers import Workers
print("begun", flush=True)
both = Workers(2)
both.start()
for name in "ab":
    args = (clip_of(SPEC, Path("unused.png"), LONG), Path({folder!r}) / (name + ".mp4"))
    threading.Thread(target=both.animate, args=args, daemon=True).start()
while len(list(Path({folder!r}).glob("*.partial"))) < 2:
    time.sleep(0.01)
print(*both.pids, flush=True)
{end}
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs signals")
@pytest.mark.parametrize("end", ["os.kill(os.getpid(), 9)", "os._exit(3)", "sys.exit()"])
def test_children_end_with_us_however_we_end_and_a_script_without_a_guard_begins_once(tmp_path: Path, end: str) -> None:
    script = tmp_path / "script.py"
    script.write_text(_SCRIPT.format(tests=str(Path(__file__).parent), folder=str(tmp_path), end=end))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=600, check=False)
    begun, pids = done.stdout.split("\n", 1)
    assert begun == "begun" and done.stdout.count("begun") == 1, done.stderr
    assert all(no_longer_runs(int(pid)) for pid in pids.split()) and pids.split()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_key_is_in_a_childs_environment_and_ctrl_c_is_not_for_it(
    monkeypatch: pytest.MonkeyPatch, child: Child
) -> None:
    monkeypatch.setenv("FAL_API_KEY", "secret-1")
    assert child.do("draw", (SPEC, *SIZE), None)
    pid = child.pid
    assert pid is not None and b"secret" not in Path(f"/proc/{pid}/environ").read_bytes()
    os.kill(pid, signal.SIGINT)
    assert child.do("draw", (SPEC, *SIZE), None) and child.pid == pid


def test_a_child_with_nothing_to_do_ends_and_is_started_again(monkeypatch: pytest.MonkeyPatch, child: Child) -> None:
    script = "import sys; from animatic import worker; worker.IDLE = 0.2; worker.main()"
    real = subprocess.Popen

    def impatient(command: list[str], **kwargs: Any) -> Any:
        return real([command[0], "-P", "-c", script], **kwargs)

    monkeypatch.setattr(hands.child.subprocess, "Popen", impatient)
    one = Workers(hands=[child])
    first = one.draw(SPEC, *SIZE)
    pid = child.pid
    assert pid is not None and no_longer_runs(pid)
    assert one.draw(SPEC, *SIZE) == first


def test_the_shared_workers_are_one_and_a_fork_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = workers.shared()
    assert workers.shared() is ours
    monkeypatch.setattr(os, "getpid", lambda: -7)
    assert workers.shared() is not ours


def test_a_containers_share_of_the_cores_counts_and_not_the_machines(tmp_path: Path) -> None:
    everything = cores(tmp_path / "no cgroups")
    assert everything >= 1
    (tmp_path / "cpu.max").write_text("max 100000\n")
    assert cores(tmp_path) == everything
    (tmp_path / "cpu.max").write_text("50000 100000\n")
    assert cores(tmp_path) == 1
    (tmp_path / "cpu.max").unlink()
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu/cpu.cfs_quota_us").write_text("100000\n")
    (tmp_path / "cpu/cpu.cfs_period_us").write_text("100000\n")
    assert cores(tmp_path) == 1
