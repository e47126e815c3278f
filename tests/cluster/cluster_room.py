"""A cluster of several nodes on this machine, the vendors, and films that are made on it by ``film make``.

    with room(folder, database) as cluster:       head and worker nodes, each a raylet with its own workers
        making = cluster.make("film", shots)      film make --engine ray, a program of its own
        cluster.kill(cluster.node_of(pid))        the node with all that runs on it
        making.wait()                             how it ended; what it told is in making.events()

Nodes find gallery, database, keys and vendors in the environment that they are started in, as on any machine.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from film.testing.simulator import Latency, Simulator, SimulatorThread

MEMORY = 80_000_000
LEASE = 5.0
FILM = f"""
import film.production.engines.ray.driver as driver
from film.cli.main import main
driver.LEASE, driver.PATIENCE = {LEASE}, 15.0
main()
"""
"""The program, with a lease and a patience that a test can wait for."""
PATIENCE = 180.0
ABOUT = {
    "worker_niceness": 0,
    "health_check_initial_delay_ms": 1000,
    "health_check_period_ms": 500,
    "health_check_timeout_ms": 1000,
    "health_check_failure_threshold": 4,
}
"""Nodes count as dead after a few seconds, and not after half a minute; what runs on them has its share of a machine
that other programs keep busy."""


@dataclass
class Making:
    """A ``film make`` at work."""

    process: subprocess.Popen[str]
    told: Path

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        if not self.told.exists():
            return []
        lines = [json.loads(line) for line in self.told.read_text().splitlines() if line.endswith("}")]
        return [event for event in lines if kind in ("", event["event"])]

    def until(self, what: Callable[[Making], object], *, patience: float = PATIENCE) -> None:
        """Wait for something to be so."""
        until = time.monotonic() + patience
        while not what(self):
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < until, [*self.events()][-5:]
            time.sleep(0.02)

    def done(self, step: str, count: int = 1) -> None:
        """Wait until that many pictures, clips or lines are there."""
        self.until(lambda making: sum(e["step"] == step for e in making.events("step_done")) >= count)

    def wait(self, *, patience: float = PATIENCE) -> tuple[int, str]:
        """Its exit code, and what it said to people."""
        said, _ = self.process.communicate(timeout=patience)
        return self.process.returncode, said


@dataclass
class Room:
    folder: Path
    environment: Mapping[str, str]
    vendors: Simulator | None
    cluster: Any
    nodes: list[Any] = field(default_factory=list[Any])
    makings: list[Making] = field(default_factory=list[Making])

    @property
    def gallery(self) -> Path:
        return Path(self.environment["FILM_GALLERY_DIR"])

    # -- films

    def make(self, film: str, shots: Sequence[dict[str, Any]], *options: str, **environment: str) -> Making:
        """Begin to make a film on the cluster; it is less patient than usual."""
        file = self.folder / f"{film}.json"
        file.write_text(json.dumps(list(shots)))
        told = self.folder / f"{film}-{len(self.makings)}.events"
        command = [sys.executable, "-c", FILM, "make", str(file), "--film_id", film, "--engine", "ray", "--yes"]
        process = subprocess.Popen(
            [*command, "--size", "128x128", "--budget_limit", "100", "--events", str(told), *options],
            env={**self.environment, "FILM_RAY_ADDRESS": self.cluster.address, **environment},
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.makings.append(Making(process, told))
        return self.makings[-1]

    def bills(self) -> list[dict[str, Any]]:
        assert self.vendors is not None
        with urllib.request.urlopen(f"{self.vendors.url}/__control__/books") as answer:
            return json.load(answer)["jobs"]

    # -- nodes

    def add(self, **about: Any) -> Any:
        self.nodes.append(self.cluster.add_node(object_store_memory=MEMORY, **about))
        return self.nodes[-1]

    def kill(self, node: Any) -> None:
        """The node at once, with all that runs on it."""
        self.cluster.remove_node(node, allow_graceful=False)
        if node in self.nodes:
            self.nodes.remove(node)

    def kill_head(self) -> None:
        """The head alone: its nodes go on for a while, and wait for it."""
        strike(processes_of(self.cluster.head_node), signal.SIGKILL)

    def stop_nodes(self) -> None:
        """As ``ray stop`` does on every machine."""
        for node in self.nodes:
            strike(processes_of(node), signal.SIGKILL)

    def begin_again(self, *, workers: int) -> None:
        """Another head, with nodes, as somebody starts them who was told that the old one is gone."""
        self.nodes.clear()
        self.cluster = begin()
        for _ in range(workers):
            self.add(num_cpus=1)

    def coordinator(self, *, but: int = 0) -> int:
        """The process that buys, beside one that no longer counts."""
        nodes, until = [self.cluster.head_node, *self.nodes], time.monotonic() + PATIENCE
        while time.monotonic() < until:  # processes come and go while one looks
            found = [pid for node in nodes for pid in workers_of(node, "ray::Coordinator") if pid != but]
            if len(found) == 1:
                return found[0]
        pytest.fail("there is no coordinator")

    def node_of(self, pid: int) -> Any:
        return next(node for node in [self.cluster.head_node, *self.nodes] if pid in processes_of(node))


def strike(processes: Sequence[int], how: signal.Signals) -> None:
    for pid in processes:
        with suppress(ProcessLookupError):
            os.kill(pid, how)


def processes_of(node: Any) -> list[int]:
    """A node's own processes, and all that they have started."""
    import psutil

    found: list[int] = []
    for kind in node.all_processes.values():
        for one in kind:
            try:
                process = psutil.Process(one.process.pid)
                found += [process.pid, *(child.pid for child in process.children(recursive=True))]
            except psutil.NoSuchProcess:
                continue
    return found


