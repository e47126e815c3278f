"""Shots to lay out: clips, stills and speech that need no file, and films of any of them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from hypothesis import strategies as st

from film.timeline import ShotCut, Source, Timeline, build_timeline

CLIP = Source("c" * 64, Path("clip.mp4"))
STILL = Source("d" * 64, Path("still.png"), "image")
SPEECH = Source("e" * 64, Path("line.wav"), "audio")
FILM = {"width": 320, "height": 180}
RATES = (Fraction(24), Fraction(24000, 1001), Fraction(25), Fraction(30), Fraction(60))


def shot(name: str = "shot", frames: int = 48, **more: object) -> ShotCut:
    return ShotCut(shot_id=name, source=CLIP, frames=frames, **{"source_frames": frames, **more})


def spoken(seconds: float, frames: int = 48, **more: object) -> ShotCut:
    return shot(frames=frames, speech=SPEECH, speech_samples=round(seconds * 48_000), dialogue="Hello.", **more)


def laid(*cuts: ShotCut, rate: Fraction = Fraction(24), **more: object) -> Timeline:
    return build_timeline(cuts, rate=rate, **FILM, **{"line_tail": Fraction(1, 5), **more})


shots = st.builds(
    ShotCut,
    shot_id=st.sampled_from(("a", "b", "c")),
    source=st.sampled_from((CLIP, STILL)),
    frames=st.integers(1, 200),
    source_frames=st.none() | st.integers(1, 250),
    landscapes=st.sampled_from(((), ("attic", "interior"), ("sea",), ("interior",))),
    time_of_day=st.sampled_from(("", "day", "night")),
    speech=st.none() | st.just(SPEECH),
    speech_samples=st.integers(0, 8 * 44_100),
    speech_rate=st.sampled_from((22_050, 44_100, 48_000)),
    ambience=st.sampled_from(("", "room", "sea")),
    transition=st.sampled_from((None, "cut", "crossfade")),
)
films = st.builds(
    build_timeline,
    st.lists(shots, min_size=1, max_size=12),
    rate=st.sampled_from(RATES),
    width=st.just(320),
    height=st.just(180),
    transition_default=st.sampled_from(("auto", "cut", "crossfade")),
    transition_seconds=st.fractions(Fraction(1, 25), 2, max_denominator=25),
)
