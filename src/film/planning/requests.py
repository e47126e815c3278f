"""A shot → what is asked of its providers. The one place where shots turn into requests.

    picture   prompt, size, seed …                         (as far as the provider reads them)
    frame     the bytes of the clip before, when its shot is left
    clip      the picture's bytes, prompt, duration …
    line      what is said, voice, character               (too long for its model, or by several: parts, and the whole)

A take above 1 moves the seed along, so that "again" gives another result also where nothing is left to chance.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from film.cache import CachedAsset
from film.dialogue import Turn
from film.errors import InputError
from film.models import Asset, AssetRequest, AssetType, InputBlob, Shot
from film.planning.cast_sheets import Member
from film.planning.lengths import bought, left_at, made_here, seconds_of
from film.planning.params import FilmParams
from film.planning.readings import reading_of, says
from film.planning.speech_chunks import PAUSES, Rank, passages
from film.providers.base import (
    AudioConfig,
    BaseAudioProvider,
    BaseImageProvider,
    BaseProvider,
    BaseVideoProvider,
    ImageConfig,
    Reference,
    Scene,
    VideoConfig,
)
from film.providers.capabilities import References
from film.providers.registry import provider_class
from film.recipe import PICTURE, Need, Step, recipe_of, started_from
from film.render.last_frame import ClipFrames, FrameConfig

JOINED = "speech/1"
"""In the key of a line that is joined from parts; changes whenever equal parts would be joined otherwise."""


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """One thing to obtain for a shot: the request, and what its provider is called with.

    A line that is too long for one order has ``parts``, an Ask each: those are bought, and the line is made of them
    here, with ``pauses`` seconds of quiet after each. ``part`` is a part's number, from 1.
    """

    shot: Shot
    request: AssetRequest
    provider: BaseProvider
    config: Any
    part: int = 0
    parts: tuple[PlannedRequest, ...] = ()
    pauses: tuple[Fraction, ...] = ()
    turns: tuple[int, ...] = ()
    """Of a dialogue, the part that each turn begins with, from 0; empty where one character speaks."""
    source: CachedAsset | None = field(default=None, repr=False, compare=False)
    """What it is made of: a clip's picture, a frame's clip."""

    goes_by: tuple[str, ...] = ()
    """Whom and what a picture's model is sent pictures of, or will be once they are made."""

    @property
    def asset_type(self) -> AssetType:
        return self.request.asset_type


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a line: its order, the quiet after it, and which turn of the dialogue it is of."""

    config: AudioConfig
    pause: Fraction
    turn: int


class RequestBuilder:
    """Makes the requests of a film's shots; holds one provider object per name."""

    def __init__(self, params: FilmParams, providers: ProviderSet) -> None:
        self.params = params
        self.providers = providers
        self.before: Mapping[str, Shot] = started_from(params.shots)
        """Shot → the one before it, for each that starts from that."""
        self.sheets: frozenset[str] = frozenset(one.sheet.shot_id for one in params.members.sheets if one.sheet)
        """The ids of all sheets."""
        self._scenes: dict[str, Scene] = {}
        self._frames = ClipFrames()

    def recipe(self, shot: Shot, taken: Mapping[tuple[str, AssetType], object]) -> tuple[Step, ...]:
        """The steps of a shot; ``taken`` are the places that the library fills because shots name what is in it."""
        if shot.shot_id in self.sheets:
            return (PICTURE,)
        before = self.before.get(shot.shot_id)
        return recipe_of(
            shot,
            sheets=[member.sheet.shot_id for member in self._goes_by(shot)[0] if member.sheet],
            taken=[kind for kind in AssetType if (shot.shot_id, kind) in taken],
            fits_line=self._provider(shot, AssetType.VIDEO).local,
            speaks_before=before is not None and (bool(before.spoken) or (before.shot_id, AssetType.AUDIO) in taken),
        )

    def ask(self, step: Step, shot: Shot, made: Mapping[Need, CachedAsset]) -> PlannedRequest:
        """What is asked for, with all that the step needs."""
        match step.kind:
            case "picture":
                return self.image(shot, {need.of: asset for need, asset in made.items()})
            case "frame":
                before = {need.slot: asset for need, asset in made.items()}
                return self._frame(shot, before[AssetType.VIDEO], before.get(AssetType.AUDIO))
            case "clip":
                own = {need.slot: asset for need, asset in made.items()}
                picture, seconds = own[AssetType.IMAGE], seconds_of(own.get(AssetType.AUDIO))
                ask = self.video(shot, picture.sha256, reading=reading_of(picture), speech_seconds=seconds)
                return replace(ask, source=picture)
            case "line" | "taken":
                raise ValueError(f"a {step.kind} is not asked for of what there is")

    def outlook(self, step: Step, shot: Shot) -> PlannedRequest:
        """What will be asked for once what the step needs is there: good for a quote, not for a key."""
        if step.kind == "frame":
            request = AssetRequest(asset_type=AssetType.IMAGE, provider=self._frames.name, model="", params={})
            return PlannedRequest(shot, request, self._frames, FrameConfig(at=Decimal(0)))
        return self.image(shot) if step.kind == "picture" else self.video_outlook(shot)

    def sheets_of(self, shots: Iterable[Shot]) -> list[Shot]:
        """The sheets that the pictures of these shots go by, each once, in their order."""
        found = (
            member.sheet for shot in shots if not (shot.start_from or shot.title) for member in self._goes_by(shot)[0]
        )
        return list({sheet.shot_id: sheet for sheet in found if sheet}.values())

    def _goes_by(self, shot: Shot) -> tuple[Sequence[Member], Sequence[Member]]:
        """Whose pictures are sent for a shot's picture, and whose its model does not take."""
        members = self.params.members.of(shot) if not (shot.start_from or shot.title) else ()
        if not members:
            return (), ()
        config = self._image_config(shot)
        facts = self._provider(shot, AssetType.IMAGE).capabilities(config)
        takes = facts.references if facts else References()
        fitting = [member for member in members if member.subject in takes.subjects][: takes.most]
        return fitting, [member for member in members if member not in fitting]

    def _references(self, shot: Shot, sheets: Mapping[str, CachedAsset]) -> tuple[tuple[Reference, ...], list[str]]:
        """The pictures to send, and the names of those of whom none is: the first of each, then the others."""
        sent, unsent = self._goes_by(shot)
        facts = self._provider(shot, AssetType.IMAGE).capabilities(self._image_config(shot)) if sent else None
        most = facts.references.most if facts else 0
        of_each = [
            [Reference(name=one.name, subject=one.subject, path=found.path, sha256=found.sha256)]
            if one.sheet and (found := sheets.get(one.sheet.shot_id))
            else list(one.references)
            for one in sent
        ]
        rounds = [pictures[at] for at in range(most) for pictures in of_each if at < len(pictures)]
        return tuple(rounds[:most]), [one.name for one in unsent]

    def _frame(self, shot: Shot, clip: CachedAsset, line: CachedAsset | None) -> PlannedRequest:
        """The picture with which the shot before ends."""
        reading = reading_of(clip)
        at = left_at(self.params, self.before[shot.shot_id], clip, line)
        config = FrameConfig(at=at, reading=reading, by_rules=says(clip, "by_rules"))
        inputs = (InputBlob(role="clip", sha256=clip.sha256),)
        if reading:
            inputs += (InputBlob(role="clip_reading", sha256=reading),)
        request = AssetRequest(
            asset_type=AssetType.IMAGE,
            provider=self._frames.name,
            model=self._frames.default_model,
            params=self._frames.request_params(config),
            inputs=inputs,
        )
        return PlannedRequest(shot, request, self._frames, config, source=clip)

    def image(self, shot: Shot, sheets: Mapping[str, CachedAsset] | None = None) -> PlannedRequest:
        """The picture of a shot; ``sheets`` are those that it goes by, by their ids."""
        provider, config = self._provider(shot, AssetType.IMAGE), self._image_config(shot)
        if shot.shot_id in self.sheets or not (members := self.params.members.of(shot)):
            return self._ask(shot, provider, config)
        references, unsent = self._references(shot, sheets or {})
        config = config.model_copy(update={"references": references, "unsent": tuple(unsent)})
        of = {member.name: member.subject for member in members}
        inputs = tuple(
            InputBlob(role=f"{of[one.name]} {one.name} {number}", sha256=one.sha256)
            for number, one in enumerate(references, 1)
        )
        sent = tuple(member.name for member in members if member.name not in unsent)
        return replace(self._ask(shot, provider, config, inputs), goes_by=sent)

    def _image_config(self, shot: Shot) -> ImageConfig:
        return ImageConfig(
            prompt=shot.enhanced_prompt,
            negative_prompt=shot.negative_prompt,
            width=self.params.width,
            height=self.params.height,
            seed=effective_seed(shot),
            model=self.params.choice(shot, AssetType.IMAGE).model,
            scene=self._scene(shot),
        )

    def video(
        self, shot: Shot, picture_sha256: str, *, reading: str = "", speech_seconds: Decimal | None = None
    ) -> PlannedRequest:
        """The clip of a picture. Where it is made here and for free it is made long enough for the line.

        ``reading`` says how the picture is read, where its maker is given other pixels than the file's own.
        """
        provider = cast(BaseVideoProvider, self._provider(shot, AssetType.VIDEO))
        inputs = (InputBlob(role="picture", sha256=picture_sha256),)
        if reading:
            inputs += (InputBlob(role="picture_reading", sha256=reading),)
        return self._ask(shot, provider, self._video_config(shot, provider, speech_seconds), inputs)

    def video_outlook(self, shot: Shot) -> PlannedRequest:
        """The clip before its picture exists: good for a quote, not for a key."""
        provider = cast(BaseVideoProvider, self._provider(shot, AssetType.VIDEO))
        return self._ask(shot, provider, self._video_config(shot, provider, None))

    def taken(self, shot: Shot, asset: Asset) -> PlannedRequest:
        """What a shot takes from the library. It tells who made it, and is never sent to anybody."""
        request = AssetRequest(
            asset_type=asset.asset_type, provider=asset.provider, model=asset.model, params={"reuse": asset.asset_id}
        )
        return PlannedRequest(shot, request, self._provider(shot, asset.asset_type), None)

    def audio(self, shot: Shot) -> PlannedRequest | None:
        """The line of a shot; None when it is silent."""
        if not shot.spoken:
            return None
        provider = cast(BaseAudioProvider, self._provider(shot, AssetType.AUDIO))
        turns = [config for turn in shot.written_turns if (config := self._turn(shot, provider, turn)).text]
        pieces = [
            _Piece(config.model_copy(update={"text": passage.text}), passage.pause, number)
            for number, config in enumerate(turns)
            for passage in passages(config.text, provider.text_limit(config))
        ]
        if len(pieces) == 1:
            return self._ask(shot, provider, turns[0])
        return self._long_line(shot, provider, turns, pieces)

    def _turn(self, shot: Shot, provider: BaseAudioProvider, turn: Turn) -> AudioConfig:
        """What one character says. The shot's ``voice`` is that of its own speaker."""
        character = turn.character or shot.speaker
        config = AudioConfig(
            text=turn.text,
            voice=shot.voice if character == shot.speaker else None,
            character=character,
            model=self.params.choice(shot, AssetType.AUDIO).model,
        )
        return config.model_copy(update={"text": provider.text_of(turn.text, config)})

    def _long_line(
        self, shot: Shot, provider: BaseProvider, turns: Sequence[AudioConfig], pieces: Sequence[_Piece]
    ) -> PlannedRequest:
        """The parts of a line, and the whole, whose key holds what all parts are asked for alike, and all words."""
        parts = tuple(
            replace(self._ask(shot, provider, piece.config), part=number) for number, piece in enumerate(pieces, 1)
        )
        first, *others = (part.request.params for part in parts)
        alike = {name: value for name, value in first.items() if all(p.get(name) == value for p in others)}
        words: dict[str, Any] = {"text": "\n".join(config.text for config in turns), "joined": JOINED}
        if len(turns) > 1:
            words["turns"] = [[config.character, config.text] for config in turns]
        whole = parts[0].request.model_copy(update={"params": {**alike, **words}})
        pauses = tuple(
            piece.pause if after is None or after.turn == piece.turn else PAUSES[Rank.SENTENCE]
            for piece, after in zip(pieces, (*pieces[1:], None), strict=True)
        )
        firsts = tuple(next(at for at, p in enumerate(pieces) if p.turn == number) for number in range(len(turns)))
        config = turns[0].model_copy(update={"text": words["text"]})
        return PlannedRequest(
            shot, whole, provider, config, parts=parts, pauses=pauses, turns=firsts if len(turns) > 1 else ()
        )

    def _video_config(self, shot: Shot, provider: BaseVideoProvider, speech: Decimal | None) -> VideoConfig:
        config = VideoConfig(
            prompt=shot.enhanced_prompt,
            negative_prompt=shot.negative_prompt,
            duration=made_here(self.params, shot, speech) if provider.local else shot.duration,
            width=self.params.width,
            height=self.params.height,
            frame_rate=str(self.params.rate),
            seed=effective_seed(shot),
            model=self.params.choice(shot, AssetType.VIDEO).model,
            camera=shot.camera,
            continues=shot.start_from is not None,
            scene=self._scene(shot),
        )
        if provider.local:
            return config
        return config.model_copy(update={"duration": bought(self.params, shot, provider, config)})

    def _scene(self, shot: Shot) -> Scene:
        """One for all of a shot's requests: a plan of ten thousand shots holds them all at once."""
        return self._scenes.setdefault(shot.shot_id, scene_of(shot))

    def _provider(self, shot: Shot, asset_type: AssetType) -> BaseProvider:
        return self.providers.get(asset_type, self.params.choice(shot, asset_type).provider)

    def _ask(
        self, shot: Shot, provider: BaseProvider, config: Any, inputs: tuple[InputBlob, ...] = ()
    ) -> PlannedRequest:
        with _naming(shot):
            request = AssetRequest(
                asset_type=provider.asset_type,
                provider=provider.name,
                model=provider.model_of(config),
                params=provider.request_params(config),
                inputs=inputs,
                take=shot.take,
            )
        return PlannedRequest(shot, request, provider, config)


