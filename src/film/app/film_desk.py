"""One film on somebody's desk: its shots, its plan at a tier, what was said of it. Opened once, asked many times.

FilmDesk ─┬─ book      shots.json (film.app.shot_book)
          ├─ notes     approvals, notes, the limit (film.app.review_notes)
          └─ plan()    what is there and what is not, at a tier, as the files stand or with changes not yet saved
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from pathlib import Path

from film.app.review_notes import NoteBook
from film.app.shot_book import ShotBook
from film.app.shot_values import Fields
from film.app.workspace import Workspace
from film.cost_tracker import CostTracker
from film.errors import ConfigurationError
from film.planning.params import FilmParams, film_id_of, film_params
from film.planning.plan import FilmPlan, plan_film
from film.planning.requests import ProviderSet
from film.planning.services import Services, open_services
from film.providers.registry import TIERS
from film.settings import Settings, load_settings, parse_budget
from film.shots.shotfile import SETTINGS

SettingsOf = Callable[[Path], Settings]
"""The settings that hold for the film in a folder."""


def settings_of(folder: Path) -> Settings:
    """Those of the environment and of a ``.env`` of the film's."""
    return load_settings(project=folder)


class OpenRooms:
    """The galleries that films work in, each opened once for all of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[tuple[Path, str], Services] = {}

    def services(self, settings: Settings) -> Services:
        """With these settings, over the one gallery that they name."""
        place = settings.gallery, settings.database_url
        with self._lock:
            if place not in self._open:
                self._open[place] = open_services(settings)
            return self._open[place]

    def close(self) -> None:
        with self._lock:
            for services in self._open.values():
                services.cache.close()
            self._open.clear()


class FilmDesk:
    """A film, for any number of threads. ``path`` is its shots.json."""

    def __init__(self, path: Path, rooms: OpenRooms, settings: SettingsOf = settings_of) -> None:
        self.path = path
        self.film_id = film_id_of(path)
        self.book = ShotBook(path)
        self.settings = settings(path.parent)
        self.workspace = Workspace(self.settings)
        self.notes = NoteBook(self.settings.gallery, self.film_id)
        self._rooms = rooms

    @property
    def files(self) -> tuple[Path, Path]:
        """What the user writes: the shots, and the film's settings beside them."""
        return self.path, self.path.with_name(SETTINGS)

    @property
    def services(self) -> Services:
        return self._rooms.services(self.settings)

    @property
    def tier(self) -> str:
        """The tier that the film is looked at: drafts, until somebody chooses another."""
        return self.notes.notes().tier or "draft"

    @property
    def limit(self) -> Decimal:
        """What may be spent on the film in all."""
        given = self.notes.notes().limit
        return self.settings.default_budget if given is None else Decimal(given)

    def set_limit(self, limit: str | None, who: str) -> None:
        """Another limit for this film; None for that of the settings. ConfigurationError for what is no sum."""
        self.notes.set_limit(None if limit is None else f"{parse_budget(limit, 'limit'):f}", who)

    def set_tier(self, tier: str, who: str) -> None:
        if tier not in TIERS:
            raise ConfigurationError(f"there is no tier {tier[:40]!r}", hint=f"choose one of {', '.join(TIERS)}")
        self.notes.set_tier(tier, who)

    @property
    def costs(self) -> CostTracker:
        return CostTracker(
            self.film_id,
            self.limit,
            daily_limit_usd=self.settings.daily_budget,
            engine=self.services.engine,
            settings=self.settings,
        )

    def params(self, tier: str | None = None, changes: Mapping[str, Fields] | None = None) -> FilmParams:
        """What making the film would be asked for; ``changes`` of shots as if they were saved."""
        return film_params(self.book.file(changes), self.settings, tier=tier or self.tier, budget_limit=self.limit)

    def plan(
        self,
        tier: str | None = None,
        changes: Mapping[str, Fields] | None = None,
        shots: Iterable[str] | None = None,
    ) -> FilmPlan:
        """The plan of the film, or of some of its shots alone, which takes a part of the time."""
        only = None if shots is None else set(shots)
        return plan_film(self.params(tier, changes), self.services, ProviderSet(self.services.context), only)
