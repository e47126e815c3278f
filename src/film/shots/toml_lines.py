"""Reading TOML that people write: exact numbers, and the line of whatever is wrong.

``read`` gives the document with a ``TomlLines`` that finds the line a key stands on; Python's own parser, which does
the reading, does not keep them. Keys inside of inline tables and arrays are found at the line of what holds them.
"""

from __future__ import annotations

import codecs
import re
import tomllib
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from film.errors import InputError
from film.files.bounds import BOUNDS, read_plain

Place = tuple[str | int, ...]

_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|' + r"'''.*?'''|" + r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'|\#[^\n]*|[\[\]{}]|\n",
    re.DOTALL,
)
_HEADER = re.compile(r"\s*\[{1,2}([^\]\n]+)\]{1,2}")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"\n]*"|'[^'\n]*')(?:\s*\.\s*(?:[\w-]+|"[^"\n]*"|'[^'\n]*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"\n]*"|'[^'\n]*'""")
_LONG_KEY = re.compile(
    rf"""(?<![\w\-])(?:(?:[\w\-]++|"[^"\n]*+"|'[^'\n]*+')\s*+\.\s*+){{{BOUNDS["film.toml"].depth}}}"""
)
_WHERE = re.compile(r" \(at line (\d+), column (\d+)\)$")


class TomlLines:
    """Where the keys of a TOML text stand, lines from 1."""

    def __init__(self, text: str) -> None:
        self._text = text

    def of(self, place: Sequence[str | int]) -> int:
        """The line of the key at ``place``, or of the nearest thing around it that has one."""
        for length in range(len(place), 0, -1):
            if (line := self._places.get(tuple(place[:length]))) is not None:
                return line
        return 1

    @cached_property
    def _places(self) -> dict[Place, int]:
        places: dict[Place, int] = {}
        table: Place = ()
        for number, line in _statements(self._text):
            if header := _HEADER.match(line):
                table = _parts(header[1])
                places.setdefault(table, number)
            elif key := _KEY.match(line):
                places.setdefault((*table, *_parts(key[1])), number)
        return places


def check_keys(text: str, path: Path) -> None:
    """Refuse keys of more parts than any setting has: Python's parser takes the square of their number in time."""
    deepest = BOUNDS["film.toml"].depth
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > deepest and _LONG_KEY.search(line):
            raise InputError(
                f"has a key of more than {deepest} parts", hint="write settings as name = value", file=path, line=number
            )


def _parts(dotted: str) -> Place:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """(line, text) of what begins on a line of its own: no rest of a long string, no inside of an array."""
    line, begins, depth = 1, 0, 0
    for token in _TOKEN.finditer(text):
        mark = token.group()
        if mark == "\n":
            if depth == 0:
                yield line - text.count("\n", begins, token.start()), text[begins : token.start()]
                begins = token.end()
            line += 1
        elif mark in "[]{}":
            depth = max(0, depth + (1 if mark in "[{" else -1))
        else:
            line += mark.count("\n")
    yield line - text.count("\n", begins), text[begins:]


def read(path: Path, what: str = "film.toml") -> tuple[dict[str, object], TomlLines]:
    """The document in a TOML file and its lines; ``what`` kind of file it is, of those in ``film.files.bounds``.

    Raises InputError naming file and line.
    """
    raw = read_plain(path, what).removeprefix(codecs.BOM_UTF8)
    try:
        text = raw.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise InputError(
            "is not UTF-8 text",
            hint="save it again with the encoding UTF-8",
            file=path,
            line=raw[: error.start].count(b"\n") + 1,
        ) from error
    check_keys(text, path)
    try:
        return tomllib.loads(text, parse_float=Decimal), TomlLines(text)
    except tomllib.TOMLDecodeError as error:
        where = _WHERE.search(str(error))
        raise InputError(
            f"is not valid TOML: {_WHERE.sub('', str(error))}",
            hint='write settings as name = value, text in "quotes"',
            file=path,
            line=int(where[1]) if where else text.count("\n") + 1,
        ) from error
    except (RecursionError, ValueError) as error:  # nested, or with more digits, than any setting is
        raise InputError("is not readable as TOML", hint="write settings as name = value", file=path) from error
