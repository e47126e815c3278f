"""The lock and the pins that `uv run` keeps to: one list, written by one command."""

from __future__ import annotations

import runpy
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
TEXT = (ROOT / "requirements.lock").read_text("utf-8")
LOCK: dict[str, Any] = runpy.run_path(str(ROOT / "tools" / "lock.py"))

ONE = "av==18.1.0 ; python_full_version < '3.12' \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
OTHER = "av==19.0.2 ; python_full_version >= '3.12' \\\n    --hash=sha256:cc\n"
WINDOWS = "colorama==0.4.6 ; sys_platform == 'win32' \\\n    --hash=sha256:dd\n"


def read(text: str) -> dict[str, frozenset[str]]:
    return LOCK["read"](text)


def test_the_pins_are_the_lock() -> None:
    pins = PROJECT["tool"]["uv"]["constraint-dependencies"]
    assert pins == LOCK["pins"](read(TEXT)), "run just lock"
    assert set(PROJECT["tool"]["uv"]["build-constraint-dependencies"]) < set(pins), "run just lock"


def test_the_lock_has_every_library_that_the_project_names() -> None:
    named = [
        *PROJECT["project"]["dependencies"],
        *(line for lines in PROJECT["project"]["optional-dependencies"].values() for line in lines),
        *(line for lines in PROJECT["dependency-groups"].values() for line in lines),
        *PROJECT["build-system"]["requires"],
    ]
    libraries = {LOCK["name_of"](line.replace(">", "=").replace("<", "=")) for line in named} - {"film-generation"}
    assert libraries <= {line.partition("==")[0] for line in TEXT.splitlines()}


def test_every_version_has_hashes_and_no_file_says_where_it_comes_from() -> None:
    locked = read(TEXT)
    assert len(locked) > 100
    assert all("==" in requirement and hashes for requirement, hashes in locked.items())
    assert "://" not in TEXT
    # An index that gives no upload times has nothing before any date.
    assert not {"exclude-newer", "index", "index-url", "extra-index-url"} & PROJECT["tool"]["uv"].keys()


def test_a_marker_stays_where_it_tells_two_versions_apart() -> None:
    assert LOCK["pins"](read(ONE + OTHER + WINDOWS)) == [
        "av==18.1.0 ; python_full_version < '3.12'",
        "av==19.0.2 ; python_full_version >= '3.12'",
        "colorama==0.4.6",
    ]


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (ONE, []),
        (ONE + OTHER, ["not in the lock: av==19.0.2 ; python_full_version >= '3.12'"]),
        (ONE.replace("18.1", "18.2"), ["not in the lock", "only in the lock"]),
        (ONE.replace("    --hash=sha256:aa \\\n", ""), []),  # a mirror that lacks a file
        (ONE.replace("sha256:bb", "sha256:bb \\\n    --hash=sha256:ee"), []),  # a file that came later
        (ONE.replace("sha256:bb", "sha256:ee"), ["other files than in the lock: av==18.1.0"]),
    ],
)
def test_what_differs_from_the_lock(now: str, found: list[str]) -> None:
    told = LOCK["differences"](read(ONE), read(now))
    assert len(told) == len(found)
    assert all(line.startswith(start) for line, start in zip(told, found, strict=True))


def test_a_list_is_written_in_its_place_and_the_rest_stays() -> None:
    with_list: Callable[[str, str, list[str]], str] = LOCK["with_list"]
    text = '[tool.uv]\nconstraint-dependencies = []\nbuild-constraint-dependencies = [\n    "b==1",\n]\n[tool.x]\n'
    written = with_list(text, "constraint-dependencies", ["a==1", "a==2 ; python_version < '3'"])
    assert tomllib.loads(written)["tool"] == {
        "uv": {
            "constraint-dependencies": ["a==1", "a==2 ; python_version < '3'"],
            "build-constraint-dependencies": ["b==1"],
        },
        "x": {},
    }
    assert with_list(written, "constraint-dependencies", []) == text
    with pytest.raises(SystemExit, match="no list constraint-dependencies"):
        with_list("[tool.uv]\n", "constraint-dependencies", [])
