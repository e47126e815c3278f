"""The nouns of a film as pure data: what a shot is, what is asked of a provider, what comes back.

    Shot ──► AssetRequest ──(hashing.asset_key)──► key ──► Asset

Everything here is frozen: a changed shot is a new object. Money is ``Decimal`` dollars, time is exact
(``Decimal`` seconds as written by the user, frames once there is a frame rate), never a float.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from film.dialogue import Turn, said, turns_of
from film.transitions import TransitionKind

MIN_DURATION = Decimal(1)
MAX_DURATION = Decimal(30)
MOST_TITLE_LINES = 12
MAX_SEED = 2**53 - 1
"""JSON readers in other languages keep integers exact up to here."""

_WINDOWS_DEVICES = {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)}
_IDENTIFIER = re.compile(r"[^\W_](?:[\w.\- ]{0,98}[\w\-])?", re.UNICODE)


class AssetType(StrEnum):
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


def check_identifier(value: str) -> str:
    """An id that is safe as a file name on every system, in NFC; ValueError says what is wrong with it."""
    text = unicodedata.normalize("NFC", value)
    if not text:
        raise ValueError("is empty; give it a name")
    if len(text) > 100:
        raise ValueError(f"is {len(text)} characters long, allowed 100")
    if not _IDENTIFIER.fullmatch(text):
        raise ValueError("may hold letters, digits, '_', '-', '.' and inner spaces, and starts with a letter or digit")
    if text.split(".")[0].casefold().strip() in _WINDOWS_DEVICES:
        raise ValueError("is a device name on Windows; choose another")
    return text


def identity(identifier: str) -> str:
    """What two ids must differ in: case and Unicode form do not count (they do not on many disks)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", identifier).casefold())


