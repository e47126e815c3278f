"""A gallery of film's, seen as its users see it: by its command, its exit codes and its JSON."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import shlex
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from benchmarks.strangers.databases import Database, Sqlite

PATIENCE = 240.0
"""After so many seconds a run counts as hung, and is ended: a list is looked at for 75 s, and longer for long lines."""
HUNG = 999
"""The exit code of a run that had to be ended."""
MADE = (0, 7)
"""Exit codes of a film that is made; 7 says that a vendor's bill is over its quote."""


@dataclass(frozen=True)
class Film:
    """A film that is to be made.

    Parameters:
        name: Its id.
        shots: What stands in its shots.json; each ``shot_id`` is a word that stands in its prompt and its line too.
        tier: Which tier.
    """

    name: str
    shots: list[dict[str, Any]]
    tier: str

    @property
    def tags(self) -> set[str]:
        """The ids of its shots."""
        return {shot["shot_id"] for shot in self.shots}


@dataclass
class Ended:
    """How a command ended.

    Parameters:
        code: Its exit code; negative for a signal; ``HUNG`` where it hung.
        out: What it said on stdout.
        err: What it said on stderr.
        seconds: How long it took.
    """

    code: int
    out: str = ""
    err: str = ""
    seconds: float = 0.0

    def json(self) -> Any:
        """Read what it said as JSON; none where it is none."""
        try:
            return json.loads(self.out)
        except ValueError:
            return None


@dataclass
class Gallery:
    """A gallery in a folder of its own.

    Parameters:
        folder: Where: shots beside it, the gallery in ``gallery``.
        settings: The environment's settings: addresses and keys.
        command: The film command, as a shell has it.
        size: The size of films: small ones are cut fast.
        database: Its database; SQLite's file in the gallery unless given.
    """

    folder: Path
    settings: dict[str, str]
    command: str = "film"
    size: str = "256x144"
    database: Database = field(default=None)  # type: ignore[assignment]  # __post_init__ fills it
    running: list[asyncio.subprocess.Process] = field(default_factory=list[asyncio.subprocess.Process])
    file_limit: int | None = None
    """No file may grow past so many bytes: a disk that is full."""

    def __post_init__(self) -> None:
        if self.database is None:  # pyright: ignore[reportUnnecessaryComparison]
            self.database = Sqlite(self.root)

    @property
    def root(self) -> Path:
        """The gallery itself."""
        return self.folder / "gallery"

    def environment(self) -> dict[str, str]:
        """Give the environment that film runs in: nothing of ours that begins with ``FILM_``."""
        kept = {
            k: v
            for k, v in os.environ.items()
            if not k.startswith("FILM_") and not k.endswith(("_KEY", "_TOKEN", "_SECRET"))
        }
        ours = {"FILM_GALLERY_DIR": str(self.root), "FILM_STORE_URL": "none", "NO_COLOR": "1"}
        return kept | self.settings | self.database.settings | ours

    def write(self, film: Film) -> Path:
        """Write a film's shots.json.

        Parameters:
            film: The film.
        """
        path = self.folder / f"{film.name}.json"
        path.write_text(json.dumps(film.shots), "utf-8")
        return path

    def making(self, film: Film, limit: Decimal) -> list[str]:
        """Give the command that makes a film.

        Parameters:
            film: The film.
            limit: What it may cost.
        """
        return ["make", *self._of(film), "--budget_limit", f"{limit:f}", "--no-provenance", "--quiet"]

    def _of(self, film: Film) -> list[str]:
        return [str(self.write(film)), "--film_id", film.name, "--tier", film.tier, "--size", self.size]

    async def quote(self, film: Film) -> Decimal:
        """Ask what a film costs at most.

        Parameters:
            film: The film.
        """
        ended = await self.run("plan", *self._of(film), "--json")
        if not isinstance(said := ended.json(), dict):
            raise RuntimeError(f"film plan gave no JSON: {ended.code} {ended.err[-400:]}")
        return Decimal(str(cast("dict[str, Any]", said)["total_at_most_usd"]))

    async def start(self, *arguments: str) -> asyncio.subprocess.Process:
        """Start a command.

        Parameters:
            arguments: What stands behind ``film``.
        """
        limit = self.file_limit

        def full() -> None:
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        process = await asyncio.create_subprocess_exec(
            *shlex.split(self.command),
            *arguments,
            cwd=self.folder,
            env=self.environment(),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            preexec_fn=full,
            start_new_session=True,
        )
        self.running.append(process)
        return process

    async def finish(self, process: asyncio.subprocess.Process, patience: float = PATIENCE) -> Ended:
        """Wait for a command.

        Parameters:
            process: The command.
            patience: After how many seconds it is ended as hung.
        """
        begun = asyncio.get_running_loop().time()
        hung = False
        talk = asyncio.ensure_future(process.communicate())
        try:
            out, err = await asyncio.wait_for(asyncio.shield(talk), patience)
        except TimeoutError:
            hung = True
            end(process, signal.SIGKILL)
            out, err = await talk
        if process in self.running:
            self.running.remove(process)
        code = HUNG if hung else process.returncode
        seconds = asyncio.get_running_loop().time() - begun
        return Ended(
            code if code is not None else HUNG, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"), seconds
        )

    async def run(self, *arguments: str, patience: float = PATIENCE) -> Ended:
        """Run a command to its end.

        Parameters:
            arguments: What stands behind ``film``.
            patience: After how many seconds it is ended as hung.
        """
        return await self.finish(await self.start(*arguments), patience)

    async def jobs(self) -> list[dict[str, Any]] | None:
        """Read all paid jobs; none where the gallery does not answer."""
        said = (await self.run("jobs", "--all", "--json")).json()
        return cast("list[dict[str, Any]]", said) if isinstance(said, list) else None

    async def costs(self, film: Film) -> Mapping[str, Any] | None:
        """Read a film's costs; none where the gallery does not answer.

        Parameters:
            film: The film.
        """
        said = (await self.run("costs", film.name, "--json")).json()
        return cast("dict[str, Any]", said) if isinstance(said, dict) else None

    def close(self) -> None:
        """End what still runs."""
        for process in list(self.running):
            end(process, signal.SIGKILL)


def end(process: asyncio.subprocess.Process, sign: signal.Signals) -> bool:
    """Send a signal to a command and what it started; false where it has ended already.

    Parameters:
        process: The command.
        sign: The signal. SIGINT goes to the command alone, as Ctrl-C is handled by it.
    """
    if process.returncode is not None:
        return False
    try:
        if sign == signal.SIGKILL:
            os.killpg(process.pid, sign)
        else:
            os.kill(process.pid, sign)
    except ProcessLookupError:
        return False
    return True


def default_command() -> str:
    """Name the film command beside this Python, or the one on the path."""
    beside = Path(sys.executable).with_name("film")
    return str(beside) if beside.exists() else "film"
