"""OpenTimelineIO, imported when an export asks for it: it is an extra."""

from __future__ import annotations

from types import ModuleType

from film.errors import ConfigurationError

INSTALL = "pip install 'film-generation[export]'"


def opentimelineio(adapter: str = "") -> ModuleType:
    """The library; ConfigurationError says how to get it, or the ``adapter`` that is asked for, where it is missing."""
    try:
        import opentimelineio
    except ImportError as error:
        raise ConfigurationError(
            "exports for editing programs need OpenTimelineIO, which is not installed",
            hint=f"install it with: {INSTALL}",
        ) from error
    if adapter and adapter not in opentimelineio.adapters.available_adapter_names():
        raise ConfigurationError(f"OpenTimelineIO has no adapter {adapter!r} here", hint=f"install it with: {INSTALL}")
    return opentimelineio
