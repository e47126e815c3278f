"""The cut list: which frames of which clip stand where in the film, what is heard when, and nothing else.

    shots + assets ──► ShotCut … ──(build_timeline)──► Timeline ──► compose, subtitles, exports

A ``Timeline`` is pure data that two people can compare. Time is counted in whole frames of one exact rate,
so that the plan, the encoded packets and the sound agree to the last one; there are no float seconds.

Clips lie end to end, and a crossfade lets the tail of one overlap the head of the next:

    clip i      |---------------------------|
    clip i+1                        |-------+-----------------|
                |     body of i     | fade  |   body of i+1   |

so the film is as long as all its clips less all its fades, and every body holds at least one frame.

    source, clip, sound, timeline     the data: a file, what is seen, what is heard, the film
    shots                             what a timeline is built from
    joins, lengths, beds, building    how: transitions, how long each shot lasts, ambience, all of it laid out
"""

from film.timeline.beds import AMBIENCE_BLEND
from film.timeline.building import build_timeline
from film.timeline.clip import Caption, Clip, Fit, Grade, Slate
from film.timeline.joins import TRANSITION_SECONDS, kind_of_join
from film.timeline.lengths import LAST_BREATH, LINE_TAIL, SLOW_MOTION, SLOWEST, SPEECH_LEAD, LongDialogue
from film.timeline.shots import ShotCut, same_scene
from film.timeline.sound import Bed, EffectCue, Line, Music, SoundTarget, SpokenTurn
from film.timeline.source import Source, SourceKind
from film.timeline.timeline import Chapter, Timeline, Transition

__all__ = [
    "AMBIENCE_BLEND",
    "LAST_BREATH",
    "LINE_TAIL",
    "SLOWEST",
    "SLOW_MOTION",
    "SPEECH_LEAD",
    "TRANSITION_SECONDS",
    "Bed",
    "Caption",
    "Chapter",
    "Clip",
    "EffectCue",
    "Fit",
    "Grade",
    "Line",
    "LongDialogue",
    "Music",
    "ShotCut",
    "Slate",
    "SoundTarget",
    "Source",
    "SourceKind",
    "SpokenTurn",
    "Timeline",
    "Transition",
    "build_timeline",
    "kind_of_join",
    "same_scene",
]
