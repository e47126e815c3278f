"""The catalogue of picture makers: name → (class, what to do when it cannot be loaded)."""

ROWS: dict[str, tuple[str, str]] = {
    "draft": ("animatic.provider:DraftImageProvider", "reinstall film-generation"),
    "fal": ("film.providers.fal:FalImageProvider", "reinstall film-generation"),
    "replicate": ("film.providers.replicate:ReplicateImageProvider", "reinstall film-generation"),
}
