"""What a run is asked for, checked once, before anything is opened or sent."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pydantic import Field

from film.dialogue import turns_of
from film.errors import ConfigurationError, InputError, ProviderNotFound
from film.models import AssetType, DialogueLine, Model, Shot, check_identifier
from film.planning.cast_sheets import Members, members_of
from film.planning.joins import Joins, joins_for
from film.planning.options import Order, checked, dollars
from film.providers.registry import TIERS, Tier, provider_class
from film.settings import Settings
from film.shots.fields import kind_of
from film.shots.filmfile import TEMPLATES, FilmFile, with_flags
from film.shots.shotfile import ShotFile, load_shots, parse_rate, parse_size
from film.shots.titles import hurried

if TYPE_CHECKING:
    from film.prompts import Cast

DRAFT_SIZE = (960, 540)
FINAL_SIZE = (1280, 720)
DEFAULT_CONCURRENCY = 3
MOST_AT_ONCE = 1000
"""Jobs under way at one provider: what accounts of the largest customers allow; see docs/scaling.md."""
FILM_SUFFIXES = (".mp4", ".m4v")
QUICKTIME = frozenset(("prores", "dnxhr"))
"""Formats that lie in a .mov."""
_ANY_FILM = ("shots", "shot", "film")
"""Names of files that say nothing about the film: that of their folder does."""


class ProviderChoice(Model):
    """Who makes one asset of one shot, and with which model (None: the provider's default)."""

    provider: str
    model: str | None = None


class FilmParams(Model):
    """One film to be made: shots and everything that decides how. ``budget_limit`` in dollars, None for no limit."""

    film_id: str
    shots: tuple[Shot, ...]
    """With their prompts as providers get them: templates and descriptions are rendered."""
    made_of: Mapping[str, Mapping[str, str]] = Field(default_factory=dict[str, Mapping[str, str]])
    """Shot id → the templates and descriptions in its prompt, name → digest."""
    tier: str
    choices: dict[AssetType, ProviderChoice]
    voices: tuple[ProviderChoice, ...] = ()
    """Who may speak where nobody was named, whom new lines are bought from first; empty where somebody was."""
    width: int
    height: int
    rate: Fraction
    auto_rate: bool = False
    """Whether ``rate`` only stands in for what most of the clips turn out to have."""
    title: str = ""
    film: FilmFile = FilmFile()
    """The film's settings, with the flags over them."""
    joins: Mapping[str, Joins] = Field(default_factory=dict[str, Joins])
    """Shot id → its transitions, where what is bought has to have room for them."""
    members: Members = Members()
    """Of the cast, those of whom there are pictures to go by."""
    budget_limit: Decimal | None = None
    use_cache: bool = True
    concurrency: int = DEFAULT_CONCURRENCY
    order: Order = "script"
    output: Path | None = None
    force: bool = False
    """Whether ``output`` may take the place of any file."""
    source: Path | None = None
    warnings: tuple[str, ...] = ()

    def choice(self, shot: Shot, asset_type: AssetType) -> ProviderChoice:
        """The provider of a shot's asset: the shot's own word counts most, then the run's, then the tier's."""
        run = self.choices[asset_type]
        provider = getattr(shot, f"{asset_type.value}_provider")
        model = getattr(shot, f"{asset_type.value}_model")
        if provider and provider != run.provider:
            return ProviderChoice(provider=provider, model=model)
        return ProviderChoice(provider=run.provider, model=model or run.model)

    @property
    def is_online(self) -> bool:
        """Whether any asset is made elsewhere than on this machine."""
        chosen = {
            (kind, self.choice(shot, kind).provider)
            for shot in self.shots
            for kind in AssetType
            if kind is AssetType.AUDIO or not shot.title
        }
        return not all(provider_class(kind, name).local for kind, name in chosen)

    @property
    def is_draft(self) -> bool:
        return TIERS[self.tier].is_draft

    @property
    def file_name(self) -> str:
        """``attic-draft.mp4``, ``attic.mp4``: a draft never overwrites a final film."""
        form = "" if self.film.format == "web" else f"-{self.film.format}"
        suffix = ".mov" if self.film.format in QUICKTIME else ".mp4"
        return f"{self.film_id}{'-draft' if self.is_draft else ''}{form}{suffix}"


@checked
def film_params(
    shots: Path | str | ShotFile,
    settings: Settings,
    *,
    film_id: str | None = None,
    tier: str | None = None,
    image_provider: str | None = None,
    video_provider: str | None = None,
    audio_provider: str | None = None,
    image_model: str | None = None,
    video_model: str | None = None,
    audio_model: str | None = None,
    budget_limit: Decimal | float | str | None = None,
    size: str | tuple[int, int] | None = None,
    frame_rate: str | float | Fraction | None = None,
    transition: str | None = None,
    transition_seconds: Decimal | float | None = None,
    fit: str | None = None,
    long_dialogue: str | None = None,
    music: Path | str | None = None,
    loudness: str | float | Decimal | None = None,
    captions: bool | None = None,
    burn_in: bool | None = None,
    provenance: bool | None = None,
    template: str | None = None,
    use_cache: bool = True,
    concurrency: int = DEFAULT_CONCURRENCY,
    order: Order = "script",
    output: Path | str | None = None,
    force: bool = False,
) -> FilmParams:
    """Read the shots and settle every choice. Raises InputError or ConfigurationError; opens and sends nothing."""
    file = _shot_file(shots)
    chosen = _tier(tier or settings.default_tier)
    film = with_flags(
        file.film,
        size=size,
        frame_rate=frame_rate,
        transition=transition,
        transition_seconds=transition_seconds,
        long_dialogue=long_dialogue,
        template=template,
        music=None if music is None else {"file": music},
        look=fit and {"fit": fit},
        sound=None if loudness is None else {"loudness": loudness},
        captions=_captions(captions, burn_in),
        provenance=None if provenance is None else {"manifest": provenance},
    )
    width, height = _size(film.size, chosen)
    auto_rate = film.frame_rate in (None, "auto")
    output = None if output is None else Path(output)
    suffixes = (".mov",) if film.format in QUICKTIME else FILM_SUFFIXES
    if output and output.suffix.lower() not in suffixes:
        raise InputError(
            f"the film cannot be written as {str(output)!r}",
            hint=f"give it a name that ends in {suffixes[0]}",
            field="output",
        )
    if not 1 <= concurrency <= MOST_AT_ONCE:
        raise InputError(
            f"concurrency is {concurrency}, allowed 1 to {MOST_AT_ONCE}",
            hint="try --concurrency 3",
            field="concurrency",
        )
    _check_providers(file)
    shots_rendered, made_of, cast = _rendered(file, film, settings)
    shots_rendered = _cut_into(_voiced(shots_rendered, tuple(cast.characters) if cast else ()))
    voices = () if audio_provider or audio_model else _voices(chosen, shots_rendered, settings)
    speaker = voices[0] if voices else _choice(audio_provider, audio_model, chosen.audio, chosen.audio_model)
    return FilmParams(
        film_id=_film_id(film_id, file),
        shots=shots_rendered,
        made_of=made_of,
        tier=chosen.name,
        choices={
            AssetType.IMAGE: _choice(image_provider, image_model, chosen.image, chosen.image_model),
            AssetType.VIDEO: _choice(video_provider, video_model, chosen.video, chosen.video_model),
            AssetType.AUDIO: speaker,
        },
        voices=voices,
        width=width,
        height=height,
        rate=parse_rate("24" if auto_rate else film.frame_rate or ""),
        auto_rate=auto_rate,
        title=film.title or "",
        film=film,
        joins=joins_for(shots_rendered, film),
        members=members_of(cast, shots_rendered) if cast else Members(),
        budget_limit=None if budget_limit is None else dollars(budget_limit),
        use_cache=use_cache,
        concurrency=concurrency,
        order=order,
        output=output,
        force=force,
        source=file.path,
        warnings=(*file.warnings, *_directions(shots_rendered), *filter(None, map(hurried, shots_rendered))),
    )


def _shot_file(shots: object) -> ShotFile:
    if isinstance(shots, ShotFile):
        return shots
    if isinstance(shots, str | os.PathLike):
        return load_shots(Path(cast("str | os.PathLike[str]", shots)))
    raise InputError(
        f"the shots are {kind_of(shots)}, not the path of a shots.json",
        hint="write them into a file with json.dump and give its path",
        field="shots_json_path",
    )


def _tier(name: str) -> Tier:
    if name not in TIERS:
        raise ConfigurationError(f"there is no tier {name[:40]!r}", hint=f"choose one of {', '.join(TIERS)}")
    return TIERS[name]


def _check_providers(file: ShotFile) -> None:
    """Whoever a shot names is there; ProviderNotFound says which shot it is that names somebody else."""
    known: set[tuple[AssetType, str]] = set()
    for shot in file.shots:
        for kind, name in zip(AssetType, (shot.image_provider, shot.video_provider, shot.audio_provider), strict=True):
            if name is None or (kind, name) in known:
                continue
            try:
                provider_class(kind, name)
            except ProviderNotFound as error:
                raise ProviderNotFound(
                    f"{file.path}: {shot.shot_id}: {error.message}", hint=error.hint, provider=name
                ) from error
            known.add((kind, name))


def _rendered(
    file: ShotFile, film: FilmFile, settings: Settings
) -> tuple[tuple[Shot, ...], dict[str, Mapping[str, str]], Cast | None]:
    """The shots with their prompts made, what of, and the cast; without templates and a cast, as they are."""
    folders = (file.path.absolute().parent / TEMPLATES, settings.gallery / TEMPLATES)
    asked = film.template or any(shot.template or shot.variables for shot in file.shots)
    if not asked and not any(folder.is_dir() for folder in folders):
        return file.shots, {}, None
    from film.prompts import rendered, shelf_for  # Jinja is half of a program's start that most films do without

    shelf = shelf_for(file.path, settings.gallery)
    done = rendered(file.shots, shelf, template=film.template, variables=film.variables)
    used = {one.shot.shot_id: one.used for one in done if one.used}
    return tuple(one.shot for one in done), used, shelf.cast


def _voiced(shots: tuple[Shot, ...], cast: Sequence[str]) -> tuple[Shot, ...]:
    """The shots, with lines for whoever is named in a dialogue and is known of other shots or of the cast alone."""
    others = tuple(dict.fromkeys((*(name for shot in shots for name in shot.characters), *cast)))
    if not others:
        return shots
    return tuple(_with_lines(shot, others) for shot in shots)


def _cut_into(shots: tuple[Shot, ...]) -> tuple[Shot, ...]:
    """The shots, with a plain cut before each that starts from the one before it, unless another is named."""
    if not any(shot.start_from for shot in shots):
        return shots
    if shots[0].start_from:
        raise InputError(
            f"{shots[0].shot_id} is to start from the shot before it, and there is none",
            hint="leave out start_from; a film's shots are made in their order by film make",
            field="start_from",
        )
    return (
        tuple(
            shot.model_copy(update={"transition": "cut"}) if after.start_from and shot.transition is None else shot
            for shot, after in pairwise(shots)
        )
        + shots[-1:]
    )


def _with_lines(shot: Shot, others: tuple[str, ...]) -> Shot:
    text = shot.dialogue
    if not isinstance(text, str) or (":" not in text and "\n" not in text):
        return shot
    turns = turns_of(text, shot.characters, others)
    if turns == turns_of(text, shot.characters) or not all(turn.character and turn.text for turn in turns):
        return shot
    return shot.model_copy(
        update={"dialogue": tuple(DialogueLine(character=turn.character or "", text=turn.text) for turn in turns)}
    )


def _captions(captions: bool | None, burn_in: bool | None) -> dict[str, bool] | None:
    """Without captions there are none of any kind, unless they are to be burnt in."""
    wanted = {} if captions is None else {"files": captions, "track": captions}
    if burn_in is not None or captions is False:
        wanted["burn_in"] = bool(burn_in)
    return wanted or None


def _directions(shots: Sequence[Shot]) -> Iterator[str]:
    """What is told of each shot whose dialogue holds more than is said."""
    for shot in shots:
        if parts := shot.directions:
            verb = "is a stage direction" if len(parts) == 1 else "are stage directions"
            yield f"{shot.shot_id}: {', '.join(parts)} {verb}: not spoken, and in no caption"


def _choice(provider: str | None, model: str | None, default: str, default_model: str | None) -> ProviderChoice:
    if provider and provider != default:
        return ProviderChoice(provider=provider, model=model)
    return ProviderChoice(provider=default, model=model or default_model)


def _voices(tier: Tier, shots: Sequence[Shot], settings: Settings) -> tuple[ProviderChoice, ...]:
    """The tier's voices as they are to be asked today; none where nobody speaks, or the tier names one."""
    if not tier.voices or not any(shot.spoken for shot in shots):
        return ()
    from film.providers.tiers import by_price
    from film.rates import RateCard, days

    found = by_price(tier.voices, RateCard.load(settings), days.today())
    return tuple(ProviderChoice(provider=provider, model=model) for provider, model in found)


def _size(text: str | None, tier: Tier) -> tuple[int, int]:
    width, height = DRAFT_SIZE if tier.is_draft else FINAL_SIZE
    return parse_size(text, height) if text else (width, height)


def _film_id(given: str | None, file: ShotFile) -> str:
    """The id given, or one made of the file's name: of its folder where the file is just called shots.json."""
    if given is not None:
        try:
            return check_identifier(given)
        except ValueError as error:
            raise InputError(f"film_id {given[:60]!r} {error}", hint="try --film_id my_first_film") from error
    return film_id_of(file.path)


def film_id_of(path: Path) -> str:
    """The id of the film whose shots stand in that file, unless somebody gives it another."""
    path = Path(os.path.abspath(path))  # noqa: PTH100  # `../shots.json` lies in a folder with a name; no link is followed
    return _identifier(path.parent.name if path.stem.lower() in _ANY_FILM and path.parent.name else path.stem)


def _identifier(name: str) -> str:
    """``my film`` → ``my_film``; what else had to go is told by a digest, so that C++ is not taken for C#."""
    given = unicodedata.normalize("NFC", name)
    whole = given.replace(" ", "_")
    kept = re.sub(r"[^\w.\-]+", "_", whole).strip("_.-")
    try:
        if kept == whole:
            return check_identifier(kept)
    except ValueError:
        pass  # too long, or a device's name
    digest = hashlib.sha256(given.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return check_identifier(f"{re.sub('[_.]+', '_', kept[:90]).strip('_-') or 'film'}-{digest}")
