"""The environment's variables that this program reads, by what they are for."""

from __future__ import annotations

from collections.abc import Mapping

KEY_NAMES: Mapping[str, tuple[str, ...]] = {
    "fal": ("FAL_API_KEY", "FAL_KEY"),
    "openai": ("OPEN_AI_API_KEY", "OPENAI_API_KEY"),
    "replicate": ("REPLICATE_API_KEY", "REPLICATE_API_TOKEN"),
    "runway": ("RUNWAY_API_KEY", "RUNWAYML_API_SECRET"),
    "elevenlabs": ("ELEVENLABS_API_KEY",),
}
"""Account → the variables that may hold its key, the one to tell people about first."""

URL_NAMES: Mapping[str, str] = {
    "fal": "FILM_FAL_URL",
    "openai": "FILM_OPENAI_URL",
    "replicate": "FILM_REPLICATE_URL",
    "runway": "FILM_RUNWAY_URL",
    "elevenlabs": "FILM_ELEVENLABS_URL",
}
"""Account → the variable that moves its API elsewhere: a gateway, a simulator."""

STORE_NAMES: Mapping[str, tuple[str, ...]] = {
    "aws_access_key_id": ("AWS_ACCESS_KEY_ID",),
    "aws_secret_access_key": ("AWS_SECRET_ACCESS_KEY",),
    "aws_session_token": ("AWS_SESSION_TOKEN",),
    "aws_region": ("AWS_REGION", "AWS_DEFAULT_REGION"),
    "aws_endpoint": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"),
}
"""What opens an S3 bucket → the variables that say it, the first to win; they may stand in ``.env``, too."""

OWN_NAMES = frozenset(
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
        "FILM_SIMULATED_SPEED",
        *URL_NAMES.values(),
    }
)
"""Every variable that begins with ``FILM_`` and is read: one that is nearly one of them is a slip, and refused."""

SECRET_NAMES = frozenset(
    (*(name for names in (*KEY_NAMES.values(), *STORE_NAMES.values()) for name in names), "FILM_DATABASE_URL")
)
"""The variables that hold a key or a password: who only works finds none of them in its environment."""

PATH_NAMES = ("FILM_GALLERY_DIR", "FILM_RATE_CARD", "FILM_SIGNING_CERTIFICATE", "FILM_SIGNING_KEY")
