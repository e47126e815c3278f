"""How bright a clip is and what colour its light has, from a few of its pictures: what shots are matched by."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from math import log2

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from film.media.clips import decode
from film.media.opening import decoding, video_stream
from film.render.conform import Screen
from film.render.fitting import Fitter
from film.render.media import open_media, read_still
from film.render.pictures import planes_of
from film.timeline import Source

Gain = tuple[Fraction, Fraction, Fraction]

_SMALL = Screen(96, 54, Fraction(1))
_PICTURES = 3
_DARK, _LIGHT = 0.004, 0.85
"""Light outside of these, of 1, is black or burnt out: it says nothing of how a shot was exposed."""
_SCREEN_GAMMA = 2.4
_SHARE = 0.6
"""How much of a difference is taken away: a matched shot is nearer to its neighbour and still its own."""
_MOST_STOPS, _MOST_TINT = 0.5, 0.12
"""How far exposure is moved at most, and a colour against the others: more is a mistake, or the night."""
_STEPS = 64
"""Gains come in steps of this share, too small to be seen: measured anew, a shot keeps its key."""


def tone_of(source: Source) -> tuple[float, float, float] | None:
    """Mean linear red, green and blue of what is neither black nor burnt out; None where nothing is."""
    return _measured(source)


def matched(tone: tuple[float, float, float], anchor: tuple[float, float, float]) -> Gain:
    """The gain that brings a shot of this tone nearer to the anchor's: light first, then colour."""
    wanted = [log2(there / here) for here, there in zip(tone, anchor, strict=True)]
    exposure = sum(wanted) / 3
    stops = _SHARE * max(-_MOST_STOPS, min(_MOST_STOPS, exposure))
    tints = (_SHARE * max(-_MOST_TINT, min(_MOST_TINT, part - exposure)) for part in wanted)
    red, green, blue = (Fraction(round(_STEPS * 2 ** (stops + tint)), _STEPS) for tint in tints)
    return red, green, blue


@lru_cache(maxsize=4096)
def _measured(source: Source) -> tuple[float, float, float] | None:
    """A source is its bytes, so that it is measured once in a run."""
    light = np.concatenate([_light(frame) for frame in _pictures(source)])
    luma = light.mean(axis=1)
    lit = light[(luma > _DARK) & (luma < _LIGHT)]
    if len(lit) < len(light) // 50:
        return None
    # the mean of logarithms, as eyes and film add up light: one bright window does not make a bright room
    red, green, blue = np.exp2(np.log2(np.maximum(lit, _DARK / 4)).mean(axis=0))
    return float(red), float(green), float(blue)


def _pictures(source: Source) -> Iterator[VideoFrame]:
    fitter = Fitter("fill", _SMALL)
    if source.kind == "image":
        yield fitter.still(read_still(source.path))
        return
    with open_media(source.path, "video") as container:
        stream = video_stream(container, source.path.name)
        stream.codec_context.skip_frame = "NONKEY"
        with decoding(source.path.name):
            for frame in islice(decode(container, stream), _PICTURES):
                yield fitter.fit(frame, stream, source.path)


def _light(frame: VideoFrame) -> NDArray[np.float64]:
    """The pixels of a small frame in linear light, a row each."""
    y, cb, cr = (plane.astype(float) for plane in planes_of(frame))
    y = (y.reshape(y.shape[0] // 2, 2, y.shape[1] // 2, 2).mean(axis=(1, 3)) - 16) / 219
    cb, cr = (cb - 128) / 224, (cr - 128) / 224
    rgb = np.stack([y + 1.5748 * cr, y - 0.187324 * cb - 0.468124 * cr, y + 1.8556 * cb], axis=-1)
    return rgb.clip(0, 1).reshape(-1, 3) ** _SCREEN_GAMMA
