"""Values of shots on their way between a file and a browser: exact numbers, revisions, the schema of a form."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from film.models import Shot

Fields = dict[str, Any]
"""Members of a shot by name."""


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


def exact_fields(fields: Mapping[str, Any]) -> Fields:
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


def digest(*parts: str | bytes) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part)
        found.update(b"\0")
    return found.hexdigest()[:20]
