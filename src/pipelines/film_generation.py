"""Thin names; see ``film.app.films`` and ``film.cli.film_generation``."""

from film.app.films import run_film_pipeline
from film.cli.film_generation import main

__all__ = ["main", "run_film_pipeline"]

if __name__ == "__main__":
    main()
