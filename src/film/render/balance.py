"""How loud everything is beside everything else, in one table.

Levels are those of a film at -14 LUFS, where speech lies at -14. Another target moves all of it by one gain, so that
the balance stays what it was: music that is set to -24 lies 10 dB under the voices of every film.
"""

from __future__ import annotations

WEB = -14.0
"""LUFS of a film in which somebody speaks or music plays, as streaming services play it."""
SPEECH = WEB
"""LUFS of every line, whoever made it, so that all voices sit in one room."""
BED = -36.0
"""LUFS of ambience: heard on small speakers too where nobody speaks, and still so far under the voices that the gate
of the loudness measure takes it for background. 3 dB more, and a film's loudness would depend on its wind."""
AIR = -54.0
"""LUFS of the room tone that is left where ambience is switched off: not heard as such, only missed when it is not."""

AMBIENCE_STEPS_BACK = -8.0
"""dB under dialogue; music has its own depth."""
CLIPS_STEP_BACK = -8.0
AMBIENCE_UNDER_CLIPS = -12.0
"""dB while a clip brings the sound of its place along: what is left is the tone that carries over its edges."""

CLIPS_ONLY = -20.0
"""LUFS of a film of nothing but its clips' own sound: it may be speech, and it may be wind."""
PLACES_ONLY = -26.0
"""LUFS of a film in which only places are heard."""

MOST_GAIN = 24.0
"""dB that anything is raised or lowered by."""
HEADROOM = 1.5
"""dB between the limiter's samples and the true peak allowed: AAC and the waves between samples reach higher."""
MOST_LIFT_OF_VOICES = 40.0
"""dB: a voice that was recorded far too low is still what the shot is about."""
MOST_LIFT_OF_CLIPS = 10.0
"""dB: a room that was recorded as silent must not come up as a roar."""


def most_lift(*, music: bool) -> float:
    """dB by which voices are raised at most, where the cut chooses the loudness.

    In a film of few words, -14 LUFS over all would have them shout; music needs, and bears, a little more.
    """
    return 6.0 if music else 2.0


def crest_of_speech(loudness: float, true_peak: float, *, music: bool) -> float:
    """dB from the level of a line to its peaks, so that there is room for them in a film of this loudness.

    Next to nothing is taken from a film at -23 LUFS. At -14, voices come out as radio and streaming play them.
    """
    return max(8.0, true_peak - HEADROOM - most_lift(music=music) - loudness)
