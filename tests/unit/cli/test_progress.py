"""What somebody sees who watches a film being made, on terminals of any width."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from film.cli.progress import ProgressBars
from film.production.events import Event

STYLE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def seen(width: int, *events: Event) -> list[str]:
    """The lines that a terminal of this width shows, one after another, without their colours."""
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=width, color_system="truecolor", legacy_windows=False)
    with ProgressBars(console) as bars:
        for event in events:
            bars(event)
            assert bars._bars is not None
            bars._bars.refresh()
    return [STYLE.sub("", line).rstrip() for line in re.split(r"\x1b\[2K|[\r\n]", screen.getvalue()) if line.strip()]


def at(event: str, **facts: object) -> Event:
    return Event(event, 0.0, facts)


STARTED = at("film_started", to_make=4)
AT_HAND = [at("step_started", shot_id=f"a_rather_long_shot_{n}", step="video") for n in range(3)]
CUT = (at("cut_started", frames=100), at("cut_progress", share=0.5, piece="a_rather_long_shot_1 > join", left=130.0))


@pytest.mark.parametrize("width", [28, 32, 40, 60, 80, 200])
def test_share_and_time_are_seen_on_a_terminal_of_any_width(width: int) -> None:
    lines = seen(width, STARTED, at("step_done", shot_id="s", step="image", reused=False), *AT_HAND, *CUT)
    bars = [line for line in lines if line.startswith(("shots", "cut"))]
    assert len(bars) >= 5
    assert all(re.search(r"\d%", line) and re.search(r"\d:\d\d:\d\d", line) for line in bars), bars
    assert max(map(len, lines)) <= width


def test_a_warning_is_told_in_its_own_words_and_no_others() -> None:
    words = "b: [laughs] is a stage direction; 3 s [bold]were[/bold] asked \x1b[2J for"
    lines = seen(200, STARTED, at("warning", message=words))
    assert "warning: b: [laughs] is a stage direction; 3 s [bold]were[/bold] asked  [2J for" in lines
