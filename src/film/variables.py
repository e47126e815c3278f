"""The environment's variables that this program reads, by what they are for."""

from __future__ import annotations

from collections.abc import Mapping

STORE_NAMES: Mapping[str, tuple[str, ...]] = {
    "aws_access_key_id": ("AWS_ACCESS_KEY_ID",),
    "aws_secret_access_key": ("AWS_SECRET_ACCESS_KEY",),
    "aws_session_token": ("AWS_SESSION_TOKEN",),
    "aws_region": ("AWS_REGION", "AWS_DEFAULT_REGION"),
    "aws_endpoint": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"),
}
"""What opens an S3 bucket → the variables that say it, the first to win; they may stand in ``.env``, too."""

SETTING_NAMES = frozenset(
    {
        "FILM_GALLERY_DIR",
        "FILM_DATABASE_URL",
        "FILM_DEFAULT_BUDGET_USD",
        "FILM_DAILY_BUDGET_USD",
        "FILM_TIER",
        "FILM_NO_SPEND",
        "FILM_RATE_CARD",
        "FILM_RATES_ONLY_RAISE",
        "FILM_OBSERVE",
        "FILM_OBSERVE_PROMPTS",
        "FILM_SIGNING_CERTIFICATE",
        "FILM_SIGNING_KEY",
        "FILM_STORE_URL",
        "FILM_RAY_ADDRESS",
        "FILM_CACHE_SALT",
        "FILM_WEBHOOK_SECRET",
        "FILM_SIMULATED_SPEED",
    }
)
"""Every variable that begins with ``FILM_`` that the program itself reads; vendors add theirs: ``film.vendors``."""

PATH_NAMES = ("FILM_GALLERY_DIR", "FILM_RATE_CARD", "FILM_SIGNING_CERTIFICATE", "FILM_SIGNING_KEY")
