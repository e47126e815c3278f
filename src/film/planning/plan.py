"""What would be made, why, and what it costs at most. Nothing is sent and nothing is made.

A row for each picture, clip and line of speech is one of

    reused   it is in the library, as asked for or named by the shot (``film.planning.reuse``)
    ordered  an order for it is open, or ended without it: its money is spent or set aside, and none is added
    new      it was never asked for
    stale    it was made for this shot before, and a named field has changed since

An edit of the picture makes the clip stale too, unless the new picture comes out with the same bytes; one of a shot
from which another starts, that one's clip.

A line that is too long for one order is one row too: it has ``parts``, each in the library or not, and costs what those
cost that are not. A shot that takes its clip from the library needs no picture of its own, and has no row for one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal

from film.cache import CachedAsset
from film.errors import InputError
from film.jobs import Job
from film.jobs.journal import OPEN, Journal
from film.models import Asset, AssetType, Quote, Shot
from film.planning.params import FilmParams
from film.planning.record import KnownTake, changes, comparable, known_takes
from film.planning.requests import PlannedRequest, ProviderSet, RequestBuilder
from film.planning.results import CompletedShot, ShotAsset
from film.planning.reuse import Taken
from film.planning.services import Services
from film.planning.walk import Walk
from film.rates.days import is_soon
from film.recipe import PICTURE, Place, Step
from film.render.last_frame import FRAMES
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
    step: Step = PICTURE

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
    """``before`` is the id of the shot that it starts from, if it does."""

    shot: Shot
    assets: Mapping[AssetType, PlannedAsset]
    before: str = ""

    def stage(self, kind: AssetType) -> ShotPlan:
        """The shot with no other rows than those made at a stage: of pictures, of lines, of clips."""
        return replace(self, assets={slot: row for slot, row in self.assets.items() if row.step.stage is kind})

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
    sheets: tuple[ShotPlan, ...] = ()
    """What is made first, once: the pictures of characters and places that pictures of shots go by."""
    known: Mapping[Place, list[KnownTake]] = field(default_factory=dict[Place, "list[KnownTake]"], repr=False)
    speech: str = ""
    """Who speaks where nobody was named; empty where there is no such line."""

    @property
    def assets(self) -> Iterable[PlannedAsset]:
        return (asset for shot in (*self.sheets, *self.shots) for asset in shot.assets.values())

    @property
    def at_most(self) -> Decimal:
        """The upper bound of what making this film costs now, in dollars."""
        return sum((shot.at_most for shot in (*self.sheets, *self.shots)), Decimal(0))

    @property
    def to_spend(self) -> Decimal:
        """What must be set aside for all that is to be bought."""
        return sum((shot.to_spend for shot in (*self.sheets, *self.shots)), Decimal(0))

    @property
    def references(self) -> Mapping[str, tuple[str, ...]]:
        """Shot → of whom and what its picture's model is sent pictures, for each that it is."""
        sent = ((shot, shot.assets.get(AssetType.IMAGE)) for shot in self.shots)
        return {shot.shot.shot_id: row.ask.goes_by for shot, row in sent if row and row.ask.goes_by}

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


def plan_film(
    params: FilmParams, services: Services, providers: ProviderSet, only: Collection[str] | None = None
) -> FilmPlan:
    """The plan of a film as its shots and the library stand now; of the shots ``only`` names, by id, where it does.

    Raises UnknownPriceError where no price is known, and InputError where a shot names an asset that is not there.
    """
    builder = RequestBuilder(params, providers)
    known = known_takes(services.engine, params.film_id)
    shots = _looked_at(params, builder, only)
    sheets = builder.sheets_of(shots)
    walk = Walk([*sheets, *shots], builder, services, known)
    missing = {*walk.keys.values(), *walk.part_keys} - walk.cached.keys()
    ordered = walk.journal.orders_for(missing) if params.is_online else {}
    waiting = _waiting(walk.journal, params) if walk.is_open else {}
    rows: dict[str, dict[AssetType, PlannedAsset]] = {shot_id: {} for shot_id in walk.shots}
    for place, step in walk.steps.items():
        shot, kind = walk.shots[place[0]], place[1]
        if taken := walk.named.get(place):
            rows[shot.shot_id][kind] = _taken(builder.taken(shot, taken.asset), step, taken)
            continue
        if step.kind == "line" and place not in walk.asks:
            continue
        ask, key = walk.asks.get(place) or builder.outlook(step, shot), walk.keys.get(place)
        job = ordered.get(key) if key else waiting.get((shot.shot_id, kind.value))
        told = _Standing(walk, place, known)
        parts = _parts(ask, services, walk.cached, ordered)
        rows[shot.shot_id][kind] = _planned(ask, step, key, walk.cached.get(key or ""), job, told, parts)
    plans = tuple(
        ShotPlan(shot, rows[shot.shot_id], before.shot_id if (before := builder.before.get(shot.shot_id)) else "")
        for shot in shots
        if only is None or shot.shot_id in only
    )
    return FilmPlan(
        params, plans, tuple(ShotPlan(sheet, rows[sheet.shot_id]) for sheet in sheets), known, walk.voices.note
    )


