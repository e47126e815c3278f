"""The last step of a run: what was obtained becomes the film's file, once, and is left alone while nothing changed.

shots ─► stand-ins ─► timeline ─► the film that is there? ─► check files ─► compose ─► captions ─► inspect
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, partial
from pathlib import Path

from film.errors import ComposeError, Interrupted, StoreError
from film.planning.params import FilmParams
from film.planning.record import set_status
from film.planning.results import CompletedShot, FilmResult, saved_by
from film.planning.services import Services
from film.production.events import Events
from film.production.finishing.captioning import unwritable
from film.production.finishing.checking import asked
from film.production.finishing.cut import (
    THIS_MACHINE,
    EncodeBackend,
    captions_beside,
    checked,
    compose_film,
    timeline_of,
    unchanged,
    was_checked,
)
from film.production.finishing.outputs import check_output, film_path, note_elsewhere
from film.production.finishing.sealing import UNSIGNED, Seal, credential_for, seal_of
from film.production.finishing.titles import with_cards
from film.production.stop import Stop
from film.provenance import Credential
from film.render import Composed, ComposeProgress, EncodeSettings
from film.timeline import Timeline


class Finisher:
    """Cuts one film, with whose ``encoders`` it has."""

    def __init__(
        self, params: FilmParams, services: Services, events: Events, stop: Stop, encoders: EncodeBackend = THIS_MACHINE
    ) -> None:
        self.params = params
        self.services = services
        self.events = events
        self.stop = stop
        self.encoders = encoders

    @cached_property
    def credential(self) -> Credential | None:
        """Who signs the film; None where nobody does. Raises when the one that is set cannot sign."""
        return credential_for(self.params, self.services.settings)

    async def cut(self, shots: Sequence[CompletedShot], began: float) -> FilmResult:
        """The finished film. ``began`` is when the run did, on the monotonic clock; every shot has a picture."""
        shots = await asyncio.to_thread(with_cards, shots, self.params, self.services.cache)
        timeline = timeline_of(self.params, shots)
        settings = self._encode_settings
        path = film_path(self.params, self.services.settings.films)
        for message in timeline.warnings:
            self.events.emit("warning", message=message)
        cost = sum((s.cost_usd for s in shots), Decimal(0))
        seal = seal_of(self.params, timeline, shots, self.credential)
        is_there = await asyncio.to_thread(unchanged, timeline, settings, path, seal) is not None
        made: Composed | None = None
        if not is_there:
            await asyncio.to_thread(check_output, self.params, path)
            await asyncio.to_thread(self._check_files, shots)
            made = await self._compose(timeline, settings, path, shots, seal)
        await asyncio.to_thread(note_elsewhere, self.params, self.services.settings.films, asked(self.params))
        wanted = self.params.film.captions.files
        for message in await asyncio.to_thread(partial(captions_beside, timeline, path, wanted=wanted)):
            self.events.emit("warning", message=message)
        checked_as = was_checked(path)
        if made is not None:
            checked_as = await asyncio.to_thread(partial(checked, path, thorough=not self.params.is_draft))
            self.events.emit("film_checked", path=path, summary=checked_as)
        return FilmResult(
            path=path,
            film_id=self.params.film_id,
            seconds=Fraction(timeline.frames) / timeline.rate,
            shots=tuple(shots),
            cost_usd=cost,
            saved_usd=saved_by(shots),
            elapsed=time.monotonic() - began,
            segments_made=made.segments_made if made else 0,
            segments_reused=made.segments_reused if made else 0,
            pieces=made.pieces if made else (),
            unchanged=made is None,
            warnings=timeline.warnings,
            checked=checked_as,
        )

    def is_unchanged(self, shots: Sequence[CompletedShot]) -> bool:
        """Whether the film that is there is the one asked for, so that none of its parts is needed."""
        if self.stop.is_set() or not all(s.video or s.shot.title for s in shots):
            return False
        shots = with_cards(shots, self.params, self.services.cache)
        path = film_path(self.params, self.services.settings.films)
        timeline = timeline_of(self.params, shots)
        seal = seal_of(self.params, timeline, shots, self.credential)
        return unchanged(timeline, self._encode_settings, path, seal) is not None

    # -- inside

    @property
    def _encode_settings(self) -> EncodeSettings:
        return EncodeSettings.of(self.params.film.format, draft=self.params.is_draft)

    def _check_files(self, shots: Sequence[CompletedShot]) -> None:
        """Every byte of what goes into the cut is what was stored; StoreError says what is not."""
        sound = self.services.cache.use_many([a.key for shot in shots for a in shot.assets.values()])
        for shot in shots:
            for asset in shot.assets.values():
                if asset.key not in sound:
                    raise StoreError(
                        f"{shot.shot_id}: the file of its {asset.asset_type.value} is damaged and was put aside",
                        hint="run film plan to see what making it again costs, then run the same command again",
                    )

    async def _compose(
        self,
        timeline: Timeline,
        settings: EncodeSettings,
        path: Path,
        shots: Sequence[CompletedShot],
        seal: Seal | None,
    ) -> Composed | None:
        """None when another process has just made this film."""
        loop = asyncio.get_running_loop()
        self.events.emit("cut_started", frames=timeline.frames)
        unsigned = UNSIGNED if self.params.film.provenance.manifest and not seal else None
        for message in filter(None, (unwritable(timeline, self.params.shots), unsigned)):
            self.events.emit("warning", message=message)

        def progress(at: ComposeProgress) -> None:
            loop.call_soon_threadsafe(
                lambda: self.events.emit(
                    "cut_progress",
                    piece=at.piece,
                    done=at.frames,
                    total=at.planned,
                    share=round(at.share, 4),
                    left=None if at.left is None else round(at.left, 1),
                )
            )

        def wait() -> None:
            told = {"message": "another process is cutting this film: waiting for it"}
            loop.call_soon_threadsafe(lambda: self.events.emit("warning", **told))

        facts = {
            "film_id": self.params.film_id,
            "tier": self.params.tier,
            "asked": asked(self.params),
            "shots": [
                {
                    "shot_id": s.shot_id,
                    "assets": {kind.value: asset.asset_id for kind, asset in s.assets.items()},
                    **({"missing": str(s.error)} if s.error else {}),
                }
                for s in shots
            ],
        }
        try:
            return await asyncio.to_thread(
                compose_film,
                timeline,
                self.services.cache,
                path,
                settings,
                on_progress=progress,
                should_stop=self.stop.is_set,
                on_wait=wait,
                facts=facts,
                seal=seal,
                encoders=self.encoders,
            )
        except Interrupted:
            set_status(self.services.engine, self.params.film_id, "interrupted")
            raise
        except OSError as error:
            raise ComposeError(
                f"the film could not be written to {path}: {error.strerror or error}",
                hint="check the folder and the space on its disk, then run again: all pieces are kept",
            ) from error
