"""A studio in a process of its own, with vendors that are simulated, and a real Chromium that looks at it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

AXE = Path(__file__).parent / "axe" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PATIENCE = 120_000
"""Milliseconds that a machine under load may take."""


def chromium() -> str:
    """Where a Chromium is. Without one the tests are skipped, except where everything has to be tested."""
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    if found is None:
        told = "no Chromium is installed; on Debian: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(told)
        pytest.skip(told)
    return found


@dataclass
class RunningStudio:
    address: str
    token: str
    root: Path
    process: subprocess.Popen[str]

    def page(self, path: str) -> str:
        return f"{self.address}{path.lstrip('/')}"

    @property
    def door(self) -> str:
        return f"{self.address}?token={self.token}"


@contextmanager
def studio_running(root: Path, gallery: Path, *, rehearsed: bool = True) -> Iterator[RunningStudio]:
    """A studio over ``root``; paid tiers are rehearsed with vendors on this machine, at $0."""
    root.mkdir(exist_ok=True)
    film = [sys.executable, "-m", "film"]
    studio = [*film, "studio", str(root), "--no-browser"]
    rehearsal = [*film, "simulate", "--speed", "2000", "--gallery", str(gallery), "--"]
    environ = {**os.environ, "FILM_GALLERY_DIR": str(gallery), "FILM_NO_SPEND": "" if rehearsed else "1"}
    process = subprocess.Popen(
        [*rehearsal, *studio] if rehearsed else studio,
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout
        address, _, token = process.stdout.readline().strip().partition("?token=")
        assert token, "the studio did not start"
        yield RunningStudio(address, token, root, process)
    finally:
        _all_of(process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        _all_of(process, signal.SIGKILL)
        process.wait()
        if process.stdout:
            process.stdout.close()


def _all_of(process: subprocess.Popen[str], number: int) -> None:
    """The rehearsal and the studio in it."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


@dataclass
class Seen:
    """What a page asked for and what went wrong in it."""

    hosts: set[str] = field(default_factory=set[str])
    faults: list[str] = field(default_factory=list[str])


def looked_at(context: Any) -> tuple[Any, Seen]:
    """A page whose requests and faults are kept."""
    page, seen = context.new_page(), Seen()
    page.set_default_timeout(PATIENCE)
    page.on("request", lambda request: seen.hosts.add(urlsplit(request.url).netloc or urlsplit(request.url).scheme))
    page.on("pageerror", lambda error: seen.faults.append(str(error)))
    page.on("response", lambda answer: answer.status >= 500 and seen.faults.append(f"{answer.status} {answer.url}"))
    return page, seen


def violations(page: Any) -> list[str]:
    """What axe finds against WCAG 2.2 AA on the page as it stands, a line each; and words that are a program's."""
    text = page.evaluate("() => document.body.innerText")
    for slip in ("[object ", "undefined", "NaN", "null"):
        assert slip not in text, text
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(f"() => {{ {AXE.read_text('utf-8')} }}")
    found = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def ended(page: Any) -> str:
    """Wait until what was begun last has ended, and say how."""
    page.wait_for_function(
        """() => {
          const said = document.querySelector('.progress [data-production]');
          if (!said || ['running', 'stopping'].includes(said.dataset.state)) return false;
          if (said.dataset.production === window.endedBefore) return false;
          window.endedBefore = said.dataset.production;
          return true;
        }""",
        timeout=PATIENCE,
    )
    return str(page.locator(".progress").inner_text())
