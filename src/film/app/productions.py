"""Films and shots being made on somebody's behalf, in this process, while others look on.

    Agreed ──► Production, on a thread of its own ──► film_run ──► events ──► whoever listens
                  │
                  └── gallery/studio/<film id>/productions.jsonl: what was asked for under which name, and how it ended

Asked twice under one name, it is begun once. A process that ends leaves what it had ordered in the journal: the next
production of the film fetches it. Whoever stops one finishes what is paid for.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import threading
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from film.app.estimates import Agreed, fingerprint, part_of
from film.app.film_desk import FilmDesk
from film.errors import ConsentDeclined, FilmError, Interrupted
from film.files.own_files import own_file, own_folder
from film.models import Model
from film.planning.plan import FilmPlan
from film.production.events import Event
from film.production.stop import Stop
from film.settings import Settings

State = Literal["running", "stopping", "done", "partial", "failed", "stopped", "cut off"]
Tell = Callable[[str, dict[str, Any]], None]
"""Takes what happens: its name, and facts that JSON has words for."""


class FailedShot(Model):
    shot: str
    step: str
    error: str
    hint: str
    charged: bool | None


class Production(Model):
    """Something that is being made, or was. ``steps`` are of its shots: kind → waiting, working or done."""

    id: str
    film: str
    stage: str
    tier: str
    shots: tuple[str, ...]
    at_most_usd: Decimal
    state: State
    started_at: str
    ended_at: str | None = None
    cost_usd: Decimal | None = None
    path: str | None = None
    error: str | None = None
    hint: str | None = None
    to_make: int = 0
    made: int = 0
    cut: float | None = None
    """How far the cut is, 0 to 1."""
    failed: tuple[FailedShot, ...] = ()
    working: dict[str, str] = Field(default_factory=dict[str, str])
    """Shot → the step it is at."""


class ProductionBusy(FilmError):
    """The film is being made already."""


class Productions:
    """Everything that one studio makes. ``tell`` hears of each change, on whatever thread it happens."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        self._known: dict[str, Production] = {}
        self._stops: dict[str, tuple[Stop, threading.Thread]] = {}
        self._asked: dict[tuple[str, str], str] = {}
        self._read: set[str] = set()

    def of_film(self, desk: FilmDesk) -> list[Production]:
        """All of a film's, newest first."""
        self._recall(desk)
        with self._lock:
            return [one for one in reversed(self._known.values()) if one.film == desk.film_id]

    def get(self, desk: FilmDesk, production_id: str) -> Production | None:
        self._recall(desk)
        with self._lock:
            found = self._known.get(production_id)
        return found if found and found.film == desk.film_id else None

    def asked_before(self, desk: FilmDesk, name: str) -> Production | None:
        """What was begun under that name."""
        self._recall(desk)
        with self._lock:
            return self._known.get(self._asked.get((desk.film_id, name), ""))

    def start(self, desk: FilmDesk, agreed: Agreed, name: str, who: str) -> Production:
        """Begin what was agreed to, or say what was begun under that name before.

        Args:
            desk: The film.
            agreed: Its estimate: no more is spent than it says.
            name: The caller's own name for this very click.
            who: Goes into the audit trail.

        Raises:
            ProductionBusy: The film is being made already, for somebody else.
        """
        if before := self.asked_before(desk, name):
            return before
        estimate = agreed.estimate
        with self._lock:
            if busy := next((p for p in self._known.values() if p.film == desk.film_id and is_running(p)), None):
                raise ProductionBusy(f"the film is being made already ({busy.stage})", hint="wait for it, or stop it")
            production = Production(
                id=secrets.token_hex(8),
                film=desk.film_id,
                stage=estimate.stage,
                tier=estimate.tier,
                shots=estimate.shots,
                at_most_usd=estimate.at_most_usd,
                state="running",
                started_at=_now(),
            )
            desk.notes.spent(production.id, str(estimate.at_most_usd), who)
            _write(desk, {"name": name, **production.model_dump(mode="json")})
            stop = Stop()
            thread = threading.Thread(target=self._run, args=(desk, agreed, production.id, stop), daemon=True)
            self._known[production.id] = production
            self._asked[desk.film_id, name] = production.id
            self._stops[production.id] = stop, thread
        self._publish(production.id)
        thread.start()
        return production

    def stop(self, desk: FilmDesk, production_id: str) -> Production | None:
        """Begin nothing more, and finish what is paid for."""
        found = self.get(desk, production_id)
        if found and is_running(found) and production_id in self._stops:
            self._stops[production_id][0].set()
            self._change(production_id, state="stopping")
        return self.get(desk, production_id)

    def close(self, seconds: float = 30.0) -> None:
        """Stop all, and wait for what is paid for. What is still under way then is fetched by the next run."""
        for stop, _ in self._stops.values():
            stop.set()
        for _, thread in self._stops.values():
            if thread.ident is not None:
                thread.join(seconds)

    # -- inside

    def _run(self, desk: FilmDesk, agreed: Agreed, production_id: str, stop: Stop) -> None:
        def hear(event: Event) -> None:
            self._hear(production_id, event)

        def consent(plan: FilmPlan, _settings: Settings) -> None:
            now = part_of(plan, agreed.asked, desk)
            if plan.at_most > agreed.estimate.at_most_usd or fingerprint(now) != agreed.fingerprint:
                raise ConsentDeclined(
                    "the film is another than the one whose price was agreed to", hint="look at the price again"
                )

        ended: dict[str, Any]
        try:
            from film.app.shooting import make_part, make_whole  # a third of the program, which looking does without

            params = desk.params(agreed.estimate.tier)
            if agreed.asked.stage == "film" and agreed.asked.shots is None:
                result = asyncio.run(make_whole(params, desk, hear, consent, stop))
                ended = {
                    "state": "partial" if result.failed else "done",
                    "cost_usd": result.cost_usd,
                    "path": result.path.name,
                    "cut": 1.0,
                }
            else:
                shots = asyncio.run(make_part(params, desk, agreed, hear, consent, stop))
                cost = sum((shot.cost_usd for shot in shots), Decimal(0))
                ended = {"state": "partial" if any(shot.error for shot in shots) else "done", "cost_usd": cost}
        except Interrupted:
            ended = {"state": "stopped", "hint": "make it again to go on from here: what is there is reused"}
        except FilmError as error:
            ended = {"state": "failed", "error": str(error), "hint": error.hint}
        except BaseExceptionGroup as group:
            first = _first(group)
            ended = {"state": "failed", "error": str(first), "hint": getattr(first, "hint", "")}
        except Exception as error:  # noqa: BLE001  # whatever it is, whoever waits is told
            traceback.print_exc()
            ended = {"state": "failed", "error": f"{type(error).__name__}: {error}", "hint": "report it"}
        self._change(production_id, ended_at=_now(), working={}, **ended)
        with suppress(FilmError, OSError):
            _write(desk, self._known[production_id].model_dump(mode="json"))

    def _hear(self, production_id: str, event: Event) -> None:
        facts = json.loads(event.as_json())
        now = self._known[production_id]
        match event.event:
            case "film_started":
                self._change(production_id, to_make=facts["to_make"])
            case "step_started":
                self._change(production_id, working={**now.working, facts["shot_id"]: facts["step"]})
            case "step_done":
                is_last = now.working.get(facts["shot_id"]) == facts["step"]
                working = _without(now.working, facts["shot_id"]) if is_last else now.working
                self._change(production_id, made=now.made + (not facts["reused"]), working=working)
            case "shot_done":
                self._change(production_id, working=_without(now.working, facts["shot_id"]))
            case "shot_failed":
                failed = FailedShot(
                    shot=facts["shot_id"],
                    step=facts["step"],
                    error=facts["error"],
                    hint=facts["hint"],
                    charged=facts["charged"],
                )
                working = _without(now.working, failed.shot)
                self._change(production_id, failed=(*now.failed, failed), working=working)
            case "cut_progress":
                self._change(production_id, cut=facts["share"])
            case _:
                pass
        if "path" in facts:
            facts["path"] = Path(facts["path"]).name
        self._tell("happened", {"film": now.film, "production": production_id, **facts})

    def _change(self, production_id: str, **changes: Any) -> None:
        with self._lock:
            self._known[production_id] = self._known[production_id].model_copy(update=changes)
        self._publish(production_id)

    def _publish(self, production_id: str) -> None:
        found = self._known[production_id]
        self._tell("production", {"film": found.film, "production": found.model_dump(mode="json", exclude={"shots"})})

    def _recall(self, desk: FilmDesk) -> None:
        """What an earlier studio made of this film; what it had under way when it ended was cut off."""
        with self._lock:
            if desk.film_id in self._read:
                return
            self._read.add(desk.film_id)
            for line in _lines(desk):
                name = line.pop("name", None)
                with suppress(ValueError):
                    found = Production.model_validate(line)
                    if is_running(found):
                        found = found.model_copy(
                            update={
                                "state": "cut off",
                                "hint": "make it again to go on from here: what was ordered is fetched",
                            }
                        )
                    self._known[found.id] = found
                    if name:
                        self._asked[desk.film_id, name] = found.id


def is_running(production: Production) -> bool:
    return production.state in ("running", "stopping")


def _first(error: BaseException) -> BaseException:
    inner: Sequence[BaseException] = getattr(error, "exceptions", ())
    return _first(inner[0]) if inner else error


def _without(working: dict[str, str], shot: str) -> dict[str, str]:
    return {name: step for name, step in working.items() if name != shot}


def _file(desk: FilmDesk) -> Path:
    return desk.settings.gallery / "studio" / desk.film_id / "productions.jsonl"


def _write(desk: FilmDesk, line: dict[str, Any]) -> None:
    path = _file(desk)
    own_folder(path.parent)
    own_file(path)
    with path.open("ab", buffering=0) as file:
        file.write(json.dumps(line).encode() + b"\n")
        os.fsync(file.fileno())


def _lines(desk: FilmDesk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    with suppress(OSError):
        for text in _file(desk).read_text("utf-8").splitlines():
            with suppress(ValueError):
                line = json.loads(text)
                if isinstance(line, dict):
                    found.append(line)  # pyright: ignore[reportUnknownArgumentType]  # its reader checks each field
    return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
