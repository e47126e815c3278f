"""What the library holds, found by what it shows, by words, and by what it means.

AssetFilters ──► AssetQuery ──► the newest · the best fit of words · the nearest in meaning · counts · figures
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from film.app.models import Aside, UseCaseInput, UseCaseResult
from film.app.workspace import Workspace
from film.errors import InputError
from film.models import Asset, Model

if TYPE_CHECKING:
    from film.metadata import AssetQuery, Hit
    from film.planning.services import Services
    from film.search import SemanticSearch
    from film.settings import Settings

_WORTH_A_WORD = 5_000
"""Prompts to embed first, from which on that is told."""


class AssetFilters(UseCaseInput):
    """Which assets are meant: all that is said must hold. What an asset has once may be given once."""

    characters: tuple[str, ...] = ()
    landscapes: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    mood: tuple[str, ...] = ()
    time_of_day: tuple[str, ...] = ()
    shot_type: tuple[str, ...] = ()
    asset_type: tuple[str, ...] = ()
    provider: tuple[str, ...] = ()
    film_id: str | None = None
    any_of: Mapping[str, tuple[str, ...]] = {}
    """Dimension → words of which one is enough."""
    text: str | None = None
    """Words of the prompt or the dialogue: all of them; ``"side by side"``; ``sun*``."""

    def query(self) -> AssetQuery:
        from film.metadata import AssetQuery

        return AssetQuery.of(
            self.characters,
            self.landscapes,
            self.styles,
            self.mood,
            self.time_of_day,
            self.shot_type,
            self.asset_type,
            self.provider,
            self.film_id,
            any_of=self.any_of,
            text=self.text,
        )


class FindAssets(AssetFilters):
    """Which assets to list, and how many. ``cursor`` goes on where the page before ended."""

    limit: int = 20
    cursor: str | None = None


class FindByMeaning(AssetFilters):
    """``like`` is a text."""

    like: str
    limit: int = 20


class SimilarAssets(AssetFilters):
    """``what`` is an asset's id, a shot of the file ``shots``, or a text."""

    what: str
    shots: Path | None = None
    limit: int = 5


class AssetList(UseCaseResult):
    """The newest first. ``next`` is the cursor of the page behind this one."""

    assets: tuple[Asset, ...]
    next: str | None


class Scored(Model):
    """``score`` says how well it fits, the higher the better."""

    score: float


class RankedAsset(Asset, Scored):
    """An asset that fits what was asked for."""


class RankedAssets(UseCaseResult):
    """The best first."""

    assets: tuple[RankedAsset, ...]


class FacetCounts(UseCaseResult):
    """How many assets there are of each word of each dimension, the most frequent first."""

    total: int
    facets: dict[str, dict[str, int]]
    chosen: Aside[frozenset[tuple[str, str]]] = frozenset()
    """Dimensions and words that were asked for: their dimension is counted as if they were not."""


class LibraryCounts(UseCaseResult):
    total_assets: int
    by_type: dict[str, int]
    by_provider: dict[str, int]
    characters: int
    landscapes: int
    styles: int
    total_size_bytes: int
    total_cost_usd: Decimal
    total_reuses: int
    saved_usd: Decimal
    """What the uses after the first would have cost."""


class ProviderCounts(UseCaseResult):
    hits: int
    misses: int
    cost_saved_usd: Decimal
    assets: int


class CacheCounts(UseCaseResult):
    hits: int
    misses: int
    hit_rate_percent: float
    """Of all lookups since the gallery began."""
    total_cost_saved_usd: Decimal
    total_cost_usd: Decimal
    total_assets: int
    total_blobs: int
    total_size_bytes: int
    by_kind: dict[str, int]
    by_provider: dict[str, ProviderCounts]


class LibraryFigures(UseCaseResult):
    library: LibraryCounts
    cache: CacheCounts


def find_assets(asked: FindAssets, workspace: Workspace) -> AssetList:
    """The newest assets that fit, a page of them."""
    page = workspace.looking().index.page(asked.query(), limit=asked.limit, cursor=asked.cursor)
    return AssetList(assets=page.assets, next=page.next)


def best_assets(asked: FindAssets, workspace: Workspace) -> RankedAssets:
    """Those that the words of ``text`` fit best."""
    return _ranked(workspace.looking().index.best(asked.query(), limit=asked.limit))


