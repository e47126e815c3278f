"""How much of what is in the library means the same as a shot: the part of near matches that needs a language model.

    newest of a kind ──(embedded here, once)──► pool ─┐
    the whole library ──(SemanticSearch, caught up)───┴──► assets with how alike they are, 0 to 1

What every shot of a film says, as its style template does, tells no shot from another: those words are left out before
two prompts are compared. Nothing is written: plans only look.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from film.metadata import AssetQuery
from film.models import Asset, AssetType
from film.planning.services import Services
from film.search import FOLDER, Embedder, SemanticSearch

POOL = 1000
"""Of each kind the newest assets, which searching by meaning may not have seen yet, are compared one by one."""
_FEW_WAITING = 200
"""With more than this still to be embedded, the index of meaning would be slower than the plan."""
_NEAREST = 5
_WORD = re.compile(r"\w+")
_FILM = 4
"""Shots from which on their prompts show what they all have in common."""

Vectors = NDArray[np.float32]


class Likeness:
    """``prompts`` are those of the film; ``makers`` the providers whose assets count."""

    def __init__(self, services: Services, prompts: Sequence[str], makers: Sequence[str], embedder: Embedder) -> None:
        self._index, self._makers, self._embedder = services.index, makers, embedder
        self._in_all = _said_by_all(prompts)
        self._known: dict[str, NDArray[np.float32]] = {}
        self._pools: dict[AssetType, tuple[tuple[Asset, ...], Vectors]] = {}
        search = SemanticSearch(services.index, services.settings.gallery / FOLDER, embedder=embedder, keep=False)
        self._search = search if search.waiting() <= _FEW_WAITING else None

    def nearest(self, prompt: str, kind: AssetType, others: Sequence[Asset], least: float) -> list[tuple[Asset, float]]:
        """The assets at least so like a prompt, in no order: of the pool, of the whole library, and of ``others``."""
        wanted = self._vectors([prompt])[0]
        assets, vectors = self._pool(kind)
        scores = vectors @ wanted
        found = {assets[at].asset_id: (assets[at], float(scores[at])) for at in np.flatnonzero(scores >= least)}
        more = [asset for asset in (*others, *self._of_library(prompt, kind)) if asset.asset_id not in found]
        if more:
            of_more = self._vectors([asset.prompt for asset in more]) @ wanted
            found |= {a.asset_id: (a, float(s)) for a, s in zip(more, of_more, strict=True) if s >= least}
        return list(found.values())

    def _of_library(self, prompt: str, kind: AssetType) -> Iterable[Asset]:
        if self._search is None or not prompt.strip() or len(self._pool(kind)[0]) < POOL:
            return ()  # the pool is all there is
        hits = self._search.find(prompt, _of_kind(kind, self._makers), limit=_NEAREST)
        return [hit.asset for hit in hits]

    def _pool(self, kind: AssetType) -> tuple[tuple[Asset, ...], Vectors]:
        if kind not in self._pools:
            assets = self._index.page(_of_kind(kind, self._makers), limit=POOL).assets
            self._pools[kind] = assets, self._vectors([asset.prompt for asset in assets])
        return self._pools[kind]

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        """A row for each text; what shots have in common, like a scene's assets, is embedded once."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            told = self._embedder.embed([self._told_apart(text) for text in new])
            self._known.update(zip(new, told, strict=True))
        empty = np.zeros((0, self._embedder.dim), np.float32)
        return np.stack([self._known[text] for text in texts]) if texts else empty

    def _told_apart(self, text: str) -> str:
        if not self._in_all:
            return text
        kept = [word for word in _WORD.findall(text.casefold()) if word not in self._in_all]
        return " ".join(kept) or text


def _said_by_all(prompts: Sequence[str]) -> frozenset[str]:
    """None where a prompt has no other words, and so nothing of its own to go by."""
    if len(prompts) < _FILM:
        return frozenset()
    words = [frozenset(_WORD.findall(prompt.casefold())) for prompt in prompts]
    in_all = frozenset[str].intersection(*words)
    return frozenset() if in_all in words else in_all


def _of_kind(kind: AssetType, makers: Sequence[str]) -> AssetQuery:
    return AssetQuery.of(asset_type=kind.value, any_of={"provider": makers})
