"""What a file holds, counted and not believed; and whether all of it is there.

    probe ──► opens, counts packets and samples; decodes no more of a clip than its first picture
    check ──► decodes everything, raises at any damage, and holds what was found against what the file declares

A truncated MP4 with its index in front probes as whole, so what money was paid for is checked. Both tell the same
facts.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from film.errors import BadMedia
from film.media.clips import sound_of
from film.media.describing import Findings, SoundFindings
from film.media.filetypes import FLAC, MP3, OGG, WAV, WEBP, FileType
from film.media.opening import (
    Media,
    audio_stream,
    name_of,
    open_media,
    reading,
    seen_size,
    type_of,
    video_stream,
)
from film.media.sounds import on_time
from film.media.stills import look
from film.models import AssetType

OPEN_LENGTH = 0x7FFF_FF00
"""From here on a RIFF file's length says "until the end", as servers that stream write it, and not how much it is."""
_STRICT = {"err_detect": "crccheck+bitstream+buffer+explode"}
_XING = re.compile(rb"Xing|Info")
_SHORT = Fraction(1, 5)
"""Seconds that may be missing of a declared length: encoders round it up to whole frames."""


@dataclass(frozen=True)
class Probe:
    """What a file holds. ``width`` and ``height`` are as seen, turned upright; ``rate`` is in frames a second.

    A still has no frames and lasts no time; the sound's figures are 0 where no sound was asked for.
    """

    kind: AssetType
    mime: str
    width: int = 0
    height: int = 0
    frames: int = 0
    rate: Fraction = Fraction(0)
    seconds: Fraction = Fraction(0)
    sample_rate: int = 0
    samples: int = 0
    channels: int = 0
    reading: str = field(default="", compare=False)
    """How it is read, where not as plain media are; part of the key of what is made of it."""
    told: tuple[str, ...] = field(default=(), compare=False)
    """The same and what else people should know of it, in words."""


def probe(media: Media, kind: AssetType, *, name: str = "") -> Probe:
    """Measure a file, read as ``kind``; BadMedia says what is wrong with it."""
    name = name or name_of(media)
    return _measure(media, kind, type_of(media, kind, name=name), name, strict=False)


def check(media: Media, kind: AssetType, *, name: str = "") -> Probe:
    """``probe`` that believes nothing: BadMedia unless all of the picture, or of the sound, is there and decodes."""
    name = name or name_of(media)
    file_type = type_of(media, kind, name=name)
    _check_end(media, file_type, name)
    try:
        return _measure(media, kind, file_type, name, strict=True)
    except (OSError, ValueError, SyntaxError, EOFError) as error:  # decoders raise these over damage, too
        raise _damaged(name, f"cannot be decoded: {error}") from error


def _measure(media: Media, kind: AssetType, file_type: FileType, name: str, *, strict: bool) -> Probe:
    if kind is AssetType.IMAGE:
        return _measure_picture(media, file_type.mime, name)
    if kind is AssetType.VIDEO:
        return _measure_clip(media, file_type.mime, name, strict=strict)
    return _measure_sound(media, file_type, name, strict=strict)


def _measure_picture(media: Media, mime: str, name: str) -> Probe:
    still = look(media, name=name)
    return Probe(AssetType.IMAGE, mime, *still.image.size, reading=still.reading, told=still.told)


def _measure_clip(media: Media, mime: str, name: str, *, strict: bool) -> Probe:
    with open_media(media, AssetType.VIDEO, name=name) as container:
        stream = video_stream(container, name, threads=0 if strict else 1)
        if strict:
            stream.codec_context.options, stream.thread_type = dict(_STRICT), "AUTO"
        nominal = stream.average_rate or stream.base_rate or Fraction(24)
        base = stream.time_base or Fraction(1, 1000)
        packets, frames, first, end = 0, 0, Fraction(0), Fraction(0)
        shape: tuple[int, int] | None = None
        found = Findings(container, stream)
        sound = sound_of(container) if strict else None
        tracks: list[Any] = [stream, *((sound,) if sound else ())]
        packets_of: Any = container.demux  # its packets are of any kind, where several tracks are asked for
        for packet in packets_of(*tracks):
            if packet.stream.index != stream.index:
                found.hear(packet)
                continue
            if strict or shape is None:
                for frame in packet.decode():
                    shape = shape or seen_size(frame, stream)
                    found.see(frame)
            packets += packet.size > 0
            if packet.pts is None or not packet.size or packet.is_discard:
                continue
            begins = packet.pts * base
            ends = begins + (packet.duration * base if packet.duration else 1 / nominal)
            first, end = (min(first, begins), max(end, ends)) if frames else (begins, ends)
            frames += 1
        if strict and packets < stream.frames:
            raise _damaged(name, f"holds {packets} of {stream.frames} frames")
    if not frames or not shape:
        raise BadMedia(f"{name} holds no frames", hint="make the shot again")
    return Probe(AssetType.VIDEO, mime, *shape, frames, nominal, end - first, reading=found.reading, told=found.told)


def _measure_sound(media: Media, file_type: FileType, name: str, *, strict: bool) -> Probe:
    with open_media(media, AssetType.AUDIO, name=name) as container:
        stream = audio_stream(container, name)
        if strict:
            stream.codec_context.options = dict(_STRICT)
        heard = SoundFindings(container, stream, listens=strict)
        for item in on_time(container.decode(stream)):
            heard.take(item)
        samples = heard.samples
        rate, channels = stream.codec_context.sample_rate, stream.codec_context.channels
        declared = Fraction(stream.duration or 0) * (stream.time_base or 0)
    if not samples or not rate:
        raise BadMedia(f"{name} holds no sound", hint="make the shot again")
    seconds = Fraction(samples, rate)
    if strict and seconds < declared - _SHORT and _declares_length(media, file_type):
        raise _damaged(name, f"holds {float(seconds):.1f} of {float(declared):.1f} seconds")
    mime = file_type.mime_as(AssetType.AUDIO)
    return Probe(
        AssetType.AUDIO,
        mime,
        seconds=seconds,
        sample_rate=rate,
        samples=samples,
        channels=channels,
        reading=heard.reading,
        told=heard.told,
    )


def _declares_length(media: Media, file_type: FileType) -> bool:
    """Whether the length is written in the file. An MP3 has it only in an optional header; FFmpeg guesses without."""
    if file_type is not MP3:
        return file_type is FLAC
    with reading(media) as file:
        return bool(_XING.search(file.read(8 << 10)))


def _check_end(media: Media, file_type: FileType, name: str) -> None:
    """BadMedia when the container says of itself that there should be more. Decoders do not mind."""
    with reading(media, name=name) as file:
        length = file.seek(0, io.SEEK_END)
        if file_type in (WAV, WEBP):
            file.seek(4)
            declared = int.from_bytes(file.read(4), "little") + 8
            if length < declared < OPEN_LENGTH:
                raise _damaged(name, f"holds {length} of {declared} bytes")
        elif file_type is OGG:
            file.seek(max(0, length - (64 << 10)))
            tail = file.read()
            page = tail.rfind(b"OggS")
            if not tail[page + 5 : page + 6] or not tail[page + 5] & 4:
                raise _damaged(name, "lacks its last page")


def _damaged(name: str, what: str) -> BadMedia:
    return BadMedia(f"{name} {what}", hint="the file is damaged or cut short; fetch or make it again")
