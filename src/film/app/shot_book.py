"""The shots of a film as somebody edits them: read with revisions, changed one at a time, undone.

    shots.json ──read──► ShotSheet: each shot as it is written, with a revision
        ▲                    │  a change, and the revision that it was made on
        └──────write─────────┘  the shot is another by now: merged where other fields changed, else EditConflict

The file is the truth: it is read anew for each question, whoever changed it in between, and a change touches nothing
of it but what was changed. What a change makes wrong is refused with the field; what was wrong before may stay.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from film.app.film_shelf import write_text
from film.errors import FilmError, InputError
from film.files.bounds import read_plain
from film.models import Model, Shot, identity
from film.shots import json_lines
from film.shots.json_edits import ShotText
from film.shots.shotfile import SETTINGS, ShotFile, check_shots

_STEPS = 100
"""Changes of one film that can be undone."""
Fields = dict[str, Any]


class Mistake(Model):
    """What is wrong with a film's files, in the words of the command line."""

    message: str
    hint: str = ""
    field: str | None = None
    shot: int | None = None
    """The shot's place, from 0."""


class WrittenShot(Model):
    """A shot as it is written: its members by name, those included that are no fields of a shot."""

    id: str
    position: int
    revision: str
    fields: Fields
    mistakes: tuple[Mistake, ...] = ()


class ShotSheet(Model):
    """All shots in order. ``revision`` is that of the files; ``order`` of which shots there are, and in which order."""

    revision: str
    order: str
    title: str = ""
    shots: tuple[WrittenShot, ...]
    mistakes: tuple[Mistake, ...] = ()
    warnings: tuple[str, ...] = ()
    can_undo: str = ""
    """What undoing would take back, in words; empty where nothing can be."""


class EditShot(Model):
    """Other values of a shot's fields; None takes one out. ``base`` are those fields as the editor saw them."""

    changes: Fields
    base: Fields | None = None
    revision: str


class EditConflict(FilmError):
    """Somebody else changed the same while it was edited; nothing was written. It has both versions."""

    def __init__(self, message: str, *, yours: object, theirs: object) -> None:
        super().__init__(message, hint="look at both versions, and save the one that is to stay")
        self.yours, self.theirs = yours, theirs


class UnknownShot(InputError):
    """No shot of that id is in the film."""


@dataclass(frozen=True)
class _Step:
    what: str
    before: str
    after: str


