"""Thin names; see ``film.pipeline.params``."""

from film.pipeline.params import FilmParams, film_params

__all__ = ["FilmParams", "film_params"]
