"""Prices: exact, rounded up, replaceable by a file, and never made up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from film.errors import InputError, UnknownPriceError
from film.rates import Rate, RateCard, read_card
from film.rates.write import write_card
from film.settings import Settings

TODAY = date(2026, 11, 22)
HAILUO = "fal-ai/minimax/hailuo-02/standard/image-to-video"


def rate(**fields: object) -> Rate:
    given_ = {"provider": "p", "model": "m", "as_of": TODAY, "source": "s", **fields}
    return Rate.model_validate(given_)


def card(tmp_path: Path, text: str) -> RateCard:
    file = tmp_path / "my rates.toml"
    file.write_text(text, encoding="utf-8")
    return RateCard.load(Settings(gallery=tmp_path, database_url="", rate_card=file))


ENTRY = """
as_of = 2026-12-01
[[rate]]
provider = "fal"
model = "fal-ai/flux/schnell"
unit = "megapixel"
price = "0.002"
source = "my contract"
"""


@pytest.mark.parametrize(
    ("unit", "units", "cost", "basis"),
    [
        ("megapixel", "0.59", "0.01", "1 MP × $0.01"),
        ("megapixel", "1.000001", "0.02", "2 MP × $0.01"),
        ("image", "1", "0.01", "1 image × $0.01"),
        ("second", "5", "0.05", "5 s × $0.01/s"),
        ("1k_characters", "0.034", "0.00034", "34 characters × $0.01/1K"),
        ("1k_characters", "0.00001", "0.000001", "0.01 characters × $0.01/1K"),
        ("minute", "0.123456789", "0.001235", "0.13 min × $0.01/min"),
        ("megapixel", "0", "0", "free"),
    ],
)
def test_a_price_for_each_unit(unit: str, units: str, cost: str, basis: str) -> None:
    found = rate(unit=unit, price="0.01")
    assert (found.cost(Decimal(units)), found.basis(Decimal(units))) == (Decimal(cost), basis)


def test_the_first_megapixel_may_cost_more() -> None:
    found = rate(unit="megapixel", price="0.015", first="0.03")
    assert [found.cost(Decimal(n)) for n in ("0", "0.5", "1", "2.07")] == [
        0,
        Decimal("0.03"),
        Decimal("0.03"),
        Decimal("0.06"),
    ]
    assert found.basis(Decimal(3)) == "3 MP × $0.015, the first at $0.03"


def test_clips_have_prices_of_their_own() -> None:
    found = rate(unit="clip", clips={6: "0.28", 10: "0.56"})
    assert found.cost(Decimal(5)) == Decimal("0.28")
    assert found.cost(Decimal(16)) == Decimal("0.84")
    assert found.basis(Decimal(16)) == "a clip of 10 s at $0.56 + a clip of 6 s at $0.28"


@given(st.decimals("0.001", 600, places=3))
def test_the_clips_hold_the_shot_and_are_no_more_than_needed(seconds: Decimal) -> None:
    found = rate(unit="second", price="1", lengths=[6, 10])
    lengths = found.lengths_for(seconds)
    assert seconds <= sum(lengths) == found.cost(seconds)
    assert set(lengths) <= {6, 10}
    assert sum(lengths) - lengths[-1] < seconds
    assert not lengths or all(length == 10 for length in lengths[:-1])


@given(st.decimals(0, 10_000, places=6), st.decimals(0, 10_000, places=6))
def test_more_never_costs_less(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    for found in RateCard.shipped().rates:
        assert found.cost(low) <= found.cost(high)


@pytest.mark.parametrize("units", ["-1", "NaN", "Infinity"])
def test_no_price_for_what_is_no_amount(units: str) -> None:
    with pytest.raises(InputError, match="no amount"):
        rate(unit="second", price="1").cost(Decimal(units))


# -- the cards


@pytest.mark.parametrize(
    ("provider", "model", "units", "cost"),
    [
        ("fal", "fal-ai/flux/schnell", "0.92", "0.003"),
        ("fal", "fal-ai/flux/dev", "1", "0.025"),
        ("fal", "fal-ai/flux-2-pro", "1", "0.03"),
        ("replicate", "black-forest-labs/flux-schnell", "1", "0.003"),
        ("minimax", HAILUO, "6", "0.27"),
        ("minimax", "fal-ai/minimax/hailuo-2.3/standard/image-to-video", "10", "0.56"),
        ("minimax", "fal-ai/minimax/hailuo-2.3-fast/standard/image-to-video", "6", "0.19"),
        ("kling", "fal-ai/kling-video/v2.1/standard/image-to-video", "5", "0.28"),
        ("kling", "fal-ai/kling-video/v2.1/pro/image-to-video", "5", "0.49"),
        ("kling", "fal-ai/kling-video/v2.1/master/image-to-video", "10", "2.80"),
        ("kling", "fal-ai/kling-video/v2.5-turbo/standard/image-to-video", "10", "0.42"),
        ("kling", "fal-ai/kling-video/v2.5-turbo/pro/image-to-video", "10", "0.70"),
        ("kling", "fal-ai/kling-video/v2.6/pro/image-to-video", "10", "0.70"),
        ("runway", "gen4_turbo", "5", "0.25"),
        ("runway", "gen4.5", "3", "0.36"),
        ("openai", "tts-1", "1", "0.015"),
        ("openai", "tts-1-hd", "1", "0.03"),
        ("openai", "gpt-4o-mini-tts", "1", "0.015"),
        ("elevenlabs", "eleven_v3", "1", "0.10"),
        ("elevenlabs", "eleven_multilingual_v2", "1", "0.10"),
        ("elevenlabs", "eleven_flash_v2_5", "1", "0.05"),
        ("draft", "anything", "5", "0"),
    ],
)
def test_the_shipped_prices(provider: str, model: str, units: str, cost: str) -> None:
    assert RateCard.shipped().price(provider, model, TODAY).cost(Decimal(units)) == Decimal(cost)


def test_every_shipped_price_says_where_it_is_from() -> None:
    for found in RateCard.shipped().rates:
        assert found.provider == "draft" or found.source.startswith("https://")


@pytest.mark.parametrize(
    ("provider", "units", "cost"),
    [
        ("fal", "1", "0.003"),
        ("minimax", "6", "0.05"),
        ("kling", "10", "1.84"),
        ("runway", "1", "1.20"),
        ("openai", "1", "0.015"),
        ("elevenlabs", "1", "0.30"),
    ],
)
def test_the_descriptions_prices(provider: str, units: str, cost: str) -> None:
    assert RateCard.description().price(provider, "any model", TODAY).cost(Decimal(units)) == Decimal(cost)


def test_a_variant_is_priced_by_its_name_and_the_dearest_without() -> None:
    shipped = RateCard.shipped()
    assert shipped.price("minimax", HAILUO, TODAY, variant="512P").price == Decimal("0.017")
    assert shipped.price("minimax", HAILUO, TODAY).price == Decimal("0.045")
    with pytest.raises(UnknownPriceError, match="4K"):
        shipped.price("minimax", HAILUO, TODAY, variant="4K")
    sound = shipped.price("kling", "fal-ai/kling-video/v2.6/pro/image-to-video", TODAY, variant="audio")
    assert sound.price == Decimal("0.14")


def test_what_is_unknown_is_refused_with_a_way_out() -> None:
    with pytest.raises(UnknownPriceError, match="did you mean fal-ai/flux/schnell") as caught:
        RateCard.shipped().price("fal", "fal-ai/flux/schnel", TODAY)
    assert "FILM_RATE_CARD" in caught.value.hint
    with pytest.raises(UnknownPriceError):
        RateCard.shipped().price("nobody", "fal-ai/flux/schnell", TODAY)


def test_what_has_ended_is_refused_from_its_last_day_on() -> None:
    shipped = RateCard.shipped()
    assert shipped.price("openai", "tts-1", date(2027, 1, 5)).price == Decimal("0.015")
    with pytest.raises(UnknownPriceError, match="since 2027-01-06") as caught:
        shipped.price("openai", "tts-1", date(2027, 1, 6))
    assert caught.value.hint == "use --audio_provider elevenlabs"


# -- a card of one's own


def test_a_users_card_replaces_what_it_speaks_of(tmp_path: Path) -> None:
    own = card(tmp_path, ENTRY)
    assert own.price("fal", "fal-ai/flux/schnell", TODAY).price == Decimal("0.002")
    assert own.price("fal", "fal-ai/flux/dev", TODAY).price == Decimal("0.025")
    assert own.as_of == date(2026, 12, 1)
    assert RateCard.shipped().price("fal", "fal-ai/flux/schnell", TODAY).price == Decimal("0.003")


def test_a_users_line_replaces_all_variants_of_a_model(tmp_path: Path) -> None:
    entry = ENTRY.replace('"fal"', '"minimax"').replace("fal-ai/flux/schnell", HAILUO).replace("megapixel", "second")
    assert card(tmp_path, entry).price("minimax", HAILUO, TODAY, variant="512P").price == Decimal("0.002")


def test_a_number_without_quotes_is_exact_too(tmp_path: Path) -> None:
    assert card(tmp_path, ENTRY.replace('"0.002"', "0.1")).price("fal", "fal-ai/flux/schnell").price == Decimal("0.1")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (ENTRY.replace('"0.002"', '"cheap"'), r"rate 1 \(fal fal-ai/flux/schnell\): price: "),
        (ENTRY.replace('"0.002"', '"-1"'), "rate 1 .*: price: .*greater than or equal to 0"),
        (ENTRY.replace('"0.002"', '"NaN"'), "rate 1 .*: price: "),
        (ENTRY.replace('"0.002"', "true"), "rate 1 .*: price: "),
        (ENTRY.replace("megapixel", "pixel"), "rate 1 .*: unit: "),
        (ENTRY.replace("price", "prize"), r"rate 1 .*: prize: "),
        (ENTRY.replace('price = "0.002"', ""), r"rate 1 .*: needs a price"),
        (ENTRY.replace('"fal"', '""'), r"rate 1 \(\? fal-ai/flux/schnell\): provider: "),
        (ENTRY.replace("megapixel", "clip"), r"rate 1 .*: a clip is priced by its length"),
        (ENTRY + "lengths = [5]\n", r"rate 1 .*: has lengths"),
        (ENTRY + ENTRY.replace("as_of = 2026-12-01", ""), "rate 2 .* is there twice"),
        (ENTRY.replace("as_of = 2026-12-01", ""), "needs the day of its prices"),
        (ENTRY.replace("2026-12-01", '"soon"'), "needs the day of its prices"),
        ("currency = 'EUR'" + ENTRY, "has 'currency'"),
        ("as_of = 2026-12-01\nrate = 3", "no list of prices"),
        ("as_of = 2026-12-01\nrate = [3]", "rate 1 is no table"),
        ("as_of = ", "is not TOML"),
    ],
)
def test_mistakes_name_the_file_and_the_entry(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem) as caught:
        card(tmp_path, text)
    assert "my rates.toml" in str(caught.value)
    assert caught.value.hint


def test_a_missing_card_is_named(tmp_path: Path) -> None:
    missing = Settings(gallery=tmp_path, database_url="", rate_card=tmp_path / "none.toml")
    with pytest.raises(InputError, match=r"none\.toml: cannot be read"):
        RateCard.load(missing)


def test_a_price_that_ends_is_followed_by_the_next() -> None:
    launch = Rate(
        provider="p", model="m", unit="minute", price=Decimal("0.009"), as_of=TODAY, source="x", ends=date(2027, 1, 1)
    )
    after = launch.model_copy(update={"price": Decimal("0.018"), "begins": date(2027, 1, 1), "ends": None})
    card = RateCard((after, launch), TODAY)
    assert card.price("p", "m", date(2026, 12, 31)).price == Decimal("0.009")
    assert card.price("p", "m", date(2027, 1, 1)).price == Decimal("0.018")
    raised = after.model_copy(update={"price": Decimal("0.02")})
    assert card.raised_by(RateCard((raised,), TODAY)).price("p", "m", date(2027, 2, 1)).price == Decimal("0.02")
    assert card.raised_by(RateCard((raised,), TODAY)).price("p", "m", date(2026, 12, 1)).price == Decimal("0.009")


def test_a_price_that_has_begun_is_kept_by_a_file(tmp_path: Path) -> None:
    rate = Rate(
        provider="p", model="m", unit="minute", price=Decimal(1), as_of=TODAY, source="x", begins=date(2027, 1, 1)
    )
    write_card(RateCard((rate,), TODAY), tmp_path / "rates.toml", heading="x")
    assert read_card(tmp_path / "rates.toml").rates == (rate,)
