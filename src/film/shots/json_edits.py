"""Edits of a shots.json that leave everything else as somebody wrote it: order, spaces, notes, fields of their own.

    text ──(ShotText)──► where each shot and each of its members stands ──► the text with one thing changed

A whole file that is read and written anew loses its owner's line breaks and turns every ``5.0`` into ``5``; here only
the characters change that have to. ``ShotText`` expects text that ``json_lines.parse`` has taken.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast

from film.errors import InputError
from film.shots.json_lines import TOKEN

_ALIAS = {"enhanced_prompt": "prompt"}
"""A field that may stand under a second name."""


@dataclass
class _Value:
    """Where a value stands. Members of an object by name, each with the place where its name begins."""

    start: int
    end: int = 0
    mark: str = ""
    members: dict[str, tuple[int, _Value]] = field(default_factory=dict[str, "tuple[int, _Value]"])
    items: list[_Value] = field(default_factory=list["_Value"])


class ShotText:
    """The text of a shots.json as it stands, and with a change. Frozen: each edit gives another one."""

    def __init__(self, text: str) -> None:
        self.text = text
        root = _read(text)
        self._list = root if root.mark == "[" else root.members["shots"][1]

    def __len__(self) -> int:
        return len(self._list.items)

    def entry(self, index: int) -> str:
        """The text of a shot."""
        found = self._list.items[index]
        return self.text[found.start : found.end]

    def with_fields(self, index: int, changes: Mapping[str, object]) -> ShotText:
        """The shot with other values; None takes a member out. What is written there already is left as it is."""
        found, entry = self._list.items[index], self.entry(index)
        for name, value in changes.items():
            entry = _with_member(entry, name, value)
        return self._with(found.start, found.end, entry)

    def with_entry(self, index: int, shot: Mapping[str, object] | str) -> ShotText:
        """With one shot more, which then stands at ``index``; as text it is taken as it is."""
        items = self._list.items
        if not items:
            raise InputError("holds no shots", hint="add at least one, see examples/attic/shots.json")
        near = items[min(index, len(items) - 1)]
        indent = _indent(self.text, near.start)
        is_long = "\n" in self.text[near.start : near.end]
        new = shot if isinstance(shot, str) else _written_as(shot, indent if is_long else None)
        between = "\n" + indent if _stands_alone(self.text, near.start) else " "
        if index < len(items):
            return self._with(near.start, near.start, f"{new},{between}")
        return self._with(near.end, near.end, f",{between}{new}")

    def without(self, index: int) -> ShotText:
        """Without a shot. The last one stays: a film has at least one."""
        items = self._list.items
        if len(items) == 1:
            raise InputError("this is the film's only shot", hint="write another one first, or change this one")
        if index + 1 < len(items):
            return self._with(items[index].start, items[index + 1].start, "")
        return self._with(items[index - 1].end, items[index].end, "")

    def in_order(self, order: Sequence[int]) -> ShotText:
        """The shots in another order: each place keeps what stands around it."""
        items, pieces, last = self._list.items, list[str](), 0
        for place, index in zip(items, order, strict=True):
            pieces += [self.text[last : place.start], self.entry(index)]
            last = place.end
        return ShotText("".join(pieces) + self.text[last:])

    def _with(self, start: int, end: int, new: str) -> ShotText:
        return ShotText(self.text[:start] + new + self.text[end:])


def _with_member(entry: str, name: str, value: object) -> str:
    shot = _read(entry)
    if name not in shot.members and _ALIAS.get(name) in shot.members:
        name = _ALIAS[name]
    if name in shot.members:
        start, old = shot.members[name]
        if value is None:
            return _without_member(entry, shot, name)
        if json.loads(entry[old.start : old.end], parse_float=Decimal) == _as_read(value):
            return entry
        indent = _indent(entry, start) if "\n" in entry[old.start : old.end] else None
        return entry[: old.start] + _written_as(value, indent) + entry[old.end :]
    if value is None:
        return entry
    written = f"{json.dumps(name, ensure_ascii=False)}: {_written_as(value, None)}"
    if not shot.members:
        return f"{{{written}}}"
    last_start, last = list(shot.members.values())[-1]
    between = "\n" + _indent(entry, last_start) if _stands_alone(entry, last_start) else " "
    return f"{entry[: last.end]},{between}{written}{entry[last.end :]}"


def _without_member(entry: str, shot: _Value, name: str) -> str:
    names = list(shot.members)
    place = names.index(name)
    start, value = shot.members[name]
    if place + 1 < len(names):
        return entry[:start] + entry[shot.members[names[place + 1]][0] :]
    if place:
        return entry[: shot.members[names[place - 1]][1].end] + entry[value.end :]
    return entry[:start] + entry[value.end :]


def _read(text: str) -> _Value:
    """Where everything stands; the text is known to be JSON."""
    around: list[_Value] = []
    root = _Value(0)
    name, name_at, expects_name = "", 0, False
    for token in TOKEN.finditer(text):
        mark = token.group()
        if mark in "}]":
            around.pop().end = token.end()
        elif mark == ",":
            expects_name = around[-1].mark == "{"
        elif mark == ":":
            expects_name = False
        elif expects_name and mark[0] == '"':
            name, name_at = json.loads(mark, strict=False), token.start()
        else:
            value = _Value(token.start(), token.end(), mark if mark in "{[" else "")
            if not around:
                root = value
            elif around[-1].mark == "{":
                around[-1].members[name] = (name_at, value)
            else:
                around[-1].items.append(value)
            if value.mark:
                around.append(value)
                expects_name = mark == "{"
    return root


def _indent(text: str, at: int) -> str:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip())]


def _stands_alone(text: str, at: int) -> bool:
    """Whether nothing but space stands before it on its line, and there is a line before."""
    start = text.rfind("\n", 0, at)
    return start >= 0 and not text[start:at].strip()


def _as_read(value: object) -> object:
    return json.loads(_written_as(value, None), parse_float=Decimal)


def _written_as(value: object, indent: str | None) -> str:
    """A value as JSON; over several lines where an ``indent`` is given that its first line has."""
    inner = None if indent is None else indent + "  "
    match value:
        case Decimal():
            return f"{value:f}"
        case Mapping():
            pairs = cast("Mapping[str, object]", value).items()
            return _group(
                "{}", (f"{json.dumps(str(k), ensure_ascii=False)}: {_written_as(v, None)}" for k, v in pairs), inner
            )
        case list() | tuple():
            return _group("[]", (_written_as(one, None) for one in cast("Sequence[object]", value)), None)
        case _:
            return json.dumps(value, ensure_ascii=False)


def _group(marks: str, parts: Iterable[str], inner: str | None) -> str:
    pieces = list(parts)
    if inner is None or not pieces:
        return marks[0] + ", ".join(pieces) + marks[1]
    return marks[0] + f"\n{inner}" + f",\n{inner}".join(pieces) + f"\n{inner[:-2]}" + marks[1]
