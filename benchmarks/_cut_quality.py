"""How like its sources a film looks: SSIM, picture by picture, between its fades."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from benchmarks._cut_material import FADE, RATE, SECONDS, Material

_EVERY = 7
"""Of that many pictures, one is looked at."""
_SIDE = 8

Luma = NDArray[np.float32]


def likeness(film: Path, material: Material) -> float:
    """The mean over all bodies; 1 is the same."""
    found: list[float] = []
    length = SECONDS * RATE
    with av.open(str(film)) as shown:
        pictures = shown.decode(video=0)
        for number, path in enumerate(material.clips):
            head, tail = (FADE if number else 0), (FADE if number < len(material.clips) - 1 else 0)
            with av.open(path) as clip:
                body = islice(clip.decode(video=0), head, length - tail)
                for place, source in enumerate(body):
                    picture = next(pictures)
                    if place % _EVERY == 0:
                        found.append(_ssim(_luma(source), _luma(picture)))
            for _ in range(tail):
                next(pictures)
    return float(np.mean(found))


def _luma(frame: av.VideoFrame) -> Luma:
    return frame.to_ndarray(format="gray").astype(np.float32)


def _ssim(one: Luma, other: Luma) -> float:
    """Over blocks that do not overlap, which is as FFmpeg's meter has it, but for its half steps."""
    a, b = _blocks(one), _blocks(other)
    mean_a, mean_b = a.mean(axis=1), b.mean(axis=1)
    var_a, var_b = a.var(axis=1), b.var(axis=1)
    both = (a * b).mean(axis=1) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    like = (2 * mean_a * mean_b + c1) * (2 * both + c2) / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))
    return float(like.mean())


def _blocks(luma: Luma) -> Luma:
    rows, columns = (side // _SIDE * _SIDE for side in luma.shape)
    tiles = luma[:rows, :columns].reshape(rows // _SIDE, _SIDE, columns // _SIDE, _SIDE)
    return tiles.transpose(0, 2, 1, 3).reshape(-1, _SIDE * _SIDE)
