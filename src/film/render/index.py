"""How large a film's index can become, told before it is written.

A player on the web needs the index (``moov``) before the media. A muxer knows its size only at the end, and then moves
all the media to let it in: for a long film that is the larger part of joining it. So its room is reserved in front,
and what it does not need is left as a ``free`` box, well under a hundredth of the film.

    per picture    when it is shown 8 · size 4 · key frame 4 · chunk 12 + 8
    per sound      size 4, and for what lies between two pictures or captions a chunk 12 + 8
    per caption    time 8 · size 4 · chunk 12 + 8, and the same for the gap behind it
    per chapter    the same, and its title
"""

from __future__ import annotations

from film.timeline import Timeline

_PICTURE, _SOUND, _CHUNK, _TEXT = 36, 4, 20, 32
_FIXED = 1 << 15
"""Headers of four tracks, and the encoder's parameters."""
_TITLE = 600


def room_for_index(timeline: Timeline, sounds: int) -> int:
    """Bytes that the index of the film takes at most; ``sounds`` is the number of its packets of sound."""
    captions = 2 * len(timeline.captions) + 1
    chapters = len(timeline.clips)
    words = 4 * (len(timeline.title) + len(timeline.comment))
    tables = _PICTURE * timeline.frames + _SOUND * sounds + _CHUNK * (timeline.frames + captions if sounds else 0)
    return _FIXED + words + tables + _TEXT * captions + (_TEXT + _TITLE) * chapters
