"""Thin names; see ``film.pipeline.run`` and ``film.cli.film_generation``."""

from film.cli.film_generation import main
from film.pipeline.run import run_film_pipeline

__all__ = ["main", "run_film_pipeline"]

if __name__ == "__main__":
    main()
