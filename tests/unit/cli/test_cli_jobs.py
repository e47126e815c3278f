"""``film jobs``: what is listed, what to do about it, and that the money follows the user's word."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from desk import Film, write_shots
from sqlalchemy import delete

from film.cost_tracker import CostTracker, verify_ledger
from film.db.session import engine_for
from film.db.tables import JobRow
from film.errors import StoreError
from film.settings import load_settings
from film.testing.simulator import Fault, Simulator

CLIP = Decimal("0.102")
"""What the clip of a second costs: six seconds of 512P."""


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    return write_shots(tmp_path, {"enhanced_prompt": "an attic nobody has heard from"})


@pytest.fixture
def review(film: Film, shots: Path, vendors: Simulator) -> dict[str, Any]:
    """A clip whose order was taken and whose answer was lost, at a vendor that does not list."""
    vendors.add_fault(Fault("reset", vendor="fal", step="submit", match="image_url", after=True))
    assert film("make", shots, "--film_id", "attic", "--yes", "-q").code == 6
    (job,) = film("jobs", "--json").json
    assert job["state"] == "review"
    return job


def money() -> CostTracker:
    settings = load_settings()
    return CostTracker("attic", engine=engine_for(settings.database_url), settings=settings)


def sound() -> bool:
    return verify_ledger(engine_for(load_settings().database_url)) == []


def test_no_jobs(film: Film) -> None:
    said = film("jobs")
    assert (said.code, said.out, said.err) == (0, "", "no job is open\n")
    assert film("jobs", "--json").json == []


def test_a_job_in_review_is_shown_with_what_to_do(film: Film, review: dict[str, Any]) -> None:
    said = film("jobs")
    header, row, *more = said.out.splitlines()
    assert header.split() == ["job", "film", "shot", "provider", "state", "sent", "(UTC)", "price"]
    assert row.split()[:6] == [review["id"][:8], "attic", "shot_001", "video", "minimax", "review"]
    assert row.endswith("  $0.10"), f"{CLIP} in cents"
    assert f"film jobs resolve {review['id'][:8]} --charged | --not-charged | --rebuy" in more[-1]
    assert "look at https://fal.ai/dashboard/requests" in more[-1], "FAL sells it, so FAL's page shows it"
    assert review["what_to_do"] in more[-1] and review["quoted_usd"] == str(CLIP)
    assert film("jobs", "--film-id", "another", "--json").json == []
    states = [job["state"] for job in film("jobs", "--all", "--json").json]
    assert sorted(states) == ["done", "review"]
    assert money().held() == CLIP


@pytest.mark.usefixtures("review")
def test_a_database_that_forgot_its_orders_says_so_before_its_figures(film: Film) -> None:
    with engine_for(load_settings().database_url).begin() as db:
        db.execute(delete(JobRow))
    for ask in (["jobs"], ["jobs", "--all", "--json"], ["costs"], ["costs", "attic"], ["costs", "--json"]):
        said = film(*ask)
        assert said.code == StoreError("").exit_code, ask
        assert "does not know" in said.err and "film fsck --rebuild" in said.err, ask


@pytest.mark.parametrize(
    ("words", "spent", "state"),
    [
        (["--charged"], CLIP, "lost"),
        (["--charged", "0.05"], Decimal("0.05"), "lost"),
        (["--charged=$0.20"], Decimal("0.20"), "lost"),
        (["--not-charged"], Decimal(0), "failed"),
        (["--not_charged"], Decimal(0), "failed"),
        (["--rebuy"], CLIP, "closed"),
    ],
)
def test_the_money_follows_the_users_word(
    film: Film, review: dict[str, Any], words: list[str], spent: Decimal, state: str
) -> None:
    before = money().spent()
    said = film("jobs", "resolve", review["id"][:8], *words)
    assert said.code == 0 and said.out.startswith(f"{review['id'][:8]} shot_001 video: booked as ")
    assert money().held() == 0 and money().spent() - before == spent
    assert [j["state"] for j in film("jobs", "--all", "--json").json if j["id"] == review["id"]] == [state]
    assert film("costs", "attic", "--json").json["total_cost"] == str(before + spent)
    assert sound()


@pytest.mark.parametrize(("word", "code", "orders"), [("--charged", 6, 0), ("--not-charged", 0, 1), ("--rebuy", 0, 1)])
def test_the_next_run_does_as_was_said(
    film: Film, shots: Path, review: dict[str, Any], vendors: Simulator, word: str, code: int, orders: int
) -> None:
    posts = len(vendors.posts())
    assert film("jobs", "resolve", review["id"], word).code == 0
    assert film("make", shots, "--film_id", "attic", "--yes", "-q").code == code
    assert len(vendors.posts()) - posts == orders
    assert sound()


def test_what_cannot_be_decided_is_2(film: Film, review: dict[str, Any]) -> None:
    job = review["id"][:8]
    for words in ([], ["--charged", "--rebuy"], ["--charged", "ten"], ["--charged", "-1"], ["--charged", "NaN"]):
        assert film("jobs", "resolve", job, *words).code == 2
    assert "no single job" in film("jobs", "resolve", "ffffffff", "--rebuy").error
    assert film("jobs", "resolve", job, "--charged").code == 0
    settled = film("jobs", "resolve", job, "--not-charged")
    assert settled.code == 2 and "never rewritten" in settled.error and "--rebuy" in settled.help
    assert film("jobs", "resolve", job, "--rebuy").code == 0
    assert "nothing to decide" in film("jobs", "resolve", job, "--rebuy").error
