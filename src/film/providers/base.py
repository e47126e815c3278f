"""What a provider is: three kinds by what they make, two ways of answering.

    BaseProvider ─┬─ BaseImageProvider   prompt → picture            generate(prompt, config)
                  ├─ BaseVideoProvider   picture + prompt → clip     generate(image_url, prompt, config)
                  └─ BaseAudioProvider   text → speech               generate(text, config)

A provider that answers at once writes ``generate`` and ``estimate_cost`` and is done. A vendor that takes a job and is
asked for it later also is a ``JobProvider``: it writes ``submit``, ``poll_status`` and ``fetch``, and the submit
journal (``film.jobs``) calls them one by one with a commit between, so that a killed program neither loses nor buys
twice. ``generate`` is then given, in terms of those three.

Constructing a provider needs no key and touches nothing; only submitting does. ``film.testing.contract`` holds the
tests that every provider passes, yours too.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from film.dialogue import said
from film.errors import BadMedia, InputError, MissingKeyError, PollingNotSupported, ProviderError
from film.models import AssetType, Generated, Quote
from film.providers.capabilities import Capabilities
from film.providers.endings import Ending
from film.providers.orders import AudioConfig, ImageConfig, JobStatus, Listing, Reference, Scene, Ticket, VideoConfig
from film.rates import days
from film.vendors import accounts

if TYPE_CHECKING:
    import httpx

    from film.rates import RateCard


__all__ = [
    "LIST_LAG",
    "UNCLEAR_TRIES",
    "AudioConfig",
    "BaseAudioProvider",
    "BaseImageProvider",
    "BaseProvider",
    "BaseVideoProvider",
    "ImageConfig",
    "JobProvider",
    "JobStatus",
    "Listing",
    "ProviderContext",
    "Reference",
    "Scene",
    "Ticket",
    "VideoConfig",
    "check_generated",
    "missing_keys",
    "text_length",
]

UNCLEAR_TRIES = 30
"""Polls in a row without a word of the job, after which one that works without a journal gives up."""
LIST_LAG = 75.0
"""Seconds that a vendor's list may lag behind its house: the worst seen in public reports, a minute, and some air."""


@dataclass(frozen=True)
class ProviderContext:
    """Everything a provider is handed; all of it optional, so that ``MyProvider()`` works."""

    keys: Mapping[str, str] | None = field(default=None, repr=False)
    base_urls: Mapping[str, str] | None = None
    today: Callable[[], date] | None = None
    """The day by which prices and models count, where it is not this one."""
    speeds: Mapping[str, float] | None = None
    """Account → how many seconds of its time pass in one of ours, where it is simulated here."""
    http: httpx.AsyncClient | None = None
    rates: RateCard | None = None
    scratch: Path | None = None
    """Folder for temporary files, in the store's filesystem."""
    workers: Executor | None = None
    """Where to run what keeps a core busy."""
    should_stop: Callable[[], bool] | None = None
    """Long work on this machine asks it now and then, and raises Interrupted."""


