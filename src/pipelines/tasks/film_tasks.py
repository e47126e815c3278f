"""Thin names; see ``film.app.task``."""

from film.app.task import FilmGenerationTask

__all__ = ["FilmGenerationTask"]
