"""The film, its shots and their takes as rows: what the next plan compares with, and what keeps assets alive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select, update

from film.db.base import now
from film.db.sql import one_at_a_time
from film.db.tables import Film, ShotRow, Take
from film.hashing import canonical
from film.models import AssetRequest, AssetType, as_plain
from film.planning.params import FilmParams

_AT_ONCE = 400
"""Rows a statement: well below every database's limit of bound values."""

Request = dict[str, Any]
Place = tuple[str, str, str]
"""Shot, kind and key of a take."""
T = TypeVar("T")


@dataclass(frozen=True)
class KnownTake:
    """The newest take of a shot's asset that an earlier run recorded."""

    key: str
    request: Request


def request_record(request: AssetRequest, made_of: Mapping[str, str] | None = None) -> Request:
    """A request as JSON, for people to compare: the same canonical numbers and strings as in its key.

    ``made_of`` are the templates and descriptions in its prompt, which are not in the key.
    """
    return {
        "provider": request.provider,
        "model": request.model,
        "params": as_plain(request.params),
        "inputs": {i.role: i.sha256 for i in request.inputs},
        "take": request.take,
        **({"made_of": dict(made_of)} if made_of else {}),
    }


def write_film(engine: Engine, params: FilmParams, status: str) -> None:
    """The film and its shots as they stand in the file now; a shot that is gone leaves the film, not the library."""
    with engine.begin() as db:
        one_at_a_time(db, f"film {params.film_id}")
        found = db.execute(select(Film.film_id).where(Film.film_id == params.film_id)).first()
        values = {"title": params.title, "tier": params.tier, "status": status, "updated_at": now()}
        if found:
            db.execute(update(Film).where(Film.film_id == params.film_id).values(**values))
        else:
            db.execute(insert(Film).values(film_id=params.film_id, **values))
        rows = {
            row.shot_id: row
            for row in db.execute(
                select(ShotRow.id, ShotRow.shot_id, ShotRow.position, ShotRow.spec).where(
                    ShotRow.film_id == params.film_id
                )
            )
        }
        new: list[dict[str, Any]] = []
        for position, shot in enumerate(params.shots):
            spec = shot.model_dump(mode="json", exclude_defaults=True)
            row = rows.pop(shot.shot_id, None)
            if row is None:
                new.append({"film_id": params.film_id, "shot_id": shot.shot_id, "position": position, "spec": spec})
            elif (row.position, row.spec) != (position, spec):
                db.execute(update(ShotRow).where(ShotRow.id == row.id).values(position=position, spec=spec))
        if new:
            db.execute(insert(ShotRow), new)
        for row in rows.values():
            db.execute(delete(Take).where(Take.shot_pk == row.id))
            db.execute(delete(ShotRow).where(ShotRow.id == row.id))


def set_status(engine: Engine, film_id: str, status: str, output_sha256: str | None = None) -> None:
    with engine.begin() as db:
        values: dict[str, Any] = {"status": status, "updated_at": now()}
        if output_sha256:
            values["output_sha256"] = output_sha256
        db.execute(update(Film).where(Film.film_id == film_id).values(**values))


def known_takes(engine: Engine, film_id: str) -> dict[tuple[str, AssetType], list[KnownTake]]:
    """(shot_id, kind) → its takes of all runs, newest first."""
    query = (
        select(ShotRow.shot_id, Take.asset_type, Take.key, Take.request)
        .join(Take, Take.shot_pk == ShotRow.id)
        .where(ShotRow.film_id == film_id)
        .order_by(Take.id.desc())
    )
    takes: dict[tuple[str, AssetType], list[KnownTake]] = {}
    with engine.begin() as db:
        for shot_id, kind, key, request in db.execute(query):
            takes.setdefault((shot_id, AssetType(kind)), []).append(KnownTake(key, request))
    return takes


