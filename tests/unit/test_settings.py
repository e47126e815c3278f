"""Settings: what the environment says, exactly, and never a key in print."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

import film.environment.env_trust
import film.environment.variables
import film.settings
from film.environment.variables import OWN_NAMES
from film.errors import ConfigurationError
from film.settings import load_settings, parse_budget

CANARY = "sk-canary-3f9a0c"


def test_nothing_set_is_a_working_default(tmp_path: Path) -> None:
    settings = load_settings({"HOME": str(tmp_path)}, folder=tmp_path)
    assert settings.gallery == tmp_path / "FilmGallery"
    assert settings.database_url == f"sqlite:///{tmp_path / 'FilmGallery' / 'film.db'}"
    assert settings.default_budget == Decimal("10.00") and settings.keys == {}


def test_the_environment_counts_more_than_dotenv(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("FAL_API_KEY=from-file\nFILM_DEFAULT_BUDGET_USD=3\n")
    (tmp_path / "src").mkdir()
    settings = load_settings({"FAL_API_KEY": "from-environment"}, folder=tmp_path / "src")
    assert settings.key("fal") == "from-environment" and settings.default_budget == 3


def test_the_vendors_own_names_are_taken_too(tmp_path: Path) -> None:
    environ = {"FAL_KEY": "a", "OPENAI_API_KEY": "b", "REPLICATE_API_TOKEN": "c", "RUNWAYML_API_SECRET": "d"}
    settings = load_settings(environ, folder=tmp_path)
    assert [settings.key(n) for n in ("fal", "openai", "replicate", "runway")] == ["a", "b", "c", "d"]


def test_the_templates_placeholders_are_no_keys(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(Path(".env_template").read_text())
    assert load_settings({}, folder=tmp_path).keys == {}


def test_keys_are_in_no_print_of_settings(tmp_path: Path) -> None:
    settings = load_settings({"FAL_API_KEY": CANARY}, folder=tmp_path)
    assert CANARY not in repr(settings) + str(settings) + settings.model_dump_json()


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-5", "1e999", "1E+1000000", "ten", "0.0000001", ""])
def test_no_sum_of_money(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_budget(text, "--budget_limit")
    assert "--budget_limit" in str(caught.value) and caught.value.hint


def test_an_unknown_tier_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="FILM_TIER"):
        load_settings({"FILM_TIER": "gold"}, folder=tmp_path)


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("FILM_GALERY_DIR", "FILM_GALLERY_DIR"),
        ("FILM_NO_SPENT", "FILM_NO_SPEND"),
        ("film_no_spend", "FILM_NO_SPEND"),
        ("FILM_GALLERY", "FILM_GALLERY_DIR"),
        ("FILM_DAILY_BUDGET", "FILM_DAILY_BUDGET_USD"),
        ("FILM_TEIR", "FILM_TIER"),
        ("FILM_STORE", "FILM_STORE_URL"),
    ],
)
def test_a_slip_in_a_name_is_refused_wherever_it_stands(tmp_path: Path, slip: str, meant: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^{slip} is no setting; did you mean {meant}") as caught:
        load_settings({slip: "1"}, folder=tmp_path)
    assert meant in caught.value.hint
    (tmp_path / ".env").write_text(f"{slip}=1\n")
    with pytest.raises(ConfigurationError, match=r"\.env: " + slip):
        load_settings({}, folder=tmp_path)


def test_what_is_like_no_setting_is_noted_and_let_be(tmp_path: Path) -> None:
    environment = {"FILM_CREW_SIZE": "9", "FILMS": "1", "FILM_TIER": "draft", "FILM_GALERY_DIR": " "}
    assert load_settings(environment, folder=tmp_path).unread == ("FILM_CREW_SIZE",)


def test_every_name_that_is_read_is_known_and_written_down() -> None:
    readers = (film.settings, film.environment.variables, film.environment.env_trust)
    source = {
        name for module in readers for name in re.findall(r"FILM_[A-Z_]+[A-Z]", Path(module.__file__).read_text())
    }
    written = set(re.findall(r"FILM_[A-Z_]+[A-Z]", Path("docs/reference/files-and-settings.md").read_text()))
    assert OWN_NAMES == written == source - {"FILM_NO_SPENT"}


def test_only_vendors_on_this_machine_are_simulated_at_a_speed(tmp_path: Path) -> None:
    environment = {
        "FILM_SIMULATED_SPEED": "20",
        "FILM_FAL_URL": "http://127.0.0.1:8/fal",
        "FILM_RUNWAY_URL": "https://gateway.example/runway",
    }
    assert load_settings(environment, folder=tmp_path).speeds == {"fal": 20.0}
    assert load_settings({"FILM_FAL_URL": "http://127.0.0.1:8/fal"}, folder=tmp_path).speeds == {}
    assert load_settings({"FILM_SIMULATED_SPEED": "20"}, folder=tmp_path).speeds == {}


@pytest.mark.parametrize("speed", ["fast", "0", "-1", "nan", "1e9"])
def test_a_speed_that_is_none_is_refused(tmp_path: Path, speed: str) -> None:
    with pytest.raises(ConfigurationError, match="FILM_SIMULATED_SPEED"):
        load_settings({"FILM_SIMULATED_SPEED": speed}, folder=tmp_path)


def test_the_environment_takes_a_bucket_back_that_dotenv_names(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("FILM_STORE_URL=s3://bucket/films\n")
    assert load_settings({}, folder=tmp_path).store_url == "s3://bucket/films"
    assert load_settings({"FILM_STORE_URL": "none"}, folder=tmp_path).store_url == ""


@pytest.mark.parametrize("text", ["1", "true", "yes", "on", "1 ", "maybe"])
def test_a_word_that_is_no_plain_no_forbids_spending(tmp_path: Path, text: str) -> None:
    assert not load_settings({"FILM_NO_SPEND": text}, folder=tmp_path).spend_allowed


@pytest.mark.parametrize("text", ["", "0", "false", "No", "off"])
def test_a_plain_no_allows_spending(tmp_path: Path, text: str) -> None:
    assert load_settings({"FILM_NO_SPEND": text}, folder=tmp_path).spend_allowed


def test_a_default_budget_of_zero_is_zero(tmp_path: Path) -> None:
    assert load_settings({"FILM_DEFAULT_BUDGET_USD": "0"}, folder=tmp_path).default_budget == 0


def test_paths_in_dotenv_count_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "FILM_GALLERY_DIR=gallery\nFILM_SIGNING_KEY=keys/mine.pem\nFILM_RATE_CARD=/my.toml\n"
    )
    (tmp_path / "src").mkdir()

    settings = load_settings({}, folder=tmp_path / "src")

    assert settings.gallery == tmp_path / "gallery"
    assert settings.signing_key == tmp_path / "keys" / "mine.pem"
    assert settings.rate_card == Path("/my.toml")
