"""What a mood does to a face. Pure data and the words that ask for it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Expression:
    """Departures from rest; most run 0..1 or -1..1."""

    name: str = "calm"
    lids: float = 1.0
    """Openness of the eyes."""
    squint: float = 0.0
    """How far the lower lids rise."""
    brow_up: float = 0.0
    brow_inner: float = 0.0
    """Inner ends of the brows: up in grief (+), down in anger (-)."""
    brow_uneven: float = 0.0
    smile: float = 0.06
    mouth_open: float = 0.0
    press: float = 0.0
    """Lips pressed thin."""
    gaze: tuple[float, float] = (0.0, 0.0)


CALM = Expression()
_TENSE = Expression("tense", 1.0, 0.22, -0.28, -0.55, 0.0, -0.16, 0.0, 0.45, (0.10, 0.0))
_JOY = Expression("joyful", 0.90, 0.45, 0.25, 0.08, 0.0, 0.85, 0.42, 0.0)
_SAD = Expression("sad", 0.80, 0.08, 0.05, 0.85, 0.0, -0.52, 0.0, 0.1, (0.0, -0.25))
_CURIOUS = Expression("curious", 1.08, 0.0, 0.42, 0.05, 0.55, 0.14, 0.06, 0.0, (0.15, 0.12))
_ANGRY = Expression("angry", 0.92, 0.40, -0.60, -1.0, 0.0, -0.42, 0.10, 0.35)
_AFRAID = Expression("afraid", 1.22, 0.0, 0.55, 0.65, 0.0, -0.22, 0.40, 0.0, (0.12, 0.0))
_TENDER = Expression("tender", 0.84, 0.14, 0.10, 0.14, 0.0, 0.36, 0.0, 0.0)
_WISTFUL = Expression("wistful", 0.84, 0.04, 0.08, 0.36, 0.0, 0.16, 0.0, 0.0, (0.22, 0.05))
_SLY = Expression("sly", 0.76, 0.24, -0.08, -0.22, 0.35, 0.24, 0.0, 0.1, (0.28, 0.0))
_RESOLUTE = Expression("resolute", 0.94, 0.20, -0.30, -0.48, 0.0, 0.0, 0.0, 0.30, (0.05, 0.08))
_AWED = Expression("awed", 1.16, 0.0, 0.55, 0.22, 0.0, 0.10, 0.32, 0.0, (0.05, 0.22))
_TIRED = Expression("tired", 0.66, 0.08, -0.05, 0.30, 0.0, -0.20, 0.0, 0.1, (0.0, -0.15))

_MOODS: dict[str, Expression] = {
    **dict.fromkeys("tense anxious nervous suspense suspenseful uneasy worried dramatic urgent gritty".split(), _TENSE),
    **dict.fromkeys(
        "joyful happy cheerful playful excited triumphant laughing funny comedic uplifting festive".split(),
        _JOY,
    ),
    **dict.fromkeys(
        "sad melancholic melancholy sorrowful lonely tragic mournful grieving somber bleak crying".split(),
        _SAD,
    ),
    **dict.fromkeys("curious inquisitive interested puzzled playful-curious intrigued surprised".split(), _CURIOUS),
    **dict.fromkeys("angry furious rage violent hostile aggressive".split(), _ANGRY),
    **dict.fromkeys("scared afraid fear fearful horror terrified frightened eerie creepy spooky".split(), _AFRAID),
    **dict.fromkeys("romantic tender loving warm intimate hopeful gentle cozy affectionate".split(), _TENDER),
    **dict.fromkeys(
        "nostalgic wistful dreamy reflective bittersweet pensive contemplative thoughtful".split(), _WISTFUL
    ),
    **dict.fromkeys("mysterious secretive sinister suspicious noir sly".split(), _SLY),
    **dict.fromkeys("epic heroic determined resolute brave dark serious intense powerful action".split(), _RESOLUTE),
    **dict.fromkeys("awe awed wonder magical whimsical amazed majestic surreal".split(), _AWED),
    **dict.fromkeys("tired weary exhausted sleepy".split(), _TIRED),
}
_PROMPT: tuple[tuple[str, Expression], ...] = (
    (r"\bsmil\w+|\blaugh\w*|\bgrin\w*", _JOY),
    (r"\bcr(?:ies|ying)\b|\btear(?:s|ful)\b|\bsob\w*|\bweep\w*", _SAD),
    (r"\bangr\w+|\bfurious\w*|\bshout\w*|\bglar\w+", _ANGRY),
    (r"\bafraid\b|\bterrif\w+|\bscared\b|\bscream\w*|\bfrightened\b", _AFRAID),
    (r"\bsurpris\w+|\bamazed\b|\bastonish\w*|\bin awe\b", _AWED),
    (r"\bcurious\w*|\bpuzzled\b", _CURIOUS),
    (r"\bexhausted\b|\bweary\b|\btired\b", _TIRED),
)


def expression_of(mood: str | None, prompt: str, pitch: float = 0.0) -> Expression:
    """The face for a mood; what the prompt says of it goes first. A lifted head looks up."""
    found = next((face for pattern, face in _PROMPT if re.search(pattern, prompt.casefold())), None)
    if found is None:
        words = re.findall(r"[a-z-]+", (mood or "").casefold())
        found = next((_MOODS[word] for word in words if word in _MOODS), CALM)
    if abs(pitch) > 0.15:
        found = replace(
            found,
            gaze=(found.gaze[0], 0.35 if pitch > 0 else -0.45),
            lids=found.lids * (1 if pitch > 0 else 0.72),
        )
    return found
