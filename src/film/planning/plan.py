"""What would be made, why, and what it costs at most. Nothing is sent and nothing is made.

A row for each picture, clip and line of speech is one of

    reused   it is in the library, as asked for or named by the shot (``film.planning.reuse``)
    ordered  an order for it is open, or ended without it: its money is spent or set aside, and none is added
    new      it was never asked for
    stale    it was made for this shot before, and a named field has changed since

An edit of the picture makes the clip stale too, unless the new picture comes out with the same bytes.

A title has no picture and no clip: its words are drawn in the cut, for nothing.

A line that is too long for one order is one row too: it has ``parts``, each in the library or not, and costs what those
cost that are not. A shot that takes its clip from the library needs no picture of its own, and has no row for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

from film.cache import CachedAsset
from film.errors import InputError
from film.jobs import Job
from film.jobs.journal import OPEN, Journal
from film.models import Asset, AssetType, Quote, Shot
from film.planning.params import FilmParams
from film.planning.readings import reading_of
from film.planning.record import KnownTake, changes, comparable, known_takes
from film.planning.requests import PlannedRequest, ProviderSet, RequestBuilder
from film.planning.results import CompletedShot, ShotAsset
from film.planning.reuse import Taken, named_assets
from film.planning.services import Services
from film.planning.voices import Voices
from film.rates.days import is_soon
from film.settings import Settings
from film.vendors import accounts

NOTHING = Quote(amount=Decimal(0))
State = Literal["reused", "ordered", "new", "stale"]

SPENDING_OFF = "spending is switched off (FILM_NO_SPEND): shots that must be paid for will be missing"
"""Told before a run that would have to pay, which otherwise ends in slates."""


@dataclass(frozen=True, slots=True)
class PlannedAsset:
    """One row of a plan. ``key`` is None for a clip whose picture does not exist yet.

    ``parts`` are the rows of a long line's parts; they cost what the line costs, and need not be there once it is.
    ``taken`` is the library's record of what the shot named in ``reuse``.
    """

    ask: PlannedRequest
    state: State
    why: str
    quote: Quote
    key: str | None = None
    cached: CachedAsset | None = field(default=None, repr=False)
    parts: tuple[PlannedAsset, ...] = ()
    taken: Asset | None = field(default=None, repr=False)

    @property
    def shot_id(self) -> str:
        return self.ask.shot.shot_id

    @property
    def asset_type(self) -> AssetType:
        return self.ask.asset_type

    @property
    def orders(self) -> tuple[PlannedAsset, ...]:
        """What its provider is asked for: itself, or what is missing of a long line's parts; nothing if it is there.

        What is ordered already is among them: its provider is asked how it stands.
        """
        if self.state == "reused":
            return ()
        return tuple(part for part in self.parts if part.state != "reused") if self.parts else (self,)

    @property
    def to_buy(self) -> tuple[PlannedAsset, ...]:
        """The orders that need money: none of work on this machine, and none that has its money already."""
        return tuple(o for o in self.orders if o.state != "ordered" and not o.ask.provider.local)

    @property
    def saved(self) -> Decimal:
        """What that of it which is reused was paid for with, when it was made."""
        own = self.cached.cost if self.state == "reused" and self.cached else Decimal(0)
        return own + sum((part.saved for part in self.parts), Decimal(0))


@dataclass(frozen=True, slots=True)
class Notice:
    """What one of the providers cannot take of what these shots ask for."""

    provider: str
    text: str
    shots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShotPlan:
    shot: Shot
    assets: Mapping[AssetType, PlannedAsset]

    @property
    def to_make(self) -> list[PlannedAsset]:
        return [a for a in self.assets.values() if a.state != "reused"]

    @property
    def at_most(self) -> Decimal:
        return sum((a.quote.amount for a in self.to_make), Decimal(0))

    @property
    def to_spend(self) -> Decimal:
        """What must be set aside for what it will buy."""
        return sum((order.quote.amount for row in self.to_make for order in row.to_buy), Decimal(0))


@dataclass(frozen=True)
class FilmPlan:
    """The whole film's rows, in film order, and their sums."""

    params: FilmParams
    shots: tuple[ShotPlan, ...]
    known: Mapping[tuple[str, AssetType], list[KnownTake]] = field(repr=False)
    speech: str = ""
    """Who speaks where nobody was named; empty where there is no such line."""

    @property
    def assets(self) -> Iterable[PlannedAsset]:
        return (asset for shot in self.shots for asset in shot.assets.values())

    @property
    def at_most(self) -> Decimal:
        """The upper bound of what making this film costs now, in dollars."""
        return sum((shot.at_most for shot in self.shots), Decimal(0))

    @property
    def saved(self) -> Decimal:
        """What the reused assets were paid for with when they were made."""
        return sum((asset.saved for asset in self.assets), Decimal(0))

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What of the shots the providers cannot take, each sentence once, with the shots that it is about."""
        told: dict[tuple[str, str], dict[str, None]] = {}
        for asset in self.assets:
            for order in asset.orders[:1]:
                for sentence in order.ask.provider.notices(order.ask.config):
                    told.setdefault((order.ask.request.provider, sentence), {})[asset.shot_id] = None
        return tuple(Notice(provider, text, tuple(shots)) for (provider, text), shots in told.items())

    @property
    def endings(self) -> tuple[str, ...]:
        """What of that which is bought ends soon, a sentence each."""
        told: dict[str, None] = {}
        for order in (order for asset in self.assets for order in asset.to_buy):
            provider, config = order.ask.provider, order.ask.config
            if (ending := provider.ending(config)) and is_soon(ending.last, now := provider.today()):
                told[ending.words(now)] = None
        return tuple(told)

    def count(self, state: State) -> int:
        return sum(1 for asset in self.assets if asset.state == state)

    def missing_keys(self, keys: Mapping[str, object]) -> list[str]:
        """The variables of API keys that making this film needs and that are not set."""
        needed = {order.ask.provider.account for asset in self.assets for order in asset.orders}
        return [account.key for name, account in accounts().items() if name in needed and name not in keys]


Consent = Callable[[FilmPlan, Settings], None]
"""Asked before anything is bought; raises ConsentDeclined to stop."""


def plan_film(params: FilmParams, services: Services, providers: ProviderSet) -> FilmPlan:
    """The plan of a film as its shots and the library stand now.

    Raises UnknownPriceError where no price is known, and InputError where a shot names an asset that is not there.
    """
    asker = RequestBuilder(params, providers)
    known = known_takes(services.engine, params.film_id)
    asks: dict[tuple[str, AssetType], PlannedRequest] = {}
    named = named_assets(params, services)
    for shot in params.shots:
        if not shot.title and not named.keys() & {(shot.shot_id, AssetType.IMAGE), (shot.shot_id, AssetType.VIDEO)}:
            asks[shot.shot_id, AssetType.IMAGE] = asker.image(shot)
    lines, journal = Voices(params, asker, known), Journal(services.engine, timedelta())
    _add_lines(asks, lines, [s for s in params.shots if (s.shot_id, AssetType.AUDIO) not in named], services, journal)
    keys = {place: services.key(ask.request) for place, ask in asks.items()}
    part_keys = [services.key(part.request) for ask in asks.values() for part in ask.parts]
    cached = _peek(services, params, [*keys.values(), *part_keys])

    clips: dict[str, PlannedRequest] = {}

    def there(place: tuple[str, AssetType]) -> CachedAsset | None:
        return named[place].cached if place in named else cached.get(keys.get(place, ""))

    for shot in params.shots:
        if shot.title or (shot.shot_id, AssetType.VIDEO) in named:
            continue
        picture, speech = there((shot.shot_id, AssetType.IMAGE)), there((shot.shot_id, AssetType.AUDIO))
        is_silent = (shot.shot_id, AssetType.AUDIO) not in asks
        if picture and (speech or is_silent or not asker.waits_for_speech(shot)):
            clips[shot.shot_id] = asker.video(
                shot, picture.sha256, reading=reading_of(picture), speech_seconds=seconds_of(speech)
            )
    clip_keys = {shot_id: services.key(ask.request) for shot_id, ask in clips.items()}
    cached |= _peek(services, params, clip_keys.values())
    missing = {*keys.values(), *part_keys, *clip_keys.values()} - cached.keys()
    ordered = journal.orders_for(missing) if params.is_online else {}
    waiting = _waiting(journal, params) if len(clips) < len(params.shots) else {}

    plans: list[ShotPlan] = []
    for shot in params.shots:
        rows: dict[AssetType, PlannedAsset] = {}
        for kind in AssetType:
            if taken := named.get((shot.shot_id, kind)):
                rows[kind] = _taken(asker.taken(shot, taken.asset), taken)
                continue
            if kind is AssetType.VIDEO and not shot.title:
                ask = clips.get(shot.shot_id) or asker.video_outlook(shot)
                key = clip_keys.get(shot.shot_id)
            else:
                ask, key = asks.get((shot.shot_id, kind)), keys.get((shot.shot_id, kind))
            if ask is None:
                continue
            takes = known.get((shot.shot_id, kind), [])
            parts = _parts(ask, services, cached, ordered)
            job = ordered.get(key) if key else waiting.get((shot.shot_id, kind.value))
            picture = there((shot.shot_id, AssetType.IMAGE)) is not None
            rows[kind] = _planned(ask, key, cached.get(key or ""), job, takes, params, parts, has_picture=picture)
        plans.append(ShotPlan(shot, rows))
    return FilmPlan(params, tuple(plans), known, lines.note)


def _add_lines(
    asks: dict[tuple[str, AssetType], PlannedRequest],
    lines: Voices,
    shots: Iterable[Shot],
    services: Services,
    journal: Journal,
) -> None:
    """Every line of ``shots``: by whoever spoke it before, else by whoever does today."""
    asked = {shot.shot_id: (shot, lines.asks(shot)) for shot in shots}
    open_choice = [ask for _, found in asked.values() if len(found) > 1 for ask in found]
    keys = {services.key(one.request) for ask in open_choice for one in (ask, *ask.parts)}
    there: set[str] = set()
    if keys:
        there = {*_peek(services, lines.params, keys), *journal.orders_for(keys)}
    for shot_id, (shot, _) in asked.items():
        if ask := lines.chosen(shot, lambda one: services.key(one.request), there):
            asks[shot_id, AssetType.AUDIO] = ask


def _waiting(journal: Journal, params: FilmParams) -> dict[tuple[str, str], Job]:
    """The film's open orders by shot and kind: a clip whose picture is not here has no key, and may be under way."""
    if not params.is_online:
        return {}
    return {(job.shot_id, job.asset_type): job for job in journal.jobs(OPEN, params.film_id)}


