"""Captions: what is said, as words to read, in whole frames.

    text       one clean line, its width, the places where it may be broken and how well
    moments    when each character of a line is heard
    pages      a line split into pages of one or two lines
    cues       pages as captions of the film, with time to read them
    subtitles  SubRip, WebVTT, samples of a text track
    laying     all of it laid on the timeline

    Timeline ──(captioned)──► Timeline with captions ──► compose: track, burnt in, slates;  srt, vtt: files beside it

All of this is pure: nothing is opened or drawn here.
"""

from film.captions.laying import captioned
from film.captions.subtitles import sample, srt, vtt

__all__ = ["captioned", "sample", "srt", "vtt"]
