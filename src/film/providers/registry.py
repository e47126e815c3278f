"""Which providers there are: a row each, and other people's through entry points.

A row says where the class is, loaded only when it is asked for, and what to do when it cannot be. Other packages add
theirs in their pyproject.toml:

    [project.entry-points."film.providers"]
    myvendor = "my_package.vendor:MyVideoProvider"
"""

from __future__ import annotations

import difflib
import importlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import entry_points

from film.errors import ProviderNotFound
from film.models import AssetType
from film.providers import audio_providers, image_providers, video_providers
from film.providers.base import BaseProvider, ProviderContext

GROUP = "film.providers"


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


TIERS = {
    tier.name: tier
    for tier in (
        Tier("draft", image="draft", video="draft", audio="draft"),
        Tier("budget", image="fal", video="minimax", audio="openai"),
        Tier("premium", image="fal", video="kling", audio="elevenlabs", image_model="fal-ai/flux/dev"),
        Tier("ultra", image="fal", video="runway", audio="elevenlabs", image_model="fal-ai/flux/dev"),
    )
}


def names(asset_type: AssetType) -> list[str]:
    """The providers of a kind that users may name, built-in ones first."""
    own = list(_rows(asset_type))
    return own + sorted(n for n, kind in _plugins() if kind is asset_type and n not in own)


def provider_class(asset_type: AssetType, name: str) -> type[BaseProvider]:
    """The class behind a name; raises ProviderNotFound saying which there are or what to install."""
    row = _rows(asset_type).get(name)
    if row is None:
        plugin = _plugins().get((name, asset_type))
        if plugin is None:
            raise _unknown(asset_type, name)
        return plugin
    path, remedy = row
    module, _, attribute = path.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)
    except ImportError as error:
        raise ProviderNotFound(f"provider {name} needs {error.name}", hint=remedy, provider=name) from error


def local_providers() -> list[type[BaseProvider]]:
    """Those that work on this machine."""
    found = [provider_class(kind, name) for kind in AssetType for name in names(kind)]
    return [each for each in found if each.local]


def make_provider(asset_type: AssetType, name: str, context: ProviderContext | None = None) -> BaseProvider:
    return provider_class(asset_type, name)(context)


def register(provider: type[BaseProvider]) -> type[BaseProvider]:
    """Add a class for this process; usable as a decorator. Its ``name`` and kind say under what.

    A class without a name gets one of its own: ``MyVideoProvider`` is ``my``.
    """
    if not provider.name:
        provider.name = _derived(provider)
    _registered[provider.name, provider.asset_type] = provider
    _plugins.cache_clear()
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


def _rows(asset_type: AssetType) -> dict[str, tuple[str, str]]:
    return {
        AssetType.IMAGE: image_providers.ROWS,
        AssetType.VIDEO: video_providers.ROWS,
        AssetType.AUDIO: audio_providers.ROWS,
    }[asset_type]


@lru_cache(maxsize=1)
def _plugins() -> dict[tuple[str, AssetType], type[BaseProvider]]:
    found: dict[tuple[str, AssetType], type[BaseProvider]] = {}
    for point in entry_points(group=GROUP):
        try:
            loaded = point.load()
        except Exception as error:  # a plug-in may fail in any way of its own
            raise ProviderNotFound(
                f"the provider plug-in {point.name} ({point.value}) does not load: {error}",
                hint="repair or uninstall the package that brings it",
            ) from error
        found[point.name, loaded.asset_type] = loaded
    return found | _registered


def _unknown(asset_type: AssetType, name: str) -> ProviderNotFound:
    known = names(asset_type)
    near = _nearest(name, known)
    return ProviderNotFound(
        f"no {asset_type.value} provider is called {name!r}" + (f"; did you mean {near}?" if near else ""),
        hint=f"choose one of {', '.join(known)}",
        provider=name,
    )


def _nearest(name: str, known: Iterable[str]) -> str | None:
    return next(iter(difflib.get_close_matches(name, list(known), n=1)), None)
