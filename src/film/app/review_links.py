"""Links for guests: one film, to look at and to write notes on, until a day.

    gallery/studio/<film id>/links.jsonl     a line for each link: its digest, for whom, until when; its end

The token itself stands nowhere: who reads the gallery cannot use the links in it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from film.app.film_desk import FilmDesk
from film.errors import FilmError, disk_error
from film.files.own_files import own_file, own_folder
from film.models import Model, Word


class AskLink(Model):
    """For whom, and for how many days."""

    guest: Word = "guest"
    days: Annotated[int, Field(ge=1, le=90)] = 14


class ReviewLink(Model):
    """``id`` names it in lists; with its token, which is told once, it opens the film."""

    id: str
    guest: str
    until: str
    ended: bool = False


class NewLink(ReviewLink):
    token: str


class LinkRefused(FilmError):
    """No such link, or its day is over."""


def make_link(desk: FilmDesk, asked: AskLink) -> NewLink:
    """A link that nobody else has yet."""
    token = secrets.token_urlsafe(32)
    until = datetime.now(UTC) + timedelta(days=asked.days)
    link = ReviewLink(id=secrets.token_hex(4), guest=asked.guest, until=until.isoformat(timespec="seconds"))
    _write(desk, {**link.model_dump(), "digest": _digest(token)})
    return NewLink(**link.model_dump(), token=f"{desk.film_id}.{token}")


def links(desk: FilmDesk) -> list[ReviewLink]:
    """All that were made for a film, oldest first."""
    return [ReviewLink.model_validate({k: v for k, v in line.items() if k != "digest"}) for line in _lines(desk)]


def end_link(desk: FilmDesk, link_id: str) -> None:
    """Let a link open nothing any more."""
    if not any(line["id"] == link_id for line in _lines(desk)):
        raise LinkRefused(f"there is no link {link_id[:20]!r}", hint="reload the list")
    _write(desk, {"id": link_id, "ended": True})


def film_of(token: str) -> str:
    """The film that a token is for; whether it opens it is for ``guest_of`` to say."""
    return token.rpartition(".")[0]


def guest_of(desk: FilmDesk, token: str) -> ReviewLink:
    """Whose link it is. LinkRefused where it is none, or over."""
    given, now = _digest(token.rpartition(".")[2]), datetime.now(UTC).isoformat(timespec="seconds")
    for line in _lines(desk):
        if hmac.compare_digest(str(line["digest"]), given) and not line["ended"] and str(line["until"]) > now:
            return ReviewLink.model_validate({k: v for k, v in line.items() if k != "digest"})
    raise LinkRefused("this link opens nothing any more", hint="ask whoever sent it for another")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _file(desk: FilmDesk) -> Path:
    return desk.notes.path.with_name("links.jsonl")


def _write(desk: FilmDesk, line: dict[str, Any]) -> None:
    path = _file(desk)
    try:
        own_folder(path.parent)
        own_file(path)
        with path.open("ab", buffering=0) as file:
            file.write(json.dumps(line).encode() + b"\n")
            os.fsync(file.fileno())
    except OSError as error:
        raise disk_error(error, path) from error


def _lines(desk: FilmDesk) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    with suppress(OSError):
        for text in _file(desk).read_text("utf-8").splitlines():
            with suppress(ValueError, KeyError, TypeError):
                line: dict[str, Any] = json.loads(text)
                found[line["id"]] = {"ended": False, **found.get(line["id"], {}), **line}
    return [line for line in found.values() if "digest" in line]
