"""Questions to an account that cost nothing: does its key work, and what does it charge?

Every vendor has some answer that needs a key and makes nothing; asking for it is the only way to know a key before
money hangs on it. It goes over the same wire as orders do, with the same care for the key.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from film.errors import ProviderError
from film.models import AssetType
from film.providers.base import ProviderContext
from film.providers.fal_queue import PLATFORM
from film.providers.registry import make_provider
from film.providers.runway import VERSION as RUNWAY_VERSION
from film.providers.vendor import VendorProvider
from film.providers.wire import Answer, as_list, as_object
from film.rates.refresh import LivePrice

PRICING = "v1/models/pricing"
_AT_ONCE = 50
"""Models that FAL takes in one question about prices."""


@dataclass(frozen=True)
class Question:
    """A free GET that only a working key gets an answer to. ``home`` is empty where orders go there too."""

    kind: AssetType
    provider: str
    path: str
    home: str = ""
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


QUESTIONS: Mapping[str, Question] = {
    "fal": Question(AssetType.IMAGE, "fal", PRICING, PLATFORM, params={"endpoint_id": "fal-ai/flux/schnell"}),
    "openai": Question(AssetType.AUDIO, "openai", "v1/models"),
    "replicate": Question(AssetType.IMAGE, "replicate", "v1/account"),
    "runway": Question(AssetType.VIDEO, "runway", "v1/organization", headers={"X-Runway-Version": RUNWAY_VERSION}),
    "elevenlabs": Question(AssetType.AUDIO, "elevenlabs", "v1/user"),
}
"""Account → what it is asked, in the name of one of its providers."""

_LIMITED = ("missing_permissions", "missing scopes")
"""How vendors word it that a key is valid, but not for this question."""


async def check_account(account: str, context: ProviderContext) -> str:
    """What is known of a working account, for people; raises MissingKeyError, OutOfCredit or ProviderUnavailable."""
    question = QUESTIONS[account]
    vendor = _vendor(question, context)
    async with vendor.wire(question.home) as wire:
        answer = await wire.ask(question.path, params=question.params, headers=question.headers)
    if not answer.ok and any(words in answer.words.lower() for words in _LIMITED):
        return "the key works; it may not ask about the account itself"
    if answer.status == 404 and vendor.base_url(question.home or vendor.home) != (question.home or vendor.home):
        return "the server answers; it has no such page to try the key on"
    vendor.check(answer)
    credit = answer.json().get("creditBalance")
    return f"the key works, {credit} credits left" if isinstance(credit, int) else "the key works"


async def ask_fal_prices(models: Sequence[str], context: ProviderContext) -> dict[str, LivePrice]:
    """What FAL charges this account for each of ``models`` today; those that it does not price are not in it."""
    vendor = _vendor(QUESTIONS["fal"], context)
    found: dict[str, LivePrice] = {}
    async with vendor.wire(PLATFORM) as wire:
        for first in range(0, len(models), _AT_ONCE):
            asked = {"endpoint_id": ",".join(models[first : first + _AT_ONCE])}
            answer = vendor.check(await wire.ask(PRICING, params=asked))
            found |= {price.model: price for price in _prices(answer) if price.model in models}
    return found


def _vendor(question: Question, context: ProviderContext) -> VendorProvider:
    """The provider to ask in the name of; somebody waits for the answer, so it is quick to give up."""
    vendor = make_provider(question.kind, question.provider, context)
    assert isinstance(vendor, VendorProvider)
    vendor = copy.copy(vendor)
    vendor.patience = replace(vendor.patience, attempts=2, ask_seconds=20.0, longest_pause=5.0)
    return vendor


def _prices(answer: Answer) -> list[LivePrice]:
    try:
        reply = as_object(json.loads(answer.body, parse_float=Decimal, parse_int=Decimal))
    except (ValueError, RecursionError):
        reply = {}
    if not isinstance(reply.get("prices"), list):
        raise ProviderError(
            f"fal does not name its prices: {answer.words}", hint="the rate card stays as it is", provider="fal"
        )
    prices: list[LivePrice] = []
    for entry in map(as_object, as_list(reply["prices"])):
        model, unit, price = entry.get("endpoint_id"), entry.get("unit"), entry.get("unit_price")
        dollars = str(entry.get("currency", "USD")).upper() == "USD"
        if isinstance(model, str) and isinstance(unit, str) and isinstance(price, Decimal) and dollars:
            prices.append(LivePrice(model, unit, price))
    return prices
