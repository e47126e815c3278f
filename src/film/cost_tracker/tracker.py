"""CostTracker: the money of one film, in front of the database that keeps it.

    estimate_project_cost ─► check_budget ─► reserve ─► mark_submitted ─► settle | release | mark_unknown ─► resolve

It can be made and asked for estimates without a database; the first question about money opens one.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager, nullcontext
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from uuid import uuid4

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import OperationalError

from film.cost_tracker import reservations
from film.cost_tracker.estimate import Choice, ProjectEstimate, Shots, estimate
from film.cost_tracker.reservations import ZERO, Reservation, ReservationRequest, Saving, Scope, money
from film.db.base import now
from film.db.migrate import prepare
from film.db.session import engine_for, snapshot
from film.db.tables import Budget
from film.errors import ConfigurationError, InputError, StoreError
from film.models import AssetType, check_identifier
from film.rates import RateCard
from film.settings import Settings, load_settings, parse_budget

HOLD = timedelta(hours=1)
"""How long money stays set aside for a purchase that was not begun, unless it is renewed."""
PURCHASE = timedelta(hours=1)
"""How long after ``mark_submitted`` a purchase without news counts as unknown."""


class CostTracker:
    """What a film may spend and has spent. Limits hold for all processes and runs together.

    ``budget_limit_usd`` is what the film may cost over its whole life, earlier runs included; without one this tracker
    keeps to the limit that was last written down for it, at first the settings' default. ``film make`` and
    ``run_film_pipeline`` never go without: where they are given none, ``FILM_DEFAULT_BUDGET_USD`` is the film's limit
    in that run, whatever an earlier one was given. ``daily_limit_usd`` counts all films of a UTC day,
    ``run_limit_usd`` this run (several processes are one run if they share ``run_id``).
    """

    def __init__(
        self,
        project_id: str,
        budget_limit_usd: Decimal | float | str | None = None,
        *,
        run_limit_usd: Decimal | float | str | None = None,
        daily_limit_usd: Decimal | float | str | None = None,
        run_id: str | None = None,
        engine: Engine | None = None,
        settings: Settings | None = None,
        rates: RateCard | None = None,
    ) -> None:
        try:
            self.project_id = check_identifier(project_id)
        except (ValueError, TypeError) as error:
            told = error if isinstance(error, ValueError) else "is not text"
            raise InputError(
                f"the film id {str(project_id)[:40]!r} {told}",
                hint="give it a name like my_first_film",
                field="project_id",
            ) from error
        self.settings = settings or load_settings()
        self.run_id = run_id or str(uuid4())
        self._engine = engine
        self._rates = rates
        self._film_limit = _limit(budget_limit_usd, "budget_limit_usd")
        self._run_limit = _limit(run_limit_usd, "run_limit_usd")
        daily = self.settings.daily_budget if daily_limit_usd is None else daily_limit_usd
        self._daily_limit = _limit(daily, "daily_limit_usd")

    @cached_property
    def engine(self) -> Engine:
        if self._engine is None:
            return engine_for(self.settings.database_url)
        prepare(self._engine)
        return self._engine

    @cached_property
    def rates(self) -> RateCard:
        return self._rates or RateCard.load(self.settings)

    # -- asking

    def estimate_project_cost(
        self,
        shot_configs: Shots,
        *,
        image_provider: str | None = None,
        video_provider: str | None = None,
        audio_provider: str | None = None,
        image_model: str | None = None,
        video_model: str | None = None,
        audio_model: str | None = None,
        today: date | None = None,
    ) -> ProjectEstimate:
        """The most that making all these shots may cost, a row an asset.

        Shots are Shots or entries of shots.json, a list of them or one alone, or the path of a shots.json.
        Without names the budget tier's providers are priced. Raises UnknownPriceError rather than guess.
        """
        providers = {
            k: v for k, v in zip(AssetType, (image_provider, video_provider, audio_provider), strict=True) if v
        }
        models = {k: v for k, v in zip(AssetType, (image_model, video_model, audio_model), strict=True) if v}
        return estimate(shot_configs, self.rates, Choice(providers, models), today=today)

    def check_budget(self, amount: Decimal | int) -> None:
        """Raise BudgetExceededError if ``amount`` more would pass a limit. Only ``reserve`` decides for good.

        What processes that have died set aside and never used does not count.
        """
        amount = money(amount, "the amount")
        for scope, spent, held, limit in self._counters(without_orphans=True):
            if amount and limit is not None and spent + held + amount > limit:
                raise reservations.exceeded(scope, spent + held + amount, limit)

    def spent(self) -> Decimal:
        """What this film has cost, over all runs."""
        return self._counters()[0][1]

    def held(self) -> Decimal:
        """What is set aside for this film's purchases under way."""
        return self._counters()[0][2]

    def left(self) -> Decimal | None:
        """What may still be set aside under the tightest limit; None where there is none."""
        left = [limit - spent - held for _, spent, held, limit in self._counters() if limit is not None]
        return max(ZERO, min(left)) if left else None

    # -- spending

    def reserve(
        self,
        items: Sequence[ReservationRequest],
        *,
        lease: timedelta = HOLD,
        keep: Decimal = Decimal(0),
        connection: Connection | None = None,
    ) -> list[Reservation]:
        """Set aside the money of all ``items`` or of none; the answers are in their order.

        ``keep`` dollars must then still be left within every limit.

        Raises BudgetExceededError when a limit would be passed. An item whose ``idem`` was used before comes back as
        it is now, so look at its ``state``. With a ``connection`` it is part of that transaction, which the caller
        rolls back on an error; the other methods take one likewise.
        """
        if not self.settings.spend_allowed and any(item.amount for item in items):
            raise ConfigurationError(
                "spending is switched off (FILM_NO_SPEND)",
                hint="unset FILM_NO_SPEND, or use --tier draft, which is free",
            )
        with self._transaction(connection) as transaction:
            return reservations.reserve(transaction, self.project_id, self._scopes(), items, lease, keep=keep)

    def mark_submitted(
        self, reservation: Reservation, *, lease: timedelta = PURCHASE, connection: Connection | None = None
    ) -> Reservation:
        """Note, before the purchase, that it may have been made; called again it renews the lease.

        Raises StoreError when the reservation was closed meanwhile: then do not buy.
        """
        with self._transaction(connection) as transaction:
            return reservations.mark_submitted(transaction, reservation.id, lease)

    def renew(self, held: Sequence[Reservation], *, lease: timedelta = HOLD) -> None:
        """Go on setting money aside for purchases that have to wait; what is not "held" any more is left as it is."""
        with self._transaction() as transaction:
            reservations.renew(transaction, [r.id for r in held], lease)

    def settle(self, reservation: Reservation, actual: Decimal, *, connection: Connection | None = None) -> Reservation:
        """Record the bill; only the first counts. See ``overrun`` of the answer: the quote was too low."""
        with self._transaction(connection) as transaction:
            return reservations.settle(transaction, reservation.id, actual)

    def charge_unreserved(self, item: ReservationRequest, *, film_id: str | None = None) -> Reservation:
        """Record a bill that nothing was set aside for, whatever the limits say; it comes back flagged ``overrun``.

        Only the first under one ``idem`` counts. ``film_id`` names another film than the tracker's.
        """
        film = film_id or self.project_id
        scopes = [Scope(f"film:{film}", default=self.settings.default_budget), Scope(f"day:{_today()}")]
        with self._transaction() as transaction:
            return reservations.charge_unreserved(transaction, film, scopes, item)

    def restore(self, item: ReservationRequest, actual: Decimal | None, *, on: date) -> Reservation:
        """Enter an order of the day ``on`` that the ledger has lost: what it cost, or None where it is still open.

        No limit is asked: it was bought under one then. Only the first under one ``idem`` counts.
        """
        scopes = [
            Scope(f"film:{self.project_id}", default=self.settings.default_budget),
            Scope(f"day:{on}"),
        ]
        with self._transaction() as transaction:
            return reservations.restore(transaction, self.project_id, scopes, item, actual)

    def release(self, reservation: Reservation, *, connection: Connection | None = None) -> Reservation:
        """Nothing was bought: free the money."""
        with self._transaction(connection) as transaction:
            return reservations.release(transaction, reservation.id)

    def mark_unknown(self, reservation: Reservation, *, connection: Connection | None = None) -> Reservation:
        """It may have been bought and nobody can tell: keep the money set aside until ``resolve``."""
        with self._transaction(connection) as transaction:
            return reservations.mark_unknown(transaction, reservation.id)

    def resolve(
        self, reservation: Reservation, charged: Decimal | None, *, connection: Connection | None = None
    ) -> Reservation:
        """Close an unknown purchase: with what was charged, or None when nothing was bought."""
        if charged is None:
            return self.release(reservation, connection=connection)
        return self.settle(reservation, charged, connection=connection)

    def held_for_film(self) -> list[Reservation]:
        """What living processes have set aside for this film's orders, this one's among them."""
        with snapshot(self.engine) as connection:
            return reservations.held_for(connection, self.project_id)

    def recover(
        self,
        comes_to: Callable[[Reservation], Decimal | None] | None = None,
        is_journaled: Callable[[Reservation], bool] = lambda reservation: False,
    ) -> list[Reservation]:
        """Close what processes that died left open, of all films, and say what came of it.

        What was never submitted is released at once. What was is "unknown" once its lease is over, its money still set
        aside; unless ``comes_to`` knows better: it is asked what such a purchase came to, and answers None when it
        cannot tell. A purchase that ``is_journaled`` stays as it is until its order ends: the journal asks about it.
        """
        with snapshot(self.engine) as connection:
            over = {r.id: r for r in reservations.orphans(connection)}
            over |= {i: reservations.find(connection, i) for i in reservations.expired(connection) if i not in over}
        changed: list[Reservation] = []
        for reservation in over.values():
            if reservation.state == "held" and reservation.is_orphan:
                changed.append(self.release(reservation))
                continue
            total = comes_to(reservation) if comes_to and reservation.state == "submitted" else None
            if total is not None:
                changed.append(self.settle(reservation, total) if total else self.release(reservation))
                continue
            if reservation.state == "submitted" and is_journaled(reservation):
                continue
            with self._transaction() as transaction:
                if ended := reservations.expire(transaction, reservation.id):
                    changed.append(ended)
        return changed

    def find(self, reservation_id: str) -> Reservation:
        """A reservation as it is now; StoreError when there is none."""
        with snapshot(self.engine) as connection:
            return reservations.find(connection, reservation_id)

    def record_saved(self, amount: Decimal, *, provider: str, asset_type: str, shot_id: str = "") -> None:
        """Note what a cache hit saved. It is no spending and counts against no limit."""
        self.record_savings([Saving(amount, provider, asset_type, shot_id)])

    def record_savings(self, savings: Iterable[Saving]) -> None:
        """Note what many of them saved, at once: a run does so with all that it has reused."""
        with self._transaction() as transaction:
            reservations.record_savings(transaction, self.project_id, savings)

    # -- inside

    def _scopes(self) -> list[Scope]:
        """The film's own first."""
        scopes = [
            Scope(f"film:{self.project_id}", self._film_limit, self.settings.default_budget),
            Scope(f"day:{_today()}", self._daily_limit, label="today"),
        ]
        if self._run_limit is not None:
            scopes.append(Scope(f"run:{self.run_id}", self._run_limit, label="this run"))
        return scopes

    def _counters(self, *, without_orphans: bool = False) -> list[tuple[Scope, Decimal, Decimal, Decimal | None]]:
        """Each scope with what is spent, what is held, and its limit."""
        scopes = self._scopes()
        idle: dict[str, Decimal] = {}
        with snapshot(self.engine) as connection:
            if without_orphans:
                idle = reservations.idle_of(connection, [scope.name for scope in scopes])
            rows = connection.execute(
                select(Budget.scope, Budget.spent, Budget.reserved, Budget.limit).where(
                    Budget.scope.in_([scope.name for scope in scopes])
                )
            )
            found = {scope: (spent, held, limit) for scope, spent, held, limit in rows}
        absent = (ZERO, ZERO, None)
        return [
            (
                s,
                found.get(s.name, absent)[0],
                found.get(s.name, absent)[1] - idle.get(s.name, ZERO),
                _binding(s, found[s.name][2] if s.name in found else s.default),
            )
            for s in scopes
        ]

    @contextmanager
    def _transaction(self, connection: Connection | None = None) -> Generator[Connection]:
        begun = self.engine.begin() if connection is None else nullcontext(connection)
        try:
            with begun as transaction:
                yield transaction
        except OperationalError as error:
            raise StoreError(
                f"the ledger could not be written: {str(error.orig).strip().splitlines()[0]}",
                hint="nothing was recorded; check the disk or the database server, then run again",
            ) from error


def _limit(amount: Decimal | float | str | None, name: str) -> Decimal | None:
    if isinstance(amount, (float, str)):
        return parse_budget(amount, name)
    return None if amount is None else money(amount, name)


def _binding(scope: Scope, written: Decimal | None) -> Decimal | None:
    return written if scope.limit is None else scope.limit


def _today() -> date:
    """The day that a daily limit counts by: UTC, the same for every machine on one database."""
    return now().date()
