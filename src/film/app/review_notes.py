"""What people say of a film as they look at it: approvals, takes they like or reject, notes at a time code, a limit.

    gallery/studio/<film id>/notes.jsonl     a line for each word that was said: when, who, what

Nothing is ever changed or removed in it, so that it also says who approved what, and who took it back. An approval
is of a content key: a shot whose key is another one by now is not approved, whatever it was before.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from film.errors import InputError, disk_error
from film.files.own_files import own_file, own_folder
from film.models import AssetType, Model, Text, Word

Mark = Literal["star", "reject", ""]
_MOST = 64 * 1024 * 1024


class Approve(Model):
    """``key`` is the content key that was looked at; None takes the approval back."""

    shot: Word
    kind: AssetType
    key: Word | None


class MarkTake(Model):
    asset_id: Word
    mark: Mark


class AddComment(Model):
    """``at`` is in seconds of the film or of the shot, ``drawing`` lines over the picture, each 0 to 1 in both ways."""

    text: Annotated[Text, Field(min_length=1)]
    shot: Word | None = None
    at: Annotated[float, Field(ge=0, le=86_400)] | None = None
    drawing: Annotated[
        tuple[Annotated[tuple[tuple[float, float], ...], Field(max_length=500)], ...], Field(max_length=50)
    ] = ()


class Comment(AddComment):
    id: str
    author: str
    created_at: str
    resolved: bool = False


@dataclass
class Notes:
    """All that was said, as it stands."""

    approved: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    """(shot, kind) → the key that was approved."""
    marks: dict[str, str] = field(default_factory=dict[str, str])
    comments: dict[str, Comment] = field(default_factory=dict[str, Comment])
    limit: str | None = None
    tier: str | None = None


class NoteBook:
    """The notes of one film, for any number of threads and processes."""

    def __init__(self, gallery: Path, film_id: str) -> None:
        self.path = gallery / "studio" / film_id / "notes.jsonl"
        self._lock = threading.Lock()
        self._read = 0
        self._notes = Notes()

    def notes(self) -> Notes:
        """As they stand now; lines that other programs added since are read."""
        with self._lock:
            with suppress(FileNotFoundError), self.path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                if size < self._read:  # somebody put another file in its place
                    self._read, self._notes = 0, Notes()
                file.seek(self._read)
                for line in file.read(_MOST).splitlines(keepends=True):
                    if not line.endswith(b"\n"):
                        break  # it is being written
                    self._read += len(line)
                    with suppress(ValueError, KeyError, TypeError):
                        _take_in(self._notes, json.loads(line))
            return self._notes

    def approve(self, asked: Approve, who: str) -> None:
        """Write down that somebody approves of a key, or takes it back."""
        self._add(who, "approve", asked.model_dump(mode="json"))

    def mark(self, asked: MarkTake, who: str) -> None:
        self._add(who, "mark", asked.model_dump(mode="json"))

    def comment(self, asked: AddComment, who: str) -> Comment:
        """Write a note down."""
        comment = Comment(**asked.model_dump(), id=secrets.token_hex(6), author=who, created_at=_now())
        self._add(who, "comment", comment.model_dump(mode="json"))
        return comment

    def resolve(self, comment_id: str, who: str, *, resolved: bool = True) -> Comment:
        """Say that a note is dealt with, or that it is not."""
        if comment_id not in self.notes().comments:
            raise InputError(f"there is no note {comment_id[:40]!r}", hint="reload: it may be another film's")
        self._add(who, "resolve", {"id": comment_id, "resolved": resolved})
        return self.notes().comments[comment_id]

    def set_limit(self, limit: str | None, who: str) -> None:
        """What may be spent on the film from here, in dollars; None for the one in the settings."""
        self._add(who, "limit", {"limit": limit})

    def set_tier(self, tier: str, who: str) -> None:
        self._add(who, "tier", {"tier": tier})

    def spent(self, generation_id: str, at_most: str, who: str) -> None:
        """Who agreed to what: the audit trail's half that the ledger does not have."""
        self._add(who, "spend", {"generation": generation_id, "at_most": at_most})

    def _add(self, who: str, what: str, said: Mapping[str, Any]) -> None:
        line = json.dumps({"at": _now(), "who": who, "what": what, **said}, ensure_ascii=True) + "\n"
        try:
            own_folder(self.path.parent)
            own_file(self.path)
            with self.path.open("ab", buffering=0) as file:
                file.write(line.encode())  # one write: lines of two programs do not mix
                os.fsync(file.fileno())
        except OSError as error:
            raise disk_error(error, self.path) from error


def _take_in(notes: Notes, said: Mapping[str, Any]) -> None:
    match said["what"]:
        case "approve":
            place = said["shot"], said["kind"]
            if said["key"] is None:
                notes.approved.pop(place, None)
            else:
                notes.approved[place] = said["key"]
        case "mark":
            notes.marks[said["asset_id"]] = said["mark"]
        case "comment":
            with suppress(ValidationError):
                known = {name: said[name] for name in Comment.model_fields if name in said}
                notes.comments[said["id"]] = Comment.model_validate(known)
        case "resolve":
            found = notes.comments[said["id"]]
            notes.comments[said["id"]] = found.model_copy(update={"resolved": said["resolved"]})
        case "limit":
            notes.limit = said["limit"]
        case "tier":
            notes.tier = said["tier"]
        case _:
            pass


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
