"""Stems: the film's sound in groups, for whoever mixes it again, in another language or in another room.

    dialogue.wav   music.wav   effects.wav   clips.wav   ambience.wav

32-bit float at 48 kHz, from the film's first sample to its last.

They are at the level they have in the film, with the limiter's gain in them: their sum is its mix, sample for
sample. A group in which nothing is ever heard has no file. Each is a Broadcast WAV that begins at the film's time code,
or at time 0, so that an editing program lays it at the head of the picture.
"""
# pyright: reportUnknownMemberType=false
# PyAV types no **kwargs.

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import get_args

import av
import av.error
import numpy as np
from av.container import OutputContainer

from film.errors import ComposeError
from film.files import written as record
from film.files.own_files import no_link
from film.media.opening import url
from film.render.limiter import Curve
from film.render.mix import Rough, plan, settled
from film.render.mixdown import Group, Layers
from film.render.settings import EncodeSettings
from film.render.sound import SAMPLE_RATE, Samples, frames_of
from film.timecode import frame_of
from film.timeline import Timeline

GROUPS: tuple[Group, ...] = get_args(Group)
_OPTIONS = {"write_bext": "1", "rf64": "auto", "fflags": "bitexact"}
"""RF64 where four gigabytes are passed, at three hours; what the muxer would add of itself stays out."""


def write(
    timeline: Timeline,
    folder: Path,
    *,
    settings: EncodeSettings | None = None,
    tick: Callable[[], None] = lambda: None,
    force: bool = False,
    made: datetime | None = None,
    dated: bool = True,
) -> dict[Group, Path]:
    """Write the stems of ``timeline`` to ``folder``, and say which there are; stems of before are replaced.

    ``settings`` are those that the film is encoded with: how far the limiter goes depends on what the encoder makes of
    it. ``made`` is the moment that they are marked with, by default now; not ``dated``, they say none.

    ``tick`` is called for every few seconds of sound, and may raise to stop; ``folder`` then is what it was before.
    ComposeError for files of these names that are not this program's, unless ``force`` lets it.
    """
    mix = plan(timeline)
    if mix.silent:
        return {}
    for group in GROUPS:
        record.check(folder / f"{group}.wav", force=force)
    try:
        no_link(folder)
        with tempfile.TemporaryDirectory(prefix=".stems-", dir=folder) as work:
            rough = Rough(mix, Path(work) / "rough.f32", tick)
            _, held = settled(rough, mix, Path(work) / "mix.m4a", settings or EncodeSettings())
            curve = Curve(rough.peaks, 10 ** (held.gain / 20), 10 ** (held.ceiling / 20))
            mark = _Mark(
                timeline.title,
                (made or datetime.now().astimezone()) if dated else None,
                timeline.rate,
                timeline.start_timecode,
            )
            stems = _write_groups(Layers(mix, tick), held.gain, curve, Path(work), tick, mark)
            record.remember(*((path, folder / path.name) for path in stems.values()))
            for group in GROUPS:
                (folder / f"{group}.wav").unlink(missing_ok=True)
            return {group: path.replace(folder / path.name) for group, path in stems.items()}
    except (OSError, av.error.FFmpegError) as error:
        raise ComposeError(
            f"the stems could not be written to {folder}: {error.strerror or error}",
            hint="check the folder and the space on its disk: a minute takes up to 90 MB",
        ) from error


@dataclass(frozen=True)
class _Mark:
    """What a Broadcast WAV says of itself, by EBU Tech 3285: in ASCII, with the day and the time it was made."""

    title: str
    made: datetime | None
    rate: Fraction
    start_timecode: str

    @property
    def first_sample(self) -> int:
        """Samples from midnight to the film's first, by its time code."""
        return round(frame_of(self.start_timecode, self.rate) * SAMPLE_RATE / self.rate) if self.start_timecode else 0

    def _moment(self, group: str) -> dict[str, str]:
        if self.made is None:
            return {}
        return {
            "originator_reference": f"{group}-{self.made:%Y%m%d%H%M%S}"[:32],
            "origination_date": f"{self.made:%Y-%m-%d}",
            "origination_time": f"{self.made:%H:%M:%S}",
        }

    def of(self, group: str) -> dict[str, str]:
        title = "".join(char for char in unicodedata.normalize("NFKD", self.title) if " " <= char <= "~")
        return {
            "description": " - ".join(filter(None, (title.strip()[:200], group)))[:256],
            "originator": "film-generation",
            **self._moment(group),
            "time_reference": str(self.first_sample),
            "coding_history": f"A=PCM,F={SAMPLE_RATE},W=32,M=stereo,T=film-generation\r\n",
        }


def _write_groups(
    layers: Layers, gain: float, curve: Curve, folder: Path, tick: Callable[[], None], mark: _Mark
) -> dict[Group, Path]:
    factor = np.float32(10 ** (gain / 20))
    heard: set[Group] = set()
    with ExitStack() as open_files:
        stems = {group: _Stem(folder / f"{group}.wav", mark.of(group), open_files) for group in layers.present}
        start = 0
        for blocks in layers.groups():
            tick()
            for group, block in blocks.items():
                heard |= {group} if block.any() else set()
                stems[group].write(curve.over(block * factor, start))
            start += len(next(iter(blocks.values())))
    return {group: folder / f"{group}.wav" for group in GROUPS if group in heard}


class _Stem:
    def __init__(self, path: Path, about: dict[str, str], open_files: ExitStack) -> None:
        self._container: OutputContainer = open_files.enter_context(
            av.open(url(path), "w", format="wav", options=_OPTIONS)
        )
        self._container.metadata.update(about)
        self._stream = self._container.add_stream("pcm_f32le", rate=SAMPLE_RATE, layout="stereo")

    def write(self, block: Samples) -> None:
        for frame in frames_of([block]):
            frame.pts = None
            self._container.mux(self._stream.encode(frame))
