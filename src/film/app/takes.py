"""The takes of a shot: every picture, clip and line that was ever made for it, and which one the film uses.

Nothing is thrown away here. Using another take writes its id into the shot's ``reuse``, and its prompt into the shot,
so that the words and the picture say the same; asking for a new one raises the shot's ``take``.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from film.app.film_desk import FilmDesk
from film.app.shot_book import EditShot, Fields, WrittenShot
from film.errors import InputError
from film.models import AssetType, Model
from film.planning.results import asset_id


class TakeLine(Model):
    """One take. ``number`` counts from 1 in the order in which they were made; ``in_use`` is the film's, at a tier."""

    number: int
    kind: AssetType
    asset_id: str
    key: str
    in_use: bool
    approved: bool
    mark: str
    provider: str
    model: str
    prompt: str
    seed: int | None
    cost_usd: Decimal
    made_at: str
    mime: str
    width: int | None = None
    height: int | None = None
    seconds: float | None = None


def takes(desk: FilmDesk, shot_id: str, tier: str | None = None) -> list[TakeLine]:
    """All takes of a shot, oldest first; those whose file is gone are left out."""
    plan = desk.plan(tier, shots=[shot_id])
    if not plan.shots:
        raise InputError(f"there is no shot {shot_id[:60]!r} in the film", hint="reload the film")
    notes = desk.notes.notes()
    index = desk.services.index
    rows = plan.shots[0].assets
    found: list[TakeLine] = []
    for kind in AssetType:
        current = rows.get(kind)
        used = current.key if current and current.state == "reused" else None
        known = {take.key: take.request for take in reversed(plan.known.get((shot_id, kind), ()))}
        if current and used and used not in known:
            known[used] = {}
        there = desk.services.cache.peek_many(known)
        for number, (key, request) in enumerate(known.items(), 1):
            taken = current.taken if current and key == used else None
            asset = taken or index.get_asset(asset_id(kind, key))
            if asset is None or key not in there:
                continue
            facts = asset.details
            found.append(
                TakeLine(
                    number=number,
                    kind=kind,
                    asset_id=asset.asset_id,
                    key=key,
                    in_use=key == used,
                    approved=notes.approved.get((shot_id, kind.value)) == key,
                    mark=notes.marks.get(asset.asset_id, ""),
                    provider=asset.provider,
                    model=asset.model,
                    prompt=asset.prompt,
                    seed=_seed(request, facts),
                    cost_usd=asset.cost_usd,
                    made_at=asset.created_at,
                    mime=asset.mime,
                    width=facts.get("width"),
                    height=facts.get("height"),
                    seconds=seconds_of(facts),
                )
            )
    return found


def use_take(desk: FilmDesk, shot_id: str, wanted: str, revision: str, tier: str | None = None) -> WrittenShot:
    """Let the film use a take that was made before; nothing is bought for it."""
    take = next((one for one in takes(desk, shot_id, tier) if one.asset_id == wanted), None)
    if take is None:
        raise InputError(f"{wanted[:60]!r} is no take of {shot_id}", hint="reload the takes")
    now = desk.book.shot(shot_id)
    others = [name for name in _reused(now.fields) if not name.startswith(f"{take.kind.value}_")]
    changes: Fields = {"reuse": [*others, take.asset_id]}
    if take.kind is not AssetType.AUDIO and take.prompt and not now.fields.get("template"):
        changes["enhanced_prompt"] = take.prompt
    return desk.book.edit(shot_id, EditShot(changes=changes, revision=revision))


def new_take(desk: FilmDesk, shot_id: str) -> Fields:
    """The changes that ask for another attempt: to be priced, then saved, then made."""
    fields = desk.book.shot(shot_id).fields
    changes: Fields = {"take": int(fields.get("take") or 1) + 1}
    if fields.get("reuse"):
        changes["reuse"] = None
    return changes


def seconds_of(facts: Mapping[str, Any]) -> float | None:
    """How long a clip or a sound is, as far as it is known."""
    if facts.get("samples") and facts.get("sample_rate"):
        return int(facts["samples"]) / int(facts["sample_rate"])
    try:
        if facts.get("seconds"):
            return float(Fraction(str(facts["seconds"])))
        if facts.get("frames") and facts.get("rate"):
            return float(int(facts["frames"]) / Fraction(str(facts["rate"])))
    except (ValueError, ZeroDivisionError):  # written by a plug-in, in words of its own
        pass
    return None


def _reused(fields: Fields) -> list[str]:
    given: str | list[str] = fields.get("reuse") or []
    return [given] if isinstance(given, str) else list(given)


def _seed(request: Mapping[str, Any], facts: Mapping[str, Any]) -> int | None:
    params: Mapping[str, Any] = request.get("params") or {}
    for seed in (facts.get("seed"), params.get("seed")):
        if isinstance(seed, int):
            return seed
    return None
