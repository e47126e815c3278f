"""What shots would cost, by the rate card alone: an upper bound, asked for before anything is sent.

Nothing is looked up in the library: ``film plan`` is where reuse counts. The rules:

* a picture is a megapixel, a clip the shortest length sold that holds the shot, beyond the longest several clips (see
  ``Rate.lengths_for``), speech is counted in characters, blanks included;
* a shot's own provider and model count more than the ones given here, and those more than the defaults.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from film.errors import InputError, ProviderNotFound
from film.models import AssetType, Shot
from film.providers.registry import TIERS, provider_class
from film.rates import Rate, RateCard
from film.rates.rate import ANY
from film.recipe import recipe_of
from film.shots.fields import at, dotted, explain, kind_of
from film.shots.shotfile import ShotFile, load_shots

Shots = Iterable[Shot | Mapping[str, Any]] | Mapping[str, Any] | Shot | ShotFile | Path | str
"""Shots or entries of shots.json, a list of them or one alone, or a shots.json: its path, or what was read of it."""

_USUAL = TIERS["budget"]
DEFAULT_PROVIDERS = {
    AssetType.IMAGE: _USUAL.image,
    AssetType.VIDEO: _USUAL.video,
    AssetType.AUDIO: _USUAL.audio,
}

CHARACTERS_A_MINUTE = 600
"""Spoken at the very least: an upper bound for speech that is billed by the minute."""


@dataclass(frozen=True, slots=True)
class PricedAsset:
    asset_type: AssetType
    provider: str
    model: str
    amount: Decimal
    basis: str


@dataclass(frozen=True, slots=True)
class PricedShot:
    shot_id: str
    assets: tuple[PricedAsset, ...]

    @property
    def total(self) -> Decimal:
        return sum((asset.amount for asset in self.assets), Decimal(0))


@dataclass(frozen=True, slots=True)
class ProjectEstimate:
    """The most that making all shots anew may cost, in dollars."""

    shots: tuple[PricedShot, ...]
    rates_as_of: date

    @property
    def total_estimated_cost(self) -> Decimal:
        return sum((shot.total for shot in self.shots), Decimal(0))

    @property
    def by_asset_type(self) -> dict[str, Decimal]:
        return self._sums(lambda asset: asset.asset_type.value)

    @property
    def by_provider(self) -> dict[str, Decimal]:
        return self._sums(lambda asset: asset.provider)

    def _sums(self, of: Callable[[PricedAsset], str]) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = {}
        for asset in (a for shot in self.shots for a in shot.assets):
            sums[of(asset)] = sums.get(of(asset), Decimal(0)) + asset.amount
        return sums


@dataclass(frozen=True)
class Choice:
    """Who makes what: providers and models by asset type, where a shot does not say."""

    providers: Mapping[AssetType, str] = field(default_factory=dict[AssetType, str])
    models: Mapping[AssetType, str] = field(default_factory=dict[AssetType, str])

    def of(self, shot: Shot, asset_type: AssetType) -> tuple[str, str]:
        """Provider and model. A model that was chosen for one provider says nothing about another."""
        usual = self.providers.get(asset_type) or DEFAULT_PROVIDERS[asset_type]
        provider = cast("str | None", getattr(shot, f"{asset_type.value}_provider")) or usual
        model = cast("str | None", getattr(shot, f"{asset_type.value}_model"))
        if model is None and provider == usual:
            model = self.models.get(asset_type)
        return provider, model or _default_model(asset_type, provider)


def _default_model(asset_type: AssetType, provider: str) -> str:
    """The model that is priced where none is named: the one that the provider would use."""
    try:
        return provider_class(asset_type, provider).default_model or ANY
    except ProviderNotFound:
        return ANY


def estimate(shots: Shots, card: RateCard, choice: Choice, *, today: date | None = None) -> ProjectEstimate:
    """Raises UnknownPriceError for what the card does not know, InputError for what is no shot."""
    return ProjectEstimate(
        tuple(
            PricedShot(shot.shot_id, tuple(_asset(shot, kind, card, choice, today) for kind in _kinds(shot)))
            for shot in _shots(shots)
        ),
        card.as_of,
    )


def _kinds(shot: Shot) -> Sequence[AssetType]:
    return tuple(step.slot for step in recipe_of(shot) if step.kind != "frame")


def _asset(shot: Shot, kind: AssetType, card: RateCard, choice: Choice, today: date | None) -> PricedAsset:
    provider, model = choice.of(shot, kind)
    rate = card.price(provider, model, today)
    units = _units(shot, rate)
    return PricedAsset(kind, provider, model, rate.cost(units), rate.basis(units))


def _units(shot: Shot, rate: Rate) -> Decimal:
    if rate.unit in ("second", "clip"):
        return shot.duration
    if rate.unit in ("image", "megapixel"):
        return Decimal(1)
    characters = Decimal(len(shot.spoken or ""))
    return characters / 1000 if rate.unit == "1k_characters" else characters / CHARACTERS_A_MINUTE


def _shots(given: object) -> Iterable[Shot]:
    """The shots of whatever holds shots: a list, one shot alone, a shots.json, or what was read of one."""
    if isinstance(given, str | Path):
        given = load_shots(Path(given))
    if isinstance(given, ShotFile):
        return given.shots
    if isinstance(given, Shot):
        return (given,)
    if isinstance(given, Mapping):
        entries = cast("Mapping[str, object]", given)
        return _shots(entries["shots"]) if "shots" in entries else (_shot(1, entries),)
    if not isinstance(given, Iterable):
        raise InputError(f"shots are {type(given).__name__}, not a list of shots", hint=_HINT)
    return (_shot(number, shot) for number, shot in enumerate(cast("Iterable[object]", given), start=1))


def _shot(number: int, given: object) -> Shot:
    if isinstance(given, Shot):
        return given
    if not isinstance(given, Mapping):
        raise InputError(f"shot {number} is {kind_of(given)}, not an object", hint=_HINT)
    known = {*Shot.model_fields, "prompt"}
    entry = {str(n): v for n, v in cast("Mapping[object, object]", given).items() if n in known and v is not None}
    try:
        return Shot.model_validate(entry)
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        name = dotted(wrong["loc"])
        what, hint = explain(wrong, name, at(wrong["loc"], entry), Shot)
        raise InputError(f"shot {number}: {what}", field=name, hint=hint) from None


_HINT = "give a list of Shots or of entries of shots.json, or the path of one; film plan checks a whole file"
