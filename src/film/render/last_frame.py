"""The picture with which a shot ends, out of its clip: what a shot that goes on from it begins with.

A provider like any other to those who plan and make: it works here, costs nothing, and what it made is kept.
"""

from __future__ import annotations

import asyncio
import io
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit
from urllib.request import url2pathname

from film.models import AssetType, Generated, Model
from film.providers.base import BaseProvider

FRAMES = "frame"
"""The provider of pictures that are frames of a clip: their origin is that of the clip."""


class FrameConfig(Model):
    """``at`` is how many seconds into the clip its shot is left; ``reading`` says how its pictures are read."""

    at: Decimal
    reading: str = ""
    by_rules: bool = False
    """Whether the clip was drawn, by no model that was trained."""
    model: str | None = None


class ClipFrames(BaseProvider):
    """Takes frames out of clips, on this machine."""

    name = FRAMES
    asset_type = AssetType.IMAGE
    local = True
    default_model = "frame-1"
    """Changes whenever equal clips would give other pictures."""
    image_url_form: ClassVar[str] = "file"

    def estimate_cost(self, config: FrameConfig) -> Decimal:
        return Decimal(0)

    def request_params(self, config: FrameConfig) -> dict[str, Any]:
        return {"at": config.at}

    async def generate(self, clip_url: str, config: FrameConfig) -> Generated:
        """The frame; ``clip_url`` is the ``file:`` address of the clip."""
        path = Path(url2pathname(urlsplit(clip_url).path))
        data = await asyncio.to_thread(last_frame, path, Fraction(config.at), config.reading)
        details = {"by_rules": True} if config.by_rules else {}
        return Generated(data=data, mime="image/png", details=details)


def last_frame(path: Path, at: Fraction, reading: str = "") -> bytes:
    """The frame that is seen last of a clip that is left ``at`` seconds after its first, upright and in sRGB, as PNG.

    Raises BadMedia for what cannot be decoded. A clip that ends earlier is held on its last frame, as in the cut.
    """
    from film.media.clips import DEINTERLACED, decode, progressive, turn_of
    from film.media.opening import decoding, open_media, seen_size, video_stream
    from film.render.conform import Screen, timed_frames
    from film.render.fitting import Fitter
    from film.render.pictures import to_rgb

    with open_media(path, AssetType.VIDEO) as container, decoding(path.name):
        stream = video_stream(container, path.name, threads=0)
        half = 1 / (2 * (stream.average_rate or Fraction(24)))
        frames = timed_frames(progressive(decode(container, stream), woven=DEINTERLACED in reading), path)
        first, chosen = next(frames)
        for time, frame in frames:
            if time - first >= at - half:
                break
            chosen = frame
        width, height = seen_size(chosen, stream, turn_of(chosen))
        screen = Screen(width + width % 2, height + height % 2, Fraction(24))
        shown = to_rgb(Fitter("fill", screen).fit(chosen, stream, path))
    out = io.BytesIO()
    shown.save(out, "PNG", compress_level=4)
    return out.getvalue()
