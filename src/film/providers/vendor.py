"""What the vendors have in common; one file per vendor holds what they do not.

    VendorProvider ─► ImageVendor, VideoVendor, SpeechVendor (``vendor_kinds``) ─► a file per vendor

A new vendor says where it lives, how its key travels, what it sells (``bought``) and how it words a refusal
(``read_error``), and writes submit, poll_status and fetch with a ``VendorClient``. Nothing that a vendor cannot take
is dropped in silence: ``notices`` says so, in the plan and beside the result.
"""

from __future__ import annotations

import asyncio
import copy
import logging
import re
from abc import abstractmethod
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple

from film.errors import (
    ConfigurationError,
    FilmError,
    InputError,
    MissingKeyError,
    OutcomeUnknown,
    OutOfCredit,
    PaidLost,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
    UnknownPriceError,
)
from film.models import Generated, Quote
from film.providers.base import (
    UNCLEAR_TRIES,
    JobProvider,
    JobStatus,
    Ticket,
    text_length,
)
from film.providers.endings import Ending
from film.providers.http import make_client
from film.providers.redact import redact
from film.providers.results import Download
from film.providers.retry_policy import PATIENT, RetryPolicy
from film.providers.vendor_client import Answer, KeyAuth, VendorClient
from film.rates import Rate, RateCard
from film.rates.refresh import LivePrice
from film.vendors import Account, account

logger = logging.getLogger(__name__)
_said: set[tuple[str, str]] = set()


class BillableUnits(NamedTuple):
    """What an order amounts to, in the rate card's words and in its units."""

    model: str
    units: Decimal
    variant: str = ""


