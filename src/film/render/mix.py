"""The film's sound: speech where it was placed, music, effects and places under it, at one loudness.

    MixPlan ──(layers, in blocks)──► rough mix on disk ──(measure)──► one gain ──► limiter ──► AAC ──(measure)──► store
                                                          └──────── until the film is as loud as it should be ┘

Everything is levelled before it is mixed (``balance``), so that one gain can lift the whole to its target. A limiter
takes some loudness away and the encoder moves peaks: so loudness is measured behind the limiter, true peaks in what a
player decodes, and what is missing is mended. Nothing else touches the sound: quiet stays quiet.

Sound is made in blocks of a few seconds, and only what sounds in a block is in memory.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from film.errors import ComposeError
from film.hashing import content_key
from film.render.balance import HEADROOM, MOST_GAIN, most_lift
from film.render.limiter import Peaks, limited
from film.render.mixdown import BLOCK, Layers, crest_of
from film.render.reading import Excerpt, read
from film.render.settings import EncodeSettings, codec_version
from film.render.sound import (
    SILENT,
    Loudness,
    Samples,
    comment_of,
    integrated,
    measure,
    write_aac,
    write_comment,
    write_pcm,
)
from film.render.soundplan import MixPlan, identity, plan
from film.render.speech import Speech
from film.render.store import SegmentStore

__all__ = ["MixPlan", "Rough", "key", "loudness_of", "make", "plan"]

RECIPE = "mix/4"
"""Changes whenever the same timeline would be made to sound otherwise."""

_TOLERANCE, _LEAST_STEP, _LONGEST_STEP = 0.2, 0.05, 6.0
"""dB."""
_DEAF = 0.12
"""dB that a film gets louder by for each dB of gain: with less, only the limiter gets more to do."""
_CORRECTIONS, _ATTEMPTS = 5, 6
_READ = 1 << 21


def key(mix: MixPlan, settings: EncodeSettings) -> str:
    aac = [settings.audio_bitrate, settings.aac_coder, codec_version()]
    return content_key(RECIPE, {**identity(mix), **({"pcm": 24} if settings.pcm else {"aac": aac})})


def make(
    mix: MixPlan, settings: EncodeSettings, store: SegmentStore, tick: Callable[[], None]
) -> tuple[Path, Loudness]:
    """Mix, encode and store. ``tick`` is called for every block, and may raise to stop."""
    temporary, encoded, finished = (store.temporary(suffix) for suffix in (".f32", ".aac.m4a", ".m4a"))
    try:
        loudness, _ = settled(Rough(mix, temporary, tick), mix, encoded, settings)
        write_comment(encoded, finished, json.dumps(asdict(loudness)), container="mov" if settings.pcm else "mp4")
        return store.put_file(key(mix, settings), finished, mime="audio/mp4"), loudness
    finally:
        for path in (temporary, encoded, finished):
            path.unlink(missing_ok=True)


def loudness_of(mixed: Path) -> Loudness:
    """What a stored mix was measured at when it was made."""
    return Loudness(**json.loads(comment_of(mixed)))


class Rough:
    """The mix on disk, before limiter and encoder: made once, read as often as it takes to level it.

    ``gain`` is what brings it to its target, in dB.
    """

    def __init__(self, mix: MixPlan, path: Path, tick: Callable[[], None]) -> None:
        self._path, self._tick, self._channels = path, tick, mix.target.channels
        heard = Peaks()
        level = integrated(self._write(Layers(mix, tick).mixed(), heard), self._channels)
        self.peaks = heard.each
        """The largest sample of each millisecond, by which the limiter goes."""
        self._peak = float(self.peaks.max(initial=0))
        self.gain = _for_dialogue(mix, tick) if mix.by_dialogue else self._gain_for(mix, level)

    def finished(self, gain: float, ceiling: float) -> Iterator[Samples]:
        """The mix with ``gain``, no sample over ``ceiling``, both in dB; the limiter works only where it is needed."""
        return limited(self._read(), self.peaks, 10 ** (gain / 20), 10 ** (ceiling / 20))

    def _gain_for(self, mix: MixPlan, level: float) -> float:
        """The gain that comes nearest to the target, found by trying, since a limiter takes some loudness away.

        How much, the steps before tell. More gain may even make a film less loud: where the limiter holds the voices,
        the place behind them comes up until the measure counts it in. So it ends there, with the best that was heard.
        """
        if level <= SILENT:
            return 0.0
        most, target = _most_gain(mix), mix.loudness
        ceiling = float(mix.target.true_peak) - HEADROOM
        gain = min(most, target - level)
        best, nearest, slope = gain, np.inf, 1.0
        before: tuple[float, float] | None = None
        for _ in range(_CORRECTIONS):
            if self._peak * 10 ** (gain / 20) <= 10 ** (ceiling / 20):
                return gain
            found = integrated(self.finished(gain, ceiling), self._channels)
            missing = target - found
            if abs(missing) < nearest:
                best, nearest = gain, abs(missing)
            if before and abs(gain - before[0]) > _LEAST_STEP:
                slope = (found - before[1]) / (gain - before[0])
            if nearest <= _TOLERANCE or slope < _DEAF:
                break
            before = gain, found
            gain = min(most, gain + float(np.clip(missing / slope, -_LONGEST_STEP, _LONGEST_STEP)))
            if abs(gain - before[0]) < _LEAST_STEP:
                break
        return best

    def _write(self, blocks: Iterator[Samples], heard: Peaks) -> Iterator[Samples]:
        """Passes blocks on while writing them."""
        with self._path.open("wb") as file:
            for block in blocks:
                self._tick()
                heard.hear(block)
                file.write(block.tobytes())
                yield block

    def _read(self) -> Iterator[Samples]:
        with self._path.open("rb") as file:
            while data := file.read(_READ // (4 * self._channels) * 4 * self._channels):
                self._tick()
                yield np.frombuffer(data, np.float32).reshape(-1, self._channels)


def _for_dialogue(mix: MixPlan, tick: Callable[[], None]) -> float:
    """The gain that brings what is spoken to the target, whatever else is heard."""

    def spoken() -> Iterator[Samples]:
        speech = Speech(mix.lines, crest_of(mix))
        for start in range(0, mix.length, BLOCK):
            tick()
            block = np.zeros((min(BLOCK, mix.length - start), 2), np.float32)
            speech.add_to(block, start)
            yield block

    level = integrated(spoken())
    return min(MOST_GAIN, mix.loudness - level) if level > SILENT else 0.0


def _most_gain(mix: MixPlan) -> float:
    if mix.target.loudness is not None or not mix.lines:
        return MOST_GAIN
    return most_lift(music=mix.music is not None)


@dataclass(frozen=True)
class Held:
    """How the rough mix became the film's: made louder by ``gain`` and held under ``ceiling``, both in dB."""

    gain: float
    ceiling: float