class ShotBook:
    """The shots of one film, for any number of threads. ``path`` is its shots.json."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writing = threading.RLock()
        self._steps: list[_Step] = []

    def sheet(self) -> ShotSheet:
        """As the files stand now. Raises InputError where they cannot be read at all."""
        text = self._text()
        value, lines = json_lines.parse(text, self.path)
        entries = _entries(value, self.path)
        mistakes, warnings = _mistakes(value, lines, self.path, len(entries))
        shots = [
            WrittenShot(
                id=str(entry.get("shot_id", "")),
                position=place,
                revision=_digest(repr(sorted(entry.items(), key=lambda pair: pair[0]))),
                fields=cast("Fields", plain(entry)),
                mistakes=tuple(one for one in mistakes if one.shot == place),
            )
            for place, entry in enumerate(entries)
        ]
        title: object = cast("dict[str, object]", value).get("title") if isinstance(value, dict) else ""
        return ShotSheet(
            revision=self.revision(),
            order=_digest("\n".join(shot.id for shot in shots)),
            title=str(title or ""),
            shots=tuple(shots),
            mistakes=tuple(one for one in mistakes if one.shot is None),
            warnings=warnings,
            can_undo=self._steps[-1].what if self._steps and self._steps[-1].after == text else "",
        )

    def revision(self) -> str:
        """Of shots.json and the film.toml beside it: another one after any change of either."""
        settings = self.path.with_name(SETTINGS)
        toml = settings.read_bytes() if settings.is_file() else b""
        return _digest(self._text(), toml)

    def shot(self, shot_id: str) -> WrittenShot:
        """One shot as it is written."""
        return self.sheet().shots[self._place(shot_id)]

    def file(self, changes: Mapping[str, Fields] | None = None) -> ShotFile:
        """The film's shots and settings as a run takes them; with ``changes`` of some shots, as if they were saved."""
        text = ShotText(self._parsed())
        for shot_id, fields in (changes or {}).items():
            text = text.with_fields(self._place(shot_id), _exact(fields))
        return self._checked(text.text)

    def edit(self, shot_id: str, change: EditShot) -> WrittenShot:
        """Change fields of a shot.

        Args:
            shot_id: The shot, by the id that it has now.
            change: The values, and the revision of the shot that they were made on.

        Raises:
            EditConflict: The shot is another by now, and in one of these fields.
            InputError: The shot would be wrong; ``field`` says where.
        """
        with self._writing:
            now = self.shot(shot_id)
            if now.revision != change.revision:
                base = change.base or {}
                theirs = {name: now.fields.get(name) for name in change.changes}
                if any(name not in base or base[name] != theirs[name] for name in change.changes):
                    raise EditConflict(f"shot {shot_id} was changed elsewhere", yours=change.changes, theirs=now.fields)
            place = now.position
            self._write(lambda text: text.with_fields(place, _exact(change.changes)), f"the edit of {shot_id}", place)
            return self.sheet().shots[place]

    def edit_many(self, revisions: Mapping[str, str], changes: Fields) -> ShotSheet:
        """The same change of several shots, each on the revision that was seen: of all of them, or of none."""
        with self._writing:
            now = {shot.id: shot for shot in self.sheet().shots}
            for shot_id, revision in revisions.items():
                if shot_id not in now or now[shot_id].revision != revision:
                    raise EditConflict(f"shot {shot_id} was changed elsewhere", yours=changes, theirs=shot_id in now)
            exact = _exact(changes)

            def changed(text: ShotText) -> ShotText:
                for shot_id in revisions:
                    text = text.with_fields(now[shot_id].position, exact)
                return text

            self._write(changed, f"the edit of {len(revisions)} shots", None)
            return self.sheet()

    def add(self, fields: Fields, before: str | None = None) -> WrittenShot:
        """A new shot, before another or at the end; without an id it gets one."""
        with self._writing:
            shots = self.sheet().shots
            place = len(shots) if before is None else self._place(before)
            new = {"shot_id": self._free_id(shots), "enhanced_prompt": "A new shot", **_exact(fields)}
            if not new["shot_id"]:
                new["shot_id"] = self._free_id(shots)
            self._write(lambda text: text.with_entry(place, new), f"the new shot {new['shot_id']}", place)
            return self.sheet().shots[place]

    def duplicate(self, shot_id: str) -> WrittenShot:
        """A copy of a shot right behind it, as it is written but for its id."""
        with self._writing:
            sheet = self.sheet()
            place = self._place(shot_id)
            new_id = self._free_id(sheet.shots, shot_id)
            fields: Fields = {"shot_id": new_id, "shot_number": None}

            def doubled(text: ShotText) -> ShotText:
                return text.with_entry(place + 1, text.entry(place)).with_fields(place + 1, fields)

            self._write(doubled, f"the copy of {shot_id}", place + 1)
            return self.sheet().shots[place + 1]

    def delete(self, shot_id: str, revision: str) -> ShotSheet:
        """Take a shot out of the film; what was made for it stays in the library."""
        with self._writing:
            now = self.shot(shot_id)
            if now.revision != revision:
                raise EditConflict(f"shot {shot_id} was changed elsewhere", yours=None, theirs=now.fields)
            self._write(lambda text: text.without(now.position), f"the deletion of {shot_id}", None)
            return self.sheet()

    def move(self, shot_ids: Sequence[str], before: str | None, order: str) -> ShotSheet:
        """Put shots before another one, or at the end, in the order in which they stand.

        Args:
            shot_ids: Those that move.
            before: The shot that they come before; None for the end.
            order: The ``order`` of the sheet that somebody saw.
        """
        with self._writing:
            sheet = self.sheet()
            if sheet.order != order:
                theirs = [shot.id for shot in sheet.shots]
                raise EditConflict("the order of the shots was changed elsewhere", yours=list(shot_ids), theirs=theirs)
            moving = sorted({self._place(shot_id) for shot_id in shot_ids})
            rest = [place for place in range(len(sheet.shots)) if place not in set(moving)]
            if before is None:
                at = len(rest)
            else:
                target = self._place(before)
                at = sum(1 for place in rest if place < target)
            wanted = [*rest[:at], *moving, *rest[at:]]
            if wanted != list(range(len(wanted))):
                self._write(lambda text: text.in_order(wanted), "the new order", None)
            return self.sheet()

    def undo(self) -> ShotSheet:
        """Take the last change back that was made here; EditConflict where the file was changed since."""
        with self._writing:
            if not self._steps:
                raise InputError("there is nothing to undo", hint="changes can be undone while the studio runs")
            step = self._steps[-1]
            if self._text() != step.after:
                raise EditConflict(
                    f"{self.path.name} was changed elsewhere since {step.what}", yours=step.what, theirs=None
                )
            write_text(self.path, step.before)
            self._steps.pop()
            return self.sheet()

    # -- inside

    def _write(self, change: Callable[[ShotText], ShotText], what: str, place: int | None) -> None:
        """Write the file with a change. ``place`` is the shot that has to be right; None: as right as it was."""
        before = self._text()
        value, lines = json_lines.parse(before, self.path)
        known, _ = _mistakes(value, lines, self.path, len(_entries(value, self.path)))
        after = change(ShotText(before)).text
        try:
            after.encode("utf-8")
        except UnicodeEncodeError as error:
            raise InputError("a text holds half of a surrogate pair", hint="type the text again") from error
        value, lines = json_lines.parse(after, self.path)
        found, _ = _mistakes(value, lines, self.path, len(_entries(value, self.path)))
        old = {(one.message, one.field) for one in known if one.shot != place or place is None}
        new = [one for one in found if (one.message, one.field) not in old]
        if new:
            raise InputError(new[0].message, hint=new[0].hint, field=new[0].field)
        if before == after:
            return
        if self._text() != before:
            raise EditConflict(f"{self.path.name} is being changed elsewhere", yours=what, theirs=None)
        write_text(self.path, after)
        self._steps = [*self._steps, _Step(what, before, after)][-_STEPS:]

    def _place(self, shot_id: str) -> int:
        value, _ = json_lines.parse(self._text(), self.path)
        for place, entry in enumerate(_entries(value, self.path)):
            if entry.get("shot_id") == shot_id:
                return place
        raise UnknownShot(f"there is no shot {shot_id[:100]!r} in the film", hint="it may have been deleted; reload")

    def _free_id(self, shots: Sequence[WrittenShot], like: str = "") -> str:
        """``shot_007`` after ``shot_006``; a copy's is its original's with a letter or number behind it."""
        taken = {identity(shot.id) for shot in shots}
        stem = like[:90] or (shots[-1].id.rstrip("0123456789") if shots else "shot_")
        width = 1 if like else max(3, len(shots[-1].id) - len(stem) if shots else 3)
        first = 2 if like else len(shots) + 1
        joint = "_" if like else ""
        numbers = (f"{stem}{joint}{number:0{width}}" for number in range(first, first + len(shots) + 2))
        return next(name for name in numbers if identity(name) not in taken)

    def _text(self) -> str:
        raw = read_plain(self.path, SHOTS_JSON)
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError(
                "is not UTF-8 text", hint="save it again with the encoding UTF-8", file=self.path
            ) from error

    def _parsed(self) -> str:
        text = self._text()
        value, _ = json_lines.parse(text, self.path)
        _entries(value, self.path)
        return text

    def _checked(self, text: str) -> ShotFile:
        value, lines = json_lines.parse(text, self.path)
        settings = self.path.with_name(SETTINGS)
        return check_shots(value, lines, self.path, settings if settings.is_file() else None)