@contextmanager
def _naming(shot: Shot) -> Generator[None]:
    """What a provider cannot take says of which shot it is."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{shot.shot_id}: {error.message}", hint=error.hint, field=error.field) from error


class ProviderSet:
    """The providers of a run, made when first asked for and then kept; doubles may be put in for them."""

    def __init__(self, context: Any = None, given: dict[tuple[AssetType, str], BaseProvider] | None = None) -> None:
        self._context = context
        self._made: dict[tuple[AssetType, str], BaseProvider] = dict(given or {})

    def get(self, asset_type: AssetType, name: str) -> BaseProvider:
        if (asset_type, name) not in self._made:
            self._made[asset_type, name] = provider_class(asset_type, name)(self._context)
        return self._made[asset_type, name]


def effective_seed(shot: Shot) -> int | None:
    if shot.seed is None and shot.take == 1:
        return None
    return (shot.seed or 0) + shot.take - 1


def scene_of(shot: Shot) -> Scene:
    return Scene(
        shot_type=shot.shot_type,
        characters=shot.characters,
        landscapes=shot.landscapes,
        styles=shot.styles,
        mood=shot.mood,
        time_of_day=shot.time_of_day,
    )


async def generate(ask: PlannedRequest, *, image_url: str | None = None) -> object:
    """Call a provider's ``generate`` with the arguments of its kind."""
    match ask.provider:
        case ClipFrames():
            if image_url is None:
                raise ValueError("a frame needs its clip")
            return await ask.provider.generate(image_url, ask.config)
        case BaseVideoProvider():
            if image_url is None:
                raise ValueError("a clip needs its picture")
            return await ask.provider.generate(image_url, ask.config.prompt, ask.config)
        case BaseImageProvider():
            return await ask.provider.generate(ask.config.prompt, ask.config)
        case BaseAudioProvider():
            return await ask.provider.generate(ask.config.text, ask.config)
        case _:
            raise TypeError(f"{type(ask.provider).__name__} is none of the three kinds of provider")
