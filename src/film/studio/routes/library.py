"""The library: found by what it shows and by words, counted by groups, and added to with files of one's own."""

from __future__ import annotations

import asyncio
import re
import shutil
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from film.app.assets import (
    AssetFilters,
    AssetList,
    FacetCounts,
    FindAssets,
    FindByMeaning,
    RankedAssets,
    assets_like,
    count_facets,
    find_assets,
)
from film.app.imports import ImportedAssets, ImportFiles, import_files, upload_folder
from film.studio.state import Desk

router = APIRouter(prefix="/films/{film}")
Words = Annotated[list[str] | None, Query(max_length=50)]


def filters(
    q: Annotated[str | None, Query(max_length=500)] = None,
    characters: Words = None,
    landscapes: Words = None,
    styles: Words = None,
    mood: Words = None,
    time_of_day: Words = None,
    shot_type: Words = None,
    asset_type: Words = None,
    provider: Words = None,
) -> AssetFilters:
    """Of each group that is named one word is enough; all groups must hold."""
    named = {
        "characters": characters,
        "landscapes": landscapes,
        "styles": styles,
        "mood": mood,
        "time_of_day": time_of_day,
        "shot_type": shot_type,
        "asset_type": asset_type,
        "provider": provider,
    }
    return AssetFilters(text=q, any_of={name: tuple(words) for name, words in named.items() if words})


Filters = Annotated[AssetFilters, Depends(filters)]


@router.get("/assets")
def assets(
    desk: Desk,
    asked: Filters,
    limit: Annotated[int, Query(ge=1, le=200)] = 48,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> AssetList:
    """The newest first, a page of them."""
    return find_assets(FindAssets(**dict(asked), limit=limit, cursor=cursor), desk.workspace)


@router.get("/facets")
def facets(desk: Desk, asked: Filters) -> FacetCounts:
    """How many there are of each word; a group's own choice does not count in it."""
    return count_facets(asked, desk.workspace)


@router.get("/alike")
def alike(
    desk: Desk,
    asked: Filters,
    like: Annotated[str, Query(min_length=1, max_length=2000)],
    limit: Annotated[int, Query(ge=1, le=200)] = 24,
) -> RankedAssets:
    """Those whose words mean most nearly the same."""
    return assets_like(FindByMeaning(**dict(asked), like=like, limit=limit), desk.workspace)


@router.post("/uploads", status_code=201)
async def upload(
    desk: Desk, request: Request, name: Annotated[str, Query(min_length=1, max_length=100)]
) -> ImportedAssets:
    """Take a picture, clip or sound of somebody's own into the library; the body is the file, byte for byte.

    Nothing is taken in that is not whole media. ``name`` says what it shows until somebody says it better.
    """
    folder = await asyncio.to_thread(upload_folder, desk.settings.gallery)
    try:
        path = folder / f"{_plain(name)}"
        with path.open("wb") as file:
            async for piece in request.stream():
                await asyncio.to_thread(file.write, piece)
        return await asyncio.to_thread(import_files, ImportFiles(files=(path,)), desk.workspace)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _plain(name: str) -> str:
    """The name as one that any filesystem takes, and that leads nowhere."""
    return re.sub(r"[^\w .\-]+", "_", name).strip(" .")[-80:] or "upload"