def count_facets(asked: AssetFilters, workspace: Workspace) -> FacetCounts:
    """How many there are of each character, place, mood …"""
    index, query = workspace.looking().index, asked.query()
    found = index.facets(query)
    return FacetCounts(
        total=index.count(query),
        facets={name.value: {facet.label: facet.count for facet in some} for name, some in found.items()},
        chosen=frozenset((name.value, facet.label) for name, some in found.items() for facet in some if facet.chosen),
    )


def library_figures(workspace: Workspace) -> LibraryFigures:
    """Figures of the library and the cache."""
    services = workspace.looking()
    return LibraryFigures(
        library=LibraryCounts.model_validate(services.index.get_index_stats()),
        cache=CacheCounts.model_validate(services.cache.get_cache_stats()),
    )


def show_asset(asset_id: str, workspace: Workspace) -> Asset:
    """All that the library knows of one asset. Raises InputError where there is none."""
    asset = workspace.looking().index.get_asset(asset_id)
    if asset is None:
        raise InputError(f"there is no asset {asset_id!r} in the library", hint="film assets lists them")
    return asset


def unusual_in(asset: Asset) -> list[str]:
    """What is unusual in its file, as it was told when it came in."""
    return [str(words) for words in asset.details.get("told") or ()]


def assets_like(asked: FindByMeaning, workspace: Workspace) -> RankedAssets:
    """Those whose prompt means most nearly the same as a text; 1 is the same meaning."""
    query = asked.query()
    return _ranked(_searching(workspace).find(asked.like, query, limit=asked.limit))


def similar_assets(asked: SimilarAssets, workspace: Workspace) -> RankedAssets:
    """What in the library means most nearly the same as an asset, a shot or a text. Nothing is sent or used."""
    services, query = workspace.looking(), asked.query()
    prompt = _prompt_of(asked.what, asked.shots) if asked.shots else None
    search = _searching(workspace)
    if prompt is None and services.index.get_asset(asked.what):
        return _ranked(search.find_like(asked.what, query, limit=asked.limit))
    return _ranked(search.find(prompt or asked.what, query, limit=asked.limit))


def reindex(workspace: Workspace, *, from_scratch: bool = False, progress: Callable[[int], None] | None = None) -> int:
    """Embed the prompts that searching by meaning has not seen; how many those were.

    Args:
        workspace: Its library is written to, where it holds anything.
        from_scratch: Embed every prompt again.
        progress: Told how many more are done.
    """
    services = workspace.working() if workspace.looking().index.count() else workspace.looking()
    search = _search(services, keep=True)
    return search.catch_up(progress, from_scratch=from_scratch) if services.index.count() else 0


def _searching(workspace: Workspace) -> SemanticSearch:
    """A search that keeps what it embeds, where it may."""
    services = workspace.looking()
    if keep := _may_keep(services.settings) and services.index.count() > 0:
        services = workspace.working()
    search = _search(services, keep=keep)
    if (waiting := search.waiting()) > _WORTH_A_WORD:
        later = ", once" if keep else "; film assets reindex would keep them"
        workspace.note(f"embedding {waiting} prompts first{later}")
    return search


def _search(services: Services, *, keep: bool) -> SemanticSearch:
    from film.search import FOLDER, SemanticSearch

    return SemanticSearch(services.index, services.settings.gallery / FOLDER, keep=keep)


def _may_keep(settings: Settings) -> bool:
    from film.db.drives import can_write
    from film.db.session import database_file

    file = database_file(settings.database_url)
    return can_write(settings.gallery) and (file is None or can_write(file.parent))


def _prompt_of(shot_id: str, path: Path) -> str:
    from film.models import identity
    from film.shots.shotfile import load_shots

    shots = load_shots(path).shots
    found = next((shot for shot in shots if identity(shot.shot_id) == identity(shot_id)), None)
    if found is None:
        some = ", ".join(shot.shot_id for shot in shots[:5])
        raise InputError(f"{path} has no shot {shot_id[:100]!r}", hint=f"it has {some}{' …' if len(shots) > 5 else ''}")
    return found.enhanced_prompt


def _ranked(hits: Sequence[Hit]) -> RankedAssets:
    return RankedAssets(
        assets=tuple(
            RankedAsset(score=round(hit.score, 4), **{name: getattr(hit.asset, name) for name in Asset.model_fields})
            for hit in hits
        )
    )
