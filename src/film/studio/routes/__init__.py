"""The routes, a family a module: each has a ``router``, and stands here once."""

ROUTES = (
    "about",
    "films",
    "shots",
    "boards",
    "spending",
    "takes",
    "notes",
    "media",
    "costs",
    "jobs",
    "library",
    "exports",
    "review",
    "events",
)
