"""The tables under their old address; the code is in ``film.db.tables``."""

from film.cost_tracker import get_project_cost_summary  # noqa: F401  # pyright: ignore[reportUnusedImport]
from film.db.tables import *  # noqa: F403
