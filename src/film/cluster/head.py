"""Whether a cluster's head is still there.

Without its head a cluster decides nothing any more. Ray waits a minute for it to come back, then ends the programs that
are connected, without a word of ours. So a thread looks every second, and who waits for the cluster is told in time.
"""

from __future__ import annotations

import socket
import threading

from film.errors import FilmError

LOOK = 1.0
"""Seconds between two looks, and for each of them."""
PATIENCE = 5
"""Looks in vain, one after the other, after which the head is gone."""


class HeadWatch:
    """Looks after the head at ``address``, "host:port"; ``advice`` is what helps once it is gone."""

    def __init__(self, address: str, advice: str) -> None:
        host, _, port = address.rpartition(":")
        self._place, self._advice = (host.strip("[]"), int(port)), advice
        self._gone, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._look, name="film-head-watch", daemon=True)
        self._thread.start()

    @property
    def is_gone(self) -> bool:
        return self._gone.is_set()

    def check(self) -> None:
        """Raise FilmError once the head is gone."""
        if self.is_gone:
            host, port = self._place
            raise FilmError(f"the cluster's head at {host}:{port} is gone", hint=self._advice)

    def answers(self) -> bool:
        """Whether it does right now."""
        return answers(*self._place)

    def close(self) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        in_vain = 0
        while not self._over.wait(LOOK):
            in_vain = 0 if self.answers() else in_vain + 1
            if in_vain >= PATIENCE:
                self._gone.set()
                return


def answers(host: str, port: int) -> bool:
    """Whether anybody takes a connection there."""
    try:
        with socket.create_connection((host, port), timeout=LOOK):
            return True
    except OSError:
        return False
