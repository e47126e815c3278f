"""What ElevenLabs provides."""

from __future__ import annotations

from pathlib import Path

from film.vendors import Account, FreeCheck, Vendor

ACCOUNT = Account(
    name="elevenlabs",
    keys=("ELEVENLABS_API_KEY",),
    url="FILM_ELEVENLABS_URL",
    home="https://api.elevenlabs.io",
    key_page="https://elevenlabs.io/app/settings/api-keys",
    orders_page="https://elevenlabs.io/app/speech-synthesis/history",
    check=FreeCheck("v1/user"),
)

VENDOR = Vendor(
    account=ACCOUNT,
    audio={"elevenlabs": "film.providers.elevenlabs.speech:ElevenLabsSpeechProvider"},
    rates=Path(__file__).with_name("rates.toml"),
    simulator="film.testing.simulator.elevenlabs:SimulatedElevenLabs",
    remedy="reinstall film-generation",
)
