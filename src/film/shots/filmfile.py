"""How a film is cut and finished: the settings that stand in film.toml, or beside the shots in shots.json.

    film.toml ─┐
               ├─► FilmFile ──► params, the timeline, the mix, captions, provenance
    shots.json ┘

Every setting has a default that makes a good film, so that most films need no such file. Files that are named here
(music, a LUT, a certificate) are looked for from the folder of the file that names them. Seconds are exact decimals,
levels are dB or LUFS as the field names say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from film.errors import InputError
from film.models import Model, Slug, Text
from film.shots.fields import at, explain
from film.transitions import TransitionDefault

Fit = Literal["fit", "fill", "blur"]
"""A picture of another shape than the film's: bars, cropped, or over a blurred copy of itself."""
LongDialogue = Literal["extend", "slow", "hold", "next-length"]
"""What gives way to speech that outlasts its clip, after all of the clip is shown.

``extend`` (to 0.8x at most, then the last picture is held), ``slow`` (down to half speed before it is held), ``hold``
(at its own speed, and held), ``next-length`` (buy a length the model sells that holds the line; then as ``extend``).
"""
SoundPolicy = Literal["keep", "drop"]
ChannelLayout = Literal["stereo", "5.1"]
Format = Literal["web", "prores", "dnxhr", "hevc", "av1"]
"""What the film is delivered as."""
TEMPLATES = "templates"
"""The folder of a film's own style templates and its cast, beside the shots or in the gallery."""
_LEVEL = re.compile(r"-?\d{1,3}(\.\d{0,6})?|-?\.\d{1,6}", re.ASCII)
LOUDNESS = {
    "web": Decimal(-14),
    "ebu-r128": Decimal(-23),
    "podcast": Decimal(-16),
    "cinema": Decimal(-27),
    "netflix": Decimal(-27),
}
"""Names for targets in LUFS."""
_BY_DIALOGUE = frozenset(("cinema", "netflix"))
"""Those that are measured on what is spoken."""
_TRUE_PEAK = {"netflix": Decimal(-2)}


def _exact(value: object) -> object:
    """TOML and JSON floats as they were written."""
    return Decimal(repr(value)) if isinstance(value, float) else value


def _as_text(value: object) -> object:
    """A rate may be written as a number."""
    return str(value) if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) else value


def _loudness(value: object) -> object:
    if not isinstance(value, str):
        return _exact(value)
    if value not in LOUDNESS and not _LEVEL.fullmatch(value):
        raise ValueError(f"is no level; write a number of LUFS, or one of {', '.join(LOUDNESS)}")
    return LOUDNESS.get(value, value)


def _as_file(value: object) -> object:
    """A name alone stands for a group in which nothing else is set."""
    return {"file": value} if isinstance(value, (str, Path)) else value


Seconds = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, le=600, decimal_places=3)]
Level = Annotated[Decimal, BeforeValidator(_exact), Field(ge=-70, le=0)]
"""LUFS."""
Gain = Annotated[Decimal, BeforeValidator(_exact), Field(ge=-60, le=24)]
"""dB."""
RateText = Annotated[str, BeforeValidator(_as_text)]
Share = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, le=1)]


class MusicFile(Model):
    """A bed of music under the film, looped and faded to its length."""

    file: Path
    level: Level = Decimal(-20)
    """Loudness where nobody speaks, in a film in which speech lies at -14; another target moves both alike."""
    duck: Annotated[Decimal, BeforeValidator(_exact), Field(ge=-40, le=0)] = Decimal(-10)
    """dB by which it steps back under dialogue."""
    fade_in: Seconds = Decimal(1)
    fade_out: Seconds = Decimal(3)
    start: Seconds = Decimal(0)
    """Where in the film it begins."""
    offset: Seconds = Decimal(0)
    """Where in its own file it begins."""
    loop: bool = True


class SoundSettings(Model):
    loudness: Annotated[Decimal, BeforeValidator(_loudness), Field(ge=-40, le=-5)] | None = None
    """Target in LUFS; None is -14 where somebody speaks or music plays, and quieter where only a place is heard."""
    true_peak: Annotated[Decimal, BeforeValidator(_exact), Field(ge=-9, le=Decimal("-0.1"))] = Decimal(-1)
    """dBTP that nothing passes."""
    clips: SoundPolicy = "keep"
    """The clips' own sound, where they have any."""
    clips_level: Level = Decimal(-26)
    channels: Annotated[ChannelLayout, BeforeValidator(_as_text)] = "stereo"
    dialogue: bool = False
    """Whether ``loudness`` is that of the voices alone; "cinema" and "netflix" switch it on, other names off."""
    ambience: bool = True
    """Synthesised room tone and places, so that no cut falls into dead silence."""

    @model_validator(mode="before")
    @classmethod
    def _named(cls, given: object) -> object:
        """What a target's name says beside its level."""
        if not isinstance(given, dict):
            return given
        told = cast("dict[str, object]", given)
        name = told.get("loudness")
        if not isinstance(name, str) or name not in LOUDNESS:
            return told
        peak: dict[str, object] = {}
        if name in _TRUE_PEAK and told.get("true_peak") in (None, Decimal(-1)):
            peak["true_peak"] = _TRUE_PEAK[name]
        return {**told, "dialogue": name in _BY_DIALOGUE, **peak}