class BaseProvider(ABC):
    """What all providers share. ``name`` is what users write, in flags and in shots.json."""

    name: ClassVar[str] = ""
    asset_type: ClassVar[AssetType]
    account: ClassVar[str | None] = None
    """Whose key it needs (``fal``); None needs none."""
    local: ClassVar[bool] = False
    """Made on this machine: free, repeatable, not journaled."""
    by_rules: ClassVar[bool] = False
    """Drawn or spoken by rules, by no model that was trained: what a film says of its origin goes by that."""
    gpus: ClassVar[float] = 0
    """GPUs that it keeps busy, a local one: on a cluster it works, and stays loaded, on a node that has as many."""
    concurrency: ClassVar[int] = 3
    """Jobs at once on one account, unless the user says otherwise."""
    orders_a_minute: ClassVar[float | None] = None
    """How many orders the vendor takes in a minute, where it says; they are sent that far apart."""
    default_model: ClassVar[str] = ""
    models: ClassVar[Mapping[str, Capabilities]] = {}
    """Model → what it takes and gives, where the provider says; those that have ended stay."""
    label: ClassVar[str] = ""
    """What people call what it sells, where that is not its name: ``Hailuo``."""
    orders_page: ClassVar[str] = ""
    """Where people see what their account has ordered."""

    def __init__(self, context: ProviderContext | None = None) -> None:
        self.context = context or ProviderContext()

    # -- required: generate(), which each kind declares with its own arguments, and

    @abstractmethod
    def estimate_cost(self, config: Any) -> Decimal:
        """The most that this may cost, in dollars. Raises UnknownPriceError rather than guess."""

    # -- optional

    async def poll_status(self, job_id: Ticket | str) -> JobStatus:
        """Where a submitted job stands; only for providers that queue."""
        raise PollingNotSupported(self.name or type(self).__name__)

    def check_config(self, config: Any) -> None:
        """Raise InputError for what this provider cannot take, before anything is made or paid."""
        return

    @classmethod
    def get_ready(cls, pieces: int) -> None:
        """So many pieces, at most, will probably be asked for soon: start what takes a while to start."""
        return

    @classmethod
    def workings(cls) -> str:
        """Of one that works on this machine: its recipes and code, in one line.

        Machines that share a library must have the same, or equal requests would get unequal results.
        """
        return ""

    @classmethod
    def try_out(cls) -> str:
        """Work a little, as ``film doctor`` asks: what came of it, in words; empty where there is nothing to try.

        Raises a FilmError where it does not work here.
        """
        return ""

    def capabilities(self, config: Any) -> Capabilities | None:
        """The facts of the model that is asked for; None where nobody has written them down."""
        return self.models.get(self.model_of(config))

    def notices(self, config: Any) -> tuple[str, ...]:
        """What of this order it cannot take, or the user should know, a sentence each: told once, in the plan."""
        facts = self.capabilities(config)
        return tuple(facts.not_taken(config, self.label or self.name)) if facts else ()

    def ending(self, config: Any) -> Ending | None:
        """When the model that is asked for, or its price, ends; None where nobody knows of an end."""
        facts, model = self.capabilities(config), self.model_of(config)
        if facts is None or facts.gone_after is None:
            return None
        return Ending(self.name, model, "model", facts.gone_after, facts.instead)

    def check_alive(self, config: Any) -> None:
        """Raise InputError for a model that is not served any more. Whatever is in the library is reused without."""
        ending, today = self.ending(config), self.today()
        if ending and ending.what == "model" and ending.last < today:
            hint = f"use {ending.then}" if ending.then else "choose another model or provider"
            raise InputError(ending.words(today), hint=f"{hint}; what is made stays made")

    def today(self) -> date:
        """The day, in UTC, by which prices and models count."""
        return self.context.today() if self.context.today else days.today()

    def quote(self, config: Any) -> Quote:
        """``estimate_cost`` with its basis in words; override to say how it came about."""
        return Quote(amount=self.estimate_cost(config))

    def model_of(self, config: Any) -> str:
        return config.model or self.default_model

    def request_params(self, config: Any) -> dict[str, Any]:
        """The parameters that reach the provider: what the cache key is made of.

        Override it to leave out what you do not send: then a change of it costs nothing. References are in the key by
        their bytes, and not among these.
        """
        unsaid = {"model", "references", "unsent", *(() if getattr(config, "continues", False) else ("continues",))}
        return config.model_dump(exclude=unsaid)

    # -- usually not overridden

    def api_key(self) -> str:
        """The account's key; raises MissingKeyError that names the variable."""
        key = (self.context.keys or {}).get(self.account or "")
        if not key:
            known = accounts().get(self.account or "")
            raise missing_keys([known.key if known else f"key of {self.name}"])
        return key

    def base_url(self, default: str) -> str:
        return (self.context.base_urls or {}).get(self.account or "", default)

    @property
    def simulated_speed(self) -> float:
        """Seconds of the vendor's time that pass in one of ours: 1, unless it is simulated on this machine."""
        return (self.context.speeds or {}).get(self.account or "", 1.0)


class BaseImageProvider(BaseProvider):
    """Turns a prompt into a picture."""

    asset_type = AssetType.IMAGE

    @abstractmethod
    async def generate(self, prompt: str, config: ImageConfig) -> Generated: ...


class BaseVideoProvider(BaseProvider):
    """Turns one picture and a prompt into a clip."""

    asset_type = AssetType.VIDEO
    made_to_fit: ClassVar[bool] = False
    """Its clips last exactly as long as they were asked to, and never have sound: the cut goes by that."""
    image_url_form: ClassVar[Literal["data", "file"]] = "data"
    """How ``image_url`` comes: a data URI, which vendors take, or a file URI for work on this machine."""

    @abstractmethod
    async def generate(self, image_url: str, prompt: str, config: VideoConfig) -> Generated: ...

    def clip_seconds(self, config: VideoConfig) -> Decimal:
        """Seconds of clip that will come back for ``config.duration``; override where fixed lengths are sold."""
        return config.duration


