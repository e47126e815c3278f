"""``film prices``: the card, and what a refresh takes over, tells and leaves alone."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from desk import Film

from film.rates import Rate, RateCard, read_card
from film.settings import load_settings
from film.testing.simulator import Fault, Simulator
from film.testing.simulator import fal as simulated

SCHNELL = "fal-ai/flux/schnell"
OWN_LINE = """
as_of = 2026-01-01
[[rate]]
provider = "mine"
model = "a \\"quoted\\" 模型 😀"
unit = "clip"
clips = { "2.5" = "1.5", 10 = "4" }
source = "a\\ncontract\\u007f"
ends = 2031-01-01
instead = "another"
"""
HAILUO = "fal-ai/minimax/hailuo-2.3/standard/image-to-video"


def line_of(rate: Rate) -> tuple[str, ...]:
    return rate.provider, rate.model, rate.variant, str(rate.lengths), str(rate.clips)


def test_the_card_is_shown(film: Film) -> None:
    said = film("prices")
    assert said.code == 0
    assert said.out.split()[:6] == ["provider", "model", "per", "price", "as", "of"]
    assert any(line.split()[:4] == ["fal", SCHNELL, "megapixel", "$0.003"] for line in said.out.splitlines())
    assert "2027-01-06, then --audio_provider elevenlabs" in said.out
    assert {rate["provider"] for rate in film("prices", "--provider", "kling", "--json").json} == {"kling"}
    assert film("prices", "--provider", "nobody").code == 2


def test_the_descriptions_card(film: Film) -> None:
    said = film("prices", "--description", "--provider", "runway")
    assert "$1.20" in said.out and "2025-11-01" in said.out
    assert film("prices", "--description", "--refresh").code == 2


def test_a_refresh_needs_a_key(film: Film) -> None:
    said = film("prices", "--refresh")
    assert said.code == 4 and "FAL_API_KEY" in said.error


def test_a_refresh_confirms_changes_and_is_read_from_then_on(
    film: Film, vendors: Simulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(simulated.PICTURES, SCHNELL, lambda _order: Decimal("0.004"))
    posts = len(vendors.posts())
    said = film("prices", "--refresh")
    assert said.code == 0 and len(vendors.posts()) == posts
    assert [line.split() for line in said.out.splitlines()[1:]] == [[SCHNELL, "megapixel", "$0.003", "$0.004"]]
    assert said.err.startswith("1 changed, ") and "rates.toml" in said.err
    settings = load_settings()
    assert settings.rate_card == tmp_path / "gallery" / "rates.toml"
    rate = RateCard.load(settings).price("fal", SCHNELL)
    assert rate.price == Decimal("0.004") and "asked" in rate.source
    assert sorted(map(line_of, RateCard.load(settings).rates)) == sorted(map(line_of, RateCard.shipped().rates))
    assert "$0.004" in film("prices", "--provider", "fal").out
    again = film("prices", "--refresh", "--json").json
    assert {c["state"] for c in again["prices"]} == {"same", "unpriced"}


def test_what_one_figure_cannot_tell_is_told_and_left(
    film: Film, vendors: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(simulated.CLIPS, HAILUO, (lambda order: Decimal("0.3") * order["duration"], (6, 10)))
    said = film("prices", "--refresh")
    assert f"warning: {HAILUO}: the vendor says $0.30 for seconds" in said.err
    assert RateCard.load(load_settings()).price("minimax", HAILUO).clips[Decimal(6)] == Decimal("0.28")


@pytest.mark.parametrize("price", [0, -1, 1e9, None, "0.003", float("nan")])
def test_an_impossible_price_changes_nothing(
    film: Film, vendors: Simulator, monkeypatch: pytest.MonkeyPatch, price: Any
) -> None:
    def list_price(model: str) -> tuple[Any, str]:
        return price, "megapixels"

    monkeypatch.setattr(simulated, "_list_price", list_price)
    monkeypatch.setattr(simulated, "float", lambda value: value, raising=False)
    said = film("prices", "--refresh")
    assert said.code == 0 and said.out == "" and "0 changed, 0 confirmed" in said.err
    assert not load_settings().own_rates.exists()


@pytest.mark.parametrize("kind", ["garbage", "error-200", "unauthorized"])
def test_a_strange_answer_is_an_error_and_writes_nothing(film: Film, vendors: Simulator, kind: Any) -> None:
    vendors.add_fault(Fault(kind, vendor="fal", step="list"))
    said = film("prices", "--refresh")
    assert said.code in (1, 4) and said.error and said.help
    assert not load_settings().own_rates.exists()


def test_ones_own_lines_survive_a_refresh_and_another_card_wins(
    film: Film, vendors: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "gallery" / "rates.toml"
    own.parent.mkdir(exist_ok=True)
    own.write_text(OWN_LINE, encoding="utf-8")
    before = read_card(own).rates[0]
    assert film("prices", "--refresh").code == 0
    assert before in read_card(own).rates
    other = tmp_path / "other.toml"
    other.write_text("as_of = 2026-01-01\n")
    monkeypatch.setenv("FILM_RATE_CARD", str(other))
    assert f"so that file counts and not {own}" in film("prices", "--refresh").err
    assert load_settings().rate_card == other
