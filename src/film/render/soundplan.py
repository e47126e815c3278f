"""What is heard when, counted in samples: the timeline's sound, ready to be mixed, and the words of its key.

    Timeline ──(plan)──► MixPlan: lines · music · effects · clips' own sound · ambience   (no file is opened)

A clip's sound follows its picture: it begins at the same frame of the source, runs as fast, and goes over into the next
one for as long as the transition lasts. At a hard cut two sounds cross for an instant, so that nothing clicks:

    clip i      ───────────╲                         clip i      ─────────────╲
    clip i+1            ╱─────────────               clip i+1                 ╱──────────
                     transition                                     20 ms around the cut
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from film.render.balance import CLIPS_ONLY, PLACES_ONLY, WEB
from film.render.sound import SAMPLE_RATE
from film.timeline import Bed, Clip, EffectCue, Line, Music, SoundTarget, Source, Timeline, Transition

CUT_BLEND = SAMPLE_RATE // 50
_END_FADE = SAMPLE_RATE // 4
_HOLD_FADE = SAMPLE_RATE * 3 // 10
"""Where a picture is held beyond its clip, the clip's sound takes this long to give way to the place."""


@dataclass(frozen=True)
class Placed:
    """Something heard from sample ``start`` to ``stop`` of the film."""

    start: int
    stop: int


@dataclass(frozen=True)
class PlacedLine(Placed):
    """From the first sound of the voice to its last; ``spoken`` are the stretches in which it is heard."""

    line: Line
    spoken: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class PlacedBed(Placed):
    bed: Bed
    fade_in: int
    fade_out: int


@dataclass(frozen=True)
class PlacedMusic(Placed):
    music: Music
    fade_in: int
    fade_out: int


@dataclass(frozen=True)
class PlacedEffect(Placed):
    """``stop`` is where the film ends: how long its file is, only the file knows."""

    cue: EffectCue


@dataclass(frozen=True)
class Ramp:
    """Where a sound comes up or goes down: from ``start`` on, for ``length`` samples."""

    start: int
    length: int


@dataclass(frozen=True)
class PlacedClip(Placed):
    """A clip's own sound, from ``offset`` seconds of its file on, at ``speed``."""

    source: Source
    offset: Fraction
    speed: Fraction
    rise: Ramp
    fall: Ramp


@dataclass(frozen=True)
class MixPlan:
    length: int
    lines: tuple[PlacedLine, ...]
    beds: tuple[PlacedBed, ...]
    music: PlacedMusic | None = None
    effects: tuple[PlacedEffect, ...] = ()
    clips: tuple[PlacedClip, ...] = ()
    target: SoundTarget = field(default_factory=SoundTarget)

    @property
    def loudness(self) -> float:
        """LUFS that the film should come to."""
        if self.target.loudness is not None:
            return float(self.target.loudness)
        if self.lines or self.music:
            return WEB
        return CLIPS_ONLY if self.clips else PLACES_ONLY

    @property
    def by_dialogue(self) -> bool:
        """Whether the target is what is spoken, and not all that is heard."""
        return self.target.dialogue and self.target.loudness is not None and bool(self.lines)

    @property
    def silent(self) -> bool:
        return not (self.lines or self.beds or self.music or self.effects or self.clips)


def plan(timeline: Timeline) -> MixPlan:
    clock = _Clock(timeline.rate)
    length = clock.at(timeline.frames)
    cues = (
        PlacedEffect(clock.at(cue.start_frame + cue.offset * timeline.rate), length, cue) for cue in timeline.effects
    )
    return MixPlan(
        length=length,
        lines=tuple(_line(line, clock) for line in timeline.lines),
        beds=tuple(
            PlacedBed(*clock.span(bed.start_frame, bed.frames), bed, clock.at(bed.fade_in), clock.at(bed.fade_out))
            for bed in timeline.beds
        ),
        music=_music(timeline.music, clock, length) if timeline.music else None,
        effects=tuple(placed for placed in cues if placed.start < length),
        clips=tuple(_clips(timeline, clock, length)),
        target=timeline.target,
    )


def identity(mix: MixPlan) -> dict[str, object]:
    """What is heard, and nothing else: of what makes no difference in this film, nothing is said."""
    target = mix.target
    return {
        "length": mix.length,
        "lines": [_line_identity(placed) for placed in mix.lines],
        "beds": [[p.start, p.stop, p.bed.kind, p.bed.seed, p.fade_in, p.fade_out] for p in mix.beds],
        "music": mix.music and _music_identity(mix.music, spoken=bool(mix.lines)),
        "effects": [[p.start, p.cue.source.identity, _exact(p.cue.level)] for p in mix.effects],
        "clips": [_clip_identity(placed) for placed in mix.clips],
        "clips_level": _exact(target.clips_level) if mix.clips else None,
        "loudness": None if target.loudness is None else _exact(target.loudness),
        "true_peak": _exact(target.true_peak),
        "by_dialogue": mix.by_dialogue,
        **({"channels": target.channels} if target.channels != 2 else {}),
    }


