"""What strangers get: attacks tried and let in, for each promise of docs/security.md (goal: none let in).

Each attack is a test that asserts the right outcome; one that does not hold counts as let in, whatever the reason. The
attacks on Ray need the extra (``UV_PROJECT_ENVIRONMENT=.venv-engines uv run --extra zenml --extra ray python -m
benchmarks attacks``); without it they are named as not tried.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

from benchmarks.figure import Figure

ROWS: Mapping[str, Sequence[str]] = {
    "a cluster that others reach": ("tests/cluster/test_open_doors.py",),
    "code in the current folder": ("tests/foreign/test_current_folder.py",),
    "a stranger's .env": ("tests/unit/environment/test_dotenv.py", "tests/foreign/test_env_places.py"),
    "a stranger's prices": ("tests/foreign/test_strangers_prices.py",),
    "pages that find a rehearsal": ("tests/foreign/test_rehearsal_doors.py",),
    "files named by mistake, too large, or none": ("tests/foreign/test_bounds.py",),
    "templates that multiply": ("tests/foreign/test_template_bombs.py",),
    "archives that lie": ("tests/foreign/test_strange_archives.py", "tests/unit/archive/test_archive.py"),
    "files of others, and links": ("tests/unit/files/test_own_files.py", "tests/foreign/test_open_to_others.py"),
    "addresses that lead inside": (
        "tests/unit/providers/test_moved_and_proxied.py",
        "tests/unit/providers/test_addresses.py",
    ),
}
CONTROLS = frozenset(
    {
        "test_the_traps_work",
        "test_what_looks_are_made_of_still_works",
        "test_every_bound_is_written_down",
        "test_an_entry_has_the_fields_of_an_asset",
        "test_names_of_a_networks_own",
        "test_the_folder_of_the_shots_and_the_current_one_are_looked_in",
        "test_what_goes_out_comes_in_whole_under_the_same_names",
        "test_what_is_there_stays_and_the_rest_is_added",
        "test_damage_is_not_exported_and_no_file_is_left",
        "test_a_backup_is_a_working_gallery_and_the_next_copies_only_what_is_new",
        "test_a_backup_while_others_write_is_of_one_moment",
        "test_a_backup_says_what_the_gallery_has_lost_and_where_it_cannot_go",
        "test_a_name_is_no_address",
        "test_a_higher_price_counts",
        "test_a_card_of_the_users_own_lowers_it",
        "test_prices_in_the_users_own_gallery_count_though_a_dotenv_names_it",
        "test_a_gallery_shared_with_a_group_stays_so",
        "test_a_public_https_url_passes",
        "test_public_addresses_are",
    }
)
"""Tests beside them that attack nothing."""


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", choices=tuple(ROWS), help="one kind of attack")


def figures(given: argparse.Namespace) -> list[Figure]:
    found: list[Figure] = []
    total: Counter[str] = Counter()
    for row, files in ROWS.items():
        if given.only in (None, row):
            counted = tried(files)
            total += counted
            found += _figures(row, counted)
    return [*found, *_figures("all", total)]


def tried(files: Sequence[str]) -> Counter[str]:
    """How many of the attacks in these files were kept out, let in, and not tried here."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        # Attacks are run as they stand, and not only those of the default suite.
        command = [sys.executable, "-P", "-m", "pytest", "-q", "-o", "addopts=", "-p", "no:cacheprovider"]
        done = subprocess.run(
            [*command, f"--junitxml={report}", *files],
            cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False,
        )  # fmt: skip
        if not report.exists():
            raise SystemExit(f"error: the attacks did not run\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return outcomes(report.read_text("utf-8"))


def outcomes(report: str) -> Counter[str]:
    """The same, from what the test runner has written of a run."""
    counted: Counter[str] = Counter()
    for case in ElementTree.fromstring(report).iter("testcase"):
        if case.get("name", "").partition("[")[0] in CONTROLS:
            continue
        children = {child.tag for child in case}
        state = "let in" if children & {"failure", "error"} else "not tried" if "skipped" in children else "kept out"
        counted[state] += 1
    return counted


def _figures(row: str, counted: Counter[str]) -> list[Figure]:
    made = [Figure(f"{row}: tried", counted["kept out"] + counted["let in"], "attacks")]
    if counted["not tried"]:
        made.append(Figure(f"{row}: not tried here", counted["not tried"], "attacks"))
    return [*made, Figure(f"{row}: let in", counted["let in"], "attacks", "= 0")]
