"""Several pieces of speech as one line, with a speaker's pauses between them.

    pieces ──► decoded one after the other ──► quiet added where the seam has too little ──► one FLAC

A long line is bought in parts, and each comes with as much quiet at its ends as its maker pleased. What is there
already counts towards the pause, so the seams breathe as the rest does. Samples are copied, not remade: FLAC keeps
every one of them, and the words' times stay true when they are shifted by where their piece begins.
"""
# pyright: reportUnknownMemberType=false
# PyAV's overloads per codec are only partly typed.

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from film.errors import BadMedia
from film.media.opening import Media, audio_stream, name_of, open_media, url
from film.models import AssetType

if TYPE_CHECKING:
    import numpy as np
    from av import AudioFrame
    from av.audio.stream import AudioStream
    from numpy.typing import NDArray

    Samples = NDArray[np.int16]

_QUIET = 250
"""Samples below this (-42 dBFS) are no speech."""
_LONGEST_PAUSE = Fraction(2)
"""As much quiet at a piece's end is looked at; more is no question of pauses."""
_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class JoinedSound:
    """``starts`` are the seconds at which the pieces begin in the whole."""

    starts: tuple[Fraction, ...]
    samples: int
    rate: int


def join_sounds(pieces: Sequence[Media], pauses: Sequence[Fraction], target: Path) -> JoinedSound:
    """Write ``pieces`` to ``target`` as one FLAC, in mono at the first one's rate.

    ``pauses`` are the seconds of quiet after each piece, at least; the last one's does not count. Raises BadMedia for
    a piece without sound. Blocks, so call it in a thread.
    """
    import av

    rate = _rate_of(pieces[0])
    starts: list[Fraction] = []
    length = 0
    container: Any
    with av.open(url(target), "w", "flac") as container:
        stream: AudioStream = container.add_stream("flac", rate=rate, layout="mono", format="s16")
        quiet = 0
        for number, piece in enumerate(pieces):
            samples = _decoded(piece, rate)
            if number:
                missing = round(pauses[number - 1] * rate) - quiet - _quiet_at_start(samples, rate)
                length += _write(container, stream, _silence(max(0, missing)), length)
            starts.append(Fraction(length, rate))
            length += _write(container, stream, samples, length)
            quiet = _quiet_at_start(samples[::-1], rate)
        container.mux(stream.encode(None))
    return JoinedSound(tuple(starts), length, rate)


def _rate_of(piece: Media) -> int:
    with open_media(piece, AssetType.AUDIO) as container:
        return audio_stream(container, name_of(piece)).codec_context.sample_rate


def _decoded(piece: Media, rate: int) -> Samples:
    import numpy as np
    from av import AudioResampler

    resampler = AudioResampler("s16", "mono", rate)
    name = name_of(piece)
    with open_media(piece, AssetType.AUDIO, name=name) as container:
        blocks = [
            frame.to_ndarray()[0] for frame in _resampled(container.decode(audio_stream(container, name)), resampler)
        ]
    if not blocks:
        raise BadMedia(f"{name} holds no sound", hint="make the shot again")
    return np.concatenate(blocks).astype(np.int16)


def _resampled(frames: Iterator[AudioFrame], resampler: Any) -> Iterator[AudioFrame]:
    for frame in frames:
        frame.pts = None  # a line is one run of samples, whatever its file says of gaps
        yield from resampler.resample(frame)
    yield from resampler.resample(None)


def _quiet_at_start(samples: Samples, rate: int) -> int:
    import numpy as np

    looked_at = samples[: round(_LONGEST_PAUSE * rate)]
    loud = np.flatnonzero(np.abs(looked_at.astype(np.int32)) >= _QUIET)
    return int(loud[0]) if loud.size else len(looked_at)


def _silence(samples: int) -> Samples:
    import numpy as np

    return np.zeros(samples, np.int16)


def _write(container: Any, stream: AudioStream, samples: Samples, at: int) -> int:
    """Append samples that begin at place ``at`` of the whole; how many there were."""
    import numpy as np
    from av import AudioFrame

    rate = stream.codec_context.sample_rate
    for start in range(0, len(samples), _BLOCK):
        block = np.ascontiguousarray(samples[None, start : start + _BLOCK])
        frame = AudioFrame.from_ndarray(block, format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, at + start, Fraction(1, rate)
        container.mux(stream.encode(frame))
    return len(samples)
