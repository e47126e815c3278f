"""The way of a line of dialogue: as it is, or in parts where it is too long for one order or several speak.

    parts, side by side: in the library? else bought, each an order, a job and an asset of its own
      └─► joined on this machine, for nothing: one line, the words' times shifted to where their part begins

A part that is paid for stays, whatever happens to the others: killed between two of them, the next run buys the rest.
The joined line cost nothing; its parts did.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, cast

from film.cache import CachedAsset, NewResult
from film.cost_tracker import Reservation
from film.db.away import on_thread
from film.errors import Interrupted
from film.media.joining import JoinedSound, join_sounds
from film.media.voices import facts_of_voice, voice_in
from film.models import AssetType, SpokenWord
from film.planning.requests import PlannedRequest
from film.planning.results import ShotAsset
from film.production.asset_resolver import AssetResolver
from film.production.library_records import library_asset


async def obtain_line(
    resolver: AssetResolver, ask: PlannedRequest, *, order: float, reservations: Mapping[int, Reservation]
) -> ShotAsset:
    """The line that ``ask`` means; ``reservations`` are those of its parts by number, or of itself under 0."""
    if not ask.parts:
        return await resolver.obtain(ask, order=order, reservation=reservations.get(0))
    key = resolver.services.key(ask.request)
    step = {"shot_id": ask.shot.shot_id, "step": AssetType.AUDIO.value}
    parts: list[ShotAsset] = []

    async def make() -> NewResult:
        resolver.events.emit("step_started", **step)
        parts.extend(await _obtain_parts(resolver, ask, order, reservations))
        return await asyncio.to_thread(_joined, resolver, ask, parts)

    whole, hit = await resolver.services.cache.obtain(
        key, kind=AssetType.AUDIO.value, provider=ask.provider.name, make=make, use_cache=resolver.use_cache
    )
    kept = [part.asset for part in parts if part.reused]
    if hit:  # the whole was joined for nothing: what it saves is what its parts had cost
        kept = await asyncio.to_thread(_parts_of, resolver, ask)
    line = ShotAsset(ask.request, key, whole, hit, sum((part.cost for part in parts), whole.cost), tuple(kept))
    if not hit:
        record = library_asset(ask.shot, line, resolver.film_id)
        await on_thread(resolver.services.index.index_asset, record)
    resolver.events.emit(
        "step_done", **step, reused=hit, asset_id=line.asset_id, cost=line.cost, provider=ask.provider.name
    )
    return line


def _parts_of(resolver: AssetResolver, ask: PlannedRequest) -> list[CachedAsset]:
    """The parts of a line that was there, as far as they are, counted as hits with it; blocks."""
    cache = resolver.services.cache
    found = list(cache.peek_many(resolver.services.key(part.request) for part in ask.parts).values())
    cache.count_hits((ask.shot.shot_id, part) for part in found)
    return found


async def _obtain_parts(
    resolver: AssetResolver, ask: PlannedRequest, order: float, reservations: Mapping[int, Reservation]
) -> list[ShotAsset]:
    """All parts. One that fails does not stop the others, which are paid for; then its error is raised."""
    done = 0

    async def obtain(part: PlannedRequest) -> ShotAsset:
        nonlocal done
        obtained = await resolver.obtain(part, order=order, reservation=reservations.get(part.part))
        done += 1
        resolver.events.emit(
            "step_progress", shot_id=ask.shot.shot_id, step=AssetType.AUDIO.value, done=done / len(ask.parts)
        )
        return obtained

    came = await asyncio.gather(*(obtain(part) for part in ask.parts), return_exceptions=True)
    errors = [outcome for outcome in came if isinstance(outcome, BaseException)]
    if errors:
        raise next((error for error in errors if isinstance(error, Interrupted)), errors[0])
    return [outcome for outcome in came if not isinstance(outcome, BaseException)]


def _joined(resolver: AssetResolver, ask: PlannedRequest, parts: Sequence[ShotAsset]) -> NewResult:
    """The parts as one file; blocks."""
    cache = resolver.services.cache
    target = cache.temporary(".flac")
    try:
        sound = join_sounds([cache.verified_path(part.asset) for part in parts], ask.pauses, target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    details: dict[str, Any] = {
        "samples": sound.samples,
        "sample_rate": sound.rate,
        "parts": [part.asset_id for part in parts],
        **facts_of_voice(voice_in(target)),
    }
    if ask.turns:
        details["turns"] = [float(sound.starts[part]) for part in ask.turns]
    if words := _words([part.asset for part in parts], sound):
        details["words"] = [word.model_dump() for word in words]
    return NewResult("audio/flac", path=target, details=details)


def _words(parts: Sequence[CachedAsset], sound: JoinedSound) -> list[SpokenWord]:
    """The words of all parts at their time in the whole; none where one of the parts does not tell."""
    told = [cast("list[dict[str, Any]]", part.details.get("words") or []) for part in parts]
    if not all(told):
        return []
    return [
        SpokenWord(word=word["word"], start=float(begins) + word["start"], end=float(begins) + word["end"])
        for begins, words in zip(sound.starts, told, strict=True)
        for word in words
    ]
