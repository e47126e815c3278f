"""Captions drawn into the picture: white letters with a dark edge and a soft shade, readable on snow and at night.

A caption is drawn once, as how much of each pixel it covers and with what, and laid over its frames; only the pixels
around it are touched. It stands above the slate's bar, so drafts and finals look alike. In a narrow picture, where two
long lines would make small letters, the words are set in more and shorter ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from film.captions.text import LineBreak, breaks
from film.render.fonts import Typeface
from film.render.pictures import as_frame, as_picture, planes_in
from film.timeline import Clip

_SAFE = 0.9
"""Share of the width that every screen shows."""
_BOTTOM, _NARROW_BOTTOM = 0.885, 0.8
"""Where the last line ends, as a share of the height; above what players of narrow films put over them."""
_SIZE, _NARROW_SIZE = 0.058, 0.05
"""Of the letters: a share of the height, or of a narrow picture's width."""
_AVERAGE_LETTER = 0.56
"""Width of a letter, as a share of its size: 42 of them must fit on a line."""
_NARROW = 0.8
"""A picture is narrow when its letters would have to shrink below this."""
_PITCH = 1.25
_EDGE, _SHADE, _SHADE_RADIUS = 0.075, 0.5, 0.3
"""Width of the dark edge, strength and reach of the shade, as shares of the letters' size where they are lengths."""
_FINE = 44
"""Pixels: smaller letters are drawn larger and scaled down."""
_WHITE, _BLACK, _NEUTRAL = 228, 16, 128
_MOST_LINES = 4


@dataclass(frozen=True)
class Drawn:
    """A caption, for the pixels from ``top`` and ``left`` on: ``kept`` of 256 parts of the picture, and ``added``."""

    top: int
    left: int
    kept: list[NDArray[np.uint16]]
    added: list[NDArray[np.uint16]]

    def over(self, frame: VideoFrame) -> VideoFrame:
        """A copy of ``frame`` with the caption on it."""
        picture = as_picture(frame)
        for plane, kept, added, step in zip(planes_in(picture), self.kept, self.added, (1, 2, 2), strict=True):
            rows, columns = kept.shape
            top, left = self.top // step, self.left // step
            under = plane[top : top + rows, left : left + columns]
            under[:] = (under * kept + added) >> 8
        return as_frame(picture)


def captioned(frame: VideoFrame, *shown: tuple[Clip, int]) -> VideoFrame:
    """``frame`` with the caption that one of the clips has at its frame; ``frame`` itself where none has any."""
    for clip, at in shown:
        for caption in clip.captions:
            if caption.start_frame <= at < caption.start_frame + caption.frames:
                return drawn(caption.text, frame.width, frame.height).over(frame)
    return frame


@lru_cache(maxsize=8)
def drawn(text: str, width: int, height: int) -> Drawn:
    lines, size, bottom = _set(text, width, height)
    fine = -(-_FINE // size) if size < _FINE else 1
    face, edge = Typeface(size * fine, 600), max(1, round(_EDGE * size * fine))
    pad = 2 * round((_EDGE + _SHADE_RADIUS * 2) * size / 2 + 1)
    wide = max(max(map(face.width, lines)) / fine, 2)
    block_width = min(width, 2 * round(wide / 2) + 2 * pad)
    block_height = min(height, 2 * round(size * _PITCH * len(lines) / 2) + 2 * pad)
    letters = Image.new("L", (block_width * fine, block_height * fine))
    edges = Image.new("L", letters.size)
    for number, line in enumerate(lines):
        at = ((letters.width - face.width(line)) / 2, (pad + size * (_PITCH * number + 1)) * fine)
        face.draw(ImageDraw.Draw(letters), at, line, 255)
        face.draw(ImageDraw.Draw(edges), at, line, 255, stroke=edge)
    if fine > 1:
        letters, edges = (mask.resize((block_width, block_height), Image.Resampling.BOX) for mask in (letters, edges))
    shade = edges.filter(ImageFilter.GaussianBlur(_SHADE_RADIUS * size))
    top = max(0, min(height - block_height, 2 * round((height * bottom - block_height + pad) / 2)))
    return _layers(_share(letters), _share(edges), _share(shade), top, 2 * round((width - block_width) / 4))


def _layers(
    letters: NDArray[np.float32], edges: NDArray[np.float32], shade: NDArray[np.float32], top: int, left: int
) -> Drawn:
    dark = np.maximum(edges, np.minimum(1, shade * 1.6) * _SHADE)
    covered = letters + (1 - letters) * dark
    luma = letters * _WHITE + (1 - letters) * dark * _BLACK
    quarter = covered.reshape(len(covered) // 2, 2, -1, 2).mean(axis=(1, 3))
    kept = [_parts(1 - covered), *(_parts(1 - quarter) for _ in "uv")]
    added = [_parts(luma), *(_parts(quarter * _NEUTRAL) for _ in "uv")]
    return Drawn(top, left, kept, added)


def _parts(share: NDArray[np.float32]) -> NDArray[np.uint16]:
    return np.round(share * 256).astype(np.uint16)


def _share(mask: Image.Image) -> NDArray[np.float32]:
    return np.asarray(mask, np.float32) / np.float32(255)


def _set(text: str, width: int, height: int) -> tuple[list[str], int, float]:
    """The lines, the size of their letters, and where they end: as they are, or set anew for a narrow picture."""
    room = width * _SAFE
    tall, wide = _SIZE * height, room / (42 * _AVERAGE_LETTER)
    lines, bottom, size = text.split("\n"), _BOTTOM, max(8, round(min(tall, wide)))
    if wide < _NARROW * tall:
        bottom, larger = _NARROW_BOTTOM, max(8, round(min(tall, _NARROW_SIZE * width)))
        anew = [part for line in _paragraphs(lines) for part in _wrapped(line, Typeface(larger, 600), room)]
        lines, size = (anew, larger) if len(anew) <= _MOST_LINES else (lines, size)
    widest = max(map(Typeface(size, 600).width, lines))
    return lines, size if widest <= room else max(6, int(size * room / widest)), bottom


def _paragraphs(lines: list[str]) -> list[str]:
    """What may be set anew: an exchange of two speakers keeps its lines."""
    if all(line.startswith("- ") for line in lines):
        return lines
    joint = "" if any(place.at == len(lines[0]) for place in breaks("".join(lines))) else " "
    return [joint.join(lines)]


def _wrapped(text: str, face: Typeface, room: float) -> list[str]:
    """As few lines as hold it, of like width, broken at sense."""
    places = [LineBreak(0, 0), *breaks(text), LineBreak(len(text), 0)]
    for count in range(1, len(places)):
        even = face.width(text) / count
        best: dict[tuple[int, int], tuple[float, list[str]]] = {(0, 0): (0.0, [])}
        for used in range(1, count + 1):
            for here in range(1, len(places)):
                options: list[tuple[float, list[str]]] = []
                for before in range(here):
                    if (used - 1, before) in best:
                        line = text[places[before].at : places[here].at].strip()
                        across = face.width(line)
                        if across <= room:
                            cost, lines = best[used - 1, before]
                            uneven = 40 * abs(across - even) / room
                            options.append((cost + uneven + places[here].cost, [*lines, line]))
                if options:
                    best[used, here] = min(options)
        if found := best.get((count, len(places) - 1)):
            return found[1]
    return [text]
