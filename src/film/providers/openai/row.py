"""What OpenAI provides."""

from __future__ import annotations

from pathlib import Path

from film.vendors import Account, FreeCheck, Vendor

ACCOUNT = Account(
    name="openai",
    keys=("OPEN_AI_API_KEY", "OPENAI_API_KEY"),
    url="FILM_OPENAI_URL",
    home="https://api.openai.com",
    key_page="https://platform.openai.com/api-keys",
    orders_page="https://platform.openai.com/usage",
    check=FreeCheck("v1/models"),
)

VENDOR = Vendor(
    account=ACCOUNT,
    audio={"openai": "film.providers.openai.speech:OpenAISpeechProvider"},
    rates=Path(__file__).with_name("rates.toml"),
    simulator="film.testing.simulator.openai:SimulatedOpenAI",
    remedy="reinstall film-generation",
)
