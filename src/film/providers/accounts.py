"""Questions to an account that cost nothing: does its key work, and what does it charge?

Every vendor has some answer that needs a key and makes nothing; asking for it is the only way to know a key before
money hangs on it. It goes the way of orders, with the same care for the key. What is asked stands in the vendor's
row (``film.vendors.FreeCheck``).
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import replace

from film.errors import InputError, ProviderNotFound
from film.models import AssetType
from film.providers.base import ProviderContext
from film.providers.registry import provider_class
from film.providers.vendor import VendorProvider
from film.rates.refresh import LivePrice
from film.vendors import FreeCheck, Vendor, account, vendors

_LIMITED = ("missing_permissions", "missing scopes")
"""How vendors word it that a key is valid, but not for this question."""


async def check_account(name: str, context: ProviderContext) -> str:
    """What is known of a working account, for people; raises MissingKeyError, OutOfCredit or ProviderUnavailable."""
    question = account(name).check
    if question is None:
        return "the key is there; the vendor answers nothing for free that would try it"
    vendor = _vendor(name, context)
    return await _asked(vendor, question)


async def _asked(vendor: VendorProvider, question: FreeCheck) -> str:
    async with vendor.client(question.home) as client:
        answer = await client.ask(question.path, params=question.params, headers=question.headers)
    if not answer.ok and any(words in answer.words.lower() for words in _LIMITED):
        return "the key works; it may not ask about the account itself"
    if answer.status == 404 and vendor.base_url(question.home or vendor.home) != (question.home or vendor.home):
        return "the server answers; it has no such page to try the key on"
    vendor.check(answer)
    credit = answer.json().get(question.credit) if question.credit else None
    return f"the key works, {credit} credits left" if isinstance(credit, int) else "the key works"


def priced_by(provider: str | None) -> dict[str, list[str]]:
    """Account → those of its providers whose prices it can be asked for; of one ``provider`` alone where it is named.

    Raises InputError where it has no price list.
    """
    found: dict[str, list[str]] = {}
    for name, vendor in _vendors():
        if vendor.has_price_list and vendor.account:
            found.setdefault(vendor.account, []).append(name)
    if provider is None:
        return found
    known = [name for names in found.values() for name in names]
    if provider not in known:
        raise InputError(
            f"{provider} has no price list that can be asked", hint=f"one can be asked for {', '.join(known)}"
        )
    return {name: [provider] for name, names in found.items() if provider in names}


async def ask_prices(account: str, models: Sequence[str], context: ProviderContext) -> dict[str, LivePrice]:
    """What an account is charged for each of ``models`` today; those that the vendor does not price are not in it."""
    return {price.model: price for price in await _vendor(account, context).live_prices(models)}


def _sold(row: Vendor) -> list[tuple[AssetType, str]]:
    return [(kind, name) for kind in AssetType for name in row.providers(kind.value)]


def _vendors() -> Iterable[tuple[str, type[VendorProvider]]]:
    """The providers that are paid for and reached over HTTP, in the order of their rows."""
    for row in vendors().values():
        if row.account is None:
            continue
        for kind, name in _sold(row):
            found = provider_class(kind, name)
            if issubclass(found, VendorProvider):
                yield name, found


def _vendor(account: str, context: ProviderContext) -> VendorProvider:
    """A provider of the account to ask in the name of; somebody waits for the answer, so it is quick to give up."""
    row = next(row for row in vendors().values() if row.account and row.account.name == account)
    kind, name = _sold(row)[0]
    vendor = provider_class(kind, name)(context)
    if not isinstance(vendor, VendorProvider):
        raise ProviderNotFound(
            f"{account} cannot be asked whether its key works: {name} is no VendorProvider",
            hint="derive it from ImageVendor, VideoVendor or SpeechVendor, or declare no free check",
            provider=name,
        )
    vendor = copy.copy(vendor)
    vendor.patience = replace(vendor.patience, attempts=2, ask_seconds=20.0, longest_pause=5.0)
    return vendor
