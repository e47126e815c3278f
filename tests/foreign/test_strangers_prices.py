"""A project's folder may bring prices of its own; it may not bring orders down to nothing."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from film.rates import RateCard
from film.settings import Settings, as_environment, load_settings

MODEL = "fal-ai/flux/dev"


def card(price: str, model: str = MODEL, unit: str = "megapixel") -> str:
    lines = ("as_of = 2026-11-21", "[[rate]]", 'provider = "fal"', f'model = "{model}"', f'unit = "{unit}"')
    return "\n".join((*lines, f'price = "{price}"', 'source = "mine"\n'))


def told_by_dotenv(folder: Path, where: str, text: str) -> Settings:
    """Settings where the project's ``.env`` leads to the card: by its name, or by a gallery that has one."""
    (folder / "home").mkdir()
    if where == "card":
        (folder / "rates.toml").write_text(text)
        (folder / ".env").write_text("FILM_RATE_CARD=rates.toml\n")
    else:
        (folder / "gallery").mkdir()
        (folder / "gallery" / "rates.toml").write_text(text)
        (folder / ".env").write_text("FILM_GALLERY_DIR=gallery\n")
    return load_settings({"HOME": str(folder / "home")}, folder=folder)


def price(settings: Settings, model: str = MODEL) -> Decimal:
    return RateCard.load(settings).price("fal", model).price


@pytest.mark.parametrize("where", ["card", "gallery"])
@pytest.mark.parametrize("cheap", ["0", "0.0000001"])
def test_a_price_is_not_lowered_and_people_are_told(tmp_path: Path, where: str, cheap: str) -> None:
    settings = told_by_dotenv(tmp_path, where, card(cheap))

    assert price(settings) == RateCard.shipped().price("fal", MODEL).price > 0
    assert "rates.toml" in settings.notes[0]


@pytest.mark.parametrize("where", ["card", "gallery"])
def test_a_higher_price_counts(tmp_path: Path, where: str) -> None:
    assert price(told_by_dotenv(tmp_path, where, card("0.9"))) == Decimal("0.9")


def test_another_unit_is_not_believed(tmp_path: Path) -> None:
    """A thousand dollars for a thousand characters are nothing for a picture."""
    settings = told_by_dotenv(tmp_path, "card", card("1000", unit="1k_characters"))

    assert RateCard.load(settings).price("fal", MODEL).unit == "megapixel"


def test_a_model_without_a_price_gets_none(tmp_path: Path) -> None:
    settings = told_by_dotenv(tmp_path, "card", card("0", model="fal-ai/dearest"))

    assert "fal-ai/dearest" not in {rate.model for rate in RateCard.load(settings).rates}


def test_who_works_on_behalf_of_it_believes_no_more(tmp_path: Path) -> None:
    handed_on = as_environment(told_by_dotenv(tmp_path, "card", card("0")))

    assert price(load_settings(handed_on, folder=tmp_path / "home")) > 0


def test_a_card_of_the_users_own_lowers_it(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(card("0.001"))
    (tmp_path / ".env").write_text("FILM_GALLERY_DIR=gallery\n")
    named = {"FILM_RATE_CARD": str(tmp_path / "mine.toml")}

    assert price(load_settings(named, folder=tmp_path)) == Decimal("0.001")


def test_prices_in_the_users_own_gallery_count_though_a_dotenv_names_it(tmp_path: Path) -> None:
    (tmp_path / "FilmGallery").mkdir()
    (tmp_path / "FilmGallery" / "rates.toml").write_text(card("0.001"))
    (tmp_path / ".env").write_text(f"FILM_GALLERY_DIR={tmp_path}/FilmGallery\n")

    assert price(load_settings({"HOME": str(tmp_path)}, folder=tmp_path)) == Decimal("0.001")
