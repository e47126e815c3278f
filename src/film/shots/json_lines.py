"""Reading JSON that people write: exact numbers, no surprises, and the line of whatever is wrong.

``read`` parses strictly (no NaN, no duplicate members, no runaway nesting or digits, numbers as int and Decimal) and
gives the value with a ``JsonLines`` that finds the line a member stands on. The lines are looked for only when asked.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from film.errors import InputError
from film.files.bounds import BOUNDS, read_plain

MAX_BYTES = BOUNDS["shots.json"].bytes
MAX_DEPTH = BOUNDS["shots.json"].depth
MAX_PIECES = {"{": 400_000, "[": 400_000, ",": 2_000_000, ":": 2_000_000, '"': 4_000_000, "\\": 4_000_000}
"""Of each mark: some ten times as many as twenty thousand shots with all of their fields have."""
MAX_DIGITS = 40

Place = tuple[str | int, ...]
"""The way to a value: indexes of arrays and names of members."""

TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\],:]|[^\s{}\[\],:"]+')


class JsonLines:
    """Where the values of a JSON text stand, lines from 1."""

    def __init__(self, text: str) -> None:
        self._text = text

    def of(self, place: Sequence[str | int]) -> int:
        """The line of the value at ``place``, or of the nearest thing around it that exists."""
        for length in range(len(place), -1, -1):
            if (line := self._places.get(tuple(place[:length]))) is not None:
                return line
        return 1

    @cached_property
    def _places(self) -> dict[Place, int]:
        places: dict[Place, int] = {}
        stack: list[str | int | None] = []
        name: str | None = None
        line, scanned = 1, 0
        expecting_name = False
        for token in TOKEN.finditer(self._text):
            line += self._text.count("\n", scanned, token.start())
            scanned = token.start()
            mark = token.group()
            if mark in "}]":
                stack.pop()
                name, expecting_name = None, False
            elif mark == ",":
                if stack and isinstance(stack[-1], int):
                    stack[-1] += 1
                else:
                    expecting_name = True
            elif mark == ":":
                expecting_name = False
            elif expecting_name and mark[0] == '"':
                name = json.loads(mark, strict=False)
                stack[-1] = name
                places.setdefault(tuple(p for p in stack if p is not None), line)
            else:
                places.setdefault(tuple(p for p in stack if p is not None), line)
                if mark == "{":
                    stack.append(None)
                    expecting_name = True
                elif mark == "[":
                    stack.append(0)
        return places


def read(path: Path) -> tuple[object, JsonLines]:
    """The value in a JSON file and its lines. Raises InputError naming file and line."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:  # it could not be written into the film's records
        raise InputError("has a name that is not UTF-8", hint="rename the file or its folder", file=path) from error
    try:
        size = path.stat().st_size
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror or error}", hint="check the path and its permissions", file=path
        ) from error
    if not path.is_file():
        inside = path / "shots.json"
        hint = f"give the file in it: {inside}" if inside.is_file() else "give the path of a shots.json"
        raise InputError("is a folder" if path.is_dir() else "is not a file", hint=hint, file=path)
    if size > MAX_BYTES:
        raise InputError(
            f"is {size / 1e6:.0f} MB, allowed {MAX_BYTES // 2**20} MB", hint="split it into several films", file=path
        )
    return parse(_text(path), path)


