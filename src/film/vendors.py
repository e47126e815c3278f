"""Who sells, and whose key pays: a row a vendor, ours and other people's through one door.

    BUILT_IN ──────────────────────────────┐
    entry points "film.providers" ─────────┼──► Vendor ─┬─► Account: variables, home, free check ──► settings, doctor
    register(Vendor(…)), for this process ─┘            ├─► its providers, loaded when asked for ──► the registry
                                                        └─► its prices ──► the rate card

A row is plain data and quick to import: settings read it to know which variables hold a key. The adapter, its HTTP
client and its media stay unloaded until somebody asks for that provider. Of an installed plug-in the module that its
entry point names is loaded with the settings: a package whose adapter is slow to import keeps its row in a module of
its own. One that does not load, or that claims what is somebody else's, is told and left out; it stops nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from film.errors import ConfigurationError
from film.variables import SETTING_NAMES, STORE_NAMES

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "film.providers"
BUILT_IN: Mapping[str, str] = {
    "animatic": "animatic.row:VENDOR",
    "fal": "film.providers.fal.row:VENDOR",
    "openai": "film.providers.openai.row:VENDOR",
    "replicate": "film.providers.replicate.row:VENDOR",
    "runway": "film.providers.runway.row:VENDOR",
    "elevenlabs": "film.providers.elevenlabs.row:VENDOR",
    "gemini": "film.providers.gemini.row:VENDOR",
    "youtube": "film.publish.youtube.row:VENDOR",
}
"""Our own vendors, each as an entry point would name it: they need no package metadata to be found."""

Kind = Literal["image", "video", "audio"]
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@dataclass(frozen=True)
class FreeCheck:
    """A GET that costs nothing and that only a working key gets an answer to.

    ``path`` is asked for at ``home``; empty where orders go there too. ``credit`` names the number in the answer that
    says how many credits are left, where there is one.
    """

    path: str
    home: str = ""
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    credit: str = ""


@dataclass(frozen=True)
class Account:
    """Whom a vendor bills.

    ``keys`` are the variables that may hold its key, the one to tell people about first. ``url`` is the variable that
    moves its API elsewhere (a gateway, a simulator), best ``FILM_<NAME>_URL``: a slip in a name that begins with
    ``FILM_`` is refused. ``home`` is the API's address, ``key_page`` where people get a key, ``orders_page`` where they
    see what they ordered.
    """

    name: str
    keys: tuple[str, ...]
    url: str
    home: str
    key_page: str = ""
    orders_page: str = ""
    check: FreeCheck | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"an account is not called {self.name!r}: small letters, digits, - and _")
        wrong = [name for name in (*self.keys, self.url) if not _VARIABLE.fullmatch(name)]
        if wrong or not self.keys:
            raise ValueError(f"account {self.name} has no variable {wrong[0] if wrong else 'for its key'!r}")

    @property
    def key(self) -> str:
        """The variable that people are told to put the key into."""
        return self.keys[0]


@dataclass(frozen=True)
class Vendor:
    """What a vendor's package provides, in one row.

    ``image``, ``video`` and ``audio`` are its providers: name → ``module:Class``, loaded when that one is asked for.
    ``account`` is None for what is made on this machine, or paid through somebody else's account. ``rates`` are its
    prices: a TOML file of the form of a rate card, or such a text. ``simulator`` plays it in rehearsals (a
    ``film.testing.simulator`` vendor, as ``module:Class``). ``remedy`` says what to do when a class cannot be loaded.
    """

    account: Account | None = None
    image: Mapping[str, str] = field(default_factory=dict[str, str])
    video: Mapping[str, str] = field(default_factory=dict[str, str])
    audio: Mapping[str, str] = field(default_factory=dict[str, str])
    rates: Path | str = ""
    simulator: str = ""
    remedy: str = "reinstall the package that brings it"

    def providers(self, kind: str) -> Mapping[str, str]:
        return {"image": self.image, "video": self.video, "audio": self.audio}[kind]


@dataclass(frozen=True)
class Found:
    """What came through the door. ``classes`` are plug-ins that name a provider's class instead of a row."""

    vendors: Mapping[str, Vendor]
    classes: Mapping[str, Any]
    broken: Mapping[str, str]
    """Entry point → why it is left out."""


