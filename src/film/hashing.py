"""The cache key: a promise that two requests with one key mean the same asset.

    sha256( RFC 8785 JSON of
        {"film": "asset/1", "salt", "asset_type", "provider", "model", "params", "inputs", "take"} )

The recipe, which docs/reference/cache-key.md repeats for people:

* Object members are sorted and numbers written in one way (RFC 8785), so 5 and 5.0 and the order of keys do not count.
* Strings are in NFC, so é typed as one character or as two is the same.
* A member that is None is left out: an absent field and an empty one are the same, and a field that is added to a
  request later, None by default, keeps every key there is.
* Whole numbers beyond ±(2^53 − 1) are written as strings, since JSON numbers cannot hold them.
* Inputs are named by the SHA-256 of their bytes: an equal picture, made again, finds its clip.
* A shot's id and its place in the film are not in a request, and so not in its key.
* ``salt`` disowns what was made before: change it and nothing old is found.
* The tag ``asset/1`` changes with the recipe, so keys of two recipes never meet.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import cast

import rfc8785

from film.models import AssetRequest, as_plain

RECIPE = "asset/1"
_EXACT = 2**53 - 1


def asset_key(request: AssetRequest, *, salt: str = "") -> str:
    """The key of a request: 64 hex digits."""
    return content_key(
        RECIPE,
        {
            "salt": salt or None,
            "asset_type": request.asset_type.value,
            "provider": request.provider,
            "model": request.model,
            "params": request.params,
            "inputs": [{"role": i.role, "sha256": i.sha256} for i in request.inputs],
            "take": request.take,
        },
    )


def content_key(recipe: str, content: Mapping[str, object]) -> str:
    """SHA-256 over the canonical form of ``content``, tagged with ``recipe``: 64 hex digits.

    Raises ValueError for numbers that have no value (NaN, Infinity) and TypeError for what JSON has no form for.
    """
    return hashlib.sha256(canonical({"film": recipe, **content})).hexdigest()


def canonical(content: Mapping[str, object]) -> bytes:
    """``content`` as the one sequence of bytes that all its equal spellings share."""
    return rfc8785.dumps(cast("dict[str, object]", _normal(as_plain(content))))  # pyright: ignore[reportArgumentType]  # its JSON type is closed


def _normal(value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", str(value))
    if isinstance(value, int):
        return value if abs(value) <= _EXACT else str(value)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} has no place in a cache key")
        return _normal(int(value)) if value == value.to_integral_value() else float(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} has no place in a cache key")
        return _normal(int(value)) if value.is_integer() else value
    if isinstance(value, dict):
        members = cast("dict[str, object]", value)
        return {
            unicodedata.normalize("NFC", name): _normal(member)
            for name, member in members.items()
            if member is not None
        }
    if isinstance(value, list):
        return [_normal(member) for member in cast("list[object]", value)]
    raise TypeError(f"{type(value).__name__} has no place in a cache key")
