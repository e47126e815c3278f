"""Progress of a film being made, from its events: bars where somebody watches, plain lines where not."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

from film.app.events import Event, Facts
from film.cli.console import note, one_line, warn, watched

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

STEPS = {"image": "draw", "video": "animate", "audio": "speak"}
"""Step → what it is called while it happens."""


def progress(quiet: bool = False) -> ProgressBars | ProgressLines | Silence:
    """What fits: bars on a terminal, lines elsewhere, nothing when asked to be quiet."""
    if quiet:
        return Silence()
    return ProgressBars() if watched() else ProgressLines()


class Silence:
    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return

    def __call__(self, event: Event) -> None:
        return

    @contextmanager
    def paused(self) -> Generator[None]:
        """While a question is asked."""
        yield


class ProgressLines(Silence):
    """A line whenever a shot is finished or something needs to be known."""

    def __init__(self) -> None:
        self._done = self._all = 0
        self._quarter = 0

    def __call__(self, event: Event) -> None:
        facts = event.facts
        match event.event:
            case "film_started":
                self._all = int(str(facts["shots_to_make"]))
            case "warning":
                warn(str(facts["message"]))
            case "shot_done" if not facts["reused"]:
                self._done += 1
                note(f"[{self._done}/{self._all}] {facts['shot_id']}")
            case "shot_failed":
                self._done += 1
                warn(f"[{self._done}/{self._all}] {facts['shot_id']} {facts['step']}: {facts['error']}")
            case "cut_progress" if facts["total"]:
                self._tell_of_the_cut(facts)
            case _:
                pass

    def _tell_of_the_cut(self, facts: Facts) -> None:
        """A line as it begins, and one for every quarter of a cut that takes its time."""
        share, left = float(str(facts["share"])), facts["left"]
        if not self._quarter:
            self._quarter = 1
            note(f"cut: {facts['total']} frames to encode")
        elif share >= self._quarter / 4 and left is not None:
            self._quarter = int(share * 4) + 1
            note(f"cut: {share:.0%}, {facts['piece']}, {_left(left)}")


BESIDE = 21
"""Columns of a terminal that description, share and time take, with what is between."""
LEAST = 8
"""Columns below which what is at hand is left out."""


def bar_width(width: int) -> int:
    """Columns of a bar, of a terminal's ``width``."""
    return max(4, min(32, (width - BESIDE) // 2))


class ProgressBars(Silence):
    """Two bars: shots with the step at hand, then the cut."""

    def __init__(self, console: Console | None = None) -> None:
        """``console`` is where the bars go; stderr unless given."""
        self._console = console
        self._bars: Progress | None = None
        self._task: TaskID | None = None
        self._steps: dict[tuple[str, str], float] = {}
        self._open: dict[str, str] = {}

    def __enter__(self) -> Self:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

        console = self._console or Console(file=sys.stderr)
        self._bars = Progress(
            TextColumn("[bold]{task.description}"),
            BarColumn(bar_width=bar_width(console.width), complete_style="#e6ad5f", finished_style="#e6ad5f"),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[piece]}", style="dim", markup=False),
            console=console,
            transient=True,
        )
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars:
            self._bars.stop()

    @contextmanager
    def paused(self) -> Generator[None]:
        if self._bars is None:
            yield
            return
        self._bars.stop()
        try:
            yield
        finally:
            self._bars.start()

    def __call__(self, event: Event) -> None:
        if self._bars is None:
            return
        facts = event.facts
        match event.event:
            case "film_started" if facts["to_make"]:
                self._task = self._bars.add_task("shots", total=float(str(facts["to_make"])), piece="")
            case "step_started" | "step_progress":
                place = (str(facts["shot_id"]), str(facts["step"]))
                self._steps[place] = float(str(facts.get("done", 0)))
                self._open[place[0]] = STEPS[place[1]]
                self._show()
            case "step_done" | "step_failed" if not facts.get("reused"):
                self._steps[str(facts["shot_id"]), str(facts["step"])] = 1.0
                self._show()
            case "shot_done" | "shot_failed":
                self._open.pop(str(facts["shot_id"]), None)
                self._show()
            case "warning":
                from rich.text import Text

                # As a Text: of words that somebody wrote, nothing is taken for markup, a number or a command.
                told = Text.assemble(("warning", "bold yellow"), f": {one_line(str(facts['message']))}")
                self._bars.console.print(told)
            case "cut_started" if facts["frames"]:
                if self._task is not None:
                    self._bars.remove_task(self._task)
                self._task = self._bars.add_task("cut", total=1.0, piece="")
            case "cut_progress" if self._task is not None:
                left = facts["left"]
                piece = f"{facts['piece']}  {_left(left)}" if left is not None else str(facts["piece"])
                self._bars.update(self._task, completed=float(str(facts["share"])), piece=self._fitting(piece))
            case _:
                pass

    def _show(self) -> None:
        if self._bars is not None and self._task is not None:
            piece = ", ".join(f"{shot} {step}" for shot, step in list(self._open.items())[:3])
            self._bars.update(self._task, completed=sum(self._steps.values()), piece=self._fitting(piece))

    def _fitting(self, piece: str) -> str:
        """As much as has room beside bar, share and time, which everybody sees."""
        width = self._bars.console.width if self._bars else 80
        room = width - BESIDE - bar_width(width)
        words = one_line(piece)
        return words if len(words) <= room else words[: room - 1] + "…" if room >= LEAST else ""


def _left(seconds: object) -> str:
    """In words that promise no more than is known: the further off, the coarser."""
    value = float(str(seconds))
    if value < 5:
        return "a few seconds left"
    step = next(step for step, below in ((5, 60), (15, 300), (60, 3600), (300, float("inf"))) if value < below)
    whole = round(value / step) * step
    return f"about {whole} s left" if whole < 60 else f"about {whole // 60}:{whole % 60:02d} left"