def workers_of(node: Any, title: str) -> list[int]:
    import psutil

    found: list[int] = []
    for pid in processes_of(node):
        try:
            if any(part.startswith(title) for part in psutil.Process(pid).cmdline()):
                found.append(pid)
        except psutil.NoSuchProcess:
            continue
    return found


@contextmanager
def room(
    folder: Path,
    database: str,
    *,
    workers: int = 2,
    speed: float | None = None,
    on: Sequence[str] = (),
    monkeypatch: pytest.MonkeyPatch,
    **environment: str,
) -> Generator[Room]:
    """A head that does no work of its own, and ``workers`` nodes, each with the resources named in ``on``.

    There are vendors if they have a ``speed``.
    """
    with SimulatorThread(latency=Latency(speed=speed), seed=1) if speed else nullcontext() as vendors:
        said = {
            "FILM_GALLERY_DIR": str(folder / "gallery"),
            "FILM_DATABASE_URL": database,
            "RAY_USAGE_STATS_ENABLED": "0",
            **(vendors.environment() if vendors else {}),
            **environment,
        }
        for name, value in said.items():
            monkeypatch.setenv(name, value)
        if vendors:
            monkeypatch.delenv("FILM_NO_SPEND")
        opened = Room(folder, dict(os.environ), vendors, begin())
        try:
            for _ in range(workers):
                opened.add(num_cpus=1, resources=dict.fromkeys(on, 1))
            yield opened
        finally:
            for making in opened.makings:
                if making.process.poll() is None:
                    making.process.kill()
                    making.process.communicate()
            for node in [opened.cluster.head_node, *opened.nodes]:
                strike(processes_of(node), signal.SIGKILL)


def begin() -> Any:
    """A head."""
    from film.cluster.library import quietly

    with quietly():
        from ray.cluster_utils import Cluster

        about = {"num_cpus": 0, "object_store_memory": MEMORY, "include_dashboard": False, "_system_config": ABOUT}
        return Cluster(initialize_head=True, head_node_args=about)


def shot(number: int, film: str, **about: Any) -> dict[str, Any]:
    """A shot whose assets are bought here and there, so that every kind of vendor is met."""
    label = f"{film} shot {number}."
    image, audio = ("fal", "openai") if number % 2 else ("replicate", "elevenlabs")
    return {
        "shot_id": f"shot_{number:03d}",
        "enhanced_prompt": label,
        "duration": 1,
        "dialogue": f"This is {label}",
        "image_provider": image,
        "audio_provider": audio,
        **about,
    }


def most_at_once(bills: Sequence[Mapping[str, Any]], kind: str) -> int:
    """The most jobs of a kind that were under way at one vendor's endpoint at one time."""
    most = 0
    for endpoint in {(job["vendor"], job["endpoint"]) for job in bills if job["kind"] == kind}:
        jobs = [job for job in bills if (job["vendor"], job["endpoint"]) == endpoint]
        times = sorted([(job["created"], 1) for job in jobs] + [(job["ends"], -1) for job in jobs])
        now = 0
        for _, change in times:
            now += change
            most = max(most, now)
    return most
