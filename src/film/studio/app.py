"""The studio as an ASGI application: routes from the table, pages from package data, the guard around all of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from importlib.metadata import version
from importlib.resources import as_file, files
from typing import Any

from fastapi import FastAPI
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from film.studio.access import Tokens
from film.studio.guard import Guard
from film.studio.problems import ProblemBody, tell_problems
from film.studio.routes import ROUTES
from film.studio.state import Studio
from film.studio.watching import watch

API = "/api/v1"
_ERRORS: dict[int | str, dict[str, Any]] = {
    code: {"model": ProblemBody} for code in (400, 401, 402, 403, 404, 409, 413, 415, 421, 422, 428, 502, 503)
}


def studio_app(
    studio: Studio, *, tokens: Tokens, hosts: Sequence[str], cookie: str = "film_studio", https: bool = False
) -> ASGIApp:
    """The application. ``hosts`` are the names and ports under which it may be asked."""
    return Guard(routed(studio), tokens=tokens, hosts=hosts, cookie=cookie, https=https)


def routed(studio: Studio) -> FastAPI:
    """The routes alone, with nobody at the door: for whoever writes their schema down."""

    @asynccontextmanager
    async def alive(_app: FastAPI) -> AsyncGenerator[None]:
        watching = asyncio.create_task(watch(studio))
        try:
            yield
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
            await asyncio.to_thread(studio.close)

    app = FastAPI(
        title="film studio",
        version=version("film-generation"),
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=alive,
        redirect_slashes=False,
        responses=_ERRORS,
    )
    app.state.studio = studio
    tell_problems(app)
    for name in ROUTES:
        app.include_router(import_module(f"film.studio.routes.{name}").router, prefix=API, tags=[name])
    with as_file(files("film.studio").joinpath("pages")) as pages:
        app.mount("/pages", _Pages(directory=pages), name="pages")
        index, guests = pages / "index.html", pages / "review.html"

    @app.get("/", include_in_schema=False)
    @app.get("/films/{rest:path}", include_in_schema=False)
    @app.get("/docs", include_in_schema=False)
    def page(rest: str = "") -> Response:
        """Every page is one file: what it shows is up to its address."""
        return FileResponse(index, headers={"cache-control": "no-cache"})

    @app.get("/review/{link}", include_in_schema=False)
    def guest_page(link: str) -> Response:
        return FileResponse(guests, headers={"cache-control": "no-cache"})

    return app


class _Pages(StaticFiles):
    """Modules and styles, asked for anew each time and sent only where they changed."""

    def file_response(self, *args: object, **options: object) -> Response:
        response = super().file_response(*args, **options)  # pyright: ignore[reportArgumentType]
        response.headers["cache-control"] = "no-cache"
        return response

    async def get_response(self, path: str, scope: Scope) -> Response:
        if not path.endswith((".js", ".css", ".svg", ".html", ".json")):
            return Response(status_code=404)
        return await super().get_response(path, scope)
