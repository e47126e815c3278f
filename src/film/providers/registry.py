"""Which providers there are: what the vendors' rows name, plug-ins' classes, and those of this process.

A class is loaded only when it is asked for. Other packages add theirs in their pyproject.toml, a class that needs no
account of its own, or a whole vendor's row (``film.vendors``):

    [project.entry-points."film.providers"]
    plain = "my_package.plain:PlainProvider"
    acme = "acme_video:VENDOR"
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from film.errors import ProviderNotFound
from film.models import AssetType
from film.providers.base import BaseProvider, ProviderContext
from film.vendors import Vendor, found, load, vendors


@dataclass(frozen=True)
class Tier:
    """A named set of providers; models None are the providers' own defaults."""

    name: str
    image: str
    video: str
    audio: str
    image_model: str | None = None
    video_model: str | None = None
    audio_model: str | None = None
    voices: tuple[tuple[str, str | None], ...] = ()
    """Who may speak where nobody is named, with their models: the cheapest that is sold on the day does."""
    is_draft: bool = False
    """Whether all of it is made on this machine, to be looked at before anything is bought."""


TIERS = {
    tier.name: tier
    for tier in (
        Tier("draft", image="draft", video="draft", audio="draft", is_draft=True),
        Tier(
            "budget",
            image="fal",
            video="minimax",
            audio="openai",
            voices=(("openai", None), ("gemini", None), ("elevenlabs", "eleven_flash_v2_5")),
        ),
        Tier("premium", image="fal", video="kling", audio="elevenlabs", image_model="fal-ai/flux/dev"),
        Tier("ultra", image="fal", video="runway", audio="elevenlabs", image_model="fal-ai/flux/dev"),
    )
}


def names(asset_type: AssetType) -> list[str]:
    """The providers of a kind that users may name, built-in ones first."""
    rows = list(_rows(asset_type))
    return rows + sorted(n for n, kind in _classes() if kind is asset_type and n not in rows)


def provider_class(asset_type: AssetType, name: str) -> type[BaseProvider]:
    """The class behind a name; raises ProviderNotFound saying which there are or what to install."""
    row = _rows(asset_type).get(name)
    if row is None:
        plugin = _classes().get((name, asset_type))
        if plugin is None:
            raise _unknown(asset_type, name)
        return plugin
    try:
        return load(row.providers(asset_type.value)[name])
    except ImportError as error:
        raise ProviderNotFound(
            f"provider {name} needs {error.name or error}", hint=row.remedy, provider=name
        ) from error


def local_providers() -> list[type[BaseProvider]]:
    """Those that work on this machine."""
    found = [provider_class(kind, name) for kind in AssetType for name in names(kind)]
    return [each for each in found if each.local]


def make_provider(asset_type: AssetType, name: str, context: ProviderContext | None = None) -> BaseProvider:
    return provider_class(asset_type, name)(context)


def says(asset_type: str, name: str, fact: str) -> bool:
    """What the class behind a name says of itself: False, too, where it is not here any more, or never was a provider.

    ``fact`` is one of its class's own yes or no: ``local``, ``made_to_fit``, ``by_rules``.
    """
    try:
        return bool(getattr(provider_class(AssetType(asset_type), name), fact, False))
    except ProviderNotFound:
        return False


def register(provider: type[BaseProvider]) -> type[BaseProvider]:
    """Add a class for this process; usable as a decorator. Its ``name`` and kind say under what.

    A class without a name gets one of its own: ``MyVideoProvider`` is ``my``.
    """
    if not provider.name:
        provider.name = _derived(provider)
    _registered[provider.name, provider.asset_type] = provider
    return provider


def _derived(provider: type[BaseProvider]) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", provider.__name__.strip("_")).lower()
    name = re.sub(r"-?(?:(?:image|video|audio)-)?provider$", "", words).replace("_", "-")
    if not name or name in _rows(provider.asset_type):
        why = f"is the name of one that is here: {name}" if name else "says nothing that could be its name"
        raise ProviderNotFound(
            f"{provider.__name__} has no name, and what it is called {why}",
            hint='give the class name = "…": what users will write',
        )
    return name


_registered: dict[tuple[str, AssetType], type[BaseProvider]] = {}


def _rows(asset_type: AssetType) -> dict[str, Vendor]:
    """Provider → the row of the vendor that brings it."""
    return {name: row for row in vendors().values() for name in row.providers(asset_type.value)}


def _classes() -> dict[tuple[str, AssetType], type[BaseProvider]]:
    plugins = {(name, plugin.asset_type): plugin for name, plugin in found().classes.items()}
    return plugins | _registered


def _unknown(asset_type: AssetType, name: str) -> ProviderNotFound:
    if broken := found().broken.get(name):
        raise ProviderNotFound(broken, hint="repair or uninstall the package that brings it", provider=name)
    known = names(asset_type)
    near = _nearest(name, known)
    return ProviderNotFound(
        f"no {asset_type.value} provider is called {name!r}" + (f"; did you mean {near}?" if near else ""),
        hint=f"choose one of {', '.join(known)}",
        provider=name,
    )


def _nearest(name: str, known: Iterable[str]) -> str | None:
    return next(iter(difflib.get_close_matches(name, list(known), n=1)), None)