class LookSettings(Model):
    fit: Fit = "fit"
    match: bool = False
    """Bring exposure and white balance of neighbouring shots of one scene closer together."""
    grain: Share = Decimal(0)
    lut: Path | None = None
    """A .cube file."""
    lut_strength: Share = Decimal(1)


class CaptionSettings(Model):
    files: bool = True
    """An .srt and a .vtt beside the film."""
    track: bool = True
    """A soft subtitle track inside the film, which players can switch on."""
    burn_in: bool = False
    """Drawn into the picture for good."""
    speakers: bool = False
    """Name the speaker."""
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"


class ProvenanceSettings(Model):
    manifest: bool = True
    """Sign a C2PA manifest into the film, where the library for it is installed."""
    certificate: Path | None = None
    """A PEM chain, leaf first; None: a local one, marked as a test."""
    private_key: Path | None = None
    prompts: bool = False
    """Put every shot's prompt and dialogue into it too: whoever has the film can then read them."""


class PublishSettings(Model):
    """What is said of the film where it is published; where it goes, and how, is said on the command line alone."""

    title: Text | None = None
    """The film's own, unless it is given."""
    description: Text = ""
    tags: Annotated[tuple[Text, ...], Field(max_length=60)] = ()
    category: Annotated[int, Field(ge=1, le=99)] = 1
    """YouTube's number: 1 is film and animation."""
    playlist: Text = ""
    """One that is there already, by its name."""
    made_for_kids: bool | None = None
    """Asked once where it is not said."""
    thumbnail: Path | None = None
    """A picture; without one, a frame of the film."""


class FilmFile(Model):
    """What may stand in film.toml or beside the shots; None leaves it to the flags and the tier."""

    title: Text | None = None
    comment: Text | None = None
    size: str | None = None
    frame_rate: RateText | None = None
    """``auto``, which None stands for too: what most of the film is made at."""
    format: Format = "web"
    start_timecode: Annotated[str, Field(pattern=r"^[0-9]{2}:[0-5][0-9]:[0-5][0-9][:;][0-9]{2}$")] | None = None
    """Time code of the first frame; a semicolon before the frames means drop-frame."""
    transition: TransitionDefault = "auto"
    transition_seconds: Annotated[Seconds, Field(gt=0, le=10)] = Decimal("0.5")
    long_dialogue: LongDialogue = "extend"
    line_tail: Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, le=10, decimal_places=3)] = Decimal("0.4")
    """Seconds of picture after a line, before the next shot comes."""
    template: Slug | None = None
    """The style template of all shots that name none."""
    variables: Mapping[str, bool | int | Decimal | str] = Field(default_factory=dict[str, bool | int | Decimal | str])
    """What the film says for its templates."""
    music: Annotated[MusicFile | None, BeforeValidator(_as_file)] = None
    sound: SoundSettings = SoundSettings()
    look: LookSettings = LookSettings()
    captions: CaptionSettings = CaptionSettings()
    provenance: ProvenanceSettings = ProvenanceSettings()
    publish: PublishSettings = PublishSettings()


def resolved(film: FilmFile, folder: Path) -> FilmFile:
    """The same with every file looked for from ``folder``; absolute paths stay."""

    def at(path: Path | None) -> Path | None:
        return None if path is None else (folder / path.expanduser()).absolute()

    changes: dict[str, Any] = {
        "look": film.look.model_copy(update={"lut": at(film.look.lut)}),
        "provenance": film.provenance.model_copy(
            update={
                "certificate": at(film.provenance.certificate),
                "private_key": at(film.provenance.private_key),
            }
        ),
        "publish": film.publish.model_copy(update={"thumbnail": at(film.publish.thumbnail)}),
    }
    if film.music:
        changes["music"] = film.music.model_copy(update={"file": at(film.music.file)})
    return film.model_copy(update=changes)


def with_flags(film: FilmFile, **flags: object) -> FilmFile:
    """The same with what a command's flags say over it; a group of settings keeps what no flag speaks of.

    Files that flags name are looked for from the folder one is in. InputError names the flag that cannot be.
    """
    given = {name: flag for name, flag in flags.items() if flag is not None}
    for name, flag in given.items():
        before = getattr(film, name)
        if isinstance(flag, dict) and isinstance(before, Model):
            given[name] = {**before.model_dump(), **cast("dict[str, object]", flag)}
    if not given:
        return film
    try:
        changed = FilmFile.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        flag = next((name for name in reversed(first["loc"]) if isinstance(name, str)), "")
        message, hint = explain(first, f"--{flag}", at(first["loc"], given), FilmFile)
        raise InputError(message, hint=hint, field=flag) from error
    found = resolved(changed, Path.cwd())
    for place, file in files_of(found):
        if place[0] in given and not file.is_file():
            raise InputError(f"--{place[0]}: there is no file {file}", hint="check the path", field=place[0])
    return film.model_copy(update={name: getattr(found, name) for name in given})


def files_of(film: FilmFile) -> list[tuple[tuple[str, ...], Path]]:
    """Every file that the settings name, with the way to it."""
    named: list[tuple[tuple[str, ...], Path | None]] = [
        (("music", "file"), film.music and film.music.file),
        (("look", "lut"), film.look.lut),
        (("provenance", "certificate"), film.provenance.certificate),
        (("provenance", "private_key"), film.provenance.private_key),
        (("publish", "thumbnail"), film.publish.thumbnail),
    ]
    return [(place, file) for place, file in named if file]
