"""What the library has that comes near to a shot about to be bought: offered, and never used unasked.

    rows to be bought, the dearest first ──► same people and place (tags) ─┐
                                         └─► same meaning (similarity) ────┴──► NearMatch ──► a line in the plan

A clip or picture is near when its prompt means much the same; who and where it shows lowers what that takes, and
ranks first. Speech is near when it says the very same words, in whatever voice: no line replaces another. What drafts
are made of is never offered for a film that is bought, nor is what an edit of the shot is meant to replace.

Looking takes so long at most (``SECONDS``), however long the film and however large the library: then the cheapest
shots go without, and ``NearMatches.unseen`` says how many pictures, clips and lines that were.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from film.metadata import AssetQuery
from film.metadata.words import tag_value
from film.models import Asset, AssetType, Shot
from film.planning.plan import FilmPlan, PlannedAsset
from film.planning.services import Services
from film.providers.registry import TIERS
from film.render.last_frame import FRAMES

if TYPE_CHECKING:
    from film.planning.similarity import Likeness
    from film.search import Embedder

ALIKE = 0.70
"""From here on a prompt means much the same, when the people, the place and the time of day are the shot's own. Other
shots of a film come to 0.3 to 0.6, the same shot in other words to 0.7 to 0.9."""
ALIKE_ELSEWHERE = 0.85
"""And from here on, whoever and wherever it shows."""
SECONDS = 0.7
MOST = 3
"""Offers for one picture, clip or line."""
_SCENE = 100
"""The newest assets with the shot's people and place that are looked at."""
_WORDS = 12
_SHORTEST = Fraction(4, 5)
_SHAPE = 0.05
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class NearMatch:
    """An asset that could be taken. ``instead_of`` is what need not be paid then: with a clip, its picture as well.

    ``alike`` is 1 for the same meaning; None where no language model is installed, and the tags alone agree.
    """

    shot_id: str
    asset: Asset
    instead_of: Decimal
    alike: float | None
    same_scene: bool

    @property
    def shows(self) -> str:
        """``attic, emma, close-up``."""
        tags = (*self.asset.landscapes, *self.asset.characters, self.asset.shot_type, self.asset.time_of_day)
        return ", ".join(tag for tag in tags if tag)


@dataclass(frozen=True, slots=True)
class NearMatches:
    """What was found, in film order, the best first. ``unseen``: how many time was over for before their turn came."""

    matches: tuple[NearMatch, ...] = ()
    unseen: int = 0

    def __iter__(self) -> Iterator[NearMatch]:
        return iter(self.matches)


@dataclass(frozen=True, slots=True)
class _Wanted:
    row: PlannedAsset
    instead_of: Decimal

    @property
    def shot(self) -> Shot:
        return self.row.ask.shot


