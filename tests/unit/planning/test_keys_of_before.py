"""A film that uses nothing new asks for what it asked for before: not one paid request has another key.

``keys_before.json`` was written by the program as it was before there was a recipe.
"""

from __future__ import annotations

import json
from pathlib import Path

import keys_before


def test_keys_of_paid_requests_are_what_they_were() -> None:
    before = json.loads((Path(__file__).parent / "keys_before.json").read_text())
    assert keys_before.recorded() == before
    assert sum(map(len, before)) > 40
