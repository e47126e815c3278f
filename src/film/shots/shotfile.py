"""shots.json, and film.toml beside it → shots and settings: errors name file, line, field and what to do.

    shots.json ─┬─ shots ────────────────────────────► Shot …    effects' files found
                └─ settings beside the shots ─┐
    film.toml ────────────────────────────────┴──────► FilmFile  music, LUT, certificate found

The shots are a list, as in the description, or stand under ``shots`` in an object, beside settings of the film. What is
fine passes unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import cast

from film.errors import InputError, all_of
from film.models import Shot, identity
from film.shots import json_lines, toml_lines
from film.shots.fields import Lines, Place, check_file, check_names, file_beside, kind_of, validated
from film.shots.filmfile import FilmFile, files_of, resolved
from film.shots.titles import checked_title, refused_beside

MAX_SHOTS = 20_000
_MOST_TOLD = 20
"""Unknown fields that are told one by one: they may stand in every shot."""
_LONGEST = 4096
_CLASSES = {"4k": 2160, "uhd": 2160, "hd": 720, "full-hd": 1080}
_NAMED = re.compile(
    r"\s*(?=\S)(?P<class>\d{3,4}p|4k|uhd|hd|full-hd)?\s*(?:(?P<wide>\d{1,2}(?:\.\d{1,3})?):(?P<high>[1-9]\d?))?\s*",
    re.IGNORECASE | re.ASCII,
)
_RATE = re.compile(r"\s*(\d{1,9}(\.\d{1,9})?|\d{1,9}/\d{1,9})\s*", re.ASCII)
"""No exponents: 1e999999999 is a number, too, which takes all memory."""
SETTINGS = "film.toml"
"""Beside shots.json."""
_ALIASES = ("prompt",)
_STANDARD = (
    *(Fraction(n) for n in (12, 15, 16, 24, 25, 30, 48, 50, 60)),
    *(Fraction(n * 1000, 1001) for n in (24, 30, 60)),
)
_MEASURED_EXACTLY = Fraction(1, 2500)
_RATES_HINT = "write 24, 25, 29.97 or 30000/1001"
RATES = {"23.976": Fraction(24000, 1001), "29.97": Fraction(30000, 1001), "59.94": Fraction(60000, 1001)}


@dataclass(frozen=True)
class ShotFile:
    """What a shots.json says."""

    path: Path
    shots: tuple[Shot, ...]
    film: FilmFile = field(default_factory=FilmFile)
    warnings: tuple[str, ...] = ()


def load_shots(path: Path) -> ShotFile:
    """Read and check a shots.json and the film.toml beside it. Its InputError holds all that is wrong."""
    value, lines = json_lines.read(path)
    settings = path.with_name(SETTINGS)
    return check_shots(value, lines, path, settings if settings.exists() else None)


def check_shots(value: object, lines: Lines, path: Path, settings: Path | None = None) -> ShotFile:
    """Shots out of parsed JSON, and settings out of what stands beside them and in the file ``settings``."""
    beside: dict[str, object] = {}
    prefix: Place = ()
    if isinstance(value, dict):
        document = cast("dict[str, object]", value)
        if "shots" not in document:
            raise InputError("has no 'shots'", hint='write a list of shots, or {"shots": [...]}', file=path, line=1)
        prefix = ("shots",)
        beside = {name: member for name, member in document.items() if name != "shots" and member is not None}
        value = document["shots"]
    warnings: list[str] = []
    wrong: list[InputError] = []
    film = FilmFile()
    try:
        film = _film(beside, lines, path, settings, warnings)
    except InputError as error:
        wrong.append(error)
    if not isinstance(value, list):
        raise InputError(
            f"holds {kind_of(value)} where a list of shots belongs", hint="start it with [", file=path, line=1
        )
    entries = cast("list[object]", value)
    if not entries:
        raise InputError("holds no shots", hint="add at least one, see examples/attic/shots.json", file=path, line=1)
    if len(entries) > MAX_SHOTS:
        raise InputError(f"holds {len(entries)} shots, allowed {MAX_SHOTS}", hint="split it into reels", file=path)
    shots = _shots(entries, lines, path, prefix, warnings, wrong)
    if wrong:
        raise all_of(wrong)
    return ShotFile(path, tuple(shots), film, tuple(warnings))


def _film(beside: dict[str, object], lines: Lines, path: Path, settings: Path | None, warnings: list[str]) -> FilmFile:
    """The film's settings. A name that stands in both files is refused, since either could be the one that is meant."""
    ignored = check_names(beside, FilmFile.model_fields, lines, path)
    warnings += [
        f"{path.name}:{lines.of((n,))} {n[:60]} is not a setting of a film: ignored" for n in ignored[:_MOST_TOLD]
    ]
    beside = {name: member for name, member in beside.items() if name not in ignored}
    if settings is None:
        return _found(validated(FilmFile, beside, lines, path), lines, path)
    document, toml = toml_lines.read(settings)
    for name in check_names(document, FilmFile.model_fields, toml, settings):
        raise InputError(
            f"{name} is not a setting of a film",
            hint=f"use {', '.join(FilmFile.model_fields)}",
            file=settings,
            line=toml.of((name,)),
            field=name,
        )
    for name in document.keys() & beside.keys():
        raise InputError(
            f"{name} is given here and in {path.name}:{lines.of((name,))}",
            hint="keep one of the two",
            file=settings,
            line=toml.of((name,)),
            field=name,
        )
    written = _found(validated(FilmFile, document, toml, settings), toml, settings)
    here = _found(validated(FilmFile, beside, lines, path), lines, path)
    return here.model_copy(update={name: getattr(written, name) for name in document})