def seconds_of(speech: CachedAsset | None) -> Decimal | None:
    """The length of cached speech."""
    if speech is None or not speech.details.get("sample_rate"):
        return None
    return Decimal(int(speech.details["samples"])) / Decimal(int(speech.details["sample_rate"]))


def _peek(services: Services, params: FilmParams, keys: Iterable[str]) -> dict[str, CachedAsset]:
    return services.cache.peek_many(list(keys)) if params.use_cache else {}


def _parts(
    ask: PlannedRequest, services: Services, cached: Mapping[str, CachedAsset], ordered: Mapping[str, Job]
) -> tuple[PlannedAsset, ...]:
    """The parts of a long line, each as it stands in the library."""
    rows: list[PlannedAsset] = []
    for part in ask.parts:
        key = services.key(part.request)
        if found := cached.get(key):
            rows.append(PlannedAsset(part, "reused", "in the library", NOTHING, key, found))
        elif job := ordered.get(key):
            rows.append(_ordered(part, key, job))
        else:
            _check(part)
            rows.append(PlannedAsset(part, "new", "never made", part.provider.quote(part.config), key))
    return tuple(rows)


def _taken(ask: PlannedRequest, taken: Taken) -> PlannedAsset:
    why = f"taken from the library: {taken.asset.asset_id}"
    return PlannedAsset(ask, "reused", why, NOTHING, taken.cached.key, taken.cached, taken=taken.asset)


