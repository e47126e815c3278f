"""The cut list: which frames of which clip stand where in the film, what is heard when, and nothing else.

    shots + assets ──► ShotCut … ──(build_timeline)──► Timeline ──► compose, subtitles, exports

A ``Timeline`` is pure data that two people can compare. Time is counted in whole frames of one exact rate,
so that the plan, the encoded packets and the sound agree to the last one; there are no float seconds.

Clips lie end to end, and a crossfade lets the tail of one overlap the head of the next:

    clip i      |---------------------------|
    clip i+1                        |-------+-----------------|
                |     body of i     | fade  |   body of i+1   |

so the film is as long as all its clips less all its fades, and every body holds at least one frame.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, pairwise
from math import ceil, floor
from pathlib import Path
from typing import Literal

from film.errors import ComposeError
from film.models import SpokenWord, TransitionKind

SourceKind = Literal["video", "image", "audio", "lut"]
TransitionDefault = Literal[TransitionKind, "auto"]
Fit = Literal["fit", "fill", "blur"]
LongDialogue = Literal["extend", "slow", "hold", "next-length"]

SLOWEST = Fraction(4, 5)
"""A clip is slowed down to this to make room for speech; slower is seen."""
SLOW_MOTION = Fraction(1, 2)
"""And to this, where a film would rather be slow than stand still."""
TRANSITION_SECONDS = Fraction(1, 2)
SPEECH_LEAD = Fraction(3, 10)
"""Seconds of picture before somebody speaks: a cut and a first syllable on one frame startle."""
SPEECH_TAIL = Fraction(1, 5)
AMBIENCE_BLEND = Fraction(1, 4)
"""Seconds in which one place's ambience gives way to the next across a hard cut."""
_SAYS_NOTHING_OF_THE_PLACE = frozenset({"interior", "exterior", "indoor", "indoors", "outdoor", "outdoors"})


@dataclass(frozen=True)
class Source:
    """A media file, known by its bytes; where it lies today is not part of what it is."""

    sha256: str
    path: Path = field(compare=False)
    kind: SourceKind = "video"


@dataclass(frozen=True)
class Caption:
    """Words to read, in one or two lines, from ``start_frame`` for ``frames``."""

    start_frame: int
    frames: int
    text: str
    speaker: str = ""


@dataclass(frozen=True)
class Slate:
    """What is written over a shot that is still a draft."""

    number: str
    label: str
    dialogue: str | None = None
    badge: str = ""
    pages: tuple[Caption, ...] = ()
    """Dialogue too long to be shown at once, page by page, counted from the clip's first frame; else none."""


@dataclass(frozen=True)
class Grade:
    """What is done to a clip's picture before it is shown, in this order.

    ``gain`` multiplies linear red, green and blue, to match neighbouring shots; ``lut`` is a .cube file mixed in at
    ``lut_strength``; ``grain`` is its strength, 0 to 1, and ``grain_seed`` makes it the same every time.
    """

    gain: tuple[Fraction, Fraction, Fraction] = (Fraction(1), Fraction(1), Fraction(1))
    lut: Source | None = None
    lut_strength: Fraction = Fraction(1)
    grain: Fraction = Fraction(0)
    grain_seed: int = 0


@dataclass(frozen=True)
class Clip:
    """``frames`` of film made from one source.

    Film frame ``k`` shows the source at ``source_in + k * speed``, counted at the film's rate; the last
    ``hold`` frames repeat the picture before them.
    """

    shot_id: str
    source: Source
    frames: int
    source_in: int = 0
    fit: Fit = "fit"
    slate: Slate | None = None
    speed: Fraction = Fraction(1)
    hold: int = 0
    number: str = ""
    grade: Grade | None = None
    captions: tuple[Caption, ...] = ()
    """Burnt into the picture; frames are counted from the clip's first."""
    sound: Source | None = None
    """Where the clip's own sound is heard from; None where it has none or it is dropped."""

    def __post_init__(self) -> None:
        if self.frames < 1 or self.source_in < 0 or self.speed <= 0 or not 0 <= self.hold < self.frames:
            raise ComposeError(
                f"{self.shot_id}: a clip of {self.frames} frames from {self.source_in} at {self.speed}x, "
                f"held for {self.hold}, cannot be shown",
                hint="a clip needs at least one frame that is not held, and a speed above zero",
            )


