"""What the driver and the coordinator say to each other: an order, news of it, and its outcome."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from film.errors import ConfigurationError, FilmError, Interrupted
from film.models import Model
from film.planning.params import FilmParams
from film.planning.results import CompletedShot
from film.production.engines.ray.makeup import PACKAGE, difference, own_makeup
from film.production.film_run import LEASE
from film.settings import Settings


class Order(Model):
    """Make the shots of a film. It travels as JSON; who gets it has keys, database and gallery of its own."""

    run_id: str
    version: str
    """Of the program that gives the order: another one may ask for the same in other words."""
    makeup: dict[str, str]
    """Of the same: what it would draw, speak and cut by itself."""
    params: FilmParams
    at_most: Decimal
    """Dollars that were agreed to."""
    spend_allowed: bool
    daily_budget: Decimal | None
    cache_salt: str
    lease: float = LEASE

    def settings(self, own: Settings) -> Settings:
        """The settings of who got it, with what the driver's say of money and keys; the stricter of both counts."""
        budgets = [budget for budget in (own.daily_budget, self.daily_budget) if budget is not None]
        return own.model_copy(
            update={
                "spend_allowed": own.spend_allowed and self.spend_allowed,
                "daily_budget": min(budgets, default=None),
                "cache_salt": self.cache_salt,
            }
        )


@dataclass(frozen=True)
class Outcome:
    """What came of an order: every shot with what there is of it, or the error that stopped all of them."""

    shots: tuple[CompletedShot, ...] = ()
    error: FilmError | None = None

    @property
    def was_stopped(self) -> bool:
        """Whether something was left unmade because it was told to stop."""
        return any(isinstance(shot.error, Interrupted) for shot in self.shots)


@dataclass(frozen=True)
class News:
    """What has happened since the driver last asked."""

    events: tuple[tuple[str, Mapping[str, object]], ...]
    seen: int
    """How many events there were until now: what to ask for next time."""
    outcome: Outcome | None = None


def order_in(order_json: str, here: str) -> Order:
    """The order, on a node called ``here``; ConfigurationError where a program that works otherwise gives it."""
    told = json.loads(order_json)
    theirs = {**told.get("makeup", {}), PACKAGE: told["version"]}
    if found := difference(own_makeup(), theirs):
        ours, driver = found
        raise ConfigurationError(
            f"the coordinator on {here} has {ours}, and this program has {driver}",
            hint="install one version on every machine; a coordinator ends a minute after its last film, or with: ray"
            " stop there, then ray start",
        )
    return Order.model_validate_json(order_json)