def _clean_text(value: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError("holds half of a surrogate pair, which is no character; type the text again") from error
    if any(unicodedata.category(c) == "Cc" and c not in "\n\t\r" for c in value):
        raise ValueError("holds control characters; remove them")
    return unicodedata.normalize("NFC", value).strip()


def _slug(value: str) -> str:
    return re.sub(r"[\s_]+", "-", value.strip().casefold())


def _one_or_several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _as_card(value: object) -> object:
    """A text alone stands for a card on which nothing else is set."""
    return {"text": value} if isinstance(value, str) else value


def _to_be_seen(value: str) -> str:
    if not any(unicodedata.category(char)[0] in "LNPS" for char in value):
        raise ValueError("shows nothing; write the words of the title")
    if len(value.splitlines()) > MOST_TITLE_LINES:
        raise ValueError(f"has {len(value.splitlines())} lines, allowed {MOST_TITLE_LINES}; make two titles of it")
    return value


def _hex(value: str) -> str:
    named = {"black": "#000000", "white": "#ffffff"}.get(value.strip().casefold(), value.strip().casefold())
    if not re.fullmatch(r"#[0-9a-f]{6}", named):
        raise ValueError('is no colour; write it as "#rrggbb", or black, or white')
    return named


def _no_truth(value: object) -> object:
    """``true`` is no 1, whatever Python says."""
    if isinstance(value, bool):
        raise ValueError("must be a whole number")
    return value


def _exact_seconds(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("must be a number of seconds")
    if isinstance(value, float):
        return Decimal(repr(value))
    return value


Text = Annotated[str, Field(max_length=10_000), AfterValidator(_clean_text)]
Line = Annotated[str, Field(max_length=20_000), AfterValidator(_clean_text)]
"""Dialogue: some twenty minutes of it at most."""
Word = Annotated[str, Field(max_length=100), AfterValidator(_clean_text), Field(min_length=1)]
Words = Annotated[tuple[Word, ...], Field(max_length=100)]
Identifier = Annotated[str, AfterValidator(_clean_text), AfterValidator(check_identifier)]
Slug = Annotated[str, Field(max_length=60), AfterValidator(_clean_text), Field(min_length=1), AfterValidator(_slug)]


_GIVEN: dict[frozenset[str], set[str]] = {}
"""Each set of field names that any model was made with, once. Models are frozen, and copies of them copy it."""


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    def model_post_init(self, _context: Any, /) -> None:
        """Share the note of which fields were given: ten thousand shots would keep 80,000 sets, nearly all alike."""
        given = self.__pydantic_fields_set__
        object.__setattr__(self, "__pydantic_fields_set__", _GIVEN.setdefault(frozenset(given), given))


class Effect(Model):
    """A sound effect under a shot. ``file`` is looked for from the folder of shots.json."""

    file: Path
    at: Annotated[Decimal, BeforeValidator(_exact_seconds), Field(ge=0, le=600, decimal_places=3)] = Decimal(0)
    """Seconds after the shot begins."""
    level: Annotated[Decimal, BeforeValidator(_exact_seconds), Field(ge=-70, le=0)] = Decimal(-22)
    """LUFS."""


class TitleCard(Model):
    """Words alone on a plain ground. ``font`` is a file, looked for from the folder of shots.json."""

    text: Annotated[
        str, Field(max_length=600), AfterValidator(_clean_text), Field(min_length=1), AfterValidator(_to_be_seen)
    ]
    font: Path | None = None
    colour: Annotated[str, AfterValidator(_hex)] = "#f2efe8"
    background: Annotated[str, AfterValidator(_hex)] = "#000000"


class DialogueLine(Model):
    """What one character says, in a dialogue that is a list of them."""

    character: Word
    text: Annotated[Line, Field(min_length=1)]


def _form_of_dialogue(value: object) -> str:
    return "lines" if isinstance(value, list | tuple) else "text"


class Shot(Model):
    """One entry of shots.json.

    ``duration`` is in seconds, 1 to 30. ``take`` is part of the cache key: raising it asks for another attempt.
    ``transition`` is how this shot goes over into the next one.
    """

    shot_id: Identifier
    shot_number: Annotated[int, BeforeValidator(_no_truth), Field(ge=0, le=999_999)] | None = None
    shot_type: Slug = "medium"
    enhanced_prompt: Annotated[Text, Field(min_length=1)] = Field(
        validation_alias=AliasChoices("enhanced_prompt", "prompt")
    )
    negative_prompt: Text = ""
    duration: Annotated[
        Decimal, BeforeValidator(_exact_seconds), Field(ge=MIN_DURATION, le=MAX_DURATION, decimal_places=3)
    ] = Decimal(5)
    dialogue: (
        Annotated[
            Annotated[Line, Tag("text")]
            | Annotated[tuple[DialogueLine, ...], Field(min_length=1, max_length=200), Tag("lines")],
            Discriminator(_form_of_dialogue),
        ]
        | None
    ) = None
    """A text, or a list of who says what."""
    characters: Words = ()
    landscapes: Words = ()
    styles: Words = ()
    mood: Word | None = None
    time_of_day: Word | None = None

    seed: Annotated[int, BeforeValidator(_no_truth), Field(ge=0, le=MAX_SEED)] | None = None
    take: Annotated[int, BeforeValidator(_no_truth), Field(ge=1, le=10_000)] = 1
    voice: Word | None = None
    camera: Word | None = None
    transition: TransitionKind | None = None
    transition_seconds: (
        Annotated[Decimal, BeforeValidator(_exact_seconds), Field(gt=0, le=10, decimal_places=3)] | None
    ) = None
    fit: Literal["fit", "fill", "blur"] | None = None
    effects: Annotated[tuple[Effect, ...], Field(max_length=64)] = ()
    title: Annotated[TitleCard | None, BeforeValidator(_as_card)] = None
    """What is shown instead of a picture: nothing is drawn or bought for it."""
    image_provider: Slug | None = None
    video_provider: Slug | None = None
    audio_provider: Slug | None = None
    image_model: Word | None = None
    video_model: Word | None = None
    audio_model: Word | None = None
    reuse: Annotated[tuple[Word, ...], BeforeValidator(_one_or_several), Field(max_length=len(AssetType))] = ()
    """Ids of assets in the library, one a type at most, that are its picture, clip or line: none is made then."""
    start_from: Literal["previous"] | None = None
    """``previous``: its clip begins with the picture with which the shot before ends, and none is made for it."""
    template: Slug | None = None
    """The style template that its prompt is made with."""
    variables: Mapping[str, bool | int | Decimal | str] = Field(default_factory=dict[str, bool | int | Decimal | str])
    """What the shot says for its template."""
    meta: Mapping[str, Any] = Field(default_factory=dict[str, Any])
    """The user's own notes; never read."""

    @model_validator(mode="before")
    @classmethod
    def _of_a_title(cls, given: object) -> object:
        """A title needs no prompt: its words are what is seen."""
        if not isinstance(given, dict) or cast("dict[str, object]", given).get("title") is None:
            return cast("object", given)
        shot = cast("dict[str, object]", given)
        if shot.keys() & {"prompt", "enhanced_prompt"}:
            return shot
        title = shot["title"]
        words = (
            cast("dict[str, object]", title).get("text") if isinstance(title, dict) else getattr(title, "text", title)
        )
        return {**shot, "enhanced_prompt": words if isinstance(words, str) and words.strip() else "title"}

    @property
    def spoken(self) -> str | None:
        """What is said, by whomever, or None when there is nothing to say."""
        if not self.dialogue:
            return None
        return "\n".join(turn.text for turn in self.turns) or None

    @property
    def turns(self) -> tuple[Turn, ...]:
        """Who says what, less marks of emphasis and stage directions; empty when nobody speaks."""
        plain = (Turn(turn.character, said(turn.text).text) for turn in self.written_turns)
        return tuple(turn for turn in plain if turn.text)

    @property
    def written_turns(self) -> tuple[Turn, ...]:
        """Who says what, as it is written."""
        if not self.dialogue:
            return ()
        if isinstance(self.dialogue, str):
            return turns_of(self.dialogue, self.characters)
        return tuple(Turn(line.character, line.text) for line in self.dialogue)

    @property
    def directions(self) -> tuple[str, ...]:
        """What stands in the dialogue and is not said."""
        return tuple(part for turn in self.written_turns for part in said(turn.text).directions)

    @property
    def written(self) -> str:
        """The dialogue as one text, as it is written."""
        if isinstance(self.dialogue, str):
            return self.dialogue
        return "\n".join(f"{line.character}: {line.text}" for line in self.dialogue or ())

    @property
    def speaker(self) -> str | None:
        if self.characters:
            return self.characters[0]
        return self.written_turns[0].character if self.dialogue else None


class InputBlob(Model):
    """A file that a request builds upon, named by its bytes and not by how they came about."""

    role: str
    sha256: str


class AssetRequest(Model):
    """What is asked of a provider: with equal requests the same asset is meant, and paid for once.

    ``params`` holds what reaches the provider and nothing else; a shot's id and place are not in it.
    """

    asset_type: AssetType
    provider: str
    model: str
    params: Mapping[str, Any]
    inputs: tuple[InputBlob, ...] = ()
    take: int = 1


class Quote(Model):
    """An upper bound of a price, in dollars, and how it came about (``6 s × $0.045/s``)."""

    amount: Decimal
    basis: str = ""


class SpokenWord(Model):
    """When a word is heard, in seconds from the start of the speech."""

    word: str
    start: float
    end: float


class Generated(Model):
    """What a provider hands back: the bytes or a file of them, and what is known of them.

    Exactly one of ``data`` and ``path`` is set; a path is a temporary file that the caller takes over.
    ``cost`` is what the provider billed, None when it did not say.
    """

    data: bytes | None = None
    path: Path | None = None
    mime: str
    cost: Decimal | None = None
    words: tuple[SpokenWord, ...] = ()
    details: Mapping[str, Any] = Field(default_factory=dict[str, Any])
    """Facts worth keeping: width, height, frames, sample_rate, seed, the vendor's job id …"""


class Asset(Model):
    """A picture, clip or line of speech in the library, found by ``asset_id``."""

    asset_id: str
    key: str
    asset_type: AssetType
    provider: str
    model: str = ""
    prompt: str = ""
    negative_prompt: str = ""
    dialogue: str = ""
    """What is said in the shot of a picture or clip; of a line of speech that is the prompt."""
    shot_type: str | None = None
    characters: tuple[str, ...] = ()
    landscapes: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    mood: str | None = None
    time_of_day: str | None = None
    film_id: str | None = None
    sha256: str = ""
    size: int = 0
    mime: str = ""
    cost_usd: Decimal = Decimal(0)
    reuse_count: int = 0
    created_at: str = ""
    """ISO 8601, UTC."""
    details: Mapping[str, Any] = Field(default_factory=dict[str, Any])


def short_key(key: str) -> str:
    """The first characters of a key, enough for people to tell assets apart."""
    return key[:16]


def as_plain(value: object) -> object:
    """Models, tuples and mappings as the dicts and lists that JSON knows; Decimals stay."""
    if isinstance(value, BaseModel):
        return as_plain(value.model_dump())
    if isinstance(value, Mapping):
        pairs = cast(Mapping[object, object], value)
        return {str(k): as_plain(v) for k, v in pairs.items()}
    if isinstance(value, (list, tuple)):
        return [as_plain(v) for v in cast("list[object] | tuple[object, ...]", value)]
    return value
