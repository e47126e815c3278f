"""What went wrong, as RFC 9457 has it: a status, a code for programs, a sentence for people, and the next step."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from film.app.estimates import EstimateChanged, EstimateExpired
from film.app.film_shelf import UnknownFilm
from film.app.media_files import NoMedia
from film.app.productions import ProductionBusy
from film.app.review_links import LinkRefused
from film.app.shot_book import EditConflict, UnknownShot
from film.errors import (
    BudgetExceededError,
    ConsentDeclined,
    FilmError,
    InputError,
    Interrupted,
    MissingKeyError,
    ProviderError,
    StoreError,
    UnknownPriceError,
)

TYPE = "application/problem+json"
_STATUS: tuple[tuple[type[FilmError], int], ...] = (
    (UnknownFilm, 404),
    (UnknownShot, 404),
    (NoMedia, 404),
    (LinkRefused, 403),
    (EditConflict, 409),
    (EstimateChanged, 409),
    (EstimateExpired, 409),
    (ProductionBusy, 409),
    (ConsentDeclined, 409),
    (MissingKeyError, 409),
    (Interrupted, 409),
    (BudgetExceededError, 402),
    (UnknownPriceError, 402),
    (InputError, 422),
    (ProviderError, 502),
    (StoreError, 503),
    (FilmError, 422),
)
"""The first kind that it is decides."""


@dataclass(frozen=True)
class Problem:
    status: int
    code: str
    title: str
    hint: str = ""
    more: dict[str, Any] = field(default_factory=dict[str, Any])


class ProblemBody(BaseModel):
    """As it is sent."""

    type: str = "about:blank"
    status: int
    code: str
    title: str
    hint: str = ""


TOO_LARGE = Problem(413, "too-large", "that is more than the studio takes at once", "send less of it")


def problem_response(problem: Problem) -> JSONResponse:
    body = {
        "type": "about:blank",
        "status": problem.status,
        "code": problem.code,
        "title": problem.title,
        "hint": problem.hint,
        **problem.more,
    }
    return JSONResponse(jsonable_encoder(body), problem.status, media_type=TYPE, headers={"cache-control": "no-store"})


def of_error(error: FilmError) -> Problem:
    """One of ours; its class is its code."""
    status = next(status for kind, status in _STATUS if isinstance(error, kind))
    more: dict[str, Any] = {}
    if isinstance(error, InputError):
        more = {"field": error.field, "line": error.line}
        if error.others:
            more["others"] = [{"title": str(one), "hint": one.hint, "field": one.field} for one in error.others[:50]]
    if isinstance(error, EditConflict):
        more = {"yours": error.yours, "theirs": error.theirs}
    if isinstance(error, BudgetExceededError):
        more = {"needed_usd": str(error.needed), "limit_usd": str(error.limit)}
    return Problem(status, _code(type(error)), str(error), error.hint, more)


def tell_problems(app: FastAPI) -> None:
    """Let every error be told as a problem."""

    @app.exception_handler(FilmError)
    def _ours(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, FilmError)
        return problem_response(of_error(error))

    @app.exception_handler(RequestValidationError)
    def _wrong(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"][1:])
        said = str(first["msg"]).removeprefix("Value error, ")
        return problem_response(
            Problem(422, "invalid", f"{where}: {said}" if where else said, "see /docs", {"field": where})
        )

    @app.exception_handler(HTTPException)
    def _plain(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        code = {404: "not-found", 405: "method", 400: "unreadable", 413: "too-large"}.get(error.status_code, "refused")
        return problem_response(Problem(error.status_code, code, str(error.detail), "see /docs"))

    @app.exception_handler(Exception)
    def _fault(_request: Request, error: Exception) -> JSONResponse:
        return problem_response(Problem(500, "fault", f"the studio is at fault: {type(error).__name__}", "report it"))


def _code(kind: type) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", kind.__name__.removesuffix("Error")).lower()
