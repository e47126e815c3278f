"""Somebody else's package brings a paid vendor: one module with an entry point, and every command knows it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent / "acme"
sys.path.append(str(HERE))
from acme_server import KEY, Acme  # noqa: E402

Film = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def acme() -> Iterator[Acme]:
    with Acme() as server:
        yield server


@pytest.fixture
def environment(acme: Acme, tmp_path: Path) -> dict[str, str]:
    """The package installed, as far as Python asks: its module and its metadata lie on the path."""
    site = tmp_path / "site"
    facts = site / "acme_video-1.0.dist-info"
    facts.mkdir(parents=True)
    project = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    points = project["entry-points"]["film.providers"].items()
    (facts / "entry_points.txt").write_text("[film.providers]\n" + "".join(f"{k} = {v}\n" for k, v in points))
    (site / "acme_video.py").write_text((HERE / "acme_video.py").read_text())
    own = {name: value for name, value in os.environ.items() if name != "FILM_NO_SPEND"}
    return {
        **own,
        "PYTHONPATH": str(site),
        "FILM_GALLERY_DIR": str(tmp_path / "gallery"),
        "FILM_ACME_URL": acme.url,
        "ACME_API_KEY": KEY,
        "FILM_SIMULATED_SPEED": "20",
    }


@pytest.fixture
def film(environment: dict[str, str], tmp_path: Path) -> Film:
    def run(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "film", *map(str, arguments)]
        return subprocess.run(
            command, env=environment | more, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
        )

    return run


@pytest.fixture
def order(tmp_path: Path) -> list[str]:
    shots = [
        {"shot_id": f"s{n}", "enhanced_prompt": f"a lighthouse, {n} gulls", "duration": 3, "negative_prompt": "rain"}
        for n in (1, 2)
    ]
    (tmp_path / "reef.json").write_text(json.dumps({"size": "320x180", "shots": shots}))
    return ["reef.json", "--tier", "draft", "--video_provider", "acme"]


def told(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_its_module_is_short() -> None:
    assert len((HERE / "acme_video.py").read_text().splitlines()) <= 90


def test_a_film_is_planned_made_and_accounted_for(film: Film, order: list[str], acme: Acme) -> None:
    plan = told(film("plan", *order, "--json"))
    assert plan["total_at_most_usd"] == "0.400000"  # two clips of 4 s at $0.05
    (said,) = plan["notices"]
    assert said["provider"] == "acme" and "takes no negative prompt" in said["text"] and said["shots"] == ["s1", "s2"]
    assert "acme: Acme takes no negative prompt" in (out := film("plan", *order)).stdout + out.stderr
    assert not acme.orders

    made = film("make", *order, "--yes")
    assert made.returncode == 0, made.stderr
    assert [o["seconds"] for o in acme.orders] == [4, 4]
    assert all(o["picture"].startswith("data:image/") for o in acme.orders)
    again = film("make", *order, "--yes")
    assert again.returncode == 0 and len(acme.orders) == 2, "what was bought is reused"

    jobs = told(film("jobs", "--all", "--json"))
    assert {(job["provider"], job["state"]) for job in jobs} == {("acme", "done")}
    assert "0.40" in film("costs", "reef").stdout


def test_its_prices_and_its_account_are_known(film: Film, acme: Acme) -> None:
    (rate,) = told(film("prices", "--provider", "acme", "--json"))
    assert (rate["model"], rate["price"], rate["unit"]) == ("acme-1", "0.05", "second")
    checked = film("doctor", "--online")
    assert "ACME_API_KEY is set" in checked.stdout
    assert f"acme at {acme.url}: the key works, 41 credits left" in checked.stdout
    wrong = film("doctor", "--online", ACME_API_KEY="acme-key-that-is-none-at-all")
    assert "the key in ACME_API_KEY does not work with acme" in wrong.stdout
    assert "https://acme.example/keys" in wrong.stdout and wrong.returncode == 1


def test_without_its_key_nothing_is_sent(film: Film, order: list[str], acme: Acme) -> None:
    refused = film("make", *order, "--yes", ACME_API_KEY="")
    assert refused.returncode == 4 and "ACME_API_KEY" in refused.stderr and not acme.orders
    slip = film("plan", *order, FILM_ACNE_URL="x")
    assert "did you mean FILM_ACME_URL" in slip.stderr


def test_a_strangers_env_that_moves_it_gets_no_key(film: Film, order: list[str], acme: Acme, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"FILM_ACME_URL={acme.url}\n")
    (tmp_path / ".env").chmod(0o600)
    withheld = film("make", *order, "--yes", FILM_ACME_URL="")
    assert withheld.returncode == 4 and "moves acme to" in withheld.stderr
    assert not acme.orders


def test_it_is_killed_and_goes_on_without_buying_twice(
    film: Film, environment: dict[str, str], order: list[str], acme: Acme, tmp_path: Path
) -> None:
    acme.ready.clear()
    command = [sys.executable, "-m", "film", "make", *order, "--yes", "--concurrency", "1"]
    process = subprocess.Popen(
        command, env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    assert acme.polled.wait(120), "the first clip was ordered, and is asked for"
    process.kill()
    process.wait()
    bought = len(acme.orders)
    acme.ready.set()
    resumed = film("make", *order, "--yes")
    assert resumed.returncode == 0, resumed.stderr
    prompts = [o["prompt"] for o in acme.orders]
    assert bought >= 1 and len(prompts) == len(set(prompts)) == 2


def test_a_rehearsal_never_reaches_it(film: Film, order: list[str], acme: Acme) -> None:
    rehearsed = film("simulate", "--", sys.executable, "-m", "film", "make", *order, "--yes")
    assert not acme.orders, rehearsed.stderr


def test_a_plug_in_that_does_not_load_stops_nothing(film: Film, environment: dict[str, str], order: list[str]) -> None:
    Path(environment["PYTHONPATH"], "acme_video.py").write_text("raise RuntimeError('not today')\n")
    assert "acme_video:VENDOR) does not load: not today" in film("doctor").stdout
    draft = film("make", order[0], "--tier", "draft")
    assert draft.returncode == 0 and "does not load" in draft.stderr
    refused = film("plan", *order)
    assert refused.returncode != 0 and "not today" in refused.stderr
