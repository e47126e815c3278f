"""The C2PA library, where it is installed, set to look at nothing but the film it is given."""

from __future__ import annotations

import importlib.util
from types import ModuleType
from typing import Any

from film.errors import ConfigurationError

INSTALL = "python3 -m pip install 'film-generation[provenance]'"
MIME = "video/mp4"


def available() -> bool:
    """Whether films can be signed and verified here."""
    return all(importlib.util.find_spec(name) for name in ("c2pa", "cryptography"))


def c2pa() -> ModuleType:
    try:
        import c2pa as library
    except ImportError as error:
        raise ConfigurationError("the library for C2PA manifests is not installed", hint=INSTALL) from error
    return library


def context(anchors: str = "") -> Any:
    """A context that fetches nothing, draws no thumbnails, and trusts whom ``anchors`` (PEM) vouch for."""
    chosen: dict[str, Any] = {
        "builder": {"thumbnail": {"enabled": False}},
        "verify": {
            "remote_manifest_fetch": False,
            "ocsp_fetch": False,
            "verify_after_sign": False,  # we read the finished file back ourselves
            "verify_trust": True,
        },
    }
    if anchors:
        chosen["trust"] = {"user_anchors": anchors}
    return c2pa().Context.from_dict(chosen)
