"""The film as clips end to end with transitions between them, and where each of them begins.

What cannot be shown, a clip whose frames all lie in fades for one, is refused here, before anything is encoded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import accumulate

from film.errors import ComposeError
from film.timeline.clip import Caption, Clip
from film.timeline.sound import Bed, EffectCue, Line, Music, SoundTarget
from film.transitions import TransitionKind


@dataclass(frozen=True)
class Transition:
    kind: TransitionKind = "cut"
    frames: int = 0


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
    target: SoundTarget = field(default_factory=SoundTarget)
    captions: tuple[Caption, ...] = ()
    """For the soft track and the files beside the film; what is burnt in stands in the clips."""
    captions_track: bool = True
    """Whether they are also a track inside the film."""
    captions_language: str = "en"
    title: str = ""
    comment: str = ""
    start_timecode: str = ""
    """Of the first frame; none where the film does not say."""
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
