"""What leaves the studio for editing programs. Nothing is made and nothing is paid."""

from __future__ import annotations

from typing import cast

from fastapi import APIRouter
from pydantic import BaseModel

from film.app.exports import ExportedFilm, ExportFilm, ExportKind, export_film
from film.studio.state import Desk

router = APIRouter(prefix="/films/{film}")


class Wanted(BaseModel):
    otio: bool = False
    otioz: bool = False
    xml: bool = False
    edl: bool = False
    stems: bool = False
    contact_sheet: bool = False
    poster: bool = False


@router.post("/exports")
def write(asked: Wanted, desk: Desk) -> ExportedFilm:
    """Write what is wanted into the gallery, beside the film, from what is in the library at the film's tier."""
    wanted = cast("tuple[ExportKind, ...]", tuple(name for name, is_wanted in asked if is_wanted))
    return export_film(ExportFilm(film=str(desk.path), wanted=wanted, tier=desk.tier), desk.workspace)