@dataclass(frozen=True)
class _Clock:
    rate: Fraction

    def at(self, frame: Fraction | int) -> int:
        """The sample that is heard when a frame appears."""
        return round(frame * SAMPLE_RATE / self.rate)

    def span(self, first: int, frames: int) -> tuple[int, int]:
        return self.at(first), self.at(first + frames)


def _line(line: Line, clock: _Clock) -> PlacedLine:
    start, stop = clock.span(line.start_frame, line.frames)
    heard = ((start + a * SAMPLE_RATE // 1000, start + b * SAMPLE_RATE // 1000) for a, b in line.spoken)
    return PlacedLine(start, stop, line, tuple((a, min(b, stop)) for a, b in heard if a < stop))


def _line_identity(placed: PlacedLine) -> list[object]:
    return [placed.start, placed.stop, placed.line.source.identity, str(placed.line.source_in), list(placed.spoken)]


def _music(music: Music, clock: _Clock, length: int) -> PlacedMusic | None:
    start, stop = clock.span(music.start_frame, music.frames)
    stop = min(stop, length)
    return PlacedMusic(start, stop, music, clock.at(music.fade_in), clock.at(music.fade_out)) if start < stop else None


def _clips(timeline: Timeline, clock: _Clock, length: int) -> Iterator[PlacedClip]:
    joins = (None, *timeline.transitions, None)
    for number, (clip, first) in enumerate(zip(timeline.clips, timeline.starts, strict=True)):
        if clip.sound is None:
            continue
        start, rise = _beginning(clip, first, joins[number], clock)
        stop, fall = _ending(clip, first, joins[number + 1], clock)
        early = clock.at(first) - start
        offset = clip.source_in / timeline.rate - early * clip.speed / SAMPLE_RATE
        yield PlacedClip(start, min(stop, length), clip.sound, offset, clip.speed, rise, fall)


def _beginning(clip: Clip, first: int, join: Transition | None, clock: _Clock) -> tuple[int, Ramp]:
    """Where a clip begins to be heard, and how it comes up. What lies before its first frame helps at a hard cut."""
    start = clock.at(first)
    if join and join.frames:
        middle = first + Fraction(join.frames, 2) if join.kind.startswith("dip") else first
        return start, Ramp(clock.at(middle), clock.at(first + join.frames) - clock.at(middle))
    if join:
        unseen = int(clip.source_in / clock.rate / clip.speed * SAMPLE_RATE)
        start -= min(CUT_BLEND // 2, unseen)
    return start, Ramp(start, CUT_BLEND)


def _ending(clip: Clip, first: int, join: Transition | None, clock: _Clock) -> tuple[int, Ramp]:
    """Where a clip is no longer heard, and how it goes down: what is not seen of it helps here too."""
    stop = clock.at(first + clip.frames - clip.hold)
    if clip.hold:
        return stop, Ramp(stop - _HOLD_FADE, _HOLD_FADE)
    if join is None:
        return stop, Ramp(stop - _END_FADE, _END_FADE)
    if join.frames:
        last = first + clip.frames
        begin = clock.at(last - join.frames)
        end = clock.at(last - Fraction(join.frames, 2)) if join.kind.startswith("dip") else stop
        return end, Ramp(begin, end - begin)
    stop += CUT_BLEND // 2
    return stop, Ramp(stop - CUT_BLEND, CUT_BLEND)


def _exact(value: Decimal) -> str:
    """One way of writing a number: -24 and -24.0 sound alike."""
    return f"{value.normalize():f}"


def _music_identity(placed: PlacedMusic, *, spoken: bool) -> list[object]:
    music = placed.music
    heard = [placed.start, placed.stop, music.source.identity, str(music.offset), _exact(music.level), music.loop]
    return [*heard, placed.fade_in, placed.fade_out, _exact(music.duck) if spoken else None]


def _clip_identity(placed: PlacedClip) -> list[object]:
    ramps = [placed.rise.start, placed.rise.length, placed.fall.start, placed.fall.length]
    return [placed.start, placed.stop, placed.source.identity, str(placed.offset), str(placed.speed), *ramps]