def vendors() -> Mapping[str, Vendor]:
    """Every vendor's row, by the name it came under: ours, the installed ones, those of this process."""
    return found().vendors


@lru_cache(maxsize=1)
def accounts() -> Mapping[str, Account]:
    """Account → its facts, ours first."""
    return {row.account.name: row.account for row in found().vendors.values() if row.account}


def account(name: str) -> Account:
    """The facts of an account; raises ConfigurationError where no vendor's row declares it."""
    known = accounts().get(name)
    if known is None:
        raise ConfigurationError(
            f"no vendor declares an account {name[:40]!r}", hint="declare it: film.vendors.Vendor(account=Account(…))"
        )
    return known


def setting_names() -> frozenset[str]:
    """Every variable that begins with ``FILM_`` and is read: one that is nearly one of them is a slip, and refused."""
    declared = (name for known in accounts().values() for name in (known.url, *known.keys))
    return SETTING_NAMES | {name for name in declared if name.startswith("FILM_")}


def secret_names() -> frozenset[str]:
    """The variables that hold a key or a password: who only works finds none of them in its environment."""
    keys = (name for known in accounts().values() for name in known.keys)
    return frozenset(
        (*keys, *(name for names in STORE_NAMES.values() for name in names), "FILM_DATABASE_URL", "FILM_WEBHOOK_SECRET")
    )


def register_vendor(name: str, vendor: Vendor) -> None:
    """Add a row for this process: what an entry point does for good. Settings that are loaded later know its keys."""
    _registered[name] = vendor
    forget()


def forget() -> None:
    """Look through the door anew when somebody asks next."""
    found.cache_clear()
    accounts.cache_clear()


@lru_cache(maxsize=1)
def found() -> Found:
    """Everything that is behind the door; what is broken is in ``broken`` and nowhere else."""
    rows: dict[str, Vendor] = {}
    classes: dict[str, Any] = {}
    broken: dict[str, str] = {}
    for name, loaded in (*_built_in(), *_installed(broken), *_registered.items()):
        if not isinstance(loaded, Vendor):
            classes[name] = loaded
        elif why := _claims(loaded, rows):
            broken[name] = why
        else:
            rows[name] = loaded
    return Found(rows, classes, broken)


_registered: dict[str, Vendor] = {}


@lru_cache(maxsize=1)
def _built_in() -> tuple[tuple[str, Vendor], ...]:
    return tuple((name, load(value)) for name, value in BUILT_IN.items())


def load(value: str) -> Any:
    """What ``module:attribute`` names."""
    from importlib import import_module

    module, _, attribute = value.partition(":")
    return getattr(import_module(module), attribute)


def _installed(broken: dict[str, str]) -> Iterator[tuple[str, Any]]:
    from importlib.metadata import entry_points

    points: tuple[EntryPoint, ...] = tuple(entry_points(group=GROUP))
    for point in points:
        if point.value in BUILT_IN.values():
            continue
        try:
            yield point.name, point.load()
        except Exception as error:  # noqa: BLE001  # a plug-in may fail in any way of its own
            broken[point.name] = f"the provider plug-in {point.name} ({point.value}) does not load: {error}"


def _claims(vendor: Vendor, others: Mapping[str, Vendor]) -> str:
    """What a row claims that is another's: a variable, an account, a provider's name; empty where nothing is."""
    kinds: tuple[Kind, ...] = ("image", "video", "audio")
    for kind in kinds:
        for name in vendor.providers(kind):
            if any(name in other.providers(kind) for other in others.values()):
                return f"the provider plug-in that brings {kind} provider {name} is left out: there is one of that name"
    mine = vendor.account
    if mine is None:
        return ""
    taken = {*SETTING_NAMES, *(name for names in STORE_NAMES.values() for name in names)}
    for theirs in (other.account for other in others.values() if other.account):
        if theirs == mine:
            return ""
        taken |= {theirs.url, *theirs.keys}
        if theirs.name == mine.name:
            return f"the plug-in of account {mine.name} is left out: there is another account of that name"
    claimed = sorted(taken.intersection((mine.url, *mine.keys)))
    return f"the plug-in of account {mine.name} is left out: {claimed[0]} means something else" if claimed else ""
