"""The voices, by the description's name for their room; the vendors' rows say which there are."""

from __future__ import annotations

from functools import partial

from film.models import AssetType
from film.providers.base import AudioConfig, BaseAudioProvider
from film.providers.registry import make_provider, names, provider_class

__all__ = ["AudioConfig", "BaseAudioProvider", "make", "provider", "provider_names"]

provider_names = partial(names, AssetType.AUDIO)
"""Those that users may name."""
provider = partial(provider_class, AssetType.AUDIO)
"""The class of a name."""
make = partial(make_provider, AssetType.AUDIO)
"""A provider by its name, and with the context of a run, if there is one."""
