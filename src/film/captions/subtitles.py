"""Captions as files and as a track: SubRip, WebVTT, and the samples of an MP4's own text track.

Text is data. WebVTT knows how to escape it. SubRip and the text track do not, and players find markup in them: there
an invisible word joiner parts what would be read as markup, so that it is shown as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from film.timeline import Caption

_JOINER = "\u2060"
_ASS_CODE = re.compile(r"\{(?=\\)|\\(?=[Nnh{}])")
"""What players that render text by libass take for commands: ``{\\an8}``, ``\\N``."""
_TAG = re.compile(r"<(?=[A-Za-z/!?])|&(?=[A-Za-z#])|--(?=>)|(?<=\d):(?=\d\d:\d\d[,.]\d)")
"""Tags, entities, and what SubRip's times are known by: the arrow between them, and themselves."""


def srt(captions: Sequence[Caption], rate: Fraction) -> str:
    """A SubRip file."""
    blocks = (
        f"{number}\n{_span(caption, rate, ',')}\n{_TAG.sub(_parted, inert(caption.text))}\n"
        for number, caption in enumerate(captions, 1)
    )
    return "\n".join(blocks)


def vtt(captions: Sequence[Caption], rate: Fraction, *, language: str) -> str:
    """A WebVTT file; who speaks is said in voice tags, which players may use for colours.

    Nothing but the signature stands in its head: what else some players read there, strict ones refuse.
    """
    head = f"WEBVTT\n\nNOTE Language: {language}\n"
    return "\n".join([head, *(f"{_span(caption, rate, '.')}\n{_voiced(caption)}\n" for caption in captions)])


def sample(caption: Caption) -> bytes:
    """What a text track holds for a caption: the length of its text, and the text."""
    encoded = inert(caption.text).encode("utf-8")
    return len(encoded).to_bytes(2, "big") + encoded


def inert(text: str) -> str:
    """The text with nothing in it that libass would obey."""
    return _ASS_CODE.sub(_parted, text)


def milliseconds(frame: int, rate: Fraction) -> int:
    return round(frame * 1000 / rate)


def _parted(markup: re.Match[str]) -> str:
    return markup[0] + _JOINER


def _voiced(caption: Caption) -> str:
    """Its words in a voice tag; the name that stands before them for other players would be read twice here."""
    if not caption.speaker:
        return _escaped(caption.text)
    text = caption.text.removeprefix(f"{caption.speaker.upper()}: ")
    return f"<v {_escaped(caption.speaker)}>{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _span(caption: Caption, rate: Fraction, mark: str) -> str:
    start, stop = caption.start_frame, caption.start_frame + caption.frames
    return f"{_clock(milliseconds(start, rate), mark)} --> {_clock(milliseconds(stop, rate), mark)}"


def _clock(ms: int, mark: str) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{mark}{ms:03}"
