"""The film's sound: speech where it was placed, ambience under all of it, at one loudness.

    lines, beds ──(blocks)──► rough mix on disk ──(measure)──► one gain ──► limiter ──► AAC, kept by the mix's key

Every line is brought to the same level first, so that voices of different makers sit in one room; ambience lies well
under them and dips further while somebody speaks. One gain then lifts the whole to its target: a film with dialogue
ends at -14 LUFS, as streaming services play it, and one of ambience only stays as quiet as a place is.

Sound is made in blocks of a few seconds, and only the lines and beds that sound in a block are in memory.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from film.compose.layers import MOST_GAIN, SPEECH, Ambience, Duck, PlacedBed, PlacedLine, Speech
from film.compose.settings import EncodeSettings, codec_version
from film.compose.sound import (
    SAMPLE_RATE,
    SILENT,
    Loudness,
    Samples,
    comment_of,
    integrated,
    limited,
    measure,
    write_aac,
)
from film.compose.store import SegmentStore
from film.hashing import content_key
from film.timeline import Timeline

RECIPE = "mix/1"
"""Changes whenever the same timeline would be made to sound otherwise."""

DIALOGUE_TARGET = -14.0
AMBIENCE_TARGET = -26.0
CEILING = -2.0
"""dBFS for samples: AAC and the waves between samples stay under -1 dBTP."""
_LOUDEST_SPEECH = DIALOGUE_TARGET + 1
"""In a film of few words, -14 LUFS over all would have the voices shout."""
_TOLERANCE, _CORRECTIONS = 0.2, 2
_BLOCK = 8 * SAMPLE_RATE


@dataclass(frozen=True)
class MixPlan:
    """The timeline's sound, counted in samples."""

    length: int
    lines: tuple[PlacedLine, ...]
    beds: tuple[PlacedBed, ...]

    @property
    def silent(self) -> bool:
        return not self.lines and not self.beds


def plan(timeline: Timeline) -> MixPlan:
    def at(frame: int) -> int:
        return round(Fraction(frame * SAMPLE_RATE) / timeline.rate)

    return MixPlan(
        length=at(timeline.frames),
        lines=tuple(
            PlacedLine(at(line.start_frame), at(line.start_frame + line.frames), line) for line in timeline.lines
        ),
        beds=tuple(
            PlacedBed(at(bed.start_frame), at(bed.start_frame + bed.frames), bed, at(bed.fade_in), at(bed.fade_out))
            for bed in timeline.beds
        ),
    )


def key(mix: MixPlan, settings: EncodeSettings) -> str:
    return content_key(
        RECIPE,
        {
            "length": mix.length,
            "lines": [[placed.start, placed.line.source.sha256] for placed in mix.lines],
            "beds": [[p.start, p.stop, p.bed.kind, p.bed.seed, p.fade_in, p.fade_out] for p in mix.beds],
            "aac": [settings.audio_bitrate, settings.aac_coder, codec_version()],
        },
    )


def make(
    mix: MixPlan, settings: EncodeSettings, store: SegmentStore, tick: Callable[[], None]
) -> tuple[Path, Loudness]:
    """Mix, encode and store. ``tick`` is called for every block, and may raise to stop."""
    temporary, encoded = store.temporary(".f32"), store.temporary(".m4a")
    try:
        rough = _Rough(temporary, tick)
        level = integrated(rough.write(_layered(mix)))
        gain, loudness = _to_target(rough, level, spoken=bool(mix.lines))
        write_aac(
            encoded,
            rough.finished(gain),
            bitrate=settings.audio_bitrate,
            coder=settings.aac_coder,
            comment=json.dumps(asdict(loudness)),
        )
        return store.put_file(key(mix, settings), encoded, mime="audio/mp4"), loudness
    finally:
        temporary.unlink(missing_ok=True)
        encoded.unlink(missing_ok=True)


def loudness_of(mixed: Path) -> Loudness:
    """What a stored mix was measured at when it was made."""
    return Loudness(**json.loads(comment_of(mixed)))


def _layered(mix: MixPlan) -> Iterator[Samples]:
    speech, ambience, duck = Speech(mix.lines), Ambience(mix.beds), Duck(mix.lines)
    for start in range(0, mix.length, _BLOCK):
        block = np.zeros((min(_BLOCK, mix.length - start), 2), np.float32)
        ambience.add_to(block, start)
        block *= duck.gain(start, len(block))[:, None]
        speech.add_to(block, start)
        yield block


def _to_target(rough: _Rough, level: float, *, spoken: bool) -> tuple[float, Loudness]:
    """The gain that brings the mix to its target, and what it then measures.

    A limiter takes some loudness away, so the outcome is measured and the rest is added.
    """
    target, most = (DIALOGUE_TARGET, _LOUDEST_SPEECH - SPEECH) if spoken else (AMBIENCE_TARGET, MOST_GAIN)
    gain = min(most, target - level) if level > SILENT else 0.0
    loudness = measure(rough.finished(gain))
    for _ in range(_CORRECTIONS):
        missing = min(most - gain, target - loudness.integrated)
        if abs(missing) <= _TOLERANCE or loudness.integrated <= SILENT:
            break
        gain += missing
        loudness = measure(rough.finished(gain))
    return gain, loudness


class _Rough:
    """The layered mix on disk, before its gain: made once, read as often as it takes to level it."""

    def __init__(self, path: Path, tick: Callable[[], None]) -> None:
        self._path, self._tick = path, tick
        self._peak = 0.0

    def write(self, blocks: Iterator[Samples]) -> Iterator[Samples]:
        """Passes blocks on while writing them."""
        with self._path.open("wb") as file:
            for block in blocks:
                self._tick()
                self._peak = max(self._peak, float(np.abs(block).max()))
                file.write(block.tobytes())
                yield block

    def finished(self, gain: float) -> Iterator[Samples]:
        """The mix with ``gain`` in dB; the limiter works only where it is needed."""
        factor = 10 ** (gain / 20)
        louder = (block * np.float32(factor) for block in self._read())
        return limited(louder, CEILING) if self._peak * factor > 10 ** (CEILING / 20) else louder

    def _read(self) -> Iterator[Samples]:
        with self._path.open("rb") as file:
            while data := file.read(_BLOCK * 8):
                self._tick()
                yield np.frombuffer(data, np.float32).reshape(-1, 2)