@dataclass(frozen=True)
class Transition:
    kind: TransitionKind = "cut"
    frames: int = 0


@dataclass(frozen=True)
class Line:
    """Speech, placed at a frame of the film; ``frames`` is its length, rounded up."""

    source: Source
    start_frame: int
    frames: int
    text: str
    character: str
    shot_id: str
    words: tuple[SpokenWord, ...] = ()
    """When each word is heard, where the voice's maker says so."""


@dataclass(frozen=True)
class Music:
    """A bed of music from ``start_frame`` to the end of ``frames``; levels in LUFS and dB, seconds are exact."""

    source: Source
    start_frame: int
    frames: int
    level: Decimal
    duck: Decimal
    fade_in: int
    fade_out: int
    offset: Fraction = Fraction(0)
    loop: bool = True


@dataclass(frozen=True)
class EffectCue:
    """A sound effect from ``start_frame`` on, for as long as its file lasts; ``level`` in LUFS."""

    source: Source
    start_frame: int
    level: Decimal
    shot_id: str


@dataclass(frozen=True)
class SoundTarget:
    """``loudness`` in LUFS, None for the cut's own choice; ``true_peak`` in dBTP; ``clips_level`` in LUFS."""

    loudness: Decimal | None = None
    true_peak: Decimal = Decimal(-1)
    clips_level: Decimal = Decimal(-26)


@dataclass(frozen=True)
class Bed:
    """Ambience under a stretch of film; neighbours overlap where one fades out and the next one in."""

    kind: str
    start_frame: int
    frames: int
    seed: int
    fade_in: int = 0
    fade_out: int = 0


@dataclass(frozen=True)
class Chapter:
    title: str
    start_frame: int
    frames: int


