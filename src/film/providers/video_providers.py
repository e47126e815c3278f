"""The catalogue of animators: name → (class, what to do when it cannot be loaded)."""

ROWS: dict[str, tuple[str, str]] = {
    "draft": ("animatic.provider:DraftVideoProvider", "reinstall film-generation"),
    "minimax": ("film.providers.minimax:MinimaxVideoProvider", "reinstall film-generation"),
    "kling": ("film.providers.kling:KlingVideoProvider", "reinstall film-generation"),
    "runway": ("film.providers.runway:RunwayVideoProvider", "reinstall film-generation"),
}