def _planned(
    ask: PlannedRequest,
    key: str | None,
    cached: CachedAsset | None,
    job: Job | None,
    takes: list[KnownTake],
    params: FilmParams,
    parts: tuple[PlannedAsset, ...],
    *,
    has_picture: bool,
) -> PlannedAsset:
    if cached:
        return PlannedAsset(ask, "reused", "in the library", NOTHING, key, cached, parts)
    if job:
        return _ordered(ask, key, job)
    state, why = _reason(ask, key, takes, params, has_picture=has_picture)
    if parts:
        return PlannedAsset(ask, state, why, _sum(parts), key, parts=parts)
    _check(ask)
    return PlannedAsset(ask, state, why, ask.provider.quote(ask.config), key)


def _ordered(ask: PlannedRequest, key: str | None, job: Job) -> PlannedAsset:
    """What an order stands for already: whatever becomes of it, nothing is added to what it costs."""
    why = {
        "review": f"under review: film jobs, {job.id[:8]}",
        "lost": f"paid for, not here: film jobs, {job.id[:8]}",
        "refused": f"refused by {job.provider}: film jobs, {job.id[:8]}",
        "submitted": "ordered, waits to be fetched",
    }.get(job.state, "ordered, its answer is missing")
    return PlannedAsset(ask, "ordered", why, Quote(amount=NOTHING.amount, basis="its money is set aside or spent"), key)


