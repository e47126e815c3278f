"""A cut's pieces, encoded on the nodes: each comes back as it is done, named by what is seen in it.

A node that dies takes with it only the piece it was at: the others are in the store. A node whose version, encoder or
fonts would make other pictures than a piece's key promises says so, and the piece is encoded by who asked.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from film.cluster import Cluster, HandedFile
from film.cluster.cluster import NodeLost
from film.production.engines.ray.makeup import Makeup, difference, own_makeup
from film.render import EncodeSettings, encode
from film.render.conform import Screen, Stretch
from film.render.encode import EncodeTask, SegmentWriter, Shown, Tick
from film.render.segments import Segment, is_same_here
from film.render.store import SegmentStore
from film.timeline import Clip, Source

TRIES = 5
"""Nodes that may be lost over one piece."""
_TELL = 0.25
"""Seconds between two words of a node on how far it is."""


@dataclass(frozen=True)
class Progress:
    key: str
    frames: int
    """Of this piece, until now."""
    data: bytes | None = None
    """The piece, once it is whole."""


class UnlikeUs(Exception):
    """This node would encode the piece otherwise than its key says."""


class NodeEncoder:
    """An ``Encoder`` that has a cluster do it; ``tell`` is called once if a node cannot."""

    def __init__(self, cluster: Cluster, tell: Callable[[str], None]) -> None:
        self._cluster, self._tell = cluster, tell
        self._told = False

    def __call__(
        self, task: EncodeTask, screen: Screen, settings: EncodeSettings, store: SegmentStore, tick: Tick
    ) -> None:
        left = {segment.key: segment for segment in task.segments}
        counted = dict.fromkeys(left, 0)
        lost = 0
        while left:
            try:
                # Closed at once where a tick ends the cut: the node would go on with it for nobody.
                with closing(self._encoded(left, screen, settings, tick)) as steps:
                    for step in steps:
                        tick(left[step.key].name, max(0, step.frames - counted[step.key]))
                        counted[step.key] = max(counted[step.key], step.frames)
                        if step.data is not None:
                            _keep(step.key, step.data, store)
                            del left[step.key]
                            lost = 0
            except NodeLost:
                lost += 1
                if lost == TRIES:
                    raise
            except UnlikeUs:
                self._say_so()
                encode.run(EncodeTask(tuple(left.values())), screen, settings, store, tick)
                return

    def _encoded(
        self, left: Mapping[str, Segment], screen: Screen, settings: EncodeSettings, tick: Tick
    ) -> Generator[Progress]:
        segments = tuple(left.values())
        files = [HandedFile(source.path, source.sha256) for source in _sources(segments)]
        return self._cluster.stream(
            encode_here,
            own_makeup(),
            segments,
            screen,
            settings,
            files=files,
            waiting=lambda: tick(segments[0].name, 0),
        )

    def _say_so(self) -> None:
        if not self._told:
            self._told = True
            self._tell("a node has another version, encoder or fonts than this machine: its pieces are encoded here")


def _keep(key: str, data: bytes, store: SegmentStore) -> None:
    temporary = store.temporary(".mp4")
    try:
        temporary.write_bytes(data)
        store.put_file(key, temporary, mime="video/mp4")
    finally:
        temporary.unlink(missing_ok=True)


def _sources(segments: Sequence[Segment]) -> set[Source]:
    clips = [stretch.clip for segment in segments for stretch in segment.shows]
    return {source for clip in clips for source in (clip.source, clip.grade and clip.grade.lut) if source}


# -- on the node


def encode_here(
    asked: Makeup, segments: Sequence[Segment], screen: Screen, settings: EncodeSettings, places: Mapping[Path, Path]
) -> Generator[Progress]:
    """Encode segments that follow each other, step by step. Raises UnlikeUs where they would come out otherwise."""
    if difference(asked, own_makeup()) or not all(is_same_here(segment, screen, settings) for segment in segments):
        raise UnlikeUs
    with tempfile.TemporaryDirectory(prefix="film-pieces-") as folder, closing(Shown(screen)) as shown:
        for segment in segments:
            path, frames, told = Path(folder, f"{segment.key}.mp4"), 0, time.monotonic()
            with SegmentWriter(path, screen, settings) as writer:
                for frame in shown.frames(_placed(segment, places)):
                    writer.write(frame)
                    frames += 1
                    if time.monotonic() - told >= _TELL:
                        told = time.monotonic()
                        yield Progress(segment.key, frames)
            yield Progress(segment.key, segment.frames, path.read_bytes())
            path.unlink()


def _placed(segment: Segment, places: Mapping[Path, Path]) -> Segment:
    """The segment with its sources where they lie on this node."""

    def source(of: Source) -> Source:
        return replace(of, path=places[of.path])

    def clip(of: Clip) -> Clip:
        grade = of.grade
        if grade and grade.lut:
            grade = replace(grade, lut=source(grade.lut))
        return replace(of, source=source(of.source), grade=grade)

    return replace(segment, shows=tuple(Stretch(clip(s.clip), s.first, s.stop) for s in segment.shows))
