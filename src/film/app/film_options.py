"""How a film is to be made, as doors are told it: checked where it is used, by ``film.planning.params``."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from film.app.models import UseCaseInput
from film.planning.options import TRANSITIONS, Order
from film.production.engines import ENGINES
from film.settings import TIERS
from film.shots.filmfile import Fit, LongDialogue

if TYPE_CHECKING:
    from film.planning.params import FilmParams
    from film.settings import Settings

CHOICES: dict[str, tuple[str, ...]] = {
    "tier": tuple(TIERS),
    "transition": tuple(TRANSITIONS),
    "fit": get_args(Fit),
    "long_dialogue": get_args(LongDialogue),
    "order": get_args(Order),
    "engine": tuple(ENGINES),
}
"""Option → what may be said, where that is a list of words."""


class FilmOptions(UseCaseInput):
    """What may be said of a film beside its shots; what is None is not said."""

    film_id: str | None = None
    tier: str | None = None
    image_provider: str | None = None
    video_provider: str | None = None
    audio_provider: str | None = None
    image_model: str | None = None
    video_model: str | None = None
    audio_model: str | None = None
    size: str | None = None
    """``1280x720``, ``1080p``, ``9:16``."""
    frame_rate: str | None = None
    transition: str | None = None
    transition_seconds: Decimal | None = None
    fit: str | None = None
    long_dialogue: str | None = None
    template: str | None = None
    music: Path | None = None
    loudness: str | None = None
    """LUFS, or the name of a target."""

    def said(self) -> dict[str, Any]:
        """What was said, by the names of ``film_params``."""
        names = FilmOptions.model_fields
        return {name: value for name in names if (value := getattr(self, name)) is not None}


class PlanFilm(FilmOptions):
    """Which film to plan. ``budget_limit`` in dollars; without one the settings' holds."""

    shots: Path
    """A shots.json."""
    budget_limit: Decimal | None = None
    use_cache: bool = True

    def params(self, settings: Settings, **more: Any) -> FilmParams:
        """The film to be made. Raises InputError or ConfigurationError for what cannot be."""
        from film.planning.params import film_params

        limit = settings.default_budget if self.budget_limit is None else self.budget_limit
        return film_params(
            self.shots, settings, use_cache=self.use_cache, budget_limit=limit, **{**self.said(), **more}
        )
