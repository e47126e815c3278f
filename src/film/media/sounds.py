"""A file's sound on its own clock: holes are silence, a late start stays late, and priming is not heard.

    frames of a track ──► on_time ──► AudioFrame … Hole(until) … AudioFrame …
    blocks            ──► VoicePlace   ──► where it is: on one side only, against itself, or hardly there

Packets get lost, and recorders pause. Who plays the rest at once is out of step with the picture from there on. What
comes earlier than it should, as clocks of cheap recorders jitter, is only let go ahead; the next hole takes it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from av import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from numpy.typing import NDArray

HOLE = Fraction(15, 1000)
"""Seconds: a lost packet is longer, and what Matroska's and recorders' clocks are off by is shorter."""
LONGEST_HOLE = Fraction(600)
"""More is no hole but another clock, as where streams were joined."""
_BACK = Fraction(1)
"""Seconds that a clock goes back at least where another one begins."""
_LATEST_START = Fraction(600)
_KEEP_TIMES = ("mov", "matroska")
"""Containers whose time 0 means something; others, as of radio, begin whenever they were tuned in."""
_ONE_SIDE = 0.01
"""-40 dB: what is left on the other side is what crosses over in cables and codecs."""
_AGAINST = -0.9
_SILENT, _FAINT = 10 ** (-60 / 20), 10 ** (-45 / 20)


@dataclass(frozen=True)
class Hole:
    """Nothing was kept of the sound until ``until``, in seconds on the track's own clock."""

    until: Fraction


def on_time(frames: Iterable[AudioFrame]) -> Iterator[AudioFrame | Hole]:
    """The frames, and where some are missing between them, how far the silence goes."""
    expected: Fraction | None = None
    shift = Fraction(0)
    for frame in frames:
        length = Fraction(frame.samples, frame.sample_rate or 48_000)
        if frame.pts is not None and frame.time_base is not None:
            said = frame.pts * frame.time_base + shift
            if expected is None:
                expected = said
            off = said - expected
            if off < -_BACK or off > LONGEST_HOLE:
                shift -= off
            elif off > HOLE:
                expected = said
                yield Hole(said)
        yield frame
        expected = (expected or Fraction(0)) + length


def origin_of(container: InputContainer, stream: AudioStream, picture_start: Fraction | None = None) -> Fraction:
    """The moment of the file, in seconds, that counts as its beginning.

    That is where its picture begins, where there is one to stay beside; else time 0 where the container means it.
    """
    if picture_start is not None:
        return picture_start
    start = Fraction(stream.start_time or 0) * (stream.time_base or 0)
    keeps = any(name in container.format.name for name in _KEEP_TIMES)
    return Fraction(0) if keeps and 0 < start <= _LATEST_START else start


def start_of(stream: AudioStream, origin: Fraction) -> Fraction:
    """Seconds of silence before a track begins."""
    return max(Fraction(0), Fraction(stream.start_time or 0) * (stream.time_base or 0) - origin)


class VoicePlace:
    """Hears a voice's two sides through and says where it is."""

    def __init__(self) -> None:
        self._energy = [0.0, 0.0]
        self._cross = 0.0
        self._peak = 0.0

    def hear(self, samples: NDArray[np.float32]) -> None:
        """Samples of two sides, a row each."""
        left, right = samples[:, 0].astype(float), samples[:, 1].astype(float)
        self._energy[0] += float(left @ left)
        self._energy[1] += float(right @ right)
        self._cross += float(left @ right)
        self._peak = max(self._peak, float(abs(samples).max(initial=0)))

    @property
    def only_side(self) -> int | None:
        """The one side that it is on: 0 is left."""
        quiet, loud = sorted(self._energy)
        if loud <= 0 or quiet > loud * _ONE_SIDE**2:
            return None
        return self._energy.index(loud)

    @property
    def against_itself(self) -> bool:
        """Whether one side is the other upside down: on one loudspeaker, nothing would be left of it."""
        product = (self._energy[0] * self._energy[1]) ** 0.5
        return product > 0 and self._cross < _AGAINST * product

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """What is unusual, each with its tag."""
        if self._peak < _SILENT:
            return (("_silent", "nothing is heard in it: it is silent"),)
        found: list[tuple[str, str]] = []
        if self._peak < _FAINT:
            found.append(("_faint", "it is hardly to be heard"))
        if (side := self.only_side) is not None:
            found.append(
                ("centred", f"it is on the {('left', 'right')[side]} only: as a line it is heard in the middle")
            )
        elif self.against_itself:
            found.append(
                ("centred", "its sides cancel each other out: as a line only the left one is heard, in the middle")
            )
        return tuple(found)


def centred(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """A voice in the middle, where a cable or a plug has put it to one side, or against itself."""
    import numpy as np

    voice = VoicePlace()
    voice.hear(samples)
    side = voice.only_side
    if side is None and voice.against_itself:
        side = 0
    return samples if side is None else np.repeat(samples[:, side : side + 1], 2, axis=1)
