"""What Runway provides."""

from __future__ import annotations

from pathlib import Path

from film.vendors import Account, FreeCheck, Vendor

VERSION = "2024-11-06"
"""The form of its API, named with every call."""

ACCOUNT = Account(
    name="runway",
    keys=("RUNWAY_API_KEY", "RUNWAYML_API_SECRET"),
    url="FILM_RUNWAY_URL",
    home="https://api.dev.runwayml.com",
    key_page="https://dev.runwayml.com",
    orders_page="https://dev.runwayml.com",
    check=FreeCheck("v1/organization", headers={"X-Runway-Version": VERSION}, credit="creditBalance"),
)

VENDOR = Vendor(
    account=ACCOUNT,
    video={"runway": "film.providers.runway.clips:RunwayVideoProvider"},
    rates=Path(__file__).with_name("rates.toml"),
    simulator="film.testing.simulator.runway:SimulatedRunway",
    remedy="reinstall film-generation",
)
