"""The documents run: every Python block and every ``film`` command of README and docs, in order, page by page.

A page is a session: its blocks share one folder, one gallery and one Python namespace. Which blocks run follows from
how they are fenced:

    ```python             runs
    ```json file=NAME     is written to NAME
    ```sh                 every line runs and must succeed
    ``` or ```text …      does not run: other programs, output, things that cost money
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
_BLOCK = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def blocks(page: Path) -> Iterator[tuple[str, str, str]]:
    for match in _BLOCK.finditer(page.read_text("utf-8")):
        yield match[1], match[2].strip(), match[3]


RUNNING = [p for p in PAGES if any(kind in ("python", "sh") for kind, _, _ in blocks(p))]


@pytest.mark.parametrize("page", RUNNING, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    (tmp_path / ".env_template").write_text((ROOT / ".env_template").read_text())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.syspath_prepend(str(ROOT / "src"))
    names: dict[str, Any] = {"__name__": "__page__"}
    for kind, label, text in blocks(page):
        if kind == "python":
            run_python(text, names)
        elif kind == "sh":
            for line in filter(None, (line.strip() for line in text.splitlines())):
                run_command(line, tmp_path)
        elif label.startswith("file="):
            target = tmp_path / label.removeprefix("file=")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)


def run_python(text: str, names: dict[str, Any]) -> None:
    """As a notebook would: a page may ``await`` at top level."""
    code = compile(text, "<page>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(code, names)
    if inspect.iscoroutine(result):
        asyncio.run(result)


def run_command(line: str, folder: Path) -> None:
    words = shlex.split(line, comments=True)
    if words[:2] == ["uv", "run"]:
        words = words[2:]
    assert words[0] == "film", f"a block of another program must not be fenced as sh: {line}"
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in _LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name} points to {target}"


@pytest.mark.parametrize("name", ["commands", "transitions"])
def test_a_page_that_is_made_from_the_code_is_what_the_code_says(name: str) -> None:
    page: str = runpy.run_path(str(ROOT / "docs" / "reference" / f"{name}.py"))["page"]()
    written = (ROOT / "docs" / "reference" / f"{name}.md").read_text("utf-8")
    assert written == page, "run just docs"


def test_the_events_and_their_schema_are_what_the_models_say() -> None:
    made: dict[str, str] = runpy.run_path(str(ROOT / "docs" / "reference" / "events.py"))["files"]()
    for name, text in made.items():
        assert (ROOT / "docs" / "reference" / name).read_text("utf-8") == text, "run just docs"