def _found(film: FilmFile, lines: Lines, path: Path) -> FilmFile:
    """With every file looked for from the folder of the file that names it; InputError for one that is not there."""
    film = resolved(film, path.parent)
    for place, file in files_of(film):
        check_file(file, lines, path, (), place)
    return film


def _shots(
    entries: list[object], lines: Lines, path: Path, prefix: Place, warnings: list[str], wrong: list[InputError]
) -> list[Shot]:
    """The shots that are; what is wrong with the others is added to ``wrong``."""
    shots: list[Shot] = []
    seen: dict[str, tuple[str, int]] = {}
    unknown = 0
    for index, entry in enumerate(entries):
        place = (*prefix, index)
        if not isinstance(entry, dict):
            what, hint = (
                f"shot {index + 1} is {kind_of(entry)}, not an object",
                'write it as {"shot_id": …, "enhanced_prompt": …}',
            )
            wrong.append(InputError(what, hint=hint, file=path, line=lines.of(place)))
            continue
        shot, ignored = None, list[str]()
        try:
            shot, ignored = _shot(cast("dict[str, object]", entry), lines, path, place)
        except InputError as error:
            wrong.append(error)
        told = ignored[: max(0, _MOST_TOLD - unknown)]
        warnings += [f"{path.name}:{lines.of((*place, n))} {n[:60]} is not a field of a shot: ignored" for n in told]
        unknown += len(ignored)
        shot_id = shot.shot_id if shot else cast("dict[str, object]", entry).get("shot_id")
        if not isinstance(shot_id, str):
            continue
        twin = seen.get(identity(shot_id))
        if twin:
            name, first = twin
            same = "" if name == shot_id else f" (as {name!r}: upper case and accents' spelling do not count)"
            wrong.append(
                InputError(
                    f"shot_id {shot_id[:100]!r} is already used by shot {first}{same}",
                    hint="give every shot an id of its own",
                    file=path,
                    line=lines.of((*place, "shot_id")),
                    field="shot_id",
                )
            )
            continue
        seen[identity(shot_id)] = (shot_id, index + 1)
        if shot:
            wrong += _cannot_start(shot, shots[-1] if shots else None, index, lines, path, place)
            shots.append(shot)
    if unknown > _MOST_TOLD:
        warnings.append(f"{path.name}: {unknown - _MOST_TOLD} more fields are none of a shot: ignored")
    return shots


def _cannot_start(
    shot: Shot, before: Shot | None, index: int, lines: Lines, path: Path, place: Place
) -> Iterator[InputError]:
    """What does not go together with starting from the shot before."""
    if not shot.start_from:
        return
    if before and before.title:
        yield InputError(
            f"start_from: the shot before, {before.shot_id}, is a title",
            hint="leave it out: nothing goes on from words",
            file=path,
            line=lines.of((*place, "start_from")),
            field="start_from",
        )
    if index == 0:
        yield InputError(
            "start_from: there is no shot before the first",
            hint="leave it out: the first shot gets a picture of its own",
            file=path,
            line=lines.of((*place, "start_from")),
            field="start_from",
        )
    for name in ("image_provider", "image_model"):
        if getattr(shot, name):
            yield InputError(
                f"{name} is named, but no picture is made for a shot that starts from the one before",
                hint=f"leave out {name}, or start_from",
                file=path,
                line=lines.of((*place, name)),
                field=name,
            )


