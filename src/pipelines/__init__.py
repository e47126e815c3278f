"""The description's module paths; the code lives in ``film``."""
