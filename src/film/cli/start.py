"""Where the program begins: until it knows how to end in order, Ctrl-C ends it at once and without a word.

Loading takes a moment in which nothing is begun yet. Whoever is sorry that soon need not read where it was.
"""

from __future__ import annotations

import signal


def main() -> int:
    """Load the command line and run it; exits with its code."""
    mine = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # not where somebody has it ignored
    if mine:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from film.cli.main import main as run

    if mine:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return run()
