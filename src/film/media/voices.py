"""When somebody speaks in a sound: found by what is heard, whatever its file holds before, between and after.

    frames of a track ──► levels of a speaking voice, each hundredth of a second ──► spans, in milliseconds

Makers of voices leave half a second of quiet at either end, recordists hum and rustle, and cables add a direct
current. Only the band of a voice counts here, against the quiet that the sound itself has: what is loud for long
enough is speech, and the soft consonants before and after it belong to it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from film.media.opening import Media, audio_stream, name_of, open_media
from film.media.sounds import Hole, on_time, origin_of
from film.models import AssetType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from av import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from numpy.typing import NDArray

RATE = 16_000
_STEP, _WINDOW = RATE // 100, RATE // 50
_BAND = (140.0, 7000.0)
"""Hertz: below lie hum, rumble and steps on a floor, above there is hiss."""
_UNDER_TOP, _OVER_QUIET, _LEAST_UNDER_TOP = 30.0, 10.0, 10.0
"""dB: what is not so far under the loudest, and so far over the quiet, is speech for sure."""
_SOFT_UNDER_TOP, _SOFT_OVER_QUIET = 42.0, 4.0
"""dB: what lies beside it, and is no softer than this, belongs to it."""
_REACH = 25
"""Steps that a soft beginning or end lasts at most."""
_SHORTEST, _ALONE = 5, 25
"""Steps: what is shorter, with nothing this near to it, is a click."""
_PAUSE = 18
"""Steps of quiet that part two spans; less is between two syllables."""
_SILENT = -75.0
"""dBFS: a sound that never reaches it has no voice in it."""

RECIPE = "voice/1"
"""Changes whenever the same sound would be found to speak at other times."""
_FACT = "voice"

Span = tuple[int, int]
"""From and to a millisecond of the sound."""


class VoiceActivity:
    """Hears a sound through, in blocks of two sides at 16 kHz, and says when somebody speaks."""

    def __init__(self) -> None:
        self._levels: list[NDArray[np.float32]] = []
        self._rest: NDArray[np.float32] | None = None

    def hear(self, samples: NDArray[np.float32]) -> None:
        """Samples of two sides, a row each."""
        import numpy as np

        whole = samples if self._rest is None else np.concatenate([self._rest, samples])
        steps = (len(whole) - _WINDOW) // _STEP + 1 if len(whole) >= _WINDOW else 0
        for first in range(0, steps, 1000):
            count = min(1000, steps - first)
            self._levels.append(_levels(whole[first * _STEP : (first + count - 1) * _STEP + _WINDOW], count))
        self._rest = whole[steps * _STEP :]

    @property
    def spans(self) -> tuple[Span, ...]:
        """Every stretch of speech; the pauses between them are longer than those between syllables."""
        import numpy as np

        if not self._levels:
            return ()
        return tuple(
            (first * 10, last * 10 + 10) for first, last in _spans(np.concatenate(self._levels).astype(np.float64))
        )


def voice_in(media: Media) -> tuple[Span, ...]:
    """When somebody speaks in a file of sound; nothing where nobody does. BadMedia for what cannot be read."""
    heard = VoiceActivity()
    name = name_of(media)
    with open_media(media, AssetType.AUDIO, name=name) as container:
        for block in _heard(container, audio_stream(container, name)):
            heard.hear(block)
    return heard.spans


def facts_of_voice(spans: Sequence[Span]) -> dict[str, Any]:
    """What to keep with a sound, so that it need not be listened to again."""
    return {_FACT: {"recipe": RECIPE, "spans": [list(span) for span in spans]}}


def voice_of_facts(facts: Mapping[str, Any]) -> tuple[Span, ...] | None:
    """What was kept; None where nothing was, or where it was found in another way."""
    kept = facts.get(_FACT)
    if not isinstance(kept, dict) or cast("dict[str, Any]", kept).get("recipe") != RECIPE:
        return None
    return tuple((int(first), int(stop)) for first, stop in cast("dict[str, Any]", kept)["spans"])


def _heard(container: InputContainer, stream: AudioStream) -> Iterator[NDArray[np.float32]]:
    """A track as two sides at 16 kHz, on its own clock: holes and a late start are silence."""
    import numpy as np
    from av import AudioResampler

    origin = origin_of(container, stream)
    resampler: AudioResampler | None = None
    kind: tuple[object, ...] = ()
    place = 0

    def until(moment: Fraction) -> NDArray[np.float32]:
        return np.zeros((max(0, round((moment - origin) * RATE) - place), 2), np.float32)

    def taken(frame: AudioFrame | None) -> Iterator[NDArray[np.float32]]:
        if resampler is not None:
            for made in resampler.resample(frame):
                yield made.to_ndarray().T.astype(np.float32, copy=False)

    started = False
    for item in on_time(container.decode(stream)):
        if isinstance(item, Hole):
            blocks = [*taken(None)]
            place += sum(map(len, blocks))
            resampler, kind = None, ()
            blocks.append(until(item.until))
            place += len(blocks[-1])
            yield from blocks
            continue
        if not started and item.pts is not None and item.time_base is not None:
            quiet = until(item.pts * item.time_base)
            place += len(quiet)
            yield quiet
        started = True
        form = (item.format.name, item.layout.name, item.sample_rate)
        if form != kind:
            for block in taken(None):
                place += len(block)
                yield block
            resampler, kind = AudioResampler("fltp", "stereo", RATE), form
        item.pts = None
        for block in taken(item):
            place += len(block)
            yield block
    yield from taken(None)


def _levels(samples: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """dB of the voice's band in each step, of the louder side."""
    import numpy as np

    frames = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW, axis=0)[::_STEP][:count]
    spectrum = np.fft.rfft(np.nan_to_num(frames) * np.hanning(_WINDOW).astype(np.float32), axis=-1)
    hertz = np.fft.rfftfreq(_WINDOW, 1 / RATE)
    inside = (hertz >= _BAND[0]) & (hertz <= _BAND[1])
    power = np.sum(np.abs(spectrum[..., inside]) ** 2, axis=-1).max(axis=-1)
    return (10 * np.log10(power * (8 / 3 * 2) / _WINDOW**2 + 1e-14)).astype(np.float32)


