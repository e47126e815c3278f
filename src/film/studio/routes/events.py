"""What happens, as it happens: ``text/event-stream``, from the row after ``Last-Event-ID`` or ``since``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.responses import StreamingResponse

from film.studio.state import TheStudio

router = APIRouter()


@router.get("/events", response_class=StreamingResponse)
async def events(
    studio: TheStudio,
    film: Annotated[str | None, Query(max_length=100)] = None,
    since: Annotated[int | None, Query(ge=0, le=2**53)] = None,
    last_event_id: Annotated[str, Header(max_length=20)] = "",
) -> StreamingResponse:
    """Rows of ``changed``, ``production``, ``happened``, ``films``; ``reset``: ask for everything anew."""
    after = int(last_event_id) if last_event_id.isascii() and last_event_id.isdigit() else since
    return StreamingResponse(
        studio.hub.stream(after, film),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )
