"""What the environment and a ``.env`` may say, and what of it is believed; ``film.settings`` reads it."""
