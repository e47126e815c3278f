"""A film on a Ray cluster, of this machine alone or of many: the engine ``ray``.

    film make (driver)               coordinator                        nodes
    plan, consent, budget    order   one for the cluster:               panels, camera moves, voices,
    events ◄──────── news ────────── FilmRun.shoot: journal, ledger, ─► your models on their GPUs
    shots from the store ◄─ outcome  store, limits, vendors
    cut: mix, join ◄────────────────────────────────────────────────── pieces encoded

What is paid for is bought by the coordinator alone, one process for all films that are being made, in which the limits
of the vendors' accounts are right. It dies without harm: the journal has everything, the next one goes on. What nodes
do costs nothing and is done again where one dies. Orders and results travel, keys never.
"""

from film.production.engines.ray.driver import make_film

__all__ = ["make_film"]
