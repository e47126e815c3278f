"""Stems: the film's sound in groups, for whoever mixes it again, in another language or in another room.

    dialogue.wav   music.wav   effects.wav   clips.wav   ambience.wav

32-bit float at 48 kHz, from the film's first sample to its last.

They are at the level they have in the film, and their sum is its mix before the limiter, sample for sample. A group
in which nothing is ever heard has no file. Each is a Broadcast WAV that begins at time 0, so that an editing program
lays it at the head of the picture.
"""
# pyright: reportUnknownMemberType=false
# PyAV types no **kwargs.

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
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
from film.render.mix import Rough, plan
from film.render.mixdown import Group, Layers
from film.render.sound import SAMPLE_RATE, Samples, frames_of
from film.timeline import Timeline

GROUPS: tuple[Group, ...] = get_args(Group)
_OPTIONS = {"write_bext": "1", "rf64": "auto", "fflags": "bitexact"}
"""RF64 where four gigabytes are passed, at three hours; nothing of when and with what it was written."""


def write(
    timeline: Timeline, folder: Path, *, tick: Callable[[], None] = lambda: None, force: bool = False
) -> dict[Group, Path]:
    """Write the stems of ``timeline`` to ``folder``, and say which there are; stems of before are replaced.

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
            gain = Rough(mix, Path(work) / "rough.f32", tick).gain
            made = _write_groups(Layers(mix, tick), gain, Path(work), tick, title=timeline.title)
            record.remember(*((path, folder / path.name) for path in made.values()))
            for group in GROUPS:
                (folder / f"{group}.wav").unlink(missing_ok=True)
            return {group: path.replace(folder / path.name) for group, path in made.items()}
    except (OSError, av.error.FFmpegError) as error:
        raise ComposeError(
            f"the stems could not be written to {folder}: {error.strerror or error}",
            hint="check the folder and the space on its disk: a minute takes up to 90 MB",
        ) from error


def _write_groups(
    layers: Layers, gain: float, folder: Path, tick: Callable[[], None], *, title: str
) -> dict[Group, Path]:
    factor = np.float32(10 ** (gain / 20))
    heard: set[Group] = set()
    with ExitStack() as open_files:
        stems = {group: _Stem(folder / f"{group}.wav", title, open_files) for group in layers.present}
        for blocks in layers.groups():
            tick()
            for group, block in blocks.items():
                heard |= {group} if block.any() else set()
                stems[group].write(block * factor)
    return {group: folder / f"{group}.wav" for group in GROUPS if group in heard}


class _Stem:
    def __init__(self, path: Path, title: str, open_files: ExitStack) -> None:
        self._container: OutputContainer = open_files.enter_context(
            av.open(url(path), "w", format="wav", options=_OPTIONS)
        )
        about = {"description": " · ".join(filter(None, (title[:200], path.stem))), "time_reference": "0"}
        self._container.metadata.update(about)
        self._stream = self._container.add_stream("pcm_f32le", rate=SAMPLE_RATE, layout="stereo")

    def write(self, block: Samples) -> None:
        for frame in frames_of([block]):
            frame.pts = None
            self._container.mux(self._stream.encode(frame))
