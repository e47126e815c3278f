"""What a use case works with: the settings, and the library, opened when somebody needs it.

    Workspace(settings) ──► looking()    writes nothing; opened once, kept until the workspace is closed
                        ──► working()    makes the gallery and its database where there are none

A command keeps one for as long as it runs, a server for as long as it lives.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from film.errors import FilmError
from film.settings import Settings

if TYPE_CHECKING:
    from film.planning.services import Services

Tell = Callable[[str], None]
"""Takes a line for people, at once."""


def _say_nothing(_line: str) -> None:
    return


class Workspace:
    """Settings and the library that they name. May be used from several threads.

    Args:
        settings: Those of the environment unless given.
        warn: Takes what people should know before they rely on a result.
        note: Takes what is about to happen, and figures on the way.
    """

    def __init__(
        self, settings: Settings | None = None, *, warn: Tell = _say_nothing, note: Tell = _say_nothing
    ) -> None:
        self._settings = settings
        self.warn = warn
        self.note = note
        self._open = ExitStack()
        self._looking: Services | None = None
        self._was_empty = False
        self._lock = threading.Lock()

    @property
    def settings(self) -> Settings:
        if self._settings is None:
            from film.settings import load_settings

            self._settings = load_settings()
        return self._settings

    def looking(self, *, strict: bool = False, told: bool = False) -> Services:
        """The library for those who write nothing. Where there is none yet, all its answers are empty.

        Where gallery and database are not one library, ``warn`` is told.

        Args:
            strict: Raise that as an error: for those who would take what is missing for something to be made, bought
                or removed.
            told: Say nothing: the caller tells it.
        """
        services = self._looked()
        if not told and (error := services.cache.trouble()):
            if strict:
                raise error
            self.warn(f"{error}: {error.hint}")
        return services

    def working(self, *, whatever: bool = False) -> Services:
        """The library for work by hand. Raises StoreError where gallery and database are not one library.

        Args:
            whatever: Open it all the same: a person has looked.
        """
        from film.planning.services import open_services

        return open_services(self.settings, whatever=whatever)

    def forgotten(self) -> FilmError | None:
        """What to tell before anything else where the database does not know what the gallery has ordered."""
        from film.db.session import snapshot
        from film.production.memory import missing_orders

        services = self._looked()
        with snapshot(services.engine) as connection:
            missing = missing_orders(connection, services.settings)
        return missing.error() if missing.orders else None

    def close(self) -> None:
        with self._lock:
            self._looking = None
            self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _looked(self) -> Services:
        from film.db.looking import exists
        from film.planning.services import looking_services

        with self._lock:
            if self._looking is None or (self._was_empty and exists(self.settings.database_url)):
                self._was_empty = not exists(self.settings.database_url)
                self._looking = self._open.enter_context(looking_services(self.settings))
            return self._looking


def keys_known(settings: Settings) -> list[tuple[str, str, bool]]:
    """Every account that there may be a key of, the variable it is said in, and whether it is set."""
    from film.vendors import accounts

    return [(name, account.key, name in settings.keys) for name, account in accounts().items()]


def keys_present(settings: Settings) -> list[str]:
    """The variables of the API keys that are set."""
    return [variable for _, variable, is_set in keys_known(settings) if is_set]


def settings_for(shots: Path) -> Settings:
    """The settings that hold for a film: a ``.env`` beside its shots.json counts."""
    from film.settings import load_settings

    return load_settings(project=shots.parent)
