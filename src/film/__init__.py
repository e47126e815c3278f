"""A film is a build: shots.json in, a finished, spoken film out, and nothing is ever paid for twice.

The names people use, imported when they are first asked for:

    run_film_pipeline, make_film, FilmGenerationTask     make films and shots
    AssetCache, MetadataIndex, CostTracker               what is kept, how it is found, what it costs
    Shot, load_shots                                     what a film is made of
    import_assets                                        files of your own, put into the library
    FilmError, BudgetExceededError                       what may go wrong (the whole tree: film.errors)
    BaseImageProvider, BaseVideoProvider, BaseAudioProvider     what a provider of your own derives from
"""

import os
import sys

if sys.argv[:1] == ["-m"] and not sys.flags.safe_path and sys.path[0] != __file__.rsplit(os.sep, 2)[0]:
    # "python -m film" looks for modules in the current folder before all others, and that may be a stranger's: there,
    # click.py is not what we mean. So it goes before anything else is imported, as with "python -P -m film".
    del sys.path[0]

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from film.app.films import make_film, run_film_pipeline
    from film.app.imports import import_assets
    from film.app.task import FilmGenerationTask
    from film.cache import AssetCache
    from film.cost_tracker import CostTracker
    from film.errors import BudgetExceededError, FilmError
    from film.metadata import MetadataIndex
    from film.models import Shot
    from film.providers.base import BaseAudioProvider, BaseImageProvider, BaseVideoProvider
    from film.shots.shotfile import load_shots

_HOMES = {
    "AssetCache": "film.cache",
    "BaseAudioProvider": "film.providers.base",
    "BaseImageProvider": "film.providers.base",
    "BaseVideoProvider": "film.providers.base",
    "BudgetExceededError": "film.errors",
    "CostTracker": "film.cost_tracker",
    "FilmError": "film.errors",
    "FilmGenerationTask": "film.app.task",
    "MetadataIndex": "film.metadata",
    "Shot": "film.models",
    "import_assets": "film.app.imports",
    "load_shots": "film.shots.shotfile",
    "make_film": "film.app.films",
    "run_film_pipeline": "film.app.films",
}

__all__ = [
    "AssetCache",
    "BaseAudioProvider",
    "BaseImageProvider",
    "BaseVideoProvider",
    "BudgetExceededError",
    "CostTracker",
    "FilmError",
    "FilmGenerationTask",
    "MetadataIndex",
    "Shot",
    "import_assets",
    "load_shots",
    "make_film",
    "run_film_pipeline",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'film' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return __all__
