"""Whose speech a line is, where the tier leaves it open and the default has moved since the film was made.

a line ─┬─ in the library, by any of the tier's voices ──► that one: nothing is bought anew
        ├─ of a film that has lines by one that is still sold ──► that one: its characters keep their voices
        └─ else ──► the cheapest on the day

Lines whose shot names its voice say nothing of the others: what is left to buy must not grow dearer than it was quoted
because they have come.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from film.errors import InputError
from film.models import AssetType, Shot
from film.planning.params import FilmParams, ProviderChoice
from film.planning.record import KnownTake
from film.planning.requests import PlannedRequest, RequestBuilder
from film.providers.tiers import can_be_bought


class Voices:
    """The lines of a film, each asked of all voices that may have spoken it."""

    def __init__(
        self, params: FilmParams, builder: RequestBuilder, known: Mapping[tuple[str, AssetType], list[KnownTake]]
    ):
        self.params, self._builder = params, builder
        self._others = params.voices[1:]
        named = {shot.shot_id for shot in params.shots if not _is_open(shot)}
        self._before = {
            take.request.get("provider")
            for (shot_id, kind), takes in known.items()
            if kind is AssetType.AUDIO and shot_id not in named
            for take in takes[:1]
        }
        self._asked: dict[str, list[PlannedRequest]] = {}
        self._kept: set[str] = set()

    def asks(self, shot: Shot) -> Sequence[PlannedRequest]:
        """What may be asked for a shot's line, the default first; empty where it is silent.

        Raises InputError where no voice of the tier can take it.
        """
        if not shot.spoken:
            return ()
        failed: InputError | None = None
        found: list[PlannedRequest] = []
        try:
            found += filter(None, [self._builder.audio(shot)])
        except InputError as error:
            failed = error
        if _is_open(shot):
            for other in self._others:
                try:
                    found += filter(None, [self._as_by(shot, other)])
                except InputError:
                    continue  # it has not the voice that the shot names, say
        if failed and not found:
            raise failed
        self._asked[shot.shot_id] = found
        return found

    def chosen(self, shot: Shot, key: Callable[[PlannedRequest], str], there: Collection[str]) -> PlannedRequest | None:
        """The line to use, when ``there`` are the keys that are in the library or ordered."""
        asked = self._asked.get(shot.shot_id, [])
        if not asked:
            return None
        for ask in asked:
            if key(ask) in there or (ask.parts and all(key(part) in there for part in ask.parts)):
                if ask is not asked[0]:
                    self._kept.add(ask.request.provider)
                return ask
        for ask in asked:
            orders = ask.parts or (ask,)
            if ask.request.provider in self._before and all(can_be_bought(o.provider, o.config) for o in orders):
                return ask
        return asked[0]

    @property
    def note(self) -> str:
        """What people should know of it: who speaks where nobody was named, and what was kept."""
        if not self._others or not self._asked:
            return ""
        first, names = self.params.voices[0].provider, sorted(choice.provider for choice in self.params.voices)
        told = f"new lines are bought from {first}, the cheapest of {', '.join(names)} that is sold today"
        kept = f"; lines by {', '.join(sorted(self._kept))} are kept" if self._kept else ""
        return told + kept

    def _as_by(self, shot: Shot, choice: ProviderChoice) -> PlannedRequest | None:
        named = shot.model_copy(update={"audio_provider": choice.provider, "audio_model": choice.model})
        ask = self._builder.audio(named)
        return ask and replace(ask, shot=shot, parts=tuple(replace(part, shot=shot) for part in ask.parts))


def _is_open(shot: Shot) -> bool:
    """Whether a shot leaves it to the tier who speaks."""
    return shot.audio_provider is None and shot.audio_model is None
