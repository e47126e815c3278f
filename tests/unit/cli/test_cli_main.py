"""The door: first screen, help, errors and exit codes, and that it opens quickly."""

from __future__ import annotations

import importlib
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import click
import pytest
from desk import Film, write_shots

from film.cli import jobs
from film.cli.main import COMMANDS
from film.errors import StoreError

HEAVY = ["sqlalchemy", "av", "numpy", "httpx", "rich", "PIL", "alembic", "aiohttp", "pydantic"]


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["--version"]])
def test_help_is_quick(arguments: list[str]) -> None:
    code = f"""
import sys
sys.argv = ["film", *{arguments!r}]
from film.cli.main import main
try:
    main()
except SystemExit as ended:
    loaded = sorted(set({HEAVY!r}) & set(sys.modules))
    print("LOADED", loaded, ended.code)
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "LOADED [] 0"
    assert result.stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize(("before", "told"), [("default_int_handler", "-2 ''"), ("SIG_IGN", "0 'went on'")])
def test_ctrl_c_while_the_program_loads_ends_it_without_a_word(before: str, told: str) -> None:
    """The command line's own module is where it strikes: one that sends the signal stands in for it."""
    code = f"""
import os, signal, sys, types
signal.signal(signal.SIGINT, signal.{before})
class Loader:
    def find_spec(self, name, path=None, target=None):
        if name == "film.cli.main":
            os.kill(os.getpid(), signal.SIGINT)
            module = types.ModuleType(name)
            module.main = lambda: print("went on", end="")
            sys.modules[name] = module
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Loader())
from film.cli import start
try:
    start.main()
except ModuleNotFoundError:
    start.main()
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert f"{result.returncode} {result.stdout!r}" == told
    assert result.stderr == ""


def test_ctrl_c_counts_again_once_the_program_has_loaded() -> None:
    code = """
import signal
from film.cli import main, start
main.main = lambda: print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
start.main()
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "True\n"


def test_every_command_exists_and_has_help(film: Film) -> None:
    listed = film("--help").out
    for name, summary in COMMANDS.items():
        assert summary in listed
        said = film(name, "--help")
        assert said.code == 0 and f"Usage: film {name}" in said.out


def test_the_first_screen_shows_the_free_way_first_and_no_key(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAL_API_KEY", "canary-5ecret")
    said = film()
    assert said.code == 0
    lines = said.out.splitlines()
    first = next(line for line in lines if line.startswith("  film "))
    assert "--tier draft" in first and "$0" in first
    assert all(any(line.startswith(f"  film {name} ") for line in lines) for name in COMMANDS)
    assert "API keys set: FAL_API_KEY" in said.out and "canary" not in said.out + said.err


@pytest.mark.parametrize(
    ("typed", "told"),
    [("mkae", "Did you mean 'make'?"), ("asets", "Did you mean 'assets'?"), ("shots.json", "'make shots.json'?")],
)
def test_a_command_that_is_none_names_the_near_one(film: Film, typed: str, told: str) -> None:
    said = film(typed)
    assert said.code == 2 and f"No such command '{typed}'" in said.err and told in said.err


def test_a_folder_is_told_which_of_its_files_is_meant(film: Film, tmp_path: Path) -> None:
    shots = write_shots(tmp_path)
    said = film("plan", str(shots.parent), "--tier", "draft")
    assert said.code == 2 and "is a folder" in said.err and f"give the file in it: {shots}" in said.err


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["make"], ["make", "a", "b"], ["plan", "x", "--sise", "1x1"], ["jobs", "resolve", "1"]]
)
def test_wrong_usage_is_2_and_names_the_help(film: Film, arguments: list[str]) -> None:
    said = film(*arguments)
    assert said.code == 2 and said.out == ""
    assert said.error and "--help" in said.help


def test_a_group_of_commands_alone_shows_them(film: Film) -> None:
    said = film("library")
    assert said.code == 2 and said.out == "" and "error" not in said.err
    assert said.err.startswith("Usage: film library") and len(said.err.splitlines()) > 5


