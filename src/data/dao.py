"""``engine`` and ``SessionLocal`` of the gallery's database, made when first asked for; the code is in ``film.db``."""

from film.db.session import engine_for, sessions_for
from film.settings import load_settings


def __getattr__(name: str) -> object:
    if name not in ("engine", "SessionLocal"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return (engine_for if name == "engine" else sessions_for)(load_settings().database_url)