def write_takes(
    engine: Engine,
    params: FilmParams,
    made: Sequence[tuple[str, AssetRequest, str]],
    known: Mapping[tuple[str, AssetType], Sequence[KnownTake]],
    then: Callable[[Connection, Set[Place]], None] = lambda db, new: None,
) -> None:
    """Record (shot_id, request, key) of each asset in use, newest last, where that is not what stands there.

    ``then`` is told, in the same transaction, which of them no take was recorded of before: done again, because nobody
    could tell whether it was committed, there is none left.
    """
    current = {place: takes[0] for place, takes in known.items() if takes}
    changed = [
        (s, r, k)
        for s, r, k in made
        if (last := current.get((s, r.asset_type))) is None
        or last.key != k
        or last.request.get("made_of", {}) != dict(params.made_of.get(s, {}))
    ]
    if not changed:
        return
    with engine.begin() as db:
        one_at_a_time(db, f"film {params.film_id}")
        ids: dict[str, int] = {
            row.shot_id: row.id
            for row in db.execute(select(ShotRow.id, ShotRow.shot_id).where(ShotRow.film_id == params.film_id))
        }
        usable = [(ids[s], r, k, params.made_of.get(s)) for s, r, k in changed if s in ids]
        new = {(s, r.asset_type.value, k) for s, r, k in changed if s in ids} - _recorded(db, params.film_id)
        for chunk in batched(usable):
            # An old take that is in use again moves to the front.
            db.execute(
                _DELETE, [{"pk": pk, "kind": request.asset_type.value, "old": key} for pk, request, key, _ in chunk]
            )
            db.execute(
                insert(Take),
                [
                    {
                        "shot_pk": pk,
                        "asset_type": request.asset_type.value,
                        "number": request.take,
                        "tier": params.tier,
                        "key": key,
                        "request": _json(request_record(request, made_of)),
                        "made_at": now(),
                    }
                    for pk, request, key, made_of in chunk
                ],
            )
        then(db, new)


def _recorded(db: Connection, film_id: str) -> set[Place]:
    takes = select(ShotRow.shot_id, Take.asset_type, Take.key).join(Take, Take.shot_pk == ShotRow.id)
    return {(shot_id, kind, key) for shot_id, kind, key in db.execute(takes.where(ShotRow.film_id == film_id))}


_DELETE = delete(Take).where(
    Take.shot_pk == bindparam("pk"), Take.asset_type == bindparam("kind"), Take.key == bindparam("old")
)


def changes(before: Request, after: Request) -> list[str]:
    """The names of what differs between two recorded requests, as users write them in shots.json."""
    if before.get("params", {}).get("reuse") != after.get("params", {}).get("reuse"):
        return ["reuse"]
    found = [name for name in ("provider", "model", "take") if before.get(name) != after.get(name)]
    old, new = _flat(before.get("params", {})), _flat(after.get("params", {}))
    found += [_FIELD.get(name, name) for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]
    texts = {"enhanced_prompt", "negative_prompt"} & set(found)
    if texts and (reasons := _because_of(before.get("made_of", {}), after.get("made_of", {}))):
        found = [*reasons, *(name for name in found if name not in texts)]
    if "take" in found and "seed" in found:
        found.remove("seed")  # it moves along with the take
    found += _inputs(before.get("inputs") or {}, after.get("inputs") or {})
    return list(dict.fromkeys(found))


def _inputs(before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[str]:
    """Which of what it is made of differs: its picture, or the pictures of somebody that it goes by."""
    for role in sorted(before.keys() | after.keys()):
        if before.get(role) != after.get(role):
            subject, _, name = role.rpartition(" ")[0].partition(" ")
            yield f"the pictures of {name}" if subject in ("character", "place") else "picture"


_FIELD = {
    "prompt": "enhanced_prompt",
    "promptText": "enhanced_prompt",
    "text": "dialogue",
    "input": "dialogue",
    "joined": "dialogue",
    "turns": "dialogue",
    "brackets": "dialogue",
    "voice_id": "voice",
    "model_id": "model",
    "seconds": "duration",
    "width": "size",
    "height": "size",
    "image_size": "size",
    "ratio": "size",
    "aspect_ratio": "size",
    "character": "characters",
    "continues": "start_from",
}
"""What vendors call things → what users call them."""


def _because_of(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The templates and descriptions that changed; ``template`` where a prompt is made of others than before."""
    if before.keys() != after.keys():
        return ["template"]
    return [name for name in after if before[name] != after[name]]


def _flat(params: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in params.items():
        if isinstance(value, Mapping):
            flat.update(_flat(cast("Mapping[str, Any]", value)))
        elif value not in (None, "", [], ()):
            flat[name] = value
    return flat


def _json(record: Request) -> Request:
    import json

    return json.loads(canonical(record))


def comparable(request: AssetRequest, made_of: Mapping[str, str] | None = None) -> Request:
    """A request in the form it is read back in."""
    return _json(request_record(request, made_of))


def batched(rows: Sequence[T]) -> Iterable[Sequence[T]]:
    """So many at a time that a film of ten thousand shots takes no more memory than one of a hundred."""
    return (rows[i : i + _AT_ONCE] for i in range(0, len(rows), _AT_ONCE))
