"""A film's steps, walked as far as the library goes: what is asked for, under which key, and what of it is there.

    steps that need nothing ──► requests ──► keys ──► the library, asked once for all
      └─► those that needed what is there ──► requests ──► … until nothing new is there

What still needs something has no key: it is foreseen by its outlook.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta

from film.cache import CachedAsset
from film.jobs.journal import Journal
from film.models import Shot
from film.planning.params import FilmParams
from film.planning.record import KnownTake
from film.planning.requests import PlannedRequest, RequestBuilder
from film.planning.reuse import Taken, named_assets
from film.planning.services import Services
from film.planning.voices import Voices
from film.recipe import Need, Place, Step


class Walk:
    """The steps of ``shots`` and what is asked for at each place as things stand; ``steps`` are in film order."""

    def __init__(
        self,
        shots: Sequence[Shot],
        builder: RequestBuilder,
        services: Services,
        known: Mapping[Place, list[KnownTake]],
    ) -> None:
        self.params: FilmParams = builder.params
        self.builder, self.services = builder, services
        self.journal = Journal(services.engine, timedelta())
        self.named: Mapping[Place, Taken] = named_assets(self.params, services)
        self.shots = {shot.shot_id: shot for shot in shots}
        self.steps: dict[Place, Step] = {}
        self.asks: dict[Place, PlannedRequest] = {}
        self.keys: dict[Place, str] = {}
        self.part_keys: list[str] = []
        self.cached: dict[str, CachedAsset] = {}
        self._after: defaultdict[Place, list[Place]] = defaultdict(list)
        """Place → those that need it."""
        self.voices = Voices(self.params, builder, known)
        for shot in shots:
            for step in builder.recipe(shot, self.named):
                place = shot.shot_id, step.slot
                self.steps[place] = step
                for need in step.needs:
                    if (needed := self.needed(place, need)) is not None:
                        self._after[needed].append(place)
        self._walk()

    def needed(self, place: Place, need: Need) -> Place | None:
        """Where what a step needs is; None where the shot before is none of these."""
        if need.of != "before":
            return place[0] if need.of == "shot" else need.of, need.slot
        before = self.builder.before[place[0]]
        return (before.shot_id, need.slot) if before.shot_id in self.shots else None

    def there(self, place: Place | None) -> CachedAsset | None:
        """What is there at a place: what the shot names, or what the library has of what is asked for."""
        if place is None:
            return None
        if taken := self.named.get(place):
            return taken.cached
        return self.cached.get(self.keys.get(place, ""))

    def missing(self, place: Place) -> Need | None:
        """The first need of a step that is not met."""
        return next((need for need in self.steps[place].needs if not self.there(self.needed(place, need))), None)

    @property
    def is_open(self) -> bool:
        """Whether something is not asked for yet, since what it needs is not there."""
        return any(place not in self.keys and place not in self.named for place in self.steps)

    def _walk(self) -> None:
        pictures = (place for place, step in self.steps.items() if step.kind == "picture" and not step.needs)
        fresh = {place: self.builder.image(self.shots[place[0]]) for place in pictures}
        fresh |= self._lines([place for place, step in self.steps.items() if step.kind == "line"])
        begun = self._ready(place for place, step in self.steps.items() if step.kind == "taken")
        self._ask(fresh)
        while waiting := self._ready([*fresh, *begun]):
            begun = ()
            fresh = {place: self._request(place) for place in waiting}
            self._ask(fresh)

    def _ready(self, there: Iterable[Place]) -> Collection[Place]:
        """What can be asked for now that these places were filled, if they were."""
        after = (place for one in there if self.there(one) for place in self._after.get(one, ()))
        return {p: None for p in after if p not in self.asks and self.missing(p) is None}.keys()

    def _request(self, place: Place) -> PlannedRequest:
        step = self.steps[place]
        made = {need: found for need in step.needs if (found := self.there(self.needed(place, need)))}
        return self.builder.ask(step, self.shots[place[0]], made)

    def _ask(self, fresh: Mapping[Place, PlannedRequest]) -> None:
        keys = {place: self.services.key(ask.request) for place, ask in fresh.items()}
        parts = [self.services.key(part.request) for ask in fresh.values() for part in ask.parts]
        self.asks |= fresh
        self.keys |= keys
        self.part_keys += parts
        self.cached |= self.peek([*keys.values(), *parts])

    def _lines(self, places: Sequence[Place]) -> dict[Place, PlannedRequest]:
        """Every line: by whoever spoke it before, else by whoever does today."""
        asked = {place: self.voices.asks(self.shots[place[0]]) for place in places}
        open_choice = [ask for found in asked.values() if len(found) > 1 for ask in found]
        keys = {self.services.key(one.request) for ask in open_choice for one in (ask, *ask.parts)}
        there = {*self.peek(keys), *self.journal.orders_for(keys)} if keys else set[str]()
        chosen = {
            place: self.voices.chosen(self.shots[place[0]], lambda one: self.services.key(one.request), there)
            for place in places
        }
        return {place: ask for place, ask in chosen.items() if ask}

    def peek(self, keys: Iterable[str]) -> dict[str, CachedAsset]:
        """Those of the keys that are in the library; none where the film is to be made without it."""
        return self.services.cache.peek_many(list(keys)) if self.params.use_cache else {}
