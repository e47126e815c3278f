"""Thin names; see ``film.pipeline.task``."""

from film.pipeline.task import FilmGenerationTask

__all__ = ["FilmGenerationTask"]
