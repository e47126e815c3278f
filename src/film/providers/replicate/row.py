"""What Replicate provides."""

from __future__ import annotations

from pathlib import Path

from film.vendors import Account, FreeCheck, Vendor

ACCOUNT = Account(
    name="replicate",
    keys=("REPLICATE_API_KEY", "REPLICATE_API_TOKEN"),
    url="FILM_REPLICATE_URL",
    home="https://api.replicate.com",
    key_page="https://replicate.com/account/api-tokens",
    orders_page="https://replicate.com/predictions",
    check=FreeCheck("v1/account"),
)

VENDOR = Vendor(
    account=ACCOUNT,
    image={"replicate": "film.providers.replicate.pictures:ReplicateImageProvider"},
    rates=Path(__file__).with_name("rates.toml"),
    simulator="film.testing.simulator.replicate:SimulatedReplicate",
    remedy="reinstall film-generation",
)
