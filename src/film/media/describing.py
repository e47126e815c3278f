"""What is unusual in a clip or a sound, for its record: how it is read, for keys, and the same in words, for people."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from film.media.clips import (
    AS_IT_IS,
    DEINTERLACED,
    SD_COLOURS,
    Combs,
    Rotation,
    pictures_in,
    says_alpha,
    see_through,
    sound_of,
    takes_sd_colours,
    turn_of,
)
from film.media.sounds import HOLE, LONGEST_HOLE, Hole, VoicePlace, origin_of, start_of

if TYPE_CHECKING:
    from av import AudioFrame, VideoFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

READING = "1"
"""Changes whenever the same clip would be read as other pictures."""
_EARLY = Fraction(1, 20)
"""Seconds; less is the priming of a codec."""
_HDR = {16: "PQ", 18: "HLG"}
_WIDE, _UNSAID = frozenset((9, 10)), frozenset((0, 2))
"""Codes of H.273: BT.2020's matrices, and transfers that say nothing."""


class Findings:
    """Gathers what its frames and tracks say of a clip; the frames come in order."""

    def __init__(self, container: InputContainer, stream: VideoStream) -> None:
        self._found: dict[str, str] = {}
        """Words by tag; a tag that begins with ``_`` changes no pixel."""
        self._combs = Combs()
        self._looked = False
        self._heard_to: Fraction | None = None
        self._holes, self._missing = 0, Fraction(0)
        if see_through(stream):
            self._found["alpha"] = "what can be seen through shows black"
        elif says_alpha(stream):
            codec = stream.codec_context.name
            self._found["_opaque"] = (
                f"what can be seen through cannot be read in this codec ({codec}): it is shown whole"
            )
        if len(pictures := pictures_in(container)) > 1 and stream.index != pictures[0].index:
            number = [track.index for track in pictures].index(stream.index) + 1
            self._found["track"] = f"of its {len(pictures)} pictures the {_nth(number)} is shown, as it says itself"
        sound = sound_of(container)
        self._lasts = _packet_seconds(sound)
        if sound is not None and (early := _start(stream) - _start(sound)) > _EARLY:
            self._found["_early"] = f"its sound begins {float(early):.2f} s before its picture: it is cut off"
        sounds = list(container.streams.audio)
        if sound is not None and len(sounds) > 1:
            number = [track.index for track in sounds].index(sound.index) + 1
            self._found["_sound"] = f"of its {len(sounds)} sound tracks the {_nth(number)} is heard"

    def see(self, frame: VideoFrame) -> None:
        self._combs.see(frame)
        if self._looked:
            return
        self._looked = True
        turn: Rotation = turn_of(frame)
        if turn.mirrored:
            self._found["turned"] = f"it is shown upright ({turn}, as its file says)"
        elif turn is not AS_IT_IS:
            self._found["_turned"] = f"it is shown upright ({turn}, as its file says)"
        if takes_sd_colours(frame):
            self._found[SD_COLOURS] = "it does not say what its colours mean: at its size they are taken for BT.601"
        if (light := _light_told(frame)) is not None:
            self._found["_light"] = light
        if any(component.is_alpha for component in frame.format.components):
            self._found.setdefault("_alpha", "what can be seen through shows black")

    def hear(self, packet: Packet[Any]) -> None:
        """A packet of the sound beside it: what is missing between two is told, and nothing decoded."""
        if packet.pts is None or not packet.size:
            return
        begins = packet.pts * packet.time_base
        if self._heard_to is not None and HOLE < begins - self._heard_to < LONGEST_HOLE:
            self._holes += 1
            self._missing += begins - self._heard_to
            self._found["_holes"] = _holes_told(self._holes, self._missing)
        lasts = self._lasts or (packet.duration or 0) * packet.time_base
        self._heard_to = begins + lasts if lasts else None

    @property
    def reading(self) -> str:
        tags = [tag for tag in self._all() if not tag.startswith("_")]
        return "+".join(tags) + f"/{READING}" if tags else ""

    @property
    def told(self) -> tuple[str, ...]:
        return tuple(self._all().values())

    def _all(self) -> dict[str, str]:
        if not self._combs.found:
            return self._found
        return {**self._found, DEINTERLACED: "it is interlaced: its fields are made into whole pictures"}


