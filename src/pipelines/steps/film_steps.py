"""Thin names; see ``film.pipeline.steps``."""

from film.pipeline.steps import check_budget, compose, load_shots, open_run, plan_film, record, shoot

__all__ = ["check_budget", "compose", "load_shots", "open_run", "plan_film", "record", "shoot"]
