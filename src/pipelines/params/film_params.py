"""Thin names; see ``film.planning.params``."""

from film.planning.params import FilmParams, film_params

__all__ = ["FilmParams", "film_params"]
