"""The words to read: laid on the timeline, and as files beside the film.

Timeline.lines ──(with_captions)──► Timeline.captions, Clip.captions ──► film
                                          └──(write_files)──► film.srt, film.vtt
"""

from __future__ import annotations

from film.captions import captioned
from film.pipeline.params import FilmParams
from film.timeline import Timeline


def with_captions(timeline: Timeline, params: FilmParams) -> Timeline:
    """The timeline with what its lines are read as."""
    return captioned(timeline, params.film.captions)
