"""How long a clip to ask for: as long as its shot, or as its line takes, by the film's rule; and how much is seen.

Where clips are bought, the length is decided by the words alone and before anything is made. So the plan shows it, the
quote is exact, and no clip is bought again because its line came out a little longer.
"""

from __future__ import annotations

import unicodedata
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from math import ceil
from pathlib import Path

from film.cache import CachedAsset
from film.errors import InputError
from film.models import Shot
from film.planning.joins import Joins
from film.planning.params import FilmParams
from film.planning.readings import says, voice_of
from film.providers.base import BaseVideoProvider, VideoConfig
from film.timeline import LAST_BREATH, TRANSITION_SECONDS, ShotCut, Source, build_timeline

_LEAD = Decimal("0.3")
"""Seconds before a line that a bought clip has room for. It stays, whatever the cut does: orders are known by it."""
_USUAL = Decimal(TRANSITION_SECONDS.numerator) / TRANSITION_SECONDS.denominator
"""Seconds: what a transition may take beside a line, however long the shot is."""
_BREATH = Decimal(LAST_BREATH.numerator) / LAST_BREATH.denominator
_LETTERS_A_SECOND = 13
"""What unhurried voices speak; one ideograph counts as three letters."""
_PAUSE = Decimal("0.25")
"""Seconds at a mark that ends a clause."""
_MARKS = frozenset(",;:.!?…—、。，！？")
_CLOCK = 1000
"""Thousandths of a second: where a shot is left does not hang on how many frames a second the film has."""
_NOTHING = Source("", Path())


def seconds_of(speech: CachedAsset | None) -> Decimal | None:
    """The length of cached speech."""
    if speech is None or not speech.details.get("sample_rate"):
        return None
    return Decimal(int(speech.details["samples"])) / Decimal(int(speech.details["sample_rate"]))


def left_at(params: FilmParams, shot: Shot, clip: CachedAsset, line: CachedAsset | None) -> Decimal:
    """Seconds into its clip at which a shot is left, by the rules of the cut, as if it stood between two cuts.

    What comes before and after does not count: an edit there changes nothing here.
    """
    cut = ShotCut(
        shot_id=shot.shot_id,
        source=_NOTHING,
        frames=round(shot.duration * _CLOCK),
        seconds=Fraction(shot.duration),
        source_frames=max(1, int(Fraction(clip.details["seconds"]) * _CLOCK)),
        made_to_fit=says(clip, "made_to_fit"),
        speech=_NOTHING if line else None,
        speech_samples=int(line.details["samples"]) if line else 0,
        speech_rate=int(line.details["sample_rate"]) if line else _CLOCK,
        spoken=voice_of(line) if line else (),
        transition="cut",
    )
    timeline = build_timeline(
        [cut, ShotCut(shot_id="", source=_NOTHING, frames=_CLOCK)],
        rate=Fraction(_CLOCK),
        width=params.width,
        height=params.height,
        long_dialogue=params.film.long_dialogue,
        line_tail=Fraction(params.film.line_tail),
    )
    shown = timeline.clips[0]
    return Decimal(int((shown.frames - shown.hold) * shown.speed)) / _CLOCK


def spoken_seconds(text: str) -> Decimal:
    """How long a line takes, said without haste."""
    wide = sum(1 for char in text if unicodedata.east_asian_width(char) in "WF")
    marks = sum(1 for char, after in zip(text, text[1:] + " ", strict=True) if char in _MARKS and after not in _MARKS)
    letters = len(text) + 2 * wide
    return Decimal(letters) / _LETTERS_A_SECOND + _PAUSE * max(0, marks - 1)


def room_for_line(params: FilmParams, shot: Shot, speech: Decimal) -> Decimal:
    """Seconds of clip that ``speech`` needs, with the transitions that take place beside it and the air after it.

    Beside a line a transition takes what the line leaves of the shot, or the usual half second: see
    ``film.timeline.joins``, which cuts by the same rule.
    """
    joins = params.joins.get(shot.shot_id, Joins())
    line = speech + params.film.line_tail
    lead = Decimal(0) if joins.before else _LEAD
    beside = sum(1 for fade in (joins.before, joins.after) if fade)
    most = max(_USUAL, (shot.duration - line - lead) / max(1, beside))
    after = _BREATH if joins.after is None else min(joins.after, most)
    return max(_LEAD, min(joins.before, most)) + line + after


def made_here(params: FilmParams, shot: Shot, speech: Decimal | None) -> Decimal:
    """The length of a clip that costs nothing: whatever its line can take in any cut, to a tenth of a second.

    What is beside the shot does not count here: where a neighbour changes, the clip stays, and the cut shows what it
    needs of it.
    """
    if speech is None:
        return shot.duration
    room = speech + params.film.line_tail + 2 * _USUAL
    return max(shot.duration, room.quantize(Decimal("0.1"), ROUND_CEILING))


def bought(params: FilmParams, shot: Shot, provider: BaseVideoProvider, config: VideoConfig) -> Decimal:
    """The length to ask a vendor for: the shot's, or where the film says so the next it sells that holds the line."""
    if params.film.long_dialogue != "next-length" or not shot.spoken:
        return shot.duration
    wanted = room_for_line(params, shot, spoken_seconds(shot.spoken))
    sold = _sold(provider, config, shot.duration)
    if sold is None or sold >= wanted:
        return shot.duration
    for seconds in range(ceil(wanted), ceil(shot.duration), -1):
        if _sold(provider, config, Decimal(seconds)) is not None:
            return Decimal(seconds)
    return shot.duration


def _sold(provider: BaseVideoProvider, config: VideoConfig, duration: Decimal) -> Decimal | None:
    """The length that comes back; None where a model makes none so long."""
    try:
        return provider.clip_seconds(config.model_copy(update={"duration": duration}))
    except InputError:
        return None
