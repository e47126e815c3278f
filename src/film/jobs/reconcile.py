"""Jobs whose answer never came: asking the vendor, and deciding what may be done when it cannot tell.

The one rule is that the program never pays twice without saying so.

    its ticket is in the order book      the answer did come: it goes on
    found in the vendor's list           adopted
    absent, and that is proven           nothing came about: the job ends, and the asset is bought
    anything less                        unknown: bought once more where that costs less than the question, on record
                                         and on money of its own; else held, shown, and looked for by every run

Absence is proven by a list of the same account, in its documented form, read to its end or past the time in question,
and asked for later than the longest time in which such an order comes to show.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from film.errors import (
    BudgetExceededError,
    FilmError,
    MissingKeyError,
    OutcomeUnknown,
    OutOfCredit,
    ProviderUnavailable,
    usd,
)
from film.jobs.advice import how_to_resolve, orders_page
from film.jobs.calls import Job
from film.jobs.desk import JournalContext, Purchase
from film.jobs.origin import is_anothers
from film.jobs.pace import backoff
from film.providers.base import Listing, Ticket

TRIES = 6
REBUYS = 2
"""Times that one run buys an asset once more; a vendor that then still gives no answer is left to the next run."""
LOOKS_APART = 15.0
"""Seconds between two looks into a list, at most."""


@dataclass(frozen=True)
class Absent:
    """No job came about, and that is proven."""


@dataclass(frozen=True)
class Untold:
    """It cannot be told, and why."""

    why: str


Found = Ticket | Absent | Untold


class Reconciler:
    """``grace`` seconds are waited for a list that cannot prove anything, but may show the job yet."""

    def __init__(self, desk: JournalContext, threshold: Decimal, grace: float) -> None:
        self._desk = desk
        self._threshold = threshold
        self._grace = grace

    async def reconcile(self, purchase: Purchase, job: Job) -> Ticket | None:
        """The ticket of a job that may have been sent; None when it has ended and the asset may be bought.

        Raises OutcomeUnknown when only the user can tell.
        """
        desk = self._desk
        if ticket := await self._in_the_book(purchase, job):
            return ticket
        if job.state == "intent":
            await desk.write(purchase, job, state="unknown", error="the program ended while it was being sent")
        found = await self._look_for(purchase, job, once=job.state == "review")
        match found:
            case Ticket():
                desk.emit("adopted", purchase.call, job.id, f"found at {purchase.provider.name} as {found.job_id}")
                return found
            case Absent():
                words = f"{purchase.provider.name}'s list, read whole, shows that it was never made"
                await desk.end(purchase, job, "failed", Decimal(0), words, kind="absent")
                return None
            case Untold(why):
                if job.state != "review" and await self.buy_again(purchase, job, "no answer came"):
                    return None
                await self.ask_user(purchase, job, why)
                raise unknown(job, purchase.provider.name)

    async def buy_again(self, purchase: Purchase, job: Job, why: str) -> bool:
        """Close a job without a result so that it is bought once more, while all that was so spent stays small.

        What it may have cost is booked, and what is bought next has money of its own: where a limit leaves none beside
        what the film still needs, nothing is bought, and the job stays as it is. Raises ProviderUnavailable when that
        was done too often for now.
        """
        desk = self._desk
        if job.quoted + await desk.db(desk.journal.given_up, job.key) > self._threshold:
            return False
        if purchase.rebought == REBUYS:
            raise ProviderUnavailable(
                f"{purchase.call.provider.name} takes orders of {purchase.call.title} and gives no answer",
                hint="run again later; what each try may have cost is on record: film jobs --all",
                provider=purchase.call.provider.name,
            )
        money: str | None = None
        if job.quoted:
            try:
                money = await desk.set_aside(purchase.call, is_extra=True)
            except BudgetExceededError:
                return False
        purchase.rebought += 1
        await desk.clock.sleep(backoff(purchase.rebought))
        words = f"{why}; bought again, being under {usd(self._threshold)}"
        await desk.end(purchase, job, "closed", job.quoted, words, kind="rebought")
        purchase.use(money)
        return True

    async def ask_user(self, purchase: Purchase, job: Job, why: str) -> None:
        """Put a job up for review: its money stays set aside, its ticket is kept where there is one."""
        desk = self._desk
        if job.reservation_id:
            await desk.db(desk.money.mark_unknown, job.reservation_id)
        error = job.error if job.state == "review" else f"{job.error}; {why}" if job.error else why
        await desk.write(purchase, job, state="review", error=error, owner=None, lease_until=None)
        if job.state != "review":
            desk.emit("review", purchase.call, job.id, f"it cannot be told whether this was made: {why}")

    async def find(self, purchase: Purchase, job: Job) -> Ticket | None:
        """The ticket of a job that was given up, if the vendor's list shows it after all: one look."""
        try:
            listing = await purchase.provider.find_lost(
                purchase.call.config, age=self._desk.clock.age(job.clock), image_url=purchase.call.picture
            )
        except Exception:  # noqa: BLE001  # whatever it is, the job is as it was
            return None
        taken = await self._desk.db(self._desk.journal.tickets_of, job.provider)
        return next((t for t in listing.found if t.job_id not in taken), None) if listing else None

    async def _in_the_book(self, purchase: Purchase, job: Job) -> Ticket | None:
        """An answer that came, and that the database did not take."""
        desk = self._desk
        if desk.book is None or not (plain := await desk.db(desk.book.ticket_of, job.id)):
            return None
        await desk.write(purchase, job, state="submitted", ticket=plain)
        desk.emit("adopted", purchase.call, job.id, "its answer stands in the order book")
        return Ticket.model_validate(plain)

    async def _look_for(self, purchase: Purchase, job: Job, *, once: bool) -> Found:
        """Look into the vendor's list until it shows the job or proves its absence, as long as that may take."""
        desk, provider = self._desk, purchase.provider
        ours = not is_anothers(job.account, provider)
        shows_in = provider.seconds_to_show(purchase.call.config)
        begun, looks = desk.clock.monotonic(), 0
        while True:
            age = desk.clock.age(job.clock)
            listing = await self._list(purchase, age)
            if listing is None:
                return Untold(f"{provider.name} cannot be asked for it")
            if ticket := await self._adopted(purchase, job, listing):
                return ticket
            looked_for = desk.clock.monotonic() - begun
            waited = looked_for if age is None else max(age, looked_for)
            if listing.complete and ours and waited >= shows_in:
                return Absent()
            patience = 0.0 if once else shows_in if provider.can_list and ours else self._grace
            is_late = waited >= shows_in and (listing.complete or looked_for >= self._grace)
            if once or is_late or looked_for >= patience:  # one broken answer is asked for again first
                return Untold(self._why(listing, ours))
            looks += 1
            await desk.clock.sleep(min(backoff(looks), LOOKS_APART, max(0.5, patience - looked_for)))

    def _why(self, listing: Listing, ours: bool) -> str:
        if not ours:
            return "it was ordered with another key, whose account is not the one that was asked"
        if listing.complete:
            return "it is not in the vendor's list, where it may show later"
        return "the vendor's list does not show it, and proves nothing"

    async def _adopted(self, purchase: Purchase, job: Job, listing: Listing) -> Ticket | None:
        desk = self._desk
        plain = [ticket.model_dump(mode="json") for ticket in listing.found]
        if not plain:
            return None
        adopted = await desk.db(desk.journal.adopt, job, purchase.token, plain, desk.clock.now())
        return Ticket.model_validate(adopted) if adopted else None

    async def _list(self, purchase: Purchase, age: float | None) -> Listing | None:
        call = purchase.call
        for attempt in range(1, TRIES + 1):
            await self._desk.limits.unpaused(call.provider)
            try:
                return await purchase.provider.find_lost(call.config, age=age, image_url=call.picture)
            except (MissingKeyError, OutOfCredit) as error:
                self._desk.limits.close(call.provider, error)
                raise
            except Exception as error:
                if attempt == TRIES:
                    raise ProviderUnavailable(
                        f"{call.provider.name} does not say whether it has {call.title}: {error}",
                        hint="run again later; until then nothing is sent and its price stays reserved",
                        provider=call.provider.name,
                    ) from error
                asked = error.retry_after if isinstance(error, ProviderUnavailable) else None
                if asked:
                    self._desk.limits.pause(call.provider, asked)
                await self._desk.clock.sleep(backoff(attempt, asked))
        raise AssertionError("unreachable")


def unknown(job: Job, provider: str) -> FilmError:
    """What a job up for review is answered with, now and in every later run."""
    return OutcomeUnknown(
        f"{provider} may or may not have made {job.shot_id or job.key[:16]} {job.asset_type}"
        f" ({usd(job.quoted)}, sent {job.created_at:%Y-%m-%d %H:%M} UTC); {usd(job.quoted)} stay reserved",
        hint=f"look at {orders_page(job)}, then: {how_to_resolve(job)}",
        provider=provider,
        charged=None,
    )
