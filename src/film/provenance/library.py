"""The C2PA library, where it is installed, set to look at nothing but the film it is given."""

from __future__ import annotations

import importlib.util
import sys
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

from film.errors import ConfigurationError

INSTALL = "install it with: pip install 'film-generation[provenance]'"
MIME = "video/mp4"


def available() -> bool:
    """Whether films can be signed and verified here."""
    return all(importlib.util.find_spec(name) for name in ("c2pa", "cryptography"))


def c2pa() -> ModuleType:
    """The library. Raises ConfigurationError where it is not installed."""
    try:
        if "c2pa" not in sys.modules:
            _load_the_loader()
        import c2pa as library
    except ImportError as error:
        raise ConfigurationError("the library for C2PA manifests is not installed", hint=INSTALL) from error
    return library


def _load_the_loader() -> None:
    """Have the library load its native part from its own folder, and from nowhere else.

    By itself it looks in the current folder first, where a stranger's ``libc2pa_c.so`` would be run.
    """
    package = importlib.util.find_spec("c2pa")
    if package is None or package.origin is None:
        raise ImportError("c2pa")
    own = Path(package.origin).parent
    spec = importlib.util.spec_from_file_location("c2pa.lib", own / "lib.py")
    if spec is None or spec.loader is None or not (own / "lib.py").is_file():
        raise _unknown_loader()
    loader = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loader)
    if not hasattr(loader, "_get_possible_search_paths"):
        raise _unknown_loader()
    places = [place / sub for place in (own / "libs", own) for sub in ("", *_platform_folders(loader))]
    loader.__dict__["_get_possible_search_paths"] = lambda: places
    sys.modules["c2pa.lib"] = loader


def _platform_folders(loader: Any) -> tuple[str, ...]:
    return (loader._get_platform_dir(), loader.get_platform_identifier(), "universal-apple-darwin")


def _unknown_loader() -> ConfigurationError:
    return ConfigurationError(
        f"c2pa-python {version('c2pa-python')} loads its native library in a way that we do not know to be safe",
        hint="install the version that was tested: pip install 'c2pa-python==0.38.1'",
    )


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
