"""A cluster takes work from nobody who does not show its token: another user, another address, the HTTP beside it."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from film.cluster import open_cluster
from film.cluster.access import demand_token
from film.environment.variables import SECRET_NAMES
from film.errors import ConfigurationError
from film.production.engines.ray import driver
from film.settings import load_settings

pytest.importorskip("ray", reason="Ray is an extra: just test-engines")
pytestmark = [
    pytest.mark.engines,
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]  # Ray's own processes are left to the garbage collector

INTRUDER = """
import os, sys
import ray
from ray._private import ray_constants
ray_constants.ENABLE_RAY_CLUSTER = False  # so that it looks where the cluster is, and not at the network's address
address, marker, user = sys.argv[1:]
if user:
    os.setgid(int(user)), os.setuid(int(user))
os.environ["HOME"] = "/nonexistent"
try:
    ray.init(address, log_to_driver=False, logging_level="CRITICAL")
    @ray.remote(num_cpus=0)
    def work(marker):
        import os
        os.umask(0)
        open(marker, "w").write("worked")
        return True
    print("LET IN", ray.get(work.remote(marker), timeout=20))
except BaseException as error:
    print("REFUSED", type(error).__name__)
os._exit(0)
"""
"""Somebody who has Ray and knows where the cluster is."""


def intruder(address: str, marker: Path, *, user: str = "", **environment: str) -> str:
    others = {k: v for k, v in os.environ.items() if not k.startswith("RAY_")}
    done = subprocess.run(
        [sys.executable, "-c", INTRUDER, address, str(marker), user],
        env={**others, "RAY_USAGE_STATS_ENABLED": "0", "RAY_gcs_rpc_server_reconnect_timeout_s": "5", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    said = [line for line in done.stdout.splitlines() if line.startswith(("LET IN", "REFUSED"))]
    return said[0] if said else f"REFUSED, rc {done.returncode}"  # Ray ends a program that it does not like


def tree() -> list[Any]:
    import psutil

    return psutil.Process().children(recursive=True)


def listening() -> dict[int, set[str]]:
    """Ports that the cluster's processes and this one take connections on, and at which addresses."""
    import psutil

    found = dict[int, set[str]]()
    for process in (psutil.Process(), *tree()):
        try:
            for line in process.net_connections("tcp"):
                if line.status == psutil.CONN_LISTEN:
                    found.setdefault(line.laddr.port, set()).add(line.laddr.ip.removeprefix("::ffff:"))
        except psutil.NoSuchProcess:
            continue
    return found


def own_address() -> str:
    """An address of this machine that others reach it by."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(("198.51.100.1", 9))  # nothing is sent
            return way.getsockname()[0]
        except OSError:
            pytest.skip("this machine has no network")


def test_a_cluster_of_this_machine_takes_work_from_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    canaries = {name: f"canary-{number}" for number, name in enumerate(sorted(SECRET_NAMES))}
    for name, value in canaries.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("FILM_DATABASE_URL", f"sqlite:///{tmp_path}/canary-db.db")
    settings = load_settings(folder=tmp_path)
    tmp_path.chmod(0o755)
    marker = tmp_path / "open" / "worked"
    marker.parent.mkdir(mode=0o777)
    marker.parent.chmod(0o777)
    with driver.ClusterHandle(settings, print) as house:
        import psutil
        import ray

        cluster = house.cluster()
        address = ray.get_runtime_context().gcs_address
        # Nobody reaches it from another address.
        ports = listening()
        assert ports and {ip for ips in ports.values() for ip in ips} <= {"127.0.0.1", "::1"}, ports
        outside = own_address()
        for port in ports:
            with pytest.raises(OSError), socket.create_connection((outside, port), timeout=2):
                pass
        # Another user on this machine has no token to show, or shows his own.
        user = "65534" if os.getuid() == 0 else ""
        assert "LET IN" not in intruder(address, marker, user=user)
        assert "LET IN" not in intruder(address, marker, user=user, RAY_AUTH_MODE="token", RAY_AUTH_TOKEN="guessed" * 6)
        assert not marker.exists()
        # Who has the token gets in, so that this test can fail.
        shown = Path(ray._private.worker._global_node.get_session_dir_path()).parents[1] / "token"
        assert "LET IN" in intruder(address, marker, RAY_AUTH_MODE="token", RAY_AUTH_TOKEN_PATH=str(shown))
        marker.unlink()
        # HTTP that begins work asks for the token, too.
        job = json.dumps({"entrypoint": f"touch {marker}"}).encode()
        for port in ports:
            for path in ("/api/jobs/", "/api/job_agent/jobs/", "/get_or_create_runtime_env"):
                ask = urllib.request.Request(
                    f"http://127.0.0.1:{port}{path}", job, {"Content-Type": "application/json"}
                )
                try:
                    with urllib.request.urlopen(ask, timeout=3) as answer:
                        body = answer.read()
                        assert b"submission_id" not in body and b"job_id" not in body, (port, path, body)
                except (OSError, http.client.HTTPException):  # refused, or not HTTP at all
                    continue
        assert not marker.exists()
        # Sockets, logs and token are in a folder that nobody else enters.
        private = shown.parent
        assert private.stat().st_mode & 0o077 == 0
        # No process of it holds a key in its environment, and work finds none; who knows the token still works there.
        found = asyncio.run(cluster.call(eval, "dict(__import__('os').environ)"))
        coordinator = house.coordinator()
        assert cluster.wait(coordinator.accounts.remote()) == sorted(settings.keys), "the coordinator has them"
        seen = [found]
        for process in tree():
            try:
                seen.append(process.environ())
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        assert len(seen) > 3
        for environment in seen:
            leaked = [name for name, value in environment.items() if "canary" in value]
            assert not leaked, leaked
    assert not private.exists(), "it leaves nothing behind"


def test_a_cluster_that_takes_work_from_anybody_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is told anything, and without a token for it."""
    program = """
import ray
from ray.cluster_utils import Cluster
cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False,
    "object_store_memory": 80_000_000})
print("AT", cluster.address, flush=True)
input()
cluster.shutdown()
"""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("RAY_")}
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env={**environment, "RAY_AUTH_MODE": "disabled"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as head:
        assert head.stdout is not None
        address = next(line.split()[1] for line in head.stdout if line.startswith("AT"))
        try:
            with monkeypatch.context() as mine:  # taken off, and not removed: all tests of the cluster share one
                mine.setenv("RAY_AUTH_TOKEN", "mine" * 10)
                with pytest.raises(ConfigurationError, match="takes work from anybody") as told, open_cluster(address):
                    pass
            assert "get-auth-token" in told.value.hint and "RAY_AUTH_MODE=token" in told.value.hint
        finally:
            demand_token()  # Ray has kept the other one
            head.communicate("\n", timeout=60)
