"""What a run comes to: its shots, its film, its figures."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from film.cache import CachedAsset
from film.cost_tracker.standing import Booked, OverQuote, Standing
from film.errors import FilmError
from film.models import Asset, AssetRequest, AssetType, Shot

OWN = "own"
"""The provider of what users made themselves."""


@dataclass(frozen=True, slots=True)
class ShotAsset:
    """One asset of a shot. ``cost`` is what this run paid for it, in dollars: a reused one cost nothing now.

    ``reused_parts`` are those parts of a long line that were there: they, and not the whole, were paid for.
    """

    request: AssetRequest
    key: str
    asset: CachedAsset
    reused: bool
    cost: Decimal = Decimal(0)
    reused_parts: tuple[CachedAsset, ...] = ()
    taken: Asset | None = None
    """The library's record of it, where the shot names it in ``reuse`` and did not ask for it in its own words."""

    @property
    def saved(self) -> Decimal:
        """What was paid, when it was made, for that of it which is reused."""
        return sum((asset.cost for asset in self.reused_assets), Decimal(0))

    @property
    def reused_assets(self) -> tuple[CachedAsset, ...]:
        return (self.asset, *self.reused_parts) if self.reused else self.reused_parts

    @property
    def asset_type(self) -> AssetType:
        return self.request.asset_type

    @property
    def asset_id(self) -> str:
        return self.taken.asset_id if self.taken else asset_id(self.asset_type, self.key)


@dataclass(frozen=True, slots=True)
class CompletedShot:
    """A shot with what was obtained for it. ``error`` says why something is missing."""

    shot: Shot
    assets: Mapping[AssetType, ShotAsset] = field(default_factory=dict[AssetType, ShotAsset])
    error: FilmError | None = None
    stand_in: CachedAsset | None = None
    """The still that takes the clip's place in the cut when there is none."""
    card: CachedAsset | None = None
    """Of a title, its words as a picture; drawn for the cut."""

    def having(self, asset: ShotAsset) -> CompletedShot:
        return replace(self, assets={**self.assets, asset.asset_type: asset})

    @property
    def shot_id(self) -> str:
        return self.shot.shot_id

    @property
    def image(self) -> CachedAsset | None:
        return self._asset(AssetType.IMAGE)

    @property
    def video(self) -> CachedAsset | None:
        return self._asset(AssetType.VIDEO)

    @property
    def audio(self) -> CachedAsset | None:
        return self._asset(AssetType.AUDIO)

    @property
    def shown(self) -> CachedAsset | None:
        """What the cut shows of it."""
        return self.video or self.card or self.stand_in

    @property
    def image_path(self) -> Path | None:
        return self.image.path if self.image else None

    @property
    def video_path(self) -> Path | None:
        return self.video.path if self.video else None

    @property
    def audio_path(self) -> Path | None:
        return self.audio.path if self.audio else None

    @property
    def complete(self) -> bool:
        return self.error is None

    @property
    def made(self) -> bool:
        """Whether this run made any of it."""
        return any(not asset.reused for asset in self.assets.values())

    @property
    def cost_usd(self) -> Decimal:
        return sum((asset.cost for asset in self.assets.values()), Decimal(0))

    def _asset(self, kind: AssetType) -> CachedAsset | None:
        return self.assets[kind].asset if kind in self.assets else None


@dataclass(frozen=True)
class FilmResult(os.PathLike[str]):
    """The finished film. It prints as, and may be opened like, its path."""

    path: Path
    film_id: str
    seconds: Fraction
    shots: tuple[CompletedShot, ...] = field(repr=False)
    cost_usd: Decimal
    """What was booked for the film while the run was at it, orders that brought nothing included."""
    saved_usd: Decimal
    """What the reused assets had cost when they were made, once for each shot that uses one."""
    elapsed: float
    """Seconds that making it took."""
    segments_made: int = 0
    segments_reused: int = 0
    pieces: tuple[str, ...] = ()
    """What was encoded and mixed for it, by name, in the film's order."""
    unchanged: bool = False
    """The film that was there is the film that was asked for."""
    warnings: tuple[str, ...] = ()
    checked: str = ""
    """What the inspection of the film came to, in one line."""
    for_nothing_usd: Decimal = Decimal(0)
    """That of the cost which went to orders that brought nothing: charged failures, lost ones, those bought again."""
    standing: Standing = field(default_factory=Standing, repr=False)
    """What is set aside and under review for the film as the run ends, and this run's bills over their quote."""

    @property
    def shots_made(self) -> int:
        return sum(1 for s in self.shots if s.made and s.complete)

    @property
    def shots_reused(self) -> int:
        return sum(1 for s in self.shots if s.assets and not s.made and s.complete)  # a title has none

    @property
    def failed(self) -> tuple[CompletedShot, ...]:
        return tuple(s for s in self.shots if not s.complete)

    @property
    def over_quote(self) -> tuple[OverQuote, ...]:
        """This run's bills that were higher than their quote."""
        return self.standing.over_quote

    def with_books(self, booked: Booked) -> FilmResult:
        """The same film, with what the ledger says that it cost."""
        return replace(self, cost_usd=booked.cost, for_nothing_usd=booked.for_nothing, standing=booked.standing)

    def __str__(self) -> str:
        return str(self.path)

    def __fspath__(self) -> str:
        return str(self.path)


def reused_assets(shots: Iterable[CompletedShot]) -> Iterator[tuple[str, CachedAsset]]:
    """(shot, what it reuses), each use by itself: what is counted as a hit, and what ``saved`` is the sum of."""
    return ((s.shot_id, again) for s in shots for asset in s.assets.values() for again in asset.reused_assets)


def saved_by(shots: Iterable[CompletedShot]) -> Decimal:
    """What the assets that shots reuse had cost when they were made."""
    return sum((asset.cost for _, asset in reused_assets(shots)), Decimal(0))


def asset_id(asset_type: AssetType, key: str) -> str:
    """What people call an asset: ``image_3f9a0c…``; follows from its key."""
    return f"{asset_type.value}_{key[:16]}"
