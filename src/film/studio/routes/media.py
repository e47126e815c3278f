"""Files by what they are, never by a path: assets of the library, small pictures of them, the film. With ranges."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import FileResponse, Response

from film.app.media_files import MediaFile, asset_file, film_file, small_picture
from film.studio.state import Desk

router = APIRouter(prefix="/films/{film}")
ALONE = "default-src 'none'; sandbox"
"""What is opened by itself runs nothing and asks for nothing."""


@router.get("/media/{asset}")
def media(asset: str, desk: Desk, request: Request) -> Response:
    """An asset's file, every byte checked."""
    return sent(asset_file(desk.services, asset), request, "private, max-age=31536000, immutable")


@router.get("/media/{asset}/small")
def small(asset: str, desk: Desk, request: Request, width: Annotated[int, Query()] = 320) -> Response:
    """A picture, or a clip's first frame, for a card."""
    return sent(small_picture(desk.services, asset, width), request, "private, max-age=31536000, immutable")


@router.get("/film/{kind}")
def film(
    kind: Literal["film", "captions"],
    desk: Desk,
    request: Request,
    tier: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """The film as it was made last, or its captions."""
    return sent(film_file(desk, tier, kind), request, "private, no-cache")


def sent(file: MediaFile, request: Request, keep: str) -> Response:
    """A file for a browser: ranges of it, nothing where it has it, and to be saved where it might run."""
    headers = {"etag": f'"{file.tag}"', "cache-control": keep, "content-security-policy": ALONE}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    is_shown = file.is_shown or file.mime.startswith("text/vtt")
    return FileResponse(
        file.path,
        media_type=file.mime if is_shown else "application/octet-stream",
        filename=file.name,
        content_disposition_type="inline" if is_shown else "attachment",
        headers=headers,
    )