class SoundFindings:
    """Counts a track's samples as they are heard, its silences included, and listens to where its voice is."""

    def __init__(self, container: InputContainer, stream: AudioStream, *, listens: bool) -> None:
        self._rate = stream.codec_context.sample_rate
        self._origin = origin_of(container, stream)
        self._late = start_of(stream, self._origin)
        self._samples = 0
        self._any = False
        self._holes, self._missing = 0, Fraction(0)
        self._voice = VoicePlace() if listens else None
        self._resampler: tuple[object, Any] | None = None
        self._track = ""
        sounds = list(container.streams.audio)
        if len(sounds) > 1:
            number = [track.index for track in sounds].index(stream.index) + 1
            self._track = f"of its {len(sounds)} sound tracks the {_nth(number)} is heard"

    def take(self, item: AudioFrame | Hole) -> None:
        if isinstance(item, Hole):
            until = round((item.until - self._origin) * self._rate)
            self._holes += 1
            self._missing += Fraction(max(0, until - self._samples), self._rate or 1)
            self._samples = max(self._samples, until)
            return
        if not self._any:
            self._any = True
            self._samples = round(self._late * self._rate)
        self._samples += item.samples
        if self._voice:
            self._hear(item)

    def _hear(self, frame: AudioFrame) -> None:
        import numpy as np
        from av import AudioResampler

        form = (frame.format.name, frame.layout.name, frame.sample_rate)
        if self._resampler is None or self._resampler[0] != form:
            layout = "mono" if frame.layout.nb_channels == 1 else "stereo"
            self._resampler = form, AudioResampler("flt", layout, frame.sample_rate)
        frame.pts = None
        assert self._voice
        for made in self._resampler[1].resample(frame):
            samples: Any = made.to_ndarray().reshape(-1, 1 if frame.layout.nb_channels == 1 else 2)
            self._voice.hear(np.repeat(samples, 2, axis=1) if samples.shape[1] == 1 else samples)

    @property
    def samples(self) -> int:
        """0 where there is nothing to be heard at all."""
        return self._samples if self._any else 0

    @property
    def reading(self) -> str:
        tags = [tag for tag, _ in self._all() if not tag.startswith("_")]
        return "+".join(tags) + f"/{READING}" if tags else ""

    @property
    def told(self) -> tuple[str, ...]:
        return tuple(words for _, words in self._all())

    def _all(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        if self._track:
            found.append(("track", self._track))
        if self._late > HOLE:
            found.append(("late", f"it begins {float(self._late):.2f} s late, as its file says: with silence"))
        if self._holes:
            found.append(("holes", _holes_told(self._holes, self._missing)))
        return found + list(self._voice.told if self._voice and self._any else ())


def _light_told(frame: VideoFrame) -> str | None:
    """What becomes of colours that are for another kind of screen."""
    if frame.color_trc in _HDR:
        return f"its HDR colours ({_HDR[frame.color_trc]}) are brought to an ordinary screen"
    if frame.colorspace not in _WIDE or frame.color_trc not in _UNSAID:
        return None
    return (
        "it is in BT.2020 and does not say what its light means: it is shown as it is, and looks washed out if it is "
        "HDR; tag its transfer (smpte2084 or arib-std-b67) and import it again"
    )


def _start(stream: VideoStream | AudioStream) -> Fraction:
    return Fraction(stream.start_time or 0) * (stream.time_base or 0)


def _packet_seconds(sound: AudioStream | None) -> Fraction:
    """How long a packet of sound is, where all are equal; MP4 lets the one before a hole last to its end."""
    if sound is None or not sound.codec_context or not sound.codec_context.sample_rate:
        return Fraction(0)
    return Fraction(sound.codec_context.frame_size or 0, sound.codec_context.sample_rate)


def _holes_told(count: int, seconds: Fraction) -> str:
    what = "a hole" if count == 1 else f"{count} holes"
    return f"its sound has {what} of {float(seconds):.2f} s: {'it is' if count == 1 else 'they are'} silence"


def _nth(number: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(number, f"{number}th")