class BaseAudioProvider(BaseProvider):
    """Turns a line of dialogue into speech."""

    asset_type = AssetType.AUDIO

    @abstractmethod
    async def generate(self, text: str, config: AudioConfig) -> Generated: ...

    def text_of(self, written: str, config: AudioConfig) -> str:
        """What of a dialogue is sent: the words that captions show. Override to leave directions in that it minds."""
        return said(written).text

    def text_limit(self, config: AudioConfig) -> int | None:
        """Characters (see ``text_length``) that one order may hold, None for any number.

        A longer line is split at its sentences, bought in parts and joined.
        """
        return None


class JobProvider(BaseProvider):
    """A vendor that takes a job now and is asked for it later. Mix in before the kind's base class."""

    usual_seconds: ClassVar[float] = 60.0
    """How long a job takes as a rule: polling starts in its neighbourhood."""
    poll_seconds: ClassVar[float] = 2.0
    """The vendor's own floor between two polls of one job."""
    can_list: ClassVar[bool] = False
    """Every account can be asked for an order whose answer was lost: ``find_lost`` knows."""
    queues: ClassVar[bool] = False
    """Takes more jobs than the account may have at work at once, and lets the rest wait in line."""
    answers_at_once: ClassVar[bool] = False
    """The answer to a submission is the result: sending it takes as long as making it."""

    # -- required

    @abstractmethod
    async def submit(self, config: Any, *, image_url: str | None = None) -> Ticket:
        """Send the job: exactly one POST, whatever happens.

        Raises ProviderUnavailable only where provably no job came about (refused connection, 429), OutcomeUnknown
        when it may have, and other ProviderErrors when the vendor said no.
        """

    @abstractmethod
    async def poll_status(self, job_id: Ticket | str) -> JobStatus: ...

    @abstractmethod
    async def fetch(self, ticket: Ticket, status: JobStatus) -> Generated:
        """Download a done job's result. Raises PaidLost when the vendor no longer has it."""

    # -- optional

    async def cancel(self, ticket: Ticket) -> bool:
        """Ask the vendor to stop; True when it will not be charged."""
        return False

    async def find_lost(self, config: Any, *, age: float | None, image_url: str | None = None) -> Listing | None:
        """Jobs at the vendor that match an order whose answer was lost; None when the vendor cannot list.

        ``age`` is how many seconds ago the order was sent, None where that is not known (the machine was started
        anew): then only a list that was read to its very end is complete. Count it back from the vendor's own clock,
        the ``Date`` of its answer.
        """
        return None

    def seconds_to_show(self, config: Any) -> float:
        """The longest time, in seconds from its sending, until the vendor's list shows this order.

        Before it is over, an order that is not in the list may still come to be there.
        """
        return LIST_LAG

    # -- given

    async def run(self, config: Any, *, image_url: str | None = None) -> Generated:
        """submit → poll → fetch in one go and without a journal: what ``generate`` is made of."""
        ticket = await self.submit(config, image_url=image_url)
        if ticket.result is not None:
            return ticket.result
        unclear = 0
        while True:
            status = await self.poll_status(ticket)
            unclear = unclear + 1 if status.state == "unclear" else 0
            if status.state == "done":
                return await self.fetch(ticket, status)
            if status.state == "failed" or unclear == UNCLEAR_TRIES:
                raise ProviderError(
                    f"{self.name}: {status.error or 'the job failed'}",
                    hint="change the prompt or try another provider",
                    provider=self.name,
                    charged=status.charged,
                )
            await asyncio.sleep(self.poll_seconds / self.simulated_speed)


def text_length(text: str) -> int:
    """Characters as UTF-16 counts them: at least as many as any vendor finds, who may count otherwise."""
    return len(text.encode("utf-16-le")) // 2


def check_generated(made: object, provider: str) -> Generated:
    """What a plug-in's ``generate`` returned, as Generated: bytes and paths are taken too.

    Raises BadMedia for anything else, None above all.
    """
    if isinstance(made, Generated) and (made.data or made.path):
        return made
    if isinstance(made, bytes) and made:
        return Generated(data=made, mime="")
    if isinstance(made, Path):
        return Generated(path=made, mime="")
    raise BadMedia(
        f"provider {provider} returned {type(made).__name__} instead of media",
        hint="return film.models.Generated(data=…, mime=…), bytes or a Path from generate()",
        provider=provider,
    )


def missing_keys(variables: list[str], why: Sequence[str] = ()) -> MissingKeyError:
    """The description's message, with the way out; ``why`` says of keys that are there that they are held back."""
    return MissingKeyError(
        f"Missing required API keys in .env: {', '.join(variables)}",
        hint="; ".join(why)
        or "add them to .env (see .env_template), or see the whole film at $0 first with --tier draft",
    )
