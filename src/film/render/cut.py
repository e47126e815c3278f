"""Makes the film file: finds what exists, encodes what does not, joins it all.

A stop is noticed at the next frame. What is finished by then is in the store, and the next run goes on from there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import av.error

from film.errors import ComposeError, StoreError
from film.render import mix
from film.render.crew import JOIN, MIX, ComposeProgress, Crew, Work
from film.render.join import Finish, join
from film.render.memory import give_back_large_buffers
from film.render.mixdown import BLOCK
from film.render.segments import plan, screen_of
from film.render.settings import EncodeSettings
from film.render.sound import Loudness
from film.render.store import SegmentStore
from film.timeline import Timeline

if TYPE_CHECKING:
    from film.render.encode import Encoder


@dataclass(frozen=True)
class Composed:
    """A finished film, and what it took to make it."""

    path: Path
    frames: int
    seconds: Fraction
    segments_made: int
    segments_reused: int
    encoded_frames: int
    pieces: tuple[str, ...]
    """What was made, by name, in the film's order; "mix" is the sound."""
    warnings: tuple[str, ...]
    loudness: Loudness | None
    """None when the film has no sound."""


def compose(
    timeline: Timeline,
    store: SegmentStore,
    out: Path,
    *,
    settings: EncodeSettings | None = None,
    on_progress: Callable[[ComposeProgress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    workers: int | None = None,
    finish: Finish | None = None,
    encoder: Encoder | None = None,
) -> Composed:
    """Bring the film at ``out`` up to date with ``timeline``.

    ``on_progress`` is called on this thread, ``should_stop`` on any. Raises ComposeError when a source cannot be used
    or the film cannot be written, and Interrupted when ``should_stop`` says so; ``out`` then is what it was before.
    ``finish`` is given the whole film just before it appears at ``out``: to sign it. ``encoder`` does the encoding,
    ``workers`` tasks at once: this machine, unless it is another's work.
    """
    from film.render import encode  # a film that is left as it is needs no encoder

    settings = settings or EncodeSettings()
    segments = plan(timeline, settings)
    sound = mix.plan(timeline)
    mix_key = None if sound.silent else mix.key(sound, settings)
    keys = [segment.key for segment in segments]
    files = store.peek([*keys, *filter(None, [mix_key])])
    hands = workers or os.cpu_count() or 1
    tasks = encode.tasks_for(segments, files, workers=hands)
    made = {segment.key for task in tasks for segment in task.segments}
    mixing = bool(mix_key and mix_key not in files)
    work = Work(sum(task.frames for task in tasks), timeline.frames if mixing else 0, timeline.frames)
    crew = Crew(work, -(-sound.length // BLOCK), on_progress, should_stop)
    jobs: list[Callable[[], object]] = []
    if mixing:
        jobs.append(partial(mix.make, sound, settings, store, partial(crew.tick, MIX)))
    jobs += [partial(encoder or encode.run, task, screen_of(timeline), settings, store, crew.tick) for task in tasks]
    if jobs:
        give_back_large_buffers()
    with _writing(out):
        crew.run(jobs, hands)
        if jobs:
            files = _all_present(store, [*keys, *filter(None, [mix_key])])
        mixed = files[mix_key] if mix_key else None
        join(
            segments,
            files,
            sound=mixed,
            timeline=timeline,
            out=out,
            on_segment=partial(crew.tell, JOIN),
            finish=finish,
        )
    return Composed(
        path=out,
        frames=timeline.frames,
        seconds=timeline.duration,
        segments_made=len(made),
        segments_reused=sum(1 for key in keys if key not in made),
        encoded_frames=work.encode,
        pieces=(*(segment.name for task in tasks for segment in task.segments), *([MIX] if mixing else [])),
        warnings=timeline.warnings,
        loudness=mix.loudness_of(mixed) if mixed else None,
    )


@contextmanager
def _writing(out: Path) -> Generator[None, None, None]:
    """What goes wrong with a source says so itself; what is left has to do with the disk."""
    try:
        yield
    except (av.error.FFmpegError, OSError) as error:
        raise ComposeError(
            f"{out.name} could not be written: {error.strerror or error}",
            hint="check the space on the disk and the rights to the folder, then run again: all pieces are kept",
        ) from error


def _all_present(store: SegmentStore, keys: Sequence[str]) -> dict[str, Path]:
    files = store.peek(keys)
    if missing := len(set(keys) - files.keys()):
        raise StoreError(
            f"{missing} pieces of the cut are gone from the store again",
            hint="run again; nothing may clear the store while a film is being made",
        )
    return files