def settled(rough: Rough, mix: MixPlan, path: Path, settings: EncodeSettings) -> tuple[Loudness, Held]:
    """Encode, and listen as a player does; once more, a little lower, where the encoder passed the limit."""
    limit, channels = float(mix.target.true_peak), mix.target.channels
    gain, ceiling = rough.gain, limit - HEADROOM
    for _ in range(_ATTEMPTS):
        if settings.pcm:
            write_pcm(path, rough.finished(gain, ceiling), channels)
        else:
            bitrate = settings.audio_bitrate * (2 if channels > 2 else 1)  # the low-frequency channel takes hardly any
            coder = settings.aac_coder
            write_aac(path, rough.finished(gain, ceiling), bitrate=bitrate, coder=coder, channels=channels)
        loudness = measure(read(Excerpt(path, length=mix.length, channels=channels)), channels)
        if loudness.true_peak <= limit:
            return loudness, Held(gain, ceiling)
        # What the encoder made up itself is often gone as soon as anything changes.
        ceiling -= (loudness.true_peak - limit) / 2 + 0.2
        if not mix.by_dialogue:
            gain = min(_most_gain(mix), gain + max(0.0, mix.loudness - loudness.integrated))
    raise ComposeError(
        f"the mix does not stay under {limit:g} dBTP",
        hint="allow a higher true peak, or choose a lower loudness",
    )
