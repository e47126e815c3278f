"""A film's own captions, as its packets hold them: when each is shown, and what it says. Nothing is decoded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet

_TEXT = ("mov_text", "subrip", "srt", "webvtt", "text")
_TAGS = re.compile(r"<[^>]*>|\{\\[^}]*\}")
_MOST = 100_000


@dataclass(frozen=True)
class TrackCaption:
    start: Fraction
    stop: Fraction
    text: str


class CaptionTrack:
    """Takes the packets of the first track of text; ``stream`` is None where there is none."""

    def __init__(self, container: InputContainer) -> None:
        self.captions: list[TrackCaption] = []
        self.stream: Any = None
        self._is_mov = False
        for stream in container.streams.subtitles:
            name = str(getattr(getattr(stream, "codec_context", None), "name", ""))
            if name in _TEXT:
                self.stream, self._is_mov = stream, name == "mov_text"
                break

    def add(self, packet: Packet[Any]) -> None:
        if packet.pts is None or not packet.size or len(self.captions) >= _MOST:
            return
        raw = bytes(packet)
        if self._is_mov:
            raw = raw[2 : 2 + int.from_bytes(raw[:2])]
        text = _TAGS.sub("", raw.decode("utf-8", "replace")).strip()
        if text:
            base = packet.time_base or Fraction(1, 1000)
            start = packet.pts * base
            self.captions.append(TrackCaption(start, start + (packet.duration or 0) * base, text))
