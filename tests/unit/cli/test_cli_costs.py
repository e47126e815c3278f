"""What ``film make``, ``film plan`` and ``film costs`` say of money, and that it is so."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest
from desk import Film, write_shots
from sqlalchemy import update

from film.app.bills import BillOverQuote
from film.app.making import next_step
from film.app.plans import AssetEstimate, FilmEstimate, ShotEstimate, SpendingLine
from film.cli import make, plan
from film.cli.console import dollars
from film.cost_tracker import CostTracker, ReservationRequest
from film.db.session import engine_for
from film.db.tables import JobRow
from film.errors import BadMedia, FilmError, OutcomeUnknown, PaidLost, ProviderError, ProviderRefused
from film.models import AssetType
from film.settings import load_settings
from film.testing.simulator import Fault, Simulator
from film.testing.simulator import elevenlabs as simulated

DRAFT = ("--tier", "draft")


def lines(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


def costs(film_id: str = "attic") -> CostTracker:
    settings = load_settings()
    return CostTracker(film_id, Decimal(100), engine=engine_for(settings.database_url), settings=settings)


def test_what_was_billed_and_brought_nothing_is_in_the_cost(film: Film, tmp_path: Path, vendors: Simulator) -> None:
    before = vendors.total()
    vendors.add_fault(Fault("html", vendor="fal", match="image_url", times=0))
    shots = write_shots(tmp_path, {"enhanced_prompt": "an attic that never comes"})
    said = film("make", shots, "--film_id", "attic", "--yes")
    billed = vendors.total() - before
    assert said.code == 6 and billed > Decimal("0.10")
    assert any(line.startswith(f"cost    {dollars(billed)} ($0.10 of it for orders") for line in said.err.splitlines())
    assert Decimal(film("costs", "attic", "--json").json["total_cost"]) == billed


def test_what_is_under_review_is_told_by_make_and_costs(film: Film, tmp_path: Path, vendors: Simulator) -> None:
    vendors.add_fault(Fault("reset", vendor="fal", step="submit", match="image_url", after=True))
    shots = write_shots(tmp_path, {"enhanced_prompt": "an attic that is silent about its costs"})
    said = film("make", shots, "--film_id", "attic", "--yes")
    assert said.code == 6
    assert "        $0.10 set aside for 1 order under review: film jobs says what to do" in said.err.splitlines()
    assert "looked for again, bought again only if you say so" in said.err
    costs().reserve([ReservationRequest("elsewhere", Decimal("0.45"), "shot_009", "video", "kling")])
    told = film("costs", "attic")
    assert ["under", "review", "1", "$0.10"] in lines(told.out) and ["set", "aside", "1", "$0.45"] in lines(told.out)
    document = film("costs", "--json").json
    assert (document["under_review_usd"], document["set_aside_usd"]) == ("0.102", "0.45")
    assert film("costs", "--html", tmp_path / "costs.html").code == 0
    page = (tmp_path / "costs.html").read_text()
    assert "$0.10</b><span>under review, 1 order" in page and "$0.45</b><span>set aside, 1 order" in page


def test_a_bill_over_its_quote_is_7_and_loud(
    film: Film, tmp_path: Path, vendors: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(simulated.CREDITS, "eleven_multilingual_v2", Decimal("1.5"))  # a voice at a higher rate
    shots = write_shots(tmp_path, {"dialogue": "y" * 1000})
    order = ("make", shots, *DRAFT, "--film_id", "attic", "--audio_provider", "elevenlabs", "--yes")
    said = film(*order)
    assert said.code == make.OVER_QUOTE == 7 and Path(said.out.strip()).is_file()
    (warning,) = [line for line in said.err.splitlines() if "was quoted" in line]
    assert warning.startswith("warning: shot_001 audio: elevenlabs billed $0.15 where $0.10 was quoted (job ")
    job_id = film("jobs", "--all", "--json").json[0]["id"]
    assert job_id[:8] in warning
    told = film("costs", "attic").out
    header = ["over", "its", "quote", "film", "shot", "provider", "quoted", "billed", "disputed"]
    assert header in lines(told) and [
        job_id[:8],
        "attic",
        "shot_001",
        "audio",
        "elevenlabs",
        "$0.10",
        "$0.15",
    ] in lines(told)
    (bill,) = film("costs", "--json").json["over_quote"]
    assert (bill["job_id"], bill["quoted_usd"], bill["billed_usd"]) == (job_id, "0.10", "0.15")
    assert film(*order).code == 0, "it was told when it came"

    with engine_for(load_settings().database_url).begin() as db:
        db.execute(update(JobRow).where(JobRow.id == job_id).values(claimed=Decimal("100.15")))
    assert ["disputed", "1", "$100.00"] in lines(film("costs", "attic").out)
    assert "claims $100.15 where $0.10 was quoted; $0.15 is booked, $100.00 disputed" in film("jobs").out
    assert [job["claimed_usd"] for job in film("jobs", "--json").json] == ["100.15"]
    assert film("costs", "attic", "--json").json["disputed_usd"] == "100.00"


def test_partial_counts_more_than_a_bill_over_its_quote(
    film: Film, tmp_path: Path, vendors: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(simulated.CREDITS, "eleven_multilingual_v2", Decimal("1.5"))
    vendors.add_fault(Fault("refuse", vendor="fal", match="not to be drawn"))
    shots = write_shots(tmp_path, {"dialogue": "z" * 1000}, {"enhanced_prompt": "not to be drawn"})
    said = film("make", shots, *DRAFT, "--audio_provider", "elevenlabs", "--image_provider", "fal", "--yes")
    assert said.code == 6 and "was quoted" in said.err


def test_the_daily_limit_advises_its_own_setting(
    film: Film, tmp_path: Path, vendors: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILM_DAILY_BUDGET_USD", "0.01")
    said = film("make", write_shots(tmp_path, {"enhanced_prompt": "one for tomorrow"}), "--budget_limit", "5")
    assert said.code == 3 and said.error.endswith("> $0.01 (today)")
    assert "FILM_DAILY_BUDGET_USD" in said.help and "--budget_limit" not in said.help


def test_a_run_without_a_limit_has_the_settings(film: Film, tmp_path: Path, vendors: Simulator) -> None:
    """As the option's help and CostTracker's docstring say."""
    shots = write_shots(tmp_path, {"enhanced_prompt": "raised once"})
    assert film("make", shots, "--film_id", "attic", "--budget_limit", "50", "-q").code == 0
    assert film("costs", "attic", "--json").json["limit"] == "50.00"
    shots = write_shots(tmp_path, {"enhanced_prompt": "raised once, not for good"})
    assert film("make", shots, "--film_id", "attic", "--yes", "-q").code == 0
    assert film("costs", "attic", "--json").json["limit"] == "10.00"


def test_saved_is_the_same_in_make_and_costs(film: Film, tmp_path: Path, vendors: Simulator) -> None:
    shots = write_shots(tmp_path, {"enhanced_prompt": "worth seeing twice"})
    spent = film("make", shots, "--film_id", "attic", "--yes", "--json").json["cost_usd"]
    again = film("make", shots, "--film_id", "attic", "--json").json
    assert (again["cost_usd"], Decimal(again["saved_usd"])) == ("0.00", Decimal(spent))
    for told in (film("costs", "attic", "--json").json, film("costs", "--json").json):
        assert Decimal(told["saved"]) == Decimal(told["saved_usd"]) == Decimal(spent)
    assert ["saved", "by", "reuse", "2", "$0.11"] in lines(film("costs").out)
    stats = film("assets", "--stats", "--json").json["cache"]
    assert Decimal(stats["total_cost_saved_usd"]) == Decimal(spent)


def test_the_cache_is_heard_with_debug_and_not_without(film: Film, tmp_path: Path) -> None:
    shots = write_shots(tmp_path, {})
    first = film("make", shots, *DRAFT, "--debug")
    assert first.err.count("cache: miss ") == 2 and "hit" not in first.err
    quiet = film("make", shots, *DRAFT)
    assert "cache:" not in quiet.err + quiet.out
    again = film("make", shots, *DRAFT, "--debug", "-q")
    assert again.err.count("cache: hit  ") == 2 and again.err.count(" for shot_001") == 2


@pytest.mark.parametrize(
    ("errors", "said", "not_said"),
    [
        ([BadMedia("no")], "only what is missing is made", "anew"),
        ([ProviderError("no", charged=True), BadMedia("no")], "1 shot failed after it was charged for", "jobs"),
        ([ProviderRefused("no", charged=True)], "running it again changes nothing", "missing is made"),
        ([ProviderRefused("no"), BadMedia("no")], "1 shot refused, and not sent again", "anew"),
        ([PaidLost("gone", charged=True), OutcomeUnknown("?", charged=None)], "2 orders lost or under review", "anew"),
    ],
)
def test_running_again_is_advised_for_what_it_does(errors: list[FilmError], said: str, not_said: str) -> None:
    told = next_step(errors)
    assert said in told and not_said not in told


@pytest.mark.parametrize(
    ("claimed", "said"),
    [
        (None, "minimax billed $0.40 where $0.10 was quoted (job 1a2b3c4d): film costs"),
        ("0.40", "minimax billed $0.40 where $0.10 was quoted (job 1a2b3c4d): film costs"),
        (
            "10",
            "minimax claims $10.00 where $0.10 was quoted; $0.40 is booked, $9.60 disputed (job 1a2b3c4d): film jobs",
        ),
    ],
)
def test_a_bill_over_its_quote_in_words(claimed: str | None, said: str) -> None:
    wants = None if claimed is None else Decimal(claimed)
    bill = BillOverQuote(
        job_id="1a2b3c4d-…", film_id="attic", shot_id="shot_001", asset_type="video", provider="minimax",
        quoted_usd=Decimal("0.10"), billed_usd=Decimal("0.40"), claimed_usd=wants,
        disputed_usd=max(Decimal(0), (wants or Decimal(0)) - Decimal("0.40")), at="2026-11-30T12:00:00Z",
    )  # fmt: skip
    assert make.over_quote_line(bill) == f"shot_001 video: {said}"


def test_what_is_ordered_already_is_shown_with_its_reason_and_is_no_new_money(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def row(state: Literal["ordered", "new"], why: str, price: str) -> AssetEstimate:
        return AssetEstimate(
            asset_type=AssetType.VIDEO, provider="minimax", model="hailuo", state=state, why=why,
            price_usd=Decimal(price), basis="6 s × $0.017/s", key=None, near=(),
        )  # fmt: skip

    assets = [row("ordered", "under review since 12:00 (job 1a2b3c4d)", "0"), row("new", "never made", "0.102")]
    shots = [
        ShotEstimate(shot_id=f"s{n}", at_most_usd=asset.price_usd, assets=(asset,)) for n, asset in enumerate(assets)
    ]
    whole = FilmEstimate(
        film_id="attic", tier="premium", total_at_most_usd=Decimal("0.102"), reused=0, new=1, stale=0, ordered=1,
        near_unseen=0, outlook=(), warnings=(), speech="", endings=(), notices=(), shots=tuple(shots), not_drawn={},
    )  # fmt: skip
    plan.print_estimate(whole)
    out, err = capsys.readouterr()
    ordered, new = out.splitlines()[1:3]
    assert "ordered  under review since 12:00 (job 1a2b3c4d)" in ordered and ordered.endswith("$0")
    assert "$0.11" in new and "2 shots: 1 ordered, 1 new" in out and "total, at most: $0.11" in out
    assert "not in the total: 1 piece ordered before" in err
    bought = SpendingLine(
        asset_type=AssetType.VIDEO, provider="minimax", model="hailuo", pieces=1, at_most_usd=Decimal("0.102")
    )
    assert [line[-2:] for line in lines(plan.spending_table([bought]))[1:]] == [["1", "$0.11"]]
