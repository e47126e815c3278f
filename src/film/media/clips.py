"""A clip's pictures as they are meant to be seen: the right track, whole frames, upright, in the colours it means.

    container ──► picture_of / sound_of      the track that the file says is the one, and never a cover
              ──► decode ──► progressive     fields woven into whole frames, where there are any
    frame     ──► turn_of, matrix_of         how it is to be turned, and what its numbers mean

A plain clip passes through at no cost: nothing is filtered until a frame says that it is made of fields.
"""
# pyright: reportUnknownMemberType=false
# PyAV types neither its filters' frames nor **kwargs.

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import atan2, pi
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from av import VideoFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.filter.graph import Graph
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

DEINTERLACED = "deinterlaced"
"""The reading of a clip whose frames do not say that they are made of fields, though they are."""
SD_COLOURS = "bt601"
_WEAVE = (("idet", ""), ("bwdif", "mode=send_frame:parity=auto:deint=all"))
"""idet says in which order the fields were taken, whatever the file says; one picture is made of each two."""
_UNSAID = 2
_BT709 = 1
_BT601 = 6
_HD_WIDTH, _SD_HEIGHT = 1280, 576
_RGB_FORMATS = ("rgb", "bgr", "gbr", "argb", "abgr", "0rgb", "0bgr", "pal8", "gray", "ya", "mono")
_ALPHA_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""Decoders that read the second picture, of what is seen through, that WebM lays beside the first."""

S = TypeVar("S", "VideoStream", "AudioStream")


# -- tracks


def pictures_in(container: InputContainer) -> list[VideoStream]:
    """The tracks of moving pictures: a cover that comes with a song is none."""
    from av.stream import Disposition

    still = Disposition.attached_pic | Disposition.timed_thumbnails
    return [stream for stream in container.streams.video if not stream.disposition & still]


def picture_of(container: InputContainer) -> VideoStream | None:
    """The track of pictures that the file says is the one to see; of several, the one FFmpeg thinks best."""
    tracks = _chosen(pictures_in(container))
    best = container.streams.best("video")
    return next((track for track in tracks if track is best), tracks[0] if tracks else None)


def sound_of(container: InputContainer) -> AudioStream | None:
    """The track of sound that the file says is the one to hear, or else the first that is for everybody."""
    from av.stream import Disposition

    special = Disposition.comment | Disposition.hearing_impaired | Disposition.visual_impaired
    tracks = _chosen(list(container.streams.audio))
    return next((track for track in tracks if not track.disposition & special), tracks[0] if tracks else None)


def _chosen(tracks: Sequence[S]) -> list[S]:
    from av.stream import Disposition

    return [track for track in tracks if track.disposition & Disposition.default] or list(tracks)


# -- frames


def decode(container: InputContainer, stream: VideoStream, packets: Iterable[Any] = ()) -> Iterator[VideoFrame]:
    """A track's frames, or those of the ``packets`` given, with what can be seen through where the file has it."""
    beside = see_through(stream)
    for packet in packets or container.demux(stream):
        yield from (_tagged(frame, stream) for frame in beside.decode(packet)) if beside else packet.decode()


def _tagged(frame: VideoFrame, stream: VideoStream) -> VideoFrame:
    """A frame of another decoder than the track's own, with what the container says of its colours."""
    if int(frame.colorspace) == _UNSAID:
        frame.colorspace = stream.codec_context.colorspace
    if int(frame.color_primaries) == _UNSAID:
        frame.color_primaries = stream.codec_context.color_primaries
    return frame


def says_alpha(stream: VideoStream) -> bool:
    """Whether a WebM lays a second picture beside the first, of how much of it covers what is behind."""
    return {key.lower(): value for key, value in stream.metadata.items()}.get("alpha_mode") == "1"


def see_through(stream: VideoStream) -> Any:
    """A decoder for a WebM that can be seen through; None for a clip that its ordinary one decodes whole."""
    from av.codec import CodecContext
    from av.error import FFmpegError

    name = _ALPHA_DECODERS.get(stream.codec_context.name)
    if name is None or not says_alpha(stream):
        return None
    try:
        decoder: Any = CodecContext.create(name, "r")
    except (FFmpegError, ValueError):  # a build without it
        return None
    decoder.thread_count = stream.codec_context.thread_count
    return decoder


def progressive(frames: Iterable[VideoFrame], *, woven: bool = False) -> Iterator[VideoFrame]:
    """The frames, with those of fields made whole from the first one on that says so, or all where ``woven``."""
    weaver: _Weaver | None = None
    for frame in frames:
        if weaver is None and not (woven or frame.interlaced_frame):
            yield frame
            continue
        if weaver is None or not weaver.takes(frame):
            if weaver:
                yield from weaver.rest()
            weaver = _Weaver(frame)
        yield from weaver.weave(frame)
    if weaver:
        yield from weaver.rest()


class _Weaver:
    """FFmpeg's filters, set up for frames of one size."""

    def __init__(self, like: VideoFrame) -> None:
        self._shape = _shape(like)
        self._base = like.time_base
        self._graph, self._source, self._sink = _graph(like, *_WEAVE)

    def takes(self, frame: VideoFrame) -> bool:
        return _shape(frame) == self._shape and frame.time_base == self._base

    def weave(self, frame: VideoFrame) -> Iterator[VideoFrame]:
        self._source.push(frame)
        return _pulled(self._sink)

    def rest(self) -> Iterator[VideoFrame]:
        self._source.push(None)
        return _pulled(self._sink)