SHOTS_JSON = "shots.json"


def plain(value: object) -> object:
    """As a browser takes it: exact numbers as numbers."""
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case dict():
            return {k: plain(v) for k, v in cast("dict[str, object]", value).items()}
        case list() | tuple():
            return [plain(one) for one in cast("Sequence[object]", value)]
        case _:
            return value


def shot_schema() -> dict[str, Any]:
    """The JSON schema of a shot, which forms are made from: a new field of a shot is a new field of the form."""
    schema = Shot.model_json_schema(by_alias=False)
    schema["title"] = "Shot"
    return schema


def _exact(fields: Mapping[str, Any]) -> Fields:
    """With floats, which JSON's numbers come as, as they were written."""

    def exact(value: object) -> object:
        match value:
            case float():
                return Decimal(repr(value))
            case dict():
                return {k: exact(v) for k, v in cast("dict[str, object]", value).items()}
            case list():
                return [exact(one) for one in cast("list[object]", value)]
            case _:
                return value

    return {name: exact(value) for name, value in fields.items()}


def _entries(value: object, path: Path) -> list[dict[str, object]]:
    found = cast("dict[str, object]", value).get("shots") if isinstance(value, dict) else value
    entries = cast("list[object]", found) if isinstance(found, list) else []
    if not entries or not all(isinstance(one, dict) for one in entries):
        raise InputError("holds no list of shots", hint="mend it in a text editor", file=path, line=1)
    return cast("list[dict[str, object]]", entries)


def _mistakes(
    value: object, lines: json_lines.JsonLines, path: Path, shots: int
) -> tuple[list[Mistake], tuple[str, ...]]:
    settings = path.with_name(SETTINGS)
    try:
        file = check_shots(value, lines, path, settings if settings.is_file() else None)
    except InputError as error:
        prefix = ("shots",) if isinstance(value, dict) else ()
        starts = [lines.of((*prefix, place)) for place in range(shots)]
        return [_mistake(one, path, starts) for one in (error, *error.others)], ()
    return [], file.warnings


def _mistake(error: InputError, path: Path, starts: Sequence[int]) -> Mistake:
    """The error without its file and line, which a form has no use for."""
    shot = None
    where = "" if error.file is None else f"{error.file}:{error.line} " if error.line else f"{error.file}: "
    if str(error.file) == str(path) and error.line:
        shot = max((place for place, line in enumerate(starts) if line <= error.line), default=None)
    return Mistake(message=error.message.removeprefix(where), hint=error.hint, field=error.field, shot=shot)


def _digest(*parts: str | bytes) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part)
        found.update(b"\0")
    return found.hexdigest()[:20]