@dataclass(frozen=True)
class Timeline:
    rate: Fraction
    width: int
    height: int
    clips: tuple[Clip, ...]
    transitions: tuple[Transition, ...]
    """One between each two clips."""
    lines: tuple[Line, ...] = ()
    beds: tuple[Bed, ...] = ()
    music: Music | None = None
    effects: tuple[EffectCue, ...] = ()
    target: SoundTarget = SoundTarget()
    captions: tuple[Caption, ...] = ()
    """For the soft track and the files beside the film; what is burnt in stands in the clips."""
    captions_track: bool = True
    """Whether they are also a track inside the film."""
    captions_language: str = "en"
    title: str = ""
    comment: str = ""
    warnings: tuple[str, ...] = field(default=(), compare=False)
    """What had to be done to make things fit, one sentence each."""

    def __post_init__(self) -> None:
        if not self.clips:
            raise ComposeError("the film has no shots", hint="give shots.json at least one shot")
        if len(self.transitions) != len(self.clips) - 1:
            raise ComposeError(
                f"{len(self.transitions)} transitions between {len(self.clips)} clips",
                hint="give one transition between each two clips; a hard cut is one of 0 frames",
            )
        if self.rate <= 0 or self.width < 16 or self.height < 16 or self.width % 2 or self.height % 2:
            raise ComposeError(
                f"a film of {self.width}x{self.height} at {self.rate} frames a second cannot be encoded",
                hint="use even sides of at least 16 pixels and a rate above zero",
            )
        for join in self.transitions:
            if join.frames < 0 or (join.kind == "cut") != (join.frames == 0):
                raise ComposeError(
                    f"a {join.kind} of {join.frames} frames",
                    hint="a cut has 0 frames, a crossfade at least 1",
                )
        for clip, (first, stop) in zip(self.clips, self.bodies, strict=True):
            if stop <= first:
                raise ComposeError(
                    f"{clip.shot_id}: its {clip.frames} frames all lie in fades",
                    hint="shorten the fades beside it",
                )

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The film frame each clip begins at, with its incoming fade."""
        steps = (c.frames - t.frames for c, t in zip(self.clips, self.transitions, strict=False))
        return tuple(accumulate(steps, initial=0))

    @cached_property
    def bodies(self) -> tuple[tuple[int, int], ...]:
        """For each clip the frames of it, first and stop, that it has the screen to itself."""
        heads = (0, *(t.frames for t in self.transitions))
        tails = (*(t.frames for t in self.transitions), 0)
        return tuple((h, c.frames - t) for c, h, t in zip(self.clips, heads, tails, strict=True))

    @property
    def frames(self) -> int:
        return self.starts[-1] + self.clips[-1].frames

    @property
    def duration(self) -> Fraction:
        """Exact seconds."""
        return self.frames / self.rate

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        stops = (*self.starts[1:], self.frames)
        return tuple(
            Chapter(" ".join(filter(None, (clip.number, clip.shot_id))), start, stop - start)
            for clip, start, stop in zip(self.clips, self.starts, stops, strict=True)
        )


@dataclass(frozen=True)
class ShotCut:
    """What the cut needs to know of one shot, which wants ``frames`` of the film.

    ``source_frames`` is what its clip has, counted at the film's rate; None for a still, which lasts as long as
    it is looked at. ``transition`` is how the shot goes over into the next one, in ``transition_seconds``; None leaves
    either to the film's default.
    """

    shot_id: str
    source: Source
    frames: int
    source_frames: int | None = None
    number: str = ""
    landscapes: tuple[str, ...] = ()
    time_of_day: str = ""
    dialogue: str = ""
    character: str = ""
    speech: Source | None = None
    speech_samples: int = 0
    speech_rate: int = 48_000
    words: tuple[SpokenWord, ...] = ()
    ambience: str = ""
    transition: TransitionKind | None = None
    transition_seconds: Fraction | None = None
    slate: Slate | None = None
    fit: Fit = "fit"

    def speech_frames(self, rate: Fraction) -> int:
        return ceil(self.speech_samples * rate / self.speech_rate) if self.speech else 0


def build_timeline(
    cuts: Sequence[ShotCut],
    *,
    rate: Fraction,
    width: int,
    height: int,
    transition_default: TransitionDefault = "auto",
    transition_seconds: Fraction = TRANSITION_SECONDS,
    long_dialogue: LongDialogue = "extend",
    title: str = "",
    comment: str = "",
) -> Timeline:
    """Lay the shots out. Whatever had to give way to make them fit is told in ``Timeline.warnings``."""
    warnings: list[str] = []
    kinds: list[TransitionKind] = [_kind_of_join(a, b, transition_default) for a, b in pairwise(cuts)]
    wished = [
        0 if kind == "cut" else max(1, round((cut.transition_seconds or transition_seconds) * rate))
        for cut, kind in zip(cuts, kinds, strict=False)
    ]
    leads = [max(ceil(SPEECH_LEAD * rate), fade) for fade in (0, *wished)]
    clips = [_clip(cut, lead, rate, long_dialogue, warnings) for cut, lead in zip(cuts, leads, strict=False)]
    fades = _shorten_to_fit([clip.frames for clip in clips], wished)
    for cut, kind, wish, fade in zip(cuts, kinds, wished, fades, strict=False):
        if fade < wish:
            became = f"shortened to {fade}" if fade else "made a cut"
            warnings.append(f"{cut.shot_id}: the {kind} of {wish} frames into the next shot was {became}")
    laid = Timeline(
        rate=rate,
        width=width,
        height=height,
        clips=tuple(clips),
        transitions=tuple(
            Transition(kind, fade) if fade else Transition() for kind, fade in zip(kinds, fades, strict=True)
        ),
        title=title,
        comment=comment,
        warnings=tuple(warnings),
    )
    return replace(laid, lines=_lines(cuts, laid), beds=_beds(cuts, laid))


def _kind_of_join(before: ShotCut, after: ShotCut, default: TransitionDefault) -> TransitionKind:
    """A cut within a scene; a crossfade where the place or the time of day becomes another one."""
    if before.transition:
        return before.transition
    if default != "auto":
        return default
    return "cut" if same_scene(before, after) else "crossfade"


def same_scene(before: ShotCut, after: ShotCut) -> bool:
    """Whether place and time of day stay; what a shot does not say is taken to be unchanged."""
    here, there = _places(before), _places(after)
    moved = bool(here and there) and not here & there
    then, now = before.time_of_day.casefold(), after.time_of_day.casefold()
    return not moved and not (then and now and then != now)


def _places(cut: ShotCut) -> frozenset[str]:
    every = frozenset(place.casefold() for place in cut.landscapes)
    return every - _SAYS_NOTHING_OF_THE_PLACE or every


def _clip(cut: ShotCut, lead: int, rate: Fraction, long_dialogue: LongDialogue, warnings: list[str]) -> Clip:
    """The clip of a shot, as long as it and its speech need: more of the source, then as the film's rule has it."""
    speech = cut.speech_frames(rate)
    need = max(cut.frames, lead + speech + ceil(SPEECH_TAIL * rate) if speech else 0)
    have = need if cut.source_frames is None else cut.source_frames
    speed, hold, done = Fraction(1), 0, list[str]()
    if need > cut.frames and have > cut.frames:
        done.append(f"{min(need, have) - cut.frames} more frames shown")
    if have < need:
        speed = max(_slowest(long_dialogue if need > cut.frames else "extend"), Fraction(have, need))
        hold = max(0, min(need - 1, need - floor(have / speed)))
    if speed < 1:
        done.append(f"slowed to {float(speed):.2f}x")
    if hold:
        done.append(f"last picture held for {hold} frames")
    if done:
        seconds = [float(n / rate) for n in (speech, cut.frames, have)]
        because = f"speech of {seconds[0]:.1f} s in a shot of {seconds[1]:.1f} s"
        if need == cut.frames:
            because = f"a clip of {seconds[2]:.2f} s for a shot of {seconds[1]:.2f} s"
        warnings.append(f"{cut.shot_id}: {because}: {', '.join(done)}")
    return Clip(
        shot_id=cut.shot_id,
        source=cut.source,
        frames=need,
        fit=cut.fit,
        slate=cut.slate,
        speed=speed,
        hold=hold,
        number=cut.number,
    )


