"""No code comes from the folder that one happens to be in: it may be a stranger's project.

The folder is full of traps: a module under every name that Python could look for, and shared libraries. Each notes down
that it was run; and an audit hook notes every native library that is opened by a path in there.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

TRAP = """
with open({marker!r}, "a") as file:
    file.write(__name__ + "\\n")
"""
EARLY = "import runpy, pkgutil, sys; print(*{name.partition('.')[0] for name in sys.modules})"
"""What Python itself imports for -m before any program of ours has begun: that is Python's to mend, or -P."""
NATIVE = ("libc2pa_c.so", "libc2pa_c.dylib", "c2pa_c.dll", "libespeak-ng.so", "libespeak-ng.so.1")
SPY = """
import sys
def spy(event, about):
    if event == "ctypes.dlopen" and isinstance(about[0], str):
        if about[0].startswith({folder!r}) or not about[0].startswith("/"):
            with open({marker!r}, "a") as file:
                file.write(f"dlopen {{about[0]}}\\n")
sys.addaudithook(spy)
"""


@pytest.fixture
def strangers_folder(tmp_path: Path) -> Path:
    folder, marker = tmp_path / "strangers", tmp_path / "was run"
    folder.mkdir()
    text = TRAP.format(marker=str(marker))
    names = {name for name in packages_distributions() if name.isidentifier()} | set(sys.stdlib_module_names)
    ours = {"film", "pipelines", "data", "benchmarks", "tests", "src"}
    early = subprocess.run(
        [sys.executable, "-P", "-c", EARLY], capture_output=True, text=True, check=True
    ).stdout.split()
    for name in names - ours - set(early) - set(sys.builtin_module_names):
        (folder / f"{name}.py").write_text(text)
    for place in ("", "libs", "artifacts", "x86_64-unknown-linux-gnu", "libs/unknown-linux-gnu"):
        (folder / place).mkdir(parents=True, exist_ok=True)
        for name in NATIVE:
            (folder / place / name).write_bytes(b"not a library")
    (folder / "shots.json").write_text(
        json.dumps([{"shot_id": "one", "enhanced_prompt": "A harbour", "duration": 1, "dialogue": "Late."}])
    )
    return folder


def run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    gallery = {"FILM_GALLERY_DIR": str(folder.parent / "gallery"), "FILM_NO_SPEND": "1", "COLUMNS": "200"}
    inherited = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONSAFEPATH")}
    return subprocess.run(
        command, cwd=folder, env={**inherited, **gallery, **environment}, capture_output=True, text=True, check=False
    )


def trapped(folder: Path) -> list[str]:
    marker = folder.parent / "was run"
    return sorted(set(marker.read_text().split("\n"))) if marker.exists() else []


def test_the_traps_work(strangers_folder: Path) -> None:
    run(strangers_folder, sys.executable, "-c", "import click")
    assert "click" in trapped(strangers_folder)


@pytest.mark.parametrize(
    "command",
    [
        ["doctor"],
        ["make", "shots.json", "--tier", "draft", "--yes"],
        ["provenance", "film.mp4"],
        ["plan", "shots.json"],
    ],
    ids=lambda command: command[0],
)
def test_python_m_film_runs_our_modules(strangers_folder: Path, command: list[str]) -> None:
    done = run(strangers_folder, sys.executable, "-m", "film", *command)
    assert trapped(strangers_folder) == [], done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    if command[0] == "make":
        assert done.returncode == 0, done.stderr


def test_the_simulator_and_the_descriptions_command_run_our_modules(strangers_folder: Path) -> None:
    run(strangers_folder, sys.executable, "-m", "film.testing.simulator", "--help")
    done = run(strangers_folder, sys.executable, "-m", "pipelines.film_generation", "--help")
    assert "Usage" in done.stdout, done.stderr
    assert trapped(strangers_folder) == []


EXTRAS = {
    "c2pa": "from film.provenance.library import c2pa; c2pa()",
    "wordllama": "from film.search.embedder import load_embedder; load_embedder().embed(['a harbour'])",
    "obstore": "import film.cache.bucket as b; import obstore.store",
    "opentimelineio": "import film.export.editorial as e; import opentimelineio as o;"
    " o.adapters.available_adapter_names()",
    "psycopg": "import psycopg",
    "opentelemetry": "import opentelemetry.sdk.trace; import opentelemetry.exporter.otlp.proto.http.trace_exporter",
    "espeakng_loader": "import animatic.speaker as s, espeakng_loader as e, ctypes; ctypes.CDLL(e.get_library_path())",
    "zenml": "from film.settings import load_settings; from film.production.engines.zenml.house import enter;"
    " enter(load_settings())",
    "ray": "from film.cluster.library import ray_library; ray_library()",
}


@pytest.mark.parametrize("extra", EXTRAS)
def test_no_extra_loads_anything_from_the_current_folder(strangers_folder: Path, extra: str) -> None:
    found = find_spec(extra)
    if found is None or found.origin is None:  # a folder of tests may be called as it is
        pytest.skip(f"{extra} is an extra that is not installed here")
    spy = SPY.format(folder=str(strangers_folder), marker=str(strangers_folder.parent / "was run"))
    program = spy + EXTRAS[extra]
    done = run(strangers_folder, sys.executable, "-P", "-c", program)
    assert done.returncode == 0, done.stderr
    bare = {"dlopen libc.so.6", "dlopen libm.so.6", "dlopen libdl.so.2"}  # the system's own, by the loader's rules
    assert [line for line in trapped(strangers_folder) if line and line not in bare] == []


def test_no_hint_advises_what_would_run_the_folders_modules() -> None:
    root = Path(__file__).parents[2]
    texts = [*(root / "src").rglob("*.py"), *(root / "docs" / "how-to").rglob("*.md"), root / "docs" / "quickstart.md"]
    unsafe = [str(path.relative_to(root)) for path in texts if re.search(r"python3? -m pip\b", path.read_text())]
    assert unsafe == []
