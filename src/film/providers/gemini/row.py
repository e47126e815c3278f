"""What Google's Gemini API provides."""

from __future__ import annotations

from pathlib import Path

from film.vendors import Account, FreeCheck, Vendor

ACCOUNT = Account(
    name="gemini",
    keys=("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    url="FILM_GEMINI_URL",
    home="https://generativelanguage.googleapis.com",
    key_page="https://aistudio.google.com/apikey",
    orders_page="https://aistudio.google.com/usage",
    check=FreeCheck("v1beta/models", params={"pageSize": "1"}),
)

VENDOR = Vendor(
    account=ACCOUNT,
    audio={"gemini": "film.providers.gemini.speech:GeminiSpeechProvider"},
    rates=Path(__file__).with_name("rates.toml"),
    simulator="film.testing.simulator.gemini:SimulatedGemini",
    remedy="reinstall film-generation",
)