def near_matches(
    plan: FilmPlan,
    services: Services,
    *,
    embedder: Embedder | None = None,
    seconds: float = SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> NearMatches:
    """Up to ``MOST`` assets for each picture, clip and line that is to be bought.

    Nothing is written and nothing is used. ``embedder`` is the installed one where none is given.
    """
    until = clock() + seconds
    wanted = sorted(_to_buy(plan), key=lambda one: one.instead_of, reverse=True) if plan.params.use_cache else []
    makers = _makers(services) if wanted else ()
    if not makers:
        return NearMatches()
    finder = _Finder(plan, services, makers, embedder)
    found: dict[tuple[str, AssetType], list[NearMatch]] = {}
    for one in wanted:
        if clock() > until:
            break
        found[one.row.shot_id, one.row.asset_type] = finder.near(one)
    places = ((row.shot_id, row.asset_type) for row in plan.assets)
    matches = tuple(match for place in places for match in found.get(place, ()))
    return NearMatches(matches, len(wanted) - len(found))


def _to_buy(plan: FilmPlan) -> Iterable[_Wanted]:
    for shot in plan.shots:
        prices = {row.asset_type: row.quote.amount for row in shot.to_make if not row.ask.provider.local}
        for kind, price in prices.items():
            with_picture = prices.get(AssetType.IMAGE, Decimal(0)) if kind is AssetType.VIDEO else Decimal(0)
            if price:
                yield _Wanted(shot.assets[kind], price + with_picture)


def _makers(services: Services) -> tuple[str, ...]:
    """Whose assets are worth an offer: the user's own and what vendors made, no drafts and no frames of clips."""
    drafts = {name for tier in TIERS.values() if tier.is_draft for name in (tier.image, tier.video, tier.audio)}
    drafts.add(FRAMES)
    return tuple(name for name in services.index.get_index_stats()["by_provider"] if tag_value(name) not in drafts)


class _Finder:
    """Looks for what is near, and remembers what one shot's search can spare the next."""

    def __init__(self, plan: FilmPlan, services: Services, makers: Sequence[str], embedder: Embedder | None) -> None:
        self._plan, self._services, self._makers, self._embedder = plan, services, makers, embedder
        self._scenes: dict[tuple[object, ...], tuple[Asset, ...]] = {}
        self._likeness: Likeness | None = None
        self._is_ready = False

    def near(self, wanted: _Wanted) -> list[NearMatch]:
        row, shot = wanted.row, wanted.shot
        own = {take.key for take in self._plan.known.get((row.shot_id, row.asset_type), ())}
        found = self._lines(shot) if row.asset_type is AssetType.AUDIO else self._seen(shot, row.asset_type)
        matches = [
            NearMatch(row.shot_id, asset, wanted.instead_of, alike, same)
            for asset, alike, same in found
            if asset.key not in own and self._fits(asset, shot)
        ]
        matches.sort(key=lambda match: (not match.same_scene, -(match.alike or 0)))
        if not matches:
            return []
        there = self._services.cache.peek_many([match.asset.key for match in matches[: 2 * MOST]])
        return [match for match in matches if match.asset.key in there][:MOST]

    def _seen(self, shot: Shot, kind: AssetType) -> list[tuple[Asset, float | None, bool]]:
        scene = self._scene(shot, kind)
        if likeness := self._meaning():
            near = likeness.nearest(shot.enhanced_prompt, kind, scene, ALIKE)
            judged = [(asset, alike, _same_scene(shot, asset)) for asset, alike in near]
            return [(asset, alike, same) for asset, alike, same in judged if same or alike >= ALIKE_ELSEWHERE]
        return [(a, None, True) for a in scene if _same_scene(shot, a) and _same([a.shot_type], [shot.shot_type])]

    def _scene(self, shot: Shot, kind: AssetType) -> tuple[Asset, ...]:
        """The newest that show the shot's people in its place."""
        place = (kind, shot.characters, shot.landscapes)
        if not shot.characters and not shot.landscapes:
            return ()
        if place not in self._scenes:
            query = AssetQuery.of(
                shot.characters, shot.landscapes, asset_type=kind.value, any_of={"provider": self._makers}
            )
            self._scenes[place] = self._services.index.page(query, limit=_SCENE).assets
        return self._scenes[place]

    def _lines(self, shot: Shot) -> list[tuple[Asset, float | None, bool]]:
        said = _words(shot.spoken or "")
        text = " ".join(dict.fromkeys(said[:_WORDS]))
        if not text or not self._has_speech:
            return []
        query = AssetQuery.of(asset_type=AssetType.AUDIO.value, any_of={"provider": self._makers}, text=text)
        found = self._services.index.page(query, limit=_SCENE).assets
        return [(a, 1.0, _same(a.characters, shot.characters)) for a in found if _words(a.prompt) == said]

    @cached_property
    def _has_speech(self) -> bool:
        return AssetType.AUDIO.value in self._services.index.get_index_stats()["by_type"]

    def _meaning(self) -> Likeness | None:
        """The language model and what it is compared with; None where none is installed."""
        if not self._is_ready:
            self._is_ready = True
            from film.search import has_embedder, load_embedder

            if self._embedder or has_embedder():
                from film.planning.similarity import Likeness

                prompts = [shot.enhanced_prompt for shot in self._plan.params.shots if not shot.title]
                self._likeness = Likeness(self._services, prompts, self._makers, self._embedder or load_embedder())
        return self._likeness

    def _fits(self, asset: Asset, shot: Shot) -> bool:
        """Whether it has the film's shape and lasts about as long as the shot, as far as is known."""
        details, params = asset.details, self._plan.params
        if details.get("height"):
            shape = (details["width"] / details["height"]) / (params.width / params.height)
            if abs(shape - 1) > _SHAPE:
                return False
        seconds = details.get("seconds") if asset.asset_type is AssetType.VIDEO else None
        return seconds is None or Fraction(str(seconds)) >= _SHORTEST * Fraction(shot.duration)


def _same_scene(shot: Shot, asset: Asset) -> bool:
    """The same people, in the same place, at the same time of day as far as both say one."""
    if not shot.characters and not shot.landscapes:
        return False
    times = [time for time in (shot.time_of_day, asset.time_of_day) if time]
    return (
        _same(shot.characters, asset.characters)
        and _same(shot.landscapes, asset.landscapes)
        and len({tag_value(time) for time in times}) < 2
    )


def _same(some: Iterable[str | None], others: Iterable[str | None]) -> bool:
    return {tag_value(word) for word in some if word} == {tag_value(word) for word in others if word}


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
