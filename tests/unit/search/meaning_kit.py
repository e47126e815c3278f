"""A model of a few words: what it knows, tests can reckon."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from film.models import Asset, AssetType
from film.search.embedder import Vectors, unit_length

WORDS = "sea ocean ship forest tree night moon kitchen bread rain".split()
MEANINGS = {"ocean": "sea", "moon": "night", "tree": "forest"}
"""Words that mean the same as another."""


class TinyEmbedder:
    """A direction for each meaning; a text is the sum of its words."""

    def __init__(self, name: str = "tiny/1", dim: int = 16) -> None:
        self.name, self.dim = name, dim
        self.asked = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += len(texts)
        found = np.zeros((len(texts), self.dim), np.float32)
        for place, text in enumerate(texts):
            for word in text.lower().split():
                meaning = MEANINGS.get(word, word)
                if meaning in WORDS:
                    found[place, WORDS.index(meaning)] += 1
        return unit_length(found)


def asset(number: int, prompt: str, **fields: Any) -> Asset:
    values: dict[str, Any] = {
        "asset_id": f"asset_{number:05d}",
        "key": f"{number:064x}",
        "asset_type": AssetType.IMAGE,
        "provider": "fal",
        "prompt": prompt,
    }
    return Asset(**(values | fields))


def ids(hits: Any) -> list[int]:
    return [int(hit.asset.asset_id.removeprefix("asset_")) for hit in hits]
