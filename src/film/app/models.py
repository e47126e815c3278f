"""What all use cases' models have in common: how they take what they are given, and how they say what came of it."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from film.models import AssetType, Model

T = TypeVar("T")
Aside = Annotated[SkipJsonSchema[T], Field(exclude=True, repr=False)]
"""A fact for a door's own words, left out of JSON and of its schema."""

KIND_WORDS = {AssetType.IMAGE: "picture", AssetType.VIDEO: "clip", AssetType.AUDIO: "speech"}
"""What people call an asset of each kind."""


class UseCaseInput(Model):
    """What a use case is asked. The doors fill it in; what is wrong with it is told by the use case."""


class UseCaseResult(Model):
    """What came of it. ``model_dump(mode="json")`` is what ``--json`` prints."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
