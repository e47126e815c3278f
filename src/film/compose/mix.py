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
from typing import BinaryIO

import numpy as np

from film.compose.layers import MOST_GAIN, SPEECH, Ambience, Duck, PlacedBed, PlacedLine, Speech
from film.compose.settings import EncodeSettings, codec_version
from film.compose.sound import SAMPLE_RATE, SILENT, Loudness, Samples, comment_of, limited, measure, write_aac
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
_TOLERANCE, _ATTEMPTS = 0.2, 3
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
    rough, encoded = store.temporary(".f32"), store.temporary(".m4a")
    try:
        with rough.open("wb") as file:
            before = measure(_written(_ticking(_rough(mix), tick), file))
        gain, after = _loudness_plan(rough, before, bool(mix.lines), tick)
        write_aac(
            encoded,
            _ticking(_finished(rough, gain, before), tick),
            bitrate=settings.audio_bitrate,
            coder=settings.aac_coder,
            comment=json.dumps(asdict(after)),
        )
        return store.put_file(key(mix, settings), encoded, mime="audio/mp4"), after
    finally:
        rough.unlink(missing_ok=True)
        encoded.unlink(missing_ok=True)


def loudness_of(mixed: Path) -> Loudness:
    """What a stored mix was measured at when it was made."""
    return Loudness(**json.loads(comment_of(mixed)))


def _loudness_plan(rough: Path, before: Loudness, spoken: bool, tick: Callable[[], None]) -> tuple[float, Loudness]:
    """The gain that brings the rough mix to its target, limiter included, and what comes out of it."""
    target, most = AMBIENCE_TARGET, MOST_GAIN
    if spoken:
        target, most = DIALOGUE_TARGET, _LOUDEST_SPEECH - SPEECH
    if before.integrated <= SILENT:
        return 0.0, before
    gain, after = 0.0, before
    for _ in range(_ATTEMPTS):
        missing = min(most - gain, target - after.integrated)
        if abs(missing) <= _TOLERANCE:
            break
        gain += missing
        after = _shifted(before, gain)
        if after.true_peak > CEILING:
            after = measure(_ticking(_finished(rough, gain, before), tick))
    return gain, after


def _shifted(loudness: Loudness, gain: float) -> Loudness:
    return Loudness(loudness.integrated + gain, loudness.true_peak + gain, loudness.range)


def _finished(rough: Path, gain: float, before: Loudness) -> Iterator[Samples]:
    """The rough mix at its final level. The limiter works only where it is needed."""
    louder = (block * np.float32(10 ** (gain / 20)) for block in _read(rough))
    return limited(louder, CEILING) if before.true_peak + gain > CEILING else louder


def _written(blocks: Iterator[Samples], file: BinaryIO) -> Iterator[Samples]:
    for block in blocks:
        file.write(block.tobytes())
        yield block


def _read(rough: Path) -> Iterator[Samples]:
    with rough.open("rb") as file:
        while data := file.read(_BLOCK * 8):
            yield np.frombuffer(data, np.float32).reshape(-1, 2)


def _ticking(blocks: Iterator[Samples], tick: Callable[[], None]) -> Iterator[Samples]:
    for block in blocks:
        tick()
        yield block


def _rough(mix: MixPlan) -> Iterator[Samples]:
    speech, ambience, duck = Speech(mix.lines), Ambience(mix.beds), Duck(mix.lines)
    for start in range(0, mix.length, _BLOCK):
        block = np.zeros((min(_BLOCK, mix.length - start), 2), np.float32)
        ambience.add_to(block, start)
        block *= duck.gain(start, len(block))[:, None]
        speech.add_to(block, start)
        yield block
