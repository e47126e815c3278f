"""Thin names; see ``film.planning``, ``film.production`` and ``film.app``."""
