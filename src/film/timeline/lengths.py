"""How long a shot lasts: as was asked for, or as its line takes; and what gives way where its clip is shorter."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import Literal

from film.timeline.clip import Clip
from film.timeline.shots import ShotCut

LongDialogue = Literal["extend", "slow", "hold", "next-length"]

SLOWEST = Fraction(4, 5)
"""A clip is slowed down to this to make room for speech; slower is seen."""
SLOW_MOTION = Fraction(1, 2)
"""And to this, where a film would rather be slow than stand still."""
SPEECH_LEAD = Fraction(3, 10)
"""Seconds of picture before somebody speaks: a cut and a first syllable on one frame startle."""
LINE_TAIL = Fraction(2, 5)
"""Seconds of picture after a line, where the film says nothing else."""
LAST_BREATH = Fraction(1, 2)
"""Seconds that a film goes on after that: it does not end with its last syllable."""


def spoken_frames(cut: ShotCut, rate: Fraction, tail: Fraction) -> int:
    """What a shot's line takes with the air after it, rounded up once; 0 where nobody speaks."""
    return ceil((cut.speech_seconds + tail) * rate) if cut.speech_frames(rate) else 0


def clip_of(
    cut: ShotCut,
    lead: int,
    fade: int,
    rate: Fraction,
    long_dialogue: LongDialogue,
    warnings: list[str],
    tail: Fraction = LINE_TAIL,
) -> Clip:
    """The clip of a shot, as long as it and its speech need: more of the source, then as the film's rule has it.

    Speech waits for ``lead`` frames and has ``tail`` seconds after it. It is over before the last ``fade`` frames, in
    which the next shot comes or the film ends, where the source lasts for it; no clip is slowed or held for that. Nor
    is one that lasts as long as its shot, to the frame that the shot was given for the cuts' sake: its last picture
    is seen once more.
    """
    speech = cut.speech_frames(rate)
    spoken = lead + spoken_frames(cut, rate, tail) if speech else 0
    unfaded = spoken + fade if speech else 0
    if cut.source_frames is not None:
        unfaded = min(unfaded, max(spoken, cut.source_frames))
    need = max(cut.frames, unfaded)
    have = need if cut.source_frames is None else cut.source_frames
    speed, hold, done = Fraction(1), 0, list[str]()
    if need == cut.frames == have + 1 and cut.seconds is not None and have >= floor(cut.exact_frames(rate)):
        hold, have = 1, need
    elif need <= have and cut.made_to_fit and speech:
        if need > cut.frames + 1:
            wanted = float(cut.exact_frames(rate) / rate)
            warnings.append(f"{cut.shot_id}: {wanted:g} s were asked for, its line takes {float(need / rate):.1f} s")
    elif need > cut.frames and have > cut.frames:
        done.append(f"{min(need, have) - cut.frames} more frames shown")
    if have < need:
        speed = max(_slowest(long_dialogue if need > cut.frames else "extend"), Fraction(have, need))
        hold = max(0, min(need - 1, need - floor(have / speed)))
    if speed < 1:
        done.append(f"slowed to {float(speed):.2f}x")
    creep = have < need and bool(hold) and long_dialogue != "hold"
    if have < need and hold:
        done.append(f"{'creeping in on its last picture' if creep else 'last picture held'} for {hold} frames")
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
        creep=creep,
        number=cut.number,
        title=cut.title,
    )


def _slowest(long_dialogue: LongDialogue) -> Fraction:
    match long_dialogue:
        case "hold":
            return Fraction(1)
        case "slow":
            return SLOW_MOTION
        case "extend" | "next-length":
            return SLOWEST
