"""Ages and sizes as people write them: ``30d``, ``12h``; ``50GB``, ``800MB``."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import click

_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_BYTES = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


class Age(click.ParamType[timedelta]):
    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        match = re.fullmatch(r"(\d{1,5})\s*([mhdw])", str(value).strip().lower())
        if not match:
            self.fail(f"{value!r} is no age: write 30d, 12h or 8w", param, ctx)
        return timedelta(seconds=int(match[1]) * _SECONDS[match[2]])


class Size(click.ParamType[int]):
    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,3})?)\s*([KMGT]?)B?", str(value).strip().upper())
        if not match:
            self.fail(f"{value!r} is no size: write 50GB or 800MB", param, ctx)
        whole, _, fraction = match[1].partition(".")
        return int(whole + (fraction or "").ljust(3, "0")) * _BYTES[match[2]] // 1000


class AmountPart(click.ParamType[tuple[int, int]]):
    """``3/30``: the third of thirty."""

    name = "part"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value  # pyright: ignore[reportUnknownVariableType]  # click hands a default through
        match = re.fullmatch(r"(\d{1,6})/(\d{1,6})", str(value).strip())
        if not match or not 1 <= int(match[1]) <= int(match[2]):
            self.fail(f"{value!r} is no part: write 3/30 for the third of thirty", param, ctx)
        return int(match[1]), int(match[2])


class Keep(click.ParamType["int | timedelta"]):
    """``7``: so many; ``30d``: for so long."""

    name = "keep"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | timedelta:
        text = str(value).strip()
        if re.fullmatch(r"[1-9]\d{0,4}", text):
            return int(text)
        if text.isdecimal():
            self.fail("at least one backup is kept: write 1 or more", param, ctx)
        return Age().convert(value, param, ctx)
