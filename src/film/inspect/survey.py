"""Everything an inspection judges by, gathered in one pass over the file.

    boxes ─────────────► Layout
    demux ─► packets ──► Timing                       frames, gaps, order
          ├► decode  ──► Looker                       all that is seen; damage, by frame
          └► decode  ──► Listener                     all that is heard

A thorough survey decodes every picture, with FFmpeg's threads beside this one. The other looks at key frames only,
which costs a draft next to nothing. Nobody is believed: what the file declares is kept beside what was counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av.error
import numpy as np

from film.errors import BadMedia
from film.inspect.boxes import Layout, layout
from film.inspect.caption_track import CaptionTrack, TrackCaption
from film.inspect.colours import Tags, tags_of
from film.inspect.listen import Listener, SoundSurvey
from film.inspect.looker import Looked, Looker
from film.inspect.timing import Packets, Timing
from film.inspect.watch import Shrinker, Small, glanced
from film.media.clips import sound_of
from film.media.opening import open_media, seen_size, video_stream
from film.models import AssetType

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_STRICT = {"err_detect": "crccheck+bitstream+buffer"}
"""Without "explode", which gives up all frames after a bad one: a damaged frame comes marked, and decoding goes on."""
STILL = Fraction(1, 2)
"""Seconds from which a picture that stands still is told at all."""
QUIET = Fraction(1)
_TELL_EVERY = 48

Tick = Callable[[Fraction], None]
"""(seconds of film that are looked at); raises to stop."""


@dataclass(frozen=True)
class Survey:
    thorough: bool
    layout: Layout | None
    timing: Timing
    tags: Tags
    width: int
    height: int
    stored: tuple[int, int]
    """Width and height as they are stored, and ``aspect`` of a pixel."""
    aspect: Fraction
    video_codec: str
    container: str
    declared_frames: int
    declared_seconds: Fraction
    decoded: int
    lost: tuple[Fraction, ...]
    """Times of frames that do not decode."""
    marred: tuple[Fraction, ...]
    """Times of frames that decode with damage."""
    looked: Looked
    audio_codec: str
    sample_rate: int
    channels: int
    heard: SoundSurvey | None
    deaf: int
    """Packets of sound that do not decode."""
    captions: tuple[TrackCaption, ...]
    broken_off: str
    """What the reader said when it could not go on; empty when it reached the end."""

    @property
    def second(self) -> int:
        """Frames in a second."""
        return max(1, round(self.timing.rate or Fraction(24)))

    def seconds(self, frame: int) -> Fraction:
        """When a frame is shown, by its place among those that are shown."""
        times = self.timing.times
        if not len(times):
            return Fraction(0)
        if frame >= len(times):
            return self.timing.stop
        return int(times[frame]) * self.timing.base


def survey(path: Path, *, thorough: bool = True, loudness: bool = True, tick: Tick | None = None) -> Survey:
    """Raises BadMedia for what is no film at all, or cannot be opened."""
    try:
        boxes = layout(path)
    except OSError as error:
        raise BadMedia(f"{path.name} cannot be read: {error.strerror}", hint="check the path") from error
    with open_media(path, AssetType.VIDEO) as container:
        video = video_stream(container, path.name, threads=0)
        audio = sound_of(container)
        if audio is not None and not audio.codec_context:
            audio = None
        return _Pass(container, video, audio, thorough, loudness, tick).run(boxes, path.name)


class _Pass:
    """One way through the file."""

    def __init__(
        self,
        container: InputContainer,
        video: VideoStream,
        audio: AudioStream | None,
        thorough: bool,
        loudness: bool,
        tick: Tick | None,
    ) -> None:
        self._container, self._video, self._audio = container, video, audio
        self._thorough = thorough
        self._tick = tick
        codec = video.codec_context
        codec.options = dict(_STRICT)
        # only decoding frame by frame marks the frame that is damaged, so it takes two threads at least
        codec.thread_type, codec.thread_count = "FRAME", 0 if thorough else 1
        self._nominal = video.average_rate or video.base_rate or Fraction(24)
        self._base = video.time_base or Fraction(1, 90_000)
        self._packets = Packets(self._base, self._nominal)
        self._looker: Looker | None = None
        self._captions = CaptionTrack(container)
        self._shrinker = Shrinker()
        self._glimpses: list[tuple[int, Small]] = []
        self._shape = self._stored = (0, 0)
        self._shown: set[int] = set()
        self._marred: list[Fraction] = []
        self._decoded = self._deaf = 0
        self._listener = (
            Listener(audio.codec_context.sample_rate, QUIET, loudness=loudness, close=thorough) if audio else None
        )

    def run(self, boxes: Layout | None, name: str) -> Survey:
        broken = ""
        tracks = [track for track in (self._audio, self._captions.stream) if track is not None]
        streams = [self._video, *tracks]
        try:
            for packet in self._container.demux(*streams):
                if packet.stream.index == self._video.index:
                    self._see(packet)
                elif self._captions.stream is not None and packet.stream.index == self._captions.stream.index:
                    self._captions.add(packet)
                else:
                    self._hear(packet)
        except (av.error.FFmpegError, OSError) as error:
            broken = str(getattr(error, "strerror", "") or error)
        timing = self._packets.timing()
        if not timing.frames:
            raise BadMedia(f"{name} holds no frames", hint="make the film again")
        return self._survey(boxes, timing, broken)

    def _see(self, packet: Packet[Any]) -> None:
        self._packets.add(packet)
        if not self._thorough and packet.size and not packet.is_keyframe:
            return
        try:
            frames = packet.decode()
        except (av.error.FFmpegError, OSError):
            return  # the frame that is missing afterwards says where
        for frame in frames:
            self._look(frame)

    def _look(self, frame: VideoFrame) -> None:
        if not self._decoded:
            self._shape = seen_size(frame, self._video)
            self._stored = (frame.width, frame.height)
            tags = tags_of(self._video.codec_context, self._shape[1])
            self._looker = Looker(float(self._nominal), tags, ceil(STILL * self._nominal), frame.width)
        self._decoded += 1
        if frame.pts is not None:
            self._shown.add(frame.pts)
            if frame.is_corrupt:
                self._marred.append(frame.pts * self._base)
        if self._thorough:
            assert self._looker is not None
            self._looker.see(frame)
        elif frame.pts is not None:
            self._glimpses.append((frame.pts, self._shrinker.small(frame)[0]))
        if self._tick and self._decoded % _TELL_EVERY == 1 and frame.pts is not None:
            self._tick(max(Fraction(0), frame.pts * self._base))

    def _hear(self, packet: Packet[Any]) -> None:
        assert self._listener is not None
        try:
            frames = packet.decode()
        except (av.error.FFmpegError, OSError):
            self._deaf += 1
            return
        for frame in frames:
            self._listener.hear(frame)

    def _survey(self, boxes: Layout | None, timing: Timing, broken: str) -> Survey:
        lost = [int(t) for t in timing.times if int(t) not in self._shown] if self._thorough else []
        places = {int(t): place for place, t in enumerate(timing.times)}
        if self._thorough:
            looked = self._placed(self._looker.looked(), places) if self._looker else Looked()
        else:
            glimpses = {places[pts]: small for pts, small in self._glimpses if pts in places}
            seen = sorted(glimpses.items(), key=lambda glimpse: glimpse[0])
            looked = Looked(stretches=tuple(glanced(seen, timing.frames)))
        declared = self._video.duration or 0
        audio = self._audio.codec_context if self._audio else None
        return Survey(
            thorough=self._thorough,
            layout=boxes,
            timing=timing,
            tags=tags_of(self._video.codec_context, self._shape[1]),
            width=self._shape[0],
            height=self._shape[1],
            stored=self._stored,
            aspect=self._video.sample_aspect_ratio or Fraction(1),
            video_codec=self._video.codec_context.name,
            container=self._container.format.name.split(",")[0],
            declared_frames=self._video.frames,
            declared_seconds=declared * self._base,
            decoded=self._decoded,
            lost=tuple(t * self._base for t in lost),
            marred=tuple(self._marred),
            looked=looked,
            audio_codec=audio.name if audio else "",
            sample_rate=audio.sample_rate if audio else 0,
            channels=audio.channels if audio else 0,
            heard=self._listener.heard() if self._listener else None,
            deaf=self._deaf,
            captions=tuple(self._captions.captions),
            broken_off=broken,
        )

    def _placed(self, looked: Looked, places: dict[int, int]) -> Looked:
        """What was seen in frames of the film, where some frames did not decode and the watchers counted on."""
        if len(self._shown) == len(places) == self._decoded:
            return looked
        shown = np.array(sorted(places[t] for t in self._shown if t in places), np.int64)
        return looked.moved(shown) if len(shown) else Looked()
