"""``python -m film`` is ``film``."""

from film.cli.start import main

main()
