"""Thin names; see ``film.pipeline``."""
