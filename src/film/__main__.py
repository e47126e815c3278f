"""``python -m film`` is ``film``."""

from film.cli.main import main

main()
