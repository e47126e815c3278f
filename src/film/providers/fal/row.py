"""What FAL provides. MiniMax and Kling are sold through its account."""

from __future__ import annotations

from pathlib import Path

from film.vendors import Account, FreeCheck, Vendor

PLATFORM = "https://api.fal.ai"
"""Where FAL lists what an account has ordered, and what it charges."""
PRICING = "v1/models/pricing"

ACCOUNT = Account(
    name="fal",
    keys=("FAL_API_KEY", "FAL_KEY"),
    url="FILM_FAL_URL",
    home="https://queue.fal.run",
    key_page="https://fal.ai/dashboard/keys",
    orders_page="https://fal.ai/dashboard/requests",
    check=FreeCheck(PRICING, PLATFORM, params={"endpoint_id": "fal-ai/flux/schnell"}),
)

VENDOR = Vendor(
    account=ACCOUNT,
    image={
        "fal": "film.providers.fal.pictures:FalImageProvider",
        "nano-banana": "film.providers.fal.banana:NanoBananaProvider",
    },
    video={
        "minimax": "film.providers.fal.minimax:MinimaxVideoProvider",
        "kling": "film.providers.fal.kling:KlingVideoProvider",
    },
    rates=Path(__file__).with_name("rates.toml"),
    simulator="film.testing.simulator.fal:SimulatedFal",
    remedy="reinstall film-generation",
)