def test_an_error_names_the_place_and_the_next_step(film: Film, tmp_path: Path) -> None:
    (tmp_path / "shots.json").write_text('[\n  {"shot_id": "a", "enhanced_prompt": "x",\n   "duration": 40}\n]')
    said = film("plan", "shots.json")
    assert said.code == 2
    assert said.error.startswith("error: shots.json:3 ") and "40" in said.error and "30" in said.error
    assert said.help


@pytest.mark.parametrize("hostile", ["\x1b[31mred\x1b[0m", "two\nlines", "bell\x07", "\u202eright to left"])
def test_hostile_text_is_inert(film: Film, tmp_path: Path, hostile: str) -> None:
    shots = write_shots(tmp_path, {"shot_id": hostile})
    said = film("plan", shots)
    assert said.code == 2 and len(said.err.splitlines()) == 2
    assert all(line.isprintable() for line in said.err.splitlines())
    said = film("make", f"{hostile}.json")
    assert said.code == 2 and all(line.isprintable() for line in said.err.splitlines())


def test_hostile_prompts_are_inert_in_lists(film: Film, tmp_path: Path) -> None:
    shots = write_shots(tmp_path, {"enhanced_prompt": "attic \u202e\u2028 door", "mood": "calm"})
    assert film("make", shots, "--tier", "draft", "-q").code == 0
    listed = film("assets").out
    assert "attic" in listed and "\u202e" not in listed and "\u2028" not in listed


def test_an_interruption_is_130(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr("film.settings.load_settings", stopped)
    said = film("costs")
    assert (said.code, said.err.strip()) == (130, "interrupted")


@pytest.mark.parametrize(
    ("error", "said", "helped"),
    [
        (RuntimeError("two\nlines \x1b[31m"), "error: RuntimeError: two lines  [31m", "python -P -X dev"),
        (OSError(28, "No space left", "/x"), "error: the system says: No space left (/x)", "run again"),
        (
            sqlite3.DatabaseError("database disk image is malformed"),
            "error: the database says: database disk image is malformed",
            "film restore BACKUP",
        ),
        (StoreError("the disk is full", hint="free some space"), "error: the disk is full", "free some space"),
        (
            ExceptionGroup(
                "a", [ValueError("by the way"), ExceptionGroup("b", [StoreError("full", hint="free some")])]
            ),
            "error: full",
            "free some",
        ),
        (ExceptionGroup("a", [ExceptionGroup("b", [KeyError("shot")])]), "error: KeyError: 'shot'", "python -P -X dev"),
    ],
)
def test_whatever_happens_is_told_in_two_lines(
    film: Film, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str, helped: str
) -> None:
    def fails(*_: object, **__: object) -> object:
        raise error

    monkeypatch.setattr("film.settings.load_settings", fails)
    told = film("costs")
    assert (told.code, told.out, len(told.err.splitlines())) == (1, "", 2)
    assert told.error == said and helped in told.help
    assert "nothing is lost" not in told.err, "who does not know what happened cannot say so"


@pytest.mark.skipif(sys.platform == "win32", reason="descriptors are closed by a POSIX shell")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_it_works_without_the_standard_streams(tmp_path: Path, closed: str) -> None:
    shots = write_shots(tmp_path, {})
    program = f"'{sys.executable}' -m film make '{shots}' --tier draft --output '{tmp_path}/a.mp4' {closed}"
    result = subprocess.run(["/bin/sh", "-c", program], capture_output=True, check=False, cwd=tmp_path)
    assert result.returncode == 0 and (tmp_path / "a.mp4").is_file()


def test_both_spellings_of_every_option() -> None:
    commands = [importlib.import_module(f"film.cli.{name}").command for name in (*COMMANDS, "film_generation")]
    options = [p for c in (*commands, jobs.resolve) for p in c.params if isinstance(p, click.Option)]
    assert len(options) > 60
    for option in options:
        for spelling in option.opts:
            assert spelling.replace("_", "-") in option.opts, spelling


def test_the_package_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "film", "prices", "--json"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(result.stdout)