def _spans(levels: NDArray[np.float64]) -> list[tuple[int, int]]:
    """First and last step of each span."""
    import numpy as np

    power = 10 ** (levels / 10)
    near = 10 * np.log10(_mean(power, 3))
    ranked = np.sort(near)
    top = float(ranked[-max(1, min(len(ranked), max(10, len(ranked) // 20)))])
    if top < _SILENT:
        return []
    quiet = max(top - 60, float(np.percentile(10 * np.log10(_mean(power, 11)), 5)))
    loud = min(max(top - _UNDER_TOP, quiet + _OVER_QUIET), top - _LEAST_UNDER_TOP)
    soft = min(max(top - _SOFT_UNDER_TOP, quiet + _SOFT_OVER_QUIET), loud)
    runs = _runs(near > loud)
    kept = [
        run
        for number, run in enumerate(runs)
        if run[1] - run[0] + 1 >= _SHORTEST
        or (number and run[0] - runs[number - 1][1] <= _ALONE)
        or (number + 1 < len(runs) and runs[number + 1][0] - run[1] <= _ALONE)
    ]
    found: list[tuple[int, int]] = []
    for first, last in kept:
        begin = next((at + 1 for at in range(first - 1, max(-1, first - _REACH), -1) if levels[at] <= soft), None)
        end = next((at - 1 for at in range(last + 1, min(len(levels), last + _REACH)) if levels[at] <= soft), None)
        begin = max(0, first - _REACH) if begin is None else begin
        end = min(len(levels) - 1, last + _REACH) if end is None else end
        if found and begin - found[-1][1] <= _PAUSE:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((begin, end))
    return found


def _mean(power: NDArray[np.float64], steps: int) -> NDArray[np.float64]:
    import numpy as np

    if len(power) < steps:
        return np.full(len(power), power.mean()) + 1e-14
    edges = np.pad(power, steps // 2, mode="edge")
    return np.convolve(edges, np.full(steps, 1 / steps), "valid")[: len(power)].clip(min=0) + 1e-14


def _runs(where: NDArray[np.bool_]) -> list[tuple[int, int]]:
    import numpy as np

    edges = np.flatnonzero(np.diff(np.concatenate([[False], where, [False]]).astype(np.int8)))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]
