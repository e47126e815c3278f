"""Films to rehearse: how long each job of each shot takes, and the time below which no schedule can make them."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Literal

from film.models import AssetType

MEAN = {AssetType.IMAGE: 15.0, AssetType.VIDEO: 60.0, AssetType.AUDIO: 3.0}
SPREAD = {AssetType.IMAGE: 0.3, AssetType.VIDEO: 0.5, AssetType.AUDIO: 0.3}
"""Coefficients of variation of the log-normal lengths."""

Lengths = dict[AssetType, float]
Kind = Literal["equal", "random", "mixed"]


@dataclass(frozen=True)
class Script:
    """A film to rehearse: how long each job of each shot takes at the vendor, and how long its clip is to be."""

    lengths: list[Lengths]
    durations: list[int]

    @property
    def equal(self) -> bool:
        return all(lengths == self.lengths[0] for lengths in self.lengths)


def script(kind: Kind, shots: int, seed: int = 0) -> Script:
    """``mixed``: every second shot is spoken, and the last fifth are clips of three times the length."""
    dice = random.Random(seed)
    if kind == "equal":
        return Script([dict(MEAN) for _ in range(shots)], [5] * shots)
    lengths: list[Lengths] = []
    durations: list[int] = []
    for number in range(shots):
        long = kind == "mixed" and number >= 0.8 * shots
        mean, spread = dict(MEAN), dict(SPREAD)
        if kind == "mixed":
            mean[AssetType.VIDEO], spread[AssetType.VIDEO] = (180.0 if long else 60.0), 0.25
        shot = {asset: _lognormal(dice, mean[asset], spread[asset]) for asset in AssetType}
        if kind == "mixed" and dice.random() < 0.5:
            del shot[AssetType.AUDIO]
        lengths.append(shot)
        durations.append(15 if long else 5)
    return Script(lengths, durations)


def _lognormal(dice: random.Random, mean: float, variation: float) -> float:
    variance = math.log(1 + variation**2)
    return dice.lognormvariate(math.log(mean) - variance / 2, math.sqrt(variance))


def lower_bound(film: Script, places: int) -> float:
    """Seconds below which no schedule can make the film.

    For each provider: the shortest way to its first job, its work spread evenly, the shortest way on from its last.
    Jobs of equal length come in whole rounds. And no film is faster than its longest shot.
    """
    image, video, audio = ([s[kind] for s in film.lengths if kind in s] for kind in AssetType)

    def spread(work: list[float]) -> float:
        rounds = math.ceil(len(work) / places) if film.equal else len(work) / places
        return max(rounds * sum(work) / max(1, len(work)), max(work, default=0.0))

    longest = max(max(s[AssetType.IMAGE] + s[AssetType.VIDEO], s.get(AssetType.AUDIO, 0.0)) for s in film.lengths)
    return max(longest, spread(image) + min(video), min(image) + spread(video), spread(audio))