def _slowest(long_dialogue: LongDialogue) -> Fraction:
    match long_dialogue:
        case "hold":
            return Fraction(1)
        case "slow":
            return SLOW_MOTION
        case "extend" | "next-length":
            return SLOWEST


def _shorten_to_fit(lengths: Sequence[int], wished: Sequence[int]) -> list[int]:
    """Fades that leave every clip a body: between two fades, a clip gives each at most half of itself."""
    shares: list[int] = []
    for i, length in enumerate(lengths):
        fades_beside = sum(1 for join in wished[max(0, i - 1) : i + 1] if join)
        shares.append((length - 1) // max(1, fades_beside))
    return [min(wish, shares[i], shares[i + 1]) for i, wish in enumerate(wished)]


def _lines(cuts: Sequence[ShotCut], laid: Timeline) -> tuple[Line, ...]:
    """Speech begins once the shot has the screen to itself and has been seen for a moment."""
    lead = ceil(SPEECH_LEAD * laid.rate)
    return tuple(
        Line(
            source=cut.speech,
            start_frame=start + max(lead, first),
            frames=cut.speech_frames(laid.rate),
            text=cut.dialogue,
            character=cut.character,
            shot_id=cut.shot_id,
            words=cut.words,
        )
        for cut, start, (first, _) in zip(cuts, laid.starts, laid.bodies, strict=True)
        if cut.speech and cut.speech_samples > 0
    )


def _beds(cuts: Sequence[ShotCut], laid: Timeline) -> tuple[Bed, ...]:
    """One bed for as long as the place sounds the same, blended into the next around the middle of the join.

    A blend takes at most half of a stretch on either side of it, so three beds never sound at once.
    """
    soft = ceil(AMBIENCE_BLEND * laid.rate)
    changes = [i for i in range(1, len(cuts)) if cuts[i].ambience != cuts[i - 1].ambience]
    borders = [0, *(laid.starts[i] + laid.transitions[i - 1].frames // 2 for i in changes), laid.frames]
    lengths = [b - a for a, b in pairwise(borders)]
    blends = [
        min(soft, lengths[0] // 2),
        *(
            min(max(soft, laid.transitions[i - 1].frames), *beside)
            for i, beside in zip(changes, pairwise(lengths), strict=True)
        ),
        min(soft, lengths[-1] // 2),
    ]
    beds: list[Bed] = []
    for n, first_cut in enumerate([0, *changes]):
        kind = cuts[first_cut].ambience
        start = borders[n] - (blends[n] // 2 if n else 0)
        ends_film = n == len(changes)
        stop = borders[n + 1] + (0 if ends_film else blends[n + 1] - blends[n + 1] // 2)
        if kind:
            beds.append(Bed(kind, start, stop - start, zlib.crc32(kind.encode()), blends[n], blends[n + 1]))
    return tuple(beds)