class VendorProvider(JobProvider):
    """A vendor reached over HTTP. Needs a key to submit, none to plan."""

    no_order: ClassVar[frozenset[int]] = frozenset({400, 401, 402, 403, 404, 422})
    """Answers to an order that, in the vendor's documented form (``says_no``), prove that no job came about."""
    has_price_list: ClassVar[bool] = False
    """Whether ``live_prices`` asks the vendor what it charges today."""
    patience: RetryPolicy = RetryPolicy()

    # -- override these

    @abstractmethod
    def auth(self, key: str) -> KeyAuth:
        """How the key travels: in a header, never in a URL."""

    @abstractmethod
    def bought(self, config: Any) -> BillableUnits:
        """What will be paid for; raises InputError for what the vendor does not sell."""

    @abstractmethod
    def request_params(self, config: Any) -> dict[str, Any]:
        """The body of the order, pictures left out: exactly what reaches the vendor, and so the cache key."""

    # -- usually overridden

    def read_error(self, answer: Answer) -> FilmError | None:
        """The vendor's own way to say no, as ours; None when the status code says enough."""
        return None

    def says_no(self, answer: Answer) -> bool:
        """Whether a 4xx has the vendor's documented form of an error: one from a gateway between us has not."""
        return bool(answer.json())

    async def live_prices(self, models: Sequence[str]) -> list[LivePrice]:
        """What the account is charged for ``models`` today, as far as the vendor says."""
        return []

    # -- given

    @property
    def sold_by(self) -> Account:
        """The facts of the account that it is paid through, as the vendor's row declares them."""
        return account(self.account or "")

    @property
    def home(self) -> str:
        """The API's address, unless the user moves the account."""
        return self.sold_by.home

    def rate(self, config: Any) -> Rate:
        order = self.bought(config)
        rates = self.context.rates or RateCard.shipped()
        return rates.price(self.name, order.model, self.today(), variant=order.variant)

    def ending(self, config: Any) -> Ending | None:
        if known := super().ending(config):
            return known
        try:
            rate, order = self.rate(config), self.bought(config)
        except UnknownPriceError:  # whoever asks for a quote is told why
            return None
        if rate.ends is None:
            return None
        model, last = self.model_of(config), rate.ends - timedelta(days=1)
        try:
            after = (self.context.rates or RateCard.shipped()).price(
                self.name, order.model, rate.ends, variant=order.variant
            )
        except UnknownPriceError:
            return Ending(self.name, model, "model", last, rate.instead)
        return Ending(self.name, model, "price", last, after.basis(order.units))

    def quote(self, config: Any) -> Quote:
        rate, units = self.rate(config), self.bought(config).units
        return Quote(amount=rate.cost(units), basis=rate.basis(units))

    def estimate_cost(self, config: Any) -> Decimal:
        return self.quote(config).amount

    @asynccontextmanager
    async def client(self, home: str = "") -> AsyncGenerator[VendorClient]:
        """A connection to the account, over the run's shared client or one of its own for this call.

        ``home`` names another host of the vendor's; where the user has moved the account, all are there.
        """
        auth, base = self.auth(self.api_key()), self.base_url(home or self.home)
        if not auth.sendable:
            raise self.key_rejected("it holds characters that no key has")
        if not re.match(r"https?://[^/\s]", base):
            raise ConfigurationError(
                f"{self.sold_by.url} is no web address: {redact(base, limit=80)!r}",
                hint="write it like http://localhost:8080, or leave it out",
            )
        async with AsyncExitStack() as stack:
            http = self.context.http or await stack.enter_async_context(make_client())
            yield VendorClient(
                self.name,
                base,
                auth,
                http,
                moved=base != (home or self.home),
                patience=self.patience,
                scratch=self.context.scratch,
            )

    async def run(self, config: Any, *, image_url: str | None = None) -> Generated:
        """submit → poll → fetch without a journal: whatever goes wrong on the way is tried again here, but the POST."""
        alone = copy.copy(self)
        alone.patience = replace(self.patience, attempts=max(self.patience.attempts, PATIENT.attempts))
        ticket = await alone.submit(config, image_url=image_url)
        if ticket.result is not None:
            return ticket.result
        try:
            return await alone.fetch(ticket, await alone.outcome(ticket))
        except PaidLost:
            # The address has expired: asked again, vendors hand out a fresh one.
            return await alone.fetch(ticket, await alone.outcome(ticket))

    async def outcome(self, ticket: Ticket) -> JobStatus:
        """The status of a job once it is done; raises ProviderRefused or ProviderError when it failed."""
        unclear = 0
        while True:
            status = await self.poll_status(ticket)
            if status.state == "done":
                return status
            unclear = unclear + 1 if status.state == "unclear" else 0
            if unclear == UNCLEAR_TRIES:
                raise ProviderUnavailable(
                    f"{self.name} does not say how the job stands: {status.error}",
                    hint="it may have been made: look at the vendor's own list of jobs",
                    provider=self.name,
                )
            if status.state == "failed" and status.refused:
                raise self.refusal(status.error, charged=status.charged)
            if status.state == "failed":
                raise ProviderError(
                    f"{self.name} failed: {status.error}",
                    hint="change the shot as it says, or try another provider",
                    provider=self.name,
                    charged=status.charged,
                )
            await asyncio.sleep(self.poll_seconds / self.simulated_speed)

    def ordered(self, answer: Answer) -> Answer:
        """The answer to an order if it is a yes; raises the vendor's no, or OutcomeUnknown for whatever proves neither.

        A redirect, a conflict, a gateway's page: the vendor may have the order all the same.
        """
        if answer.status == 429 or (answer.status in self.no_order and self.says_no(answer)):
            self.check(answer)
        if answer.ok:
            return answer
        raise OutcomeUnknown(
            f"{self.name} answered {answer.status} ({answer.words}), which does not say whether it took the order",
            hint="see `film jobs`; it is not sent again by itself",
            provider=self.name,
            charged=None,
        )

    def told(self, answer: Answer) -> dict[str, Any] | None:
        """A poll's answer if it has the vendor's form; None for whatever says nothing about the job.

        Raises what is wrong with the account: a key that is rejected, no credit.
        """
        if answer.ok:
            return answer.json() or None
        if (trouble := self.account_trouble(answer)) is not None:
            raise trouble
        return None

    def account_trouble(self, answer: Answer) -> MissingKeyError | OutOfCredit | None:
        """What a question's answer says is wrong with the account; None where it says something else.

        Never a refusal: what a gateway's page has to say of terms of use is said of no job.
        """
        if answer.status not in (401, 402, 403):
            return None
        error = self.read_error(answer)
        if error is None:
            return self.out_of_credit(answer.words) if answer.status == 402 else self.key_rejected(answer.words)
        return error if isinstance(error, (MissingKeyError, OutOfCredit)) else None

    def unclear(self, answer: Answer) -> JobStatus:
        """A poll that says nothing about the job: it is asked again."""
        return JobStatus(
            state="unclear",
            error=f"{self.name} answers {answer.status} ({answer.words})",
            details={"raw": answer.words},
        )

    def check(self, answer: Answer) -> Answer:
        """The answer if it is a yes; raises what it stands for otherwise."""
        if answer.ok:
            return answer
        error = self.read_error(answer)
        if error is not None:
            raise error
        if answer.status in (400, 403, 422) and says_refusal(answer.words):
            raise self.refusal(answer.words)
        if answer.status in (401, 403):
            raise self.key_rejected(answer.words)
        if answer.status == 402:
            raise self.out_of_credit(answer.words)
        if answer.status == 429:
            raise self.busy(answer)
        raise ProviderError(
            f"{self.name} said no ({answer.status}): {answer.words}",
            hint="change the shot as it says, or try another provider",
            provider=self.name,
        )

    def key_rejected(self, words: str) -> MissingKeyError:
        where = f" (get one at {self.sold_by.key_page})" if self.sold_by.key_page else ""
        return MissingKeyError(
            f"the key in {self.sold_by.key} does not work with {self.name}: {words}",
            hint=f"put a valid key into .env{where} and run again; what is made stays made",
        )

    def out_of_credit(self, words: str) -> OutOfCredit:
        return OutOfCredit(
            f"the {self.account} account is out of credit: {words}",
            hint="top the account up and run again, or choose another provider; what is made stays made",
            provider=self.name,
        )

    def refusal(self, words: str, *, charged: bool | None = False) -> ProviderRefused:
        return ProviderRefused(
            f"{self.name} refused: {redact(words)}",
            hint="its moderation decides: reword the shot; it is not sent again as it is, nor to anybody else",
            provider=self.name,
            charged=charged,
        )

    def busy(self, answer: Answer, words: str = "") -> ProviderUnavailable:
        return ProviderUnavailable(
            f"{self.name} takes no more orders for now: {words or answer.words}",
            hint="it is tried again after a pause; fewer jobs at once avoid it",
            provider=self.name,
            retry_after=answer.retry_after,
        )

    def result_url(self, status: JobStatus) -> str:
        """Where a done job's media lies; raises PaidLost when nobody says."""
        if status.outputs:
            return status.outputs[0]
        raise PaidLost(
            f"{self.name} names no address for the result",
            hint="look at the job on the vendor's site; raise the shot's take to make it anew",
            provider=self.name,
            charged=True,
        )

    def generated(self, got: Download, ticket: Ticket, status: JobStatus) -> Generated:
        """A downloaded result, with what is known of it."""
        facts = {
            "job_id": ticket.job_id,
            "model": ticket.details.get("model"),
            "seed": status.details.get("seed"),
            "notices": ticket.details.get("notices"),
        }
        return Generated(
            path=got.path,
            mime=got.kind.mime,
            cost=status.billed,
            details={name: fact for name, fact in facts.items() if fact not in (None, [])},
        )

    def accepted_without_id(self, answer: Answer) -> OutcomeUnknown:
        """A yes that names no job: there is one, and we cannot ask for it."""
        return OutcomeUnknown(
            f"{self.name} took the order but named no job: {answer.words}",
            hint="see `film jobs`; the vendor's own job list shows it",
            provider=self.name,
            charged=None,
        )

    def note(self, config: Any) -> tuple[str, ...]:
        """``notices``, logged once each in this process."""
        found = self.notices(config)
        for sentence in found:
            if (self.name, sentence) not in _said:
                _said.add((self.name, sentence))
                logger.warning("%s: %s", self.name, sentence)
        return found

    def check_text(self, text: str, limit: int | None, model: str) -> str:
        """``text``, or InputError when the model takes no text that long: cutting it is not ours to do."""
        length = text_length(text)
        if limit is not None and length > limit:
            raise InputError(
                f"{model} takes texts of up to {limit} characters, this one has {length}",
                hint="shorten it, split the shot, or choose another provider",
            )
        return text

    def known_model(self, config: Any) -> str:
        """The model that is asked for; raises InputError for one that the provider does not sell."""
        model = self.model_of(config)
        if model not in self.models:
            raise InputError(
                f"provider {self.name} has no model {redact(model, limit=80)!r}",
                hint=f"choose one of {', '.join(self.models)}",
            )
        return model


def says_refusal(words: str) -> bool:
    """Whether a vendor's words are those of its moderation, where no code says so."""
    return _REFUSAL.search(words) is not None


_REFUSAL = re.compile(r"(?i)\b(content[ _-]?polic|moderat|nsfw|safety (system|checker|filter)|terms of (use|service))")
