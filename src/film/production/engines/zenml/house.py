"""ZenML's manners in our house: where it keeps its things, that it is quiet, and that it calls nobody.

    user has ZenML (ZENML_CONFIG_PATH, or a config of their own)   used as it is, with the stack that is active there
    otherwise                                                      <gallery>/zenml: a database and artifacts of its own

ZenML reads its environment when it is imported, once, and takes over the program's logging, its excepthook and stdout
as it does. A program that has imported it before us keeps all of that as it set it up.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import warnings
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

import film
from film.errors import ConfigurationError
from film.settings import Settings

FEWEST_FAILURES = {
    # With more than a hundred steps ZenML otherwise no longer finds the outputs of the first.
    "ZENML_EXECUTION_CONTEXT_STEP_RUN_CACHE_SIZE": "100000",
    # Each batch at work holds connections of ZenML's database, which has forty.
    "ZENML_DYNAMIC_PIPELINE_WORKER_COUNT": "8",
}
"""Without these a long film fails inside of ZenML."""
MANNERS = {
    "ZENML_ANALYTICS_OPT_IN": "false",
    "ZENML_ENABLE_RICH_TRACEBACK": "false",
    "ZENML_ENABLE_REPO_INIT_WARNINGS": "false",
    "ZENML_AUTO_OPEN_DASHBOARD": "false",
    "ZENML_DISABLE_CLIENT_SERVER_MISMATCH_WARNING": "true",
}

_entering = threading.Lock()
"""Films of several threads may be the first to need it: none is to see it half imported."""


def require() -> None:
    """Raise ConfigurationError where ZenML is not installed."""
    if find_spec("zenml") is None:
        raise ConfigurationError(
            "the engine zenml needs ZenML, which is not installed",
            hint="install it with: pip install 'film-generation[zenml]'",
        )


def enter(settings: Settings) -> Any:
    """The module ``zenml``, imported so that neither it nor the program is disturbed."""
    require()
    with _entering:
        for name, value in FEWEST_FAILURES.items():
            os.environ.setdefault(name, value)
        if "zenml" in sys.modules:
            return sys.modules["zenml"]
        for name, value in MANNERS.items():
            os.environ.setdefault(name, value)
        # Else steps are looked for beside the program's own file, under names that nothing here has.
        os.environ.setdefault("ZENML_CUSTOM_SOURCE_ROOT", str(Path(film.__file__).resolve().parents[1]))
        if not _has_its_own():
            os.environ["ZENML_CONFIG_PATH"] = str(settings.gallery / "zenml")
        return _quietly_imported()


def check_stack(zenml: Any) -> str:
    """The name of the active stack; ConfigurationError where its steps would work out of this program's sight."""
    stack = import_module("zenml.client").Client().active_stack
    if stack.orchestrator.flavor != "local":
        raise ConfigurationError(
            f"the active ZenML stack {stack.name!r} runs steps elsewhere ({stack.orchestrator.flavor})",
            hint="run: zenml stack set default; or run film.production.engines.zenml.flows.film_flow on it",
        )
    return str(stack.name)


def _has_its_own() -> bool:
    if any(os.environ.get(name) for name in ("ZENML_CONFIG_PATH", "ZENML_STORE_URL")):
        return True
    return (Path(click.get_app_dir("zenml")) / "config.yaml").is_file()


def _quietly_imported() -> Any:
    """Imported, with the program's logging and streams left as they were; who sets a verbosity wants to see it all."""
    if os.environ.get("ZENML_LOGGING_VERBOSITY"):
        return import_module("zenml")
    root = logging.getLogger()
    handlers, level, hook, show = list(root.handlers), root.level, sys.excepthook, warnings.showwarning
    writes = [(stream, stream.__dict__.get("write")) for stream in _streams()]
    zenml = import_module("zenml")
    root.handlers[:], sys.excepthook = handlers, hook
    root.setLevel(level)
    if warnings.showwarning is not show:
        logging.captureWarnings(False)
    for stream, write in writes:
        if write is None:
            stream.__dict__.pop("write", None)
        else:
            stream.__dict__["write"] = write
    logging.getLogger("zenml").setLevel(logging.CRITICAL)  # what goes wrong is raised
    return zenml


def _streams() -> list[Any]:
    return [stream for stream in (sys.stdout, sys.stderr) if hasattr(stream, "__dict__")]