def _looked_at(params: FilmParams, builder: RequestBuilder, only: Collection[str] | None) -> Sequence[Shot]:
    """The shots to plan: all, or some with those that they start from, which must be there for them."""
    if only is None:
        return params.shots
    wanted = set(only)
    for shot in reversed(params.shots):
        if shot.shot_id in wanted and (before := builder.before.get(shot.shot_id)):
            wanted.add(before.shot_id)
    return [shot for shot in params.shots if shot.shot_id in wanted]


def _waiting(journal: Journal, params: FilmParams) -> dict[tuple[str, str], Job]:
    """The film's open orders by shot and kind: a clip whose picture is not here has no key, and may be under way."""
    if not params.is_online:
        return {}
    return {(job.shot_id, job.asset_type): job for job in journal.jobs(OPEN, params.film_id)}


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


@dataclass(frozen=True, slots=True)
class _Standing:
    """What a place of the film has had until now."""

    walk: Walk
    place: Place
    known: Mapping[Place, list[KnownTake]]

    @property
    def takes(self) -> list[KnownTake]:
        return self.known.get(self.place, [])

    @property
    def waits_for(self) -> str:
        """What it needs and is not there, as people call it."""
        need = self.walk.missing(self.place)
        if need is None:
            return "picture"
        if need.of == "before":
            return "the shot before"
        if need.of != "shot":
            return need.of
        return self.picture if need.slot is AssetType.IMAGE else "dialogue"

    @property
    def picture(self) -> str:
        """What has changed where a clip is made of another picture than before."""
        place = self.place[0], AssetType.IMAGE
        is_frame = (step := self.walk.steps.get(place)) is not None and step.kind == "frame"
        was_frame = any(take.request.get("provider") == FRAMES for take in self.known.get(place, [])[:1])
        if is_frame != was_frame:
            return "start_from"
        return "the shot before" if is_frame else "picture"


def _taken(ask: PlannedRequest, step: Step, taken: Taken) -> PlannedAsset:
    why = f"taken from the library: {taken.asset.asset_id}"
    return PlannedAsset(ask, "reused", why, NOTHING, taken.cached.key, taken.cached, taken=taken.asset, step=step)


def _planned(
    ask: PlannedRequest,
    step: Step,
    key: str | None,
    cached: CachedAsset | None,
    job: Job | None,
    told: _Standing,
    parts: tuple[PlannedAsset, ...],
) -> PlannedAsset:
    if cached:
        return PlannedAsset(ask, "reused", "in the library", NOTHING, key, cached, parts, step=step)
    if job:
        return replace(_ordered(ask, key, job), step=step)
    state, why = _reason(ask, step, key, told)
    if parts:
        return PlannedAsset(ask, state, why, _sum(parts), key, parts=parts, step=step)
    _check(ask)
    return PlannedAsset(ask, state, why, ask.provider.quote(ask.config), key, step=step)


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
    basis = " + ".join(filter(None, (part.quote.basis for part in missing)))
    return Quote(amount=amount, basis=f"{len(missing)} of {len(parts)} parts{': ' if basis else ''}{basis}")


def _reason(ask: PlannedRequest, step: Step, key: str | None, told: _Standing) -> tuple[State, str]:
    """Whether it is new or stale, and what has changed if it is."""
    takes, params = told.takes, told.walk.params
    if step.kind == "frame" and not any(take.request.get("provider") == FRAMES for take in takes):
        return "new", f"the picture with which {told.walk.builder.before[ask.shot.shot_id].shot_id} ends"
    if not takes:
        return "new", "never made"
    same_maker = next((t for t in takes if t.request.get("provider") == ask.request.provider), takes[0])
    if not params.use_cache:
        return "stale", "the cache is off"
    if any(take.key == key for take in takes):
        return "stale", "its file is gone from the gallery"
    after = comparable(ask.request, params.made_of.get(ask.shot.shot_id))
    if key is None:  # what it is made of is not known yet
        after["inputs"] = same_maker.request.get("inputs")
        if "duration" in after["params"] and ask.shot.spoken and ask.provider.local:
            before = same_maker.request["params"].get("duration")  # its line decides, later
            after["params"]["duration"] = _longer(after["params"]["duration"], before)
        changed = changes(same_maker.request, after) or [told.waits_for]
    else:
        changed = changes(same_maker.request, after)
    if step.kind == "frame":
        changed = ["the shot before"]
    changed = [told.picture if name == "picture" else name for name in changed]
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