def _sum(parts: tuple[PlannedAsset, ...]) -> Quote:
    """What the parts cost that are not there yet."""
    missing = [part for part in parts if part.state not in ("reused", "ordered")]
    if not missing:
        return Quote(amount=NOTHING.amount, basis=f"all {len(parts)} parts are there, or ordered")
    amount = sum((part.quote.amount for part in missing), NOTHING.amount)
    basis = " + ".join(part.quote.basis for part in missing)
    return Quote(amount=amount, basis=f"{len(missing)} of {len(parts)} parts: {basis}")


def _reason(
    ask: PlannedRequest, key: str | None, takes: list[KnownTake], params: FilmParams, *, has_picture: bool
) -> tuple[State, str]:
    """Whether it is new or stale, and what has changed if it is. ``has_picture``: a clip has its picture."""
    if not takes:
        return "new", "never made"
    same_maker = next((t for t in takes if t.request.get("provider") == ask.request.provider), takes[0])
    if not params.use_cache:
        return "stale", "the cache is off"
    if any(take.key == key for take in takes):
        return "stale", "its file is gone from the gallery"
    after = comparable(ask.request, params.made_of.get(ask.shot.shot_id))
    if key is None:
        after["inputs"] = same_maker.request.get("inputs")
        if "duration" in after["params"] and ask.shot.spoken and ask.provider.local:
            before = same_maker.request["params"].get("duration")  # its line decides, later
            after["params"]["duration"] = _longer(after["params"]["duration"], before)
        changed = changes(same_maker.request, after) or ["dialogue" if has_picture else "picture"]
    else:
        changed = changes(same_maker.request, after)
    if "provider" in changed:
        return "new", f"never made with {ask.request.provider}"
    verb = "changed" if changed else "the cache key's recipe changed"
    return "stale", f"{', '.join(changed)} {verb}".strip()


def _longer(asked: Any, before: Any) -> Any:
    """The length that a clip made here has at least, where that says that it changes."""
    try:
        return asked if Decimal(str(asked)) > Decimal(str(before)) else before
    except ArithmeticError:
        return before


def _check(ask: PlannedRequest) -> None:
    """Whatever its provider cannot take stops the film before anything is made, and names the shot."""
    try:
        ask.provider.check_config(ask.config)
        ask.provider.check_alive(ask.config)
    except InputError as error:
        raise InputError(f"{ask.shot.shot_id}: {error.message}", hint=error.hint, field=error.field) from error


def reused(plan: ShotPlan) -> CompletedShot:
    """A shot that the library answers whole."""
    return CompletedShot(
        plan.shot,
        {
            kind: ShotAsset(
                row.ask.request,
                row.key,
                row.cached,
                reused=True,
                reused_parts=tuple(part.cached for part in row.parts if part.cached),
                taken=row.taken,
            )
            for kind, row in plan.assets.items()
            if row.key and row.cached
        },
    )
