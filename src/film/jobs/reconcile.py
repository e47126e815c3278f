"""Jobs whose answer never came: asking the vendor, and deciding what may be done when it cannot tell.

The one rule is that the program never pays twice without saying so. Found at the vendor, the job is adopted. Surely
not there, it is sent again. Otherwise it waits for its user, unless it is cheaper than the question: then it is bought
once more, and both purchases are on record. What may go that way is limited for each asset, however often it happens.
"""

from __future__ import annotations

from decimal import Decimal

from film.errors import FilmError, MissingKeyError, OutcomeUnknown, OutOfCredit, ProviderUnavailable, usd
from film.jobs.advice import how_to_resolve, orders_page
from film.jobs.calls import Job
from film.jobs.desk import Desk, Errand
from film.jobs.pace import backoff
from film.providers.base import Ticket

TRIES = 6
REBUYS = 2
"""Times that one run buys an asset once more; a vendor that then still gives no answer is left to the next run."""
CLOCK_SLACK = 26 * 3600.0
"""Seconds by which the vendor's clock may differ from ours, or ours from what it was: a day, as when somebody sets a
wrong date. Payloads are matched and known jobs passed over anyway."""


class Reconciler:
    def __init__(self, desk: Desk, threshold: Decimal, grace: float) -> None:
        self._desk = desk
        self._threshold = threshold
        self._grace = grace

    async def reconcile(self, errand: Errand, job: Job) -> Ticket | None:
        """The ticket of a job that may have been sent; None when it is gone from the journal and may be bought.

        Raises OutcomeUnknown when only the user can tell.
        """
        desk, call = self._desk, errand.call
        if job.state == "intent":
            await desk.write(errand, job, state="unknown", error="the program ended while it was being sent")
        ticket = await self._look_for(errand, job)
        if isinstance(ticket, Ticket):
            desk.emit("adopted", call, job.id, f"found at {call.provider.name} as {ticket.job_id}")
            return ticket
        if ticket == "absent":
            await desk.db(desk.journal.withdraw, job, errand.token)
            return None
        if await self.buy_again(errand, job, "no answer came"):
            return None
        await self._ask_user(errand, job)
        raise unknown(job, call.provider.name)

    async def buy_again(self, errand: Errand, job: Job, why: str) -> bool:
        """Close a job without a result so that it is bought once more, while all that was so spent stays small.

        Raises ProviderUnavailable when that was done too often for now.
        """
        desk = self._desk
        if job.quoted + await desk.db(desk.journal.given_up, job.key) > self._threshold:
            return False
        if errand.rebought == REBUYS:
            raise ProviderUnavailable(
                f"{errand.call.provider.name} takes orders of {errand.call.title} and gives no answer",
                hint="run again later; what each try may have cost is on record: film jobs --all",
                provider=errand.call.provider.name,
            )
        errand.rebought += 1
        await desk.clock.sleep(backoff(errand.rebought))
        words = f"{why}; bought again, being under {usd(self._threshold)}"
        await desk.write(errand, job, state="closed", billed=job.quoted, error=words, owner=None, lease_until=None)
        desk.emit("rebought", errand.call, job.id, words)
        return True

    async def _look_for(self, errand: Errand, job: Job) -> Ticket | str:
        """The vendor's job, or "absent", or "unlistable"."""
        since = job.created_at.timestamp() - CLOCK_SLACK
        for waited in (False, True):
            if waited:  # a submission may still be on its way through the vendor's house
                await self._desk.clock.sleep(self._grace)
            found = await self._list(errand, since)
            if found is None:
                return "unlistable"
            plain = [ticket.model_dump(mode="json") for ticket in found]
            now = self._desk.clock.now()
            if adopted := await self._desk.db(self._desk.journal.adopt, job, errand.token, plain, now):
                return Ticket.model_validate(adopted)
        return "absent"

    async def _list(self, errand: Errand, since: float) -> list[Ticket] | None:
        call = errand.call
        for attempt in range(1, TRIES + 1):
            await self._desk.limits.unpaused(call.provider)
            try:
                return await errand.provider.find_lost(call.config, since=since, image_url=call.picture)
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

    async def _ask_user(self, errand: Errand, job: Job) -> None:
        desk = self._desk
        if job.reservation_id:
            await desk.db(desk.money.mark_unknown, job.reservation_id)
        await desk.write(errand, job, state="review", owner=None, lease_until=None)
        desk.emit("review", errand.call, job.id, "it cannot be told whether this was bought")


def unknown(job: Job, provider: str) -> FilmError:
    """What a job up for review is answered with, now and in every later run."""
    return OutcomeUnknown(
        f"{provider} may or may not have made {job.shot_id or job.key[:16]} {job.asset_type}"
        f" ({usd(job.quoted)}, sent {job.created_at:%Y-%m-%d %H:%M} UTC); {usd(job.quoted)} stay reserved",
        hint=f"look at {orders_page(job)}, then: {how_to_resolve(job)}",
        provider=provider,
        charged=None,
    )
