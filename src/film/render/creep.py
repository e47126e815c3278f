"""Where a clip is over and its shot is not, the camera creeps in on the last picture, so that it does not hang.

The way begins at rest and takes on its pace within a second, since a camera that starts at once is seen to start; it
gets slower again as it comes near to what the picture bears. Each frame is cut out of the held one between its pixels,
and so the move has no steps.
"""

from __future__ import annotations

from math import exp, expm1

import numpy as np
from av.video.frame import VideoFrame
from PIL import Image

from film.render.pictures import as_frame, as_picture, planes_in

_PACE = 0.014
"""Share of the picture a second."""
_SETTLES = 0.8
"""Seconds."""
_MOST = 0.12
"""Share of the picture; nearer, it shows that it is only a picture."""


def crept(held: VideoFrame, size: tuple[int, int], seconds: float) -> VideoFrame:
    """The frame after it was held for so long. Its picture, of ``size``, is in its middle; what is around it stays."""
    share = 1 / (1 + nearer(seconds))
    width, height = size
    picture = as_picture(held)
    for plane, part in zip(planes_in(picture), (1, 2, 2), strict=True):
        rows, columns = height // part, width // part
        top, left = (plane.shape[0] - rows) // 2, (plane.shape[1] - columns) // 2
        target = plane[top : top + rows, left : left + columns]
        across, down = columns * (1 - share) / 2, rows * (1 - share) / 2
        box = (across, down, columns - across, rows - down)
        target[:] = np.asarray(Image.fromarray(target).resize((columns, rows), Image.Resampling.BICUBIC, box=box))
    return as_frame(picture)


def nearer(seconds: float) -> float:
    """How much larger the picture is by then, from 0."""
    way = _PACE * (seconds + _SETTLES * expm1(-seconds / _SETTLES))
    return _MOST * (1 - exp(-way / _MOST))
