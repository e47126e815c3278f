"""The words to read, laid on the timeline: for the files beside the film, its soft track, or burnt into the picture.

Timeline.lines ──(with_captions)──► Timeline.captions, Clip.captions
"""

from __future__ import annotations

from dataclasses import replace

from film.pipeline.params import FilmParams
from film.timeline import Timeline


def with_captions(timeline: Timeline, params: FilmParams) -> Timeline:
    """The timeline with what its lines are read as."""
    return replace(timeline, captions_language=params.film.captions.language)
