"""Thin names: the code is in ``film.db``."""
