"""The tables under their old address; the code is in ``film.db.tables``."""

from film.cost_tracker import get_project_cost_summary  # noqa: F401  # pyright: ignore[reportUnusedImport]  # the description's name for it
from film.db.tables import *  # noqa: F403  # every table, under the description's path
