"""The simulated vendors, in a process of their own, and what they have on their books."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from film.vendors import vendors


class Vendors:
    def __init__(self) -> None:
        # Results are kept for ever: what expires between two kills would be lost to the vendor and not to us.
        options = ["--speed", "1000", "--seed", "1", "--lifetime", "1e12"]
        command = [sys.executable, "-m", "film.testing.simulator", *options]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.environment: dict[str, str] = {}
        simulated = [vendor for vendor in vendors().values() if vendor.account and vendor.simulator]
        while len(self.environment) < 2 * len(simulated):  # an address and a key of each
            line = self._process.stdout.readline()
            assert line, "the simulated vendors have ended"
            name, _, value = line.removeprefix("export ").strip().partition("=")
            self.environment[name] = value
        self._url = self.environment["FILM_FAL_URL"].rpartition("/")[0]

    def jobs(self) -> list[dict[str, Any]]:
        """Everything that was ever ordered, each with its price and whether it is billed."""
        with urllib.request.urlopen(f"{self._url}/__control__/books") as answer:
            return json.load(answer)["jobs"]

    def close(self) -> None:
        self._process.terminate()
        self._process.communicate()


@contextmanager
def simulated() -> Generator[Vendors]:
    vendors = Vendors()
    try:
        yield vendors
    finally:
        vendors.close()


def words_of(order: dict[str, Any]) -> str:
    """What an order asks for, whatever its vendor calls it."""
    return str(order.get("prompt") or order.get("input") or order.get("text"))