def parse(text: str, path: Path) -> tuple[object, JsonLines]:
    """The value of a JSON text and its lines; ``path`` is for messages only."""
    for mark, most in MAX_PIECES.items():
        if text.count(mark) > most:
            raise InputError(
                f"has more than {most} times {mark!r}, which is more than any film has",
                hint="split it into several films",
                file=path,
            )
    _check_depth(text, path)

    def refuse(message: str, hint: str, needle: str) -> NoReturn:
        places = (mark.start() for mark in TOKEN.finditer(text) if mark.group() == needle)
        line = text[: next(places, 0)].count("\n") + 1
        raise InputError(message, hint=hint, file=path, line=line)

    def integer(digits: str) -> int:
        if len(digits) > MAX_DIGITS:
            refuse(f"a number has {len(digits)} digits", f"allowed {MAX_DIGITS}", digits)
        return int(digits)

    def number(digits: str) -> Decimal:
        value = Decimal(digits[: MAX_DIGITS + 1]) if len(digits) > MAX_DIGITS else Decimal(digits)
        if len(digits) > MAX_DIGITS or abs(value.adjusted()) > 30:
            refuse(f"a number is out of all bounds: {digits[:24]}", "write it without the exponent", digits)
        return value

    def members(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found: dict[str, object] = {}
        for name, value in pairs:
            if name in found:
                raise InputError(
                    f"{name[:60]!r} is given twice in one object",
                    hint="keep one of the two",
                    file=path,
                    line=_line_of_second(text, name),
                    field=name,
                )
            found[name] = value
        return found

    try:
        value = json.loads(
            text,
            parse_int=integer,
            parse_float=number,
            parse_constant=lambda name: refuse(f"{name} is not a number", "write a plain number, like 5", name),
            object_pairs_hook=members,
        )
    except json.JSONDecodeError as error:
        if path.suffix.lower() in _MARKDOWN or (path.suffix.lower() != ".json" and _HEADING.match(text)):
            raise InputError(
                "is Markdown, a text for people, and no list of shots", hint="give the path of a shots.json", file=path
            ) from error
        message, hint, place = _what_is_wrong(text, error)
        raise InputError(message, hint=hint, file=path, line=text[:place].count("\n") + 1) from error
    return value, JsonLines(text)


def _what_is_wrong(text: str, error: json.JSONDecodeError) -> tuple[str, str, int]:
    """Message, next step and place of what stops the parser; the usual slips by their names."""
    if not text.strip():
        return "is empty", "write a list of shots, see examples/attic/shots.json", 0
    rest = re.sub(r"^,\s*", "", text[error.pos :].lstrip())
    comma = text.rfind(",", 0, error.pos + 1)
    if comma >= 0 and rest[:1] in ("]", "}") and not text[comma + 1 : error.pos].strip():
        return f"has a comma too many: nothing but {rest[0]!r} comes after it", "take the comma out", comma
    if rest.startswith(("//", "/*", "#")):
        return "has a comment, which JSON does not know", 'take it out; notes may stand under "meta"', error.pos
    if rest[:1] in _QUOTES:
        return f"has {rest[0]} for a quote", 'write text in plain double quotes: "…"', error.pos
    if word := re.match(r"(True|False|None)\b", rest):
        plain = "null" if word[0] == "None" else word[0].lower()
        return f"has {word[0]}, which JSON does not know", f"write {plain}", error.pos
    if not error.pos and rest[:1] not in "[{":
        hint = "write a list of shots, see examples/attic/shots.json"
        # Other words are not repeated: nobody knows whose secrets a file holds that is not what it was taken for.
        known = re.match(r"<!doctype html>|<html|(- )?shot_id: \w{0,9}", rest, re.IGNORECASE)
        begins = repr(known[0]) if known else "neither [ nor {"
        return f"is no JSON: it begins with {begins}", hint, 0
    if error.msg == "Extra data":
        return "goes on after its end", "put all shots into one list: [{…}, {…}]", error.pos
    if not rest:
        return "ends too early", "close what is open: a quote, } or ]", error.pos
    return (
        f"is not valid JSON: {error.msg} (column {error.colno})",
        "look for a missing comma, quote or bracket just before this place",
        error.pos,
    )


_MARKDOWN = (".md", ".markdown", ".mdown")
_HEADING = re.compile(r"\s*#{1,6} \S")
_QUOTES = ("'", "‘", "’", "“", "”", "„", "`")


def _line_of_second(text: str, name: str) -> int:
    """The line of a member that its object has already."""
    around: list[set[str] | None] = []  # the members of each object that is open; None for a list
    expecting = False
    for mark in TOKEN.finditer(text):
        piece = mark.group()
        if piece in "{[":
            around.append(set() if piece == "{" else None)
        elif piece in "}]":
            around.pop()
        elif expecting and (members := around[-1]) is not None:
            member = json.loads(piece, strict=False)
            if member == name and member in members:
                return text[: mark.start()].count("\n") + 1
            members.add(member)
        expecting = piece in "{," and bool(around) and around[-1] is not None
    return 1


def _text(path: Path) -> str:
    raw = read_plain(path, "shots.json").removeprefix(codecs.BOM_UTF8)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            "is not UTF-8 text",
            hint="save it again with the encoding UTF-8",
            file=path,
            line=raw[: error.start].count(b"\n") + 1,
        ) from error


def _check_depth(text: str, path: Path) -> None:
    depth = 0
    for mark in re.finditer(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]]', text):
        text_or_bracket = mark.group()
        if text_or_bracket in "{[":
            depth += 1
            if depth > MAX_DEPTH:
                line = text[: mark.start()].count("\n") + 1
                raise InputError(
                    f"is nested more than {MAX_DEPTH} deep", hint="a shot is a flat object", file=path, line=line
                )
        elif text_or_bracket in "}]":
            depth -= 1