def _shape(frame: VideoFrame) -> tuple[object, ...]:
    return frame.width, frame.height, frame.format.name


def _graph(like: VideoFrame, *filters: tuple[str, str]) -> tuple[Graph, Any, Any]:
    from av.filter.graph import Graph

    graph = Graph()
    base = like.time_base or Fraction(1, 90_000)
    source = graph.add_buffer(width=like.width, height=like.height, format=like.format, time_base=base)
    sink = graph.add("buffersink")
    graph.link_nodes(source, *(graph.add(name, options) for name, options in filters), sink)
    graph.configure()
    return graph, source, sink


def _pulled(sink: Any) -> Iterator[VideoFrame]:
    from av.error import BlockingIOError, EOFError

    while True:
        try:
            frame: VideoFrame = sink.pull()
        except (BlockingIOError, EOFError):
            return
        yield frame


class Combs:
    """Looks for frames of fields that do not say so: combs at what moves, in one order of time."""

    SPAN, EVERY = 120, 600
    """Frames that are looked at, of how many: a clip's beginning, and samples of a long one."""
    _LEAST, _SHARE = 4, 0.12

    def __init__(self) -> None:
        self._seen = 0
        self._parts: tuple[Graph, Any, Any] | None = None
        self._shape: tuple[object, ...] = ()
        self._kinds: list[str] = []
        self.said = False

    def see(self, frame: VideoFrame) -> None:
        self.said = self.said or bool(frame.interlaced_frame)
        place = self._seen % self.EVERY
        self._seen += 1
        if self.said or place >= self.SPAN or frame.format.name.startswith(_RGB_FORMATS):
            return
        if self._parts is None or place == 0 or self._shape != _shape(frame):
            self._parts, self._shape = _graph(frame, ("idet", "")), _shape(frame)
        _, source, sink = self._parts
        source.push(frame)
        self._kinds += [str(found.metadata.get("lavfi.idet.single.current_frame", "")) for found in _pulled(sink)]

    @property
    def found(self) -> bool:
        """Whether the clip is made of fields: it says so, or it is seen again and again, in the same order."""
        if self.said:
            return True
        known = [kind for kind in self._kinds if kind in ("tff", "bff", "progressive")]
        combed = [kind for kind in known if kind != "progressive"]
        if len(combed) < self._LEAST or len(combed) < self._SHARE * len(known):
            return False
        alike = sum(a == b for a, b in pairwise(combed))
        return alike >= 0.8 * (len(combed) - 1)


# -- how a frame is meant


@dataclass(frozen=True)
class Rotation:
    """``mirrored`` left to right first, then turned by ``quarters`` against the clock."""

    quarters: int = 0
    mirrored: bool = False

    @property
    def lies(self) -> bool:
        """Whether width and height change places."""
        return bool(self.quarters % 2)

    def of(self, plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
        import numpy as np

        seen = plane[:, ::-1] if self.mirrored else plane
        return np.rot90(seen, self.quarters)

    def __bool__(self) -> bool:
        return bool(self.quarters) or self.mirrored

    def __str__(self) -> str:
        parts = ["mirrored"] if self.mirrored else []
        parts += [f"turned by {self.quarters * 90 % 360}°"] if self.quarters else []
        return " and ".join(parts)


AS_IT_IS = Rotation()


def turn_of(frame: VideoFrame) -> Rotation:
    """How a frame is to be turned to be seen upright, from its file's display matrix, mirrors included."""
    from av.sidedata.sidedata import Type

    beside: Any = frame.side_data
    matrix = beside.get(Type.DISPLAYMATRIX)
    if matrix is None:
        quarters = round(frame.rotation / 90) % 4
        return Rotation(quarters) if quarters else AS_IT_IS
    return turn_by(struct.unpack("<9i", bytes(matrix)[:36]))


def turn_by(matrix: Sequence[int]) -> Rotation:
    """A display matrix as mirror and quarters. Its rows say where the picture's right and its foot come to lie."""
    a, b, _, c, d = (value / 65536 for value in matrix[:5])
    mirrored = a * d - b * c < 0
    if mirrored:
        a, b = -a, -b
    quarters = round(-atan2(b, a) / (pi / 2)) % 4
    return Rotation(quarters, mirrored) if quarters or mirrored else AS_IT_IS


def matrix_of(frame: VideoFrame) -> int:
    """H.273's code of the matrix a frame's numbers were made with; where it is not said, what its size suggests."""
    said = int(frame.colorspace)
    return (_BT601 if takes_sd_colours(frame) else _BT709) if said == _UNSAID else said


def takes_sd_colours(frame: VideoFrame) -> bool:
    """Whether a frame says nothing of its colours and is small: so every encoder takes BT.601 for it."""
    if int(frame.colorspace) != _UNSAID or frame.format.name.startswith(_RGB_FORMATS):
        return False
    return _is_sd(frame.width, frame.height) and int(frame.color_primaries) != _BT709


def is_small(details: Mapping[str, Any]) -> bool:
    """Whether a clip of these facts has the size of standard definition, upright or lying."""
    across, down = int(details.get("width", 0)), int(details.get("height", 0))
    return _is_sd(across, down) or _is_sd(down, across)


def _is_sd(width: int, height: int) -> bool:
    return width < _HD_WIDTH and height <= _SD_HEIGHT
