"""What a fleet is to make, and with what: lengths of jobs, accounts, machines, the price of every step, the faults.

Everything that has a time here is either measured from the engine (``benchmarks/_prices.py``) or an assumption about
the world outside, named as such in ``benchmarks/scaling.py``. All at nothing is the world of ``benchmarks/_rehearsal``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import fmean
from typing import Final

import numpy as np

from benchmarks._script import MEAN, SPREAD, Script
from film.models import AssetType

KINDS: Final = (0, 1, 2)
IMAGE, VIDEO, SPEECH = KINDS
TYPES: Final = (AssetType.IMAGE, AssetType.VIDEO, AssetType.AUDIO)
VENDORS: Final = ("places for pictures", "places for clips", "places for speech")

Three = tuple[float, float, float]
"""Pictures, clips, speech."""


@dataclass(frozen=True)
class Load:
    """``lengths`` of each kind's jobs by shot, 0 where a shot has none; ``order``, in which shots are made."""

    lengths: tuple[list[float], list[float], list[float]]
    order: list[int]

    def __len__(self) -> int:
        return len(self.order)

    @classmethod
    def of(cls, film: Script, *, longest_first: bool = False) -> Load:
        image, video, audio = ([shot.get(kind, 0.0) for shot in film.lengths] for kind in TYPES)
        order = list(range(len(image)))
        if longest_first:  # as the engine does: by the length that is asked for, which is all that it knows
            order.sort(key=lambda shot: -film.durations[shot])
        return cls((image, video, audio), order)

    @classmethod
    def random(cls, shots: int, seed: int = 0, *, spoken: float = 0.5) -> Load:
        """Shots as in ``_script.script("random")``, made in one go; a share of them is spoken."""
        dice = np.random.default_rng(seed)
        drawn: list[list[float]] = []
        for kind in TYPES:
            variance = np.log(1 + SPREAD[kind] ** 2)
            lengths = dice.lognormal(np.log(MEAN[kind]) - variance / 2, np.sqrt(variance), shots)
            if kind is AssetType.AUDIO:
                lengths[dice.random(shots) >= spoken] = 0.0
            drawn.append(lengths.tolist())
        image, video, audio = drawn
        return cls((image, video, audio), list(range(shots)))


@dataclass(frozen=True)
class Faults:
    """Shares of orders and jobs, seconds on the average. All at nothing: a world without faults."""

    throttled: float = 0.0
    """Orders that are answered with 429 …"""
    retry_after: float = 30.0
    unanswered: float = 0.0
    """Orders whose answer is a 5xx, a timeout, a cut connection: every other one has come about."""
    refused: float = 0.0
    """Orders that moderation declines."""
    failed: float = 0.0
    """Jobs that end without a result; the film is run again."""
    grace: float = 10.0
    death_every: float = 0.0
    """A worker's life; 0 is for ever."""
    death_noticed: float = 20.0
    replaced_after: float = 120.0
    restart_every: float = 0.0
    """A coordinator's life; 0 is for ever."""
    restart_seconds: float = 60.0
    """Until its successor is there and the leases have run out."""

    @property
    def on_orders(self) -> float:
        return self.throttled + self.unanswered + self.refused


@dataclass(frozen=True)
class Setup:
    """The vendors' accounts, each with a coordinator that orders from it, and what they share."""

    accounts: int = 1
    places: int = 3
    """Jobs of each kind that an account lets be at work."""
    queued: tuple[bool, bool, bool] = (True, True, False)
    polled: tuple[bool, bool, bool] = (True, True, False)
    usual: Three = (MEAN[AssetType.IMAGE], MEAN[AssetType.VIDEO], MEAN[AssetType.AUDIO])
    poll_floor: Three = (1.0, 2.0, 1.0)
    orders_a_minute: tuple[float | None, float | None, float | None] = (None, None, None)
    posts_in_flight: int = 4
    post_seconds: float = 0.0
    download_seconds: float = 0.0
    transaction_seconds: float = 0.0
    """What the database is busy with one: its capacity is one over this."""
    transaction_wait: float = 0.0
    """The way there and back."""
    transactions_shot: float = 0.0
    transactions_before: float = 0.0
    """For each job, before it is sent …"""
    transactions_after: float = 0.0
    core_order: float = 0.0
    """Seconds of a coordinator's core for each order, poll and result."""
    core_poll: float = 0.0
    core_collect: Three = (0.0, 0.0, 0.0)
    sizes: Three = (0.0, 0.0, 0.0)
    """Bytes."""
    bandwidth: float = 0.0
    """Bytes a second into and out of the store; 0 is without limit."""
    workers: int = 1
    """Cores that encode."""
    encode_seconds: float = 0.0
    faults: Faults = field(default_factory=Faults)

    def slots(self, kind: int) -> int:
        """Jobs that are sent: a quarter more than may be at work where the vendor keeps a line."""
        return self.places + (-(-self.places // 4) if self.queued[kind] and self.polled[kind] else 0)

    def gates(self, kind: int) -> int:
        return self.posts_in_flight if self.polled[kind] else self.slots(kind)

    def between_orders(self, kind: int) -> float:
        rate = self.orders_a_minute[kind]
        return 60 / rate if rate else 0.0


def bounds(load: Load, setup: Setup) -> dict[str, float]:
    """Seconds below which each resource cannot do its part of a load, without faults; the largest is the film's."""
    image, video, audio = ([length for length in load.lengths[kind] if length] for kind in KINDS)
    places = setup.accounts * setup.places

    def spread(kind: int, work: list[float]) -> float:
        if not work:
            return 0.0
        orders = len(work) * setup.between_orders(kind) / setup.accounts
        return max(sum(work) / places, *work, orders)

    found = {
        VENDORS[IMAGE]: spread(IMAGE, image) + min(video, default=0.0),
        VENDORS[VIDEO]: min(image, default=0.0) + spread(VIDEO, video),
        VENDORS[SPEECH]: spread(SPEECH, audio),
        "the longest shot": max(i + v for i, v in zip(load.lengths[IMAGE], load.lengths[VIDEO], strict=True)),
        "workers": len(load) * setup.encode_seconds / setup.workers,
    }
    jobs = len(image) + len(video) + len(audio)
    transactions = len(load) * setup.transactions_shot + jobs * (setup.transactions_before + setup.transactions_after)
    found["database"] = transactions * setup.transaction_seconds
    core = sum(len(work) * (setup.core_order + setup.core_collect[k]) for k, work in enumerate((image, video, audio)))
    found["coordinators"] = core / setup.accounts
    if setup.bandwidth:
        sizes = sum(len(work) * setup.sizes[k] for k, work in enumerate((image, video, audio)))
        read_again = len(load) * setup.sizes[VIDEO] if setup.encode_seconds else 0.0
        found["store"] = (sizes + read_again) / setup.bandwidth
    return found


def mean_polls(setup: Setup, kind: int) -> float:
    """Polls of a job of the usual length, by the engine's own pace."""
    if not setup.polled[kind]:
        return 0.0
    import random

    from film.jobs.pace import PollPace

    pace, found = PollPace(setup.usual[kind], setup.poll_floor[kind], dice=random.Random(0)), list[int]()
    for _ in range(100):
        at, polls = 0.0, 0
        while at < setup.usual[kind]:
            at, polls = at + pace.wait(at), polls + 1
        found.append(polls)
    return fmean(found)
