"""The page on ZenML runs: its ``py`` and ``console`` blocks, which the other pages' test leaves out."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.engines, pytest.mark.usefixtures("zenml_home"), pytest.mark.filterwarnings("default")]

ROOT = Path(__file__).parents[3]
_BLOCK = re.compile(r"^```(py|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_page_runs(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    blocks = _BLOCK.findall((ROOT / "docs" / "how-to" / "zenml.md").read_text("utf-8"))
    assert len(blocks) == 3
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "HOME": str(tmp_path)}
    for kind, text in blocks:
        command = ["-c", text] if kind == "py" else ["-m", *shlex.split(text)]
        done = subprocess.run(
            [sys.executable, *command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        if "by_shots" in text:
            assert done.stdout.endswith(" 2\n")
    films = {path.name for path in (tmp_path / "gallery" / "films").iterdir()}
    assert films == {"attic", "by_shots", "my_own"}