def _shot(entry: dict[str, object], lines: Lines, path: Path, place: Place) -> tuple[Shot, list[str]]:
    """The entry as a shot, and the members of it that are no fields and not typing errors of one."""
    known = {*Shot.model_fields, *_ALIASES}
    wrong: list[InputError] = []
    ignored: list[str] = []
    try:
        ignored = check_names(
            entry, known, lines, path, place, hint='write {near}, or move your own notes under "meta"'
        )
    except InputError as error:
        wrong.append(error)
    if all(name in entry for name in ("prompt", "enhanced_prompt")):
        both, line = "both prompt and enhanced_prompt are given", lines.of((*place, "prompt"))
        wrong.append(InputError(both, hint="keep enhanced_prompt", file=path, line=line, field="prompt"))
    usable = {name: member for name, member in entry.items() if name in known}
    if usable.get("title") is not None:
        wrong += refused_beside(usable, lines, path, place)
    if "enhanced_prompt" in usable:
        usable.pop("prompt", None)
    try:
        shot = validated(Shot, usable, lines, path, place)
    except InputError as error:
        meant = {
            one.message.rpartition("did you mean ")[2].rstrip("?") for found in wrong for one in (found, *found.others)
        }
        missing = [
            one for one in (error, *error.others) if not (one.message.endswith(" is missing") and one.field in meant)
        ]
        raise all_of([*wrong, *missing]) from None
    if wrong:
        raise all_of(wrong)
    if shot.title:
        shot = shot.model_copy(update={"title": checked_title(shot.title, lines, path, place)})
    if not shot.effects:
        return shot, ignored
    effects = tuple(e.model_copy(update={"file": file_beside(path, e.file)}) for e in shot.effects)
    for number, effect in enumerate(effects):
        check_file(effect.file, lines, path, place, ("effects", number, "file"))
    return shot.model_copy(update={"effects": effects}), ignored


def parse_size(text: str, short: int = 720) -> tuple[int, int]:
    """``1280x720``, or a shape (``9:16``), a class (``1080p``) or both (``1080p 2.39:1``) → width and height.

    ``short`` is the shorter side of a shape that comes without a class. Raises InputError with what is allowed.
    """
    if named := _NAMED.fullmatch(text):
        return _shaped(named, short)
    match = re.fullmatch(r"\s*(\d{2,5})\s*[x×]\s*(\d{2,5})\s*", text, re.IGNORECASE | re.ASCII)
    if not match:
        raise InputError(
            f"size is {text[:40]!r}",
            hint="write width x height in pixels, like 1280x720, or 1080p, or 9:16",
            field="size",
        )
    width, height = int(match[1]), int(match[2])
    if not (128 <= width <= _LONGEST and 128 <= height <= _LONGEST) or width % 2 or height % 2:
        raise InputError(
            f"size is {width}x{height}, allowed even numbers from 128 to {_LONGEST}",
            hint="try 960x540, 1280x720 or 1920x1080",
            field="size",
        )
    return width, height


def _shaped(named: re.Match[str], short: int) -> tuple[int, int]:
    if named["class"]:
        short = _CLASSES.get(named["class"].lower()) or int(named["class"][:-1])
    shape = Fraction(named["wide"] or 16) / Fraction(named["high"] or 9)
    longest = Fraction(_LONGEST) / max(shape, 1 / shape)
    side = min(short, longest)
    width, height = (side * shape, side) if shape >= 1 else (side, side / shape)
    return parse_size(f"{round(width / 2) * 2}x{round(height / 2) * 2}")


def parse_rate(text: str) -> Fraction:
    """``24``, ``29.97`` or ``30000/1001`` → exact frames a second, 1 to 120."""
    try:
        rate = RATES.get(text.strip()) or (Fraction(text.strip()) if _RATE.fullmatch(text) else None)
    except ZeroDivisionError:
        rate = None
    if rate is None:
        raise InputError(f"frame_rate is {text[:40]!r}", hint=_RATES_HINT, field="frame_rate")
    if not 1 <= rate <= 120 or rate.denominator > 1001:
        raise InputError(f"frame_rate is {text[:40]}, allowed 1 to 120", hint=_RATES_HINT, field="frame_rate")
    return rate


def standard_rate(measured: Fraction) -> Fraction:
    """The rate that a clip of about ``measured`` frames a second was meant to have; clips of varying rate are near."""
    exact = min(_STANDARD, key=lambda rate: abs(rate / measured - 1))
    if abs(exact / measured - 1) < _MEASURED_EXACTLY:
        return exact
    return min((rate for rate in _STANDARD if rate.denominator == 1), key=lambda rate: abs(rate / measured - 1))
