"""What a film can be delivered as: for the web, or as a master that others grade, archive and encode again.

    web       H.264, 8 bit 4:2:0, AAC, .mp4        plays everywhere; the only one that is signed and checked by default
    hevc      H.265, 10 bit 4:2:0, AAC, .mp4
    av1       AV1, 10 bit 4:2:0, AAC, .mp4
    prores    ProRes 422 HQ, 10 bit 4:2:2, PCM of 24 bit, .mov
    dnxhr     DNxHR HQX, 10 bit 4:2:2, PCM of 24 bit, .mov

Each has segments of its own in the store, with parameters that are the same for all of them, so that a master is
joined, kept and changed as the film is. Pictures are worked on in 8 bits: ten keep what the encoder makes of them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation

from film.errors import ConfigurationError
from film.shots.filmfile import Format

if TYPE_CHECKING:
    from av.video.codeccontext import VideoCodecContext

INTRA = frozenset(("prores", "dnxhr"))
"""Mezzanines: every picture stands alone, and sound is not compressed."""
_SMALLEST_DNXHR = (256, 120)


@dataclass(frozen=True)
class Codec:
    """An encoder with its pixels and options; ``reorder`` frames of decoding run ahead of showing."""

    encoder: str
    pixels: str
    options: dict[str, str]
    container: Literal["mp4", "mov"]
    reorder: int
    mime: str

    def dress(self, context: VideoCodecContext) -> None:
        """Say what the colours mean, where the encoder does not by its options."""
        context.color_range, context.colorspace = ColorRange.MPEG, Colorspace.ITU709
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        if self.encoder == "libsvtav1":
            os.environ.setdefault("SVT_LOG", "1")  # it has no other way to be quiet

    def of(self, frame: VideoFrame) -> VideoFrame:
        """A frame of the film as the encoder takes it."""
        if frame.format.name == self.pixels:  # the web's
            return frame
        made = frame.reformat(
            format=self.pixels,
            src_colorspace=Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.MPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.BICUBIC | Interpolation.ACCURATE_RND,
            threads=1,
        )
        made.color_range, made.colorspace = ColorRange.MPEG, Colorspace.ITU709
        # ProRes says of each picture what its colours mean, and takes it from the picture
        made.color_primaries, made.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        return made


def master(form: Format, width: int, height: int, rate: Fraction, *, draft: bool) -> Codec:
    """How a film of this size is encoded as ``form``, which is not ``web``; ConfigurationError where it cannot be."""
    second = max(1, round(rate))
    match form:
        case "prores":
            return Codec("prores_ks", "yuv422p10le", {"profile": "3", "vendor": "apl0"}, "mov", 0, "video/quicktime")
        case "dnxhr":
            if width < _SMALLEST_DNXHR[0] or height < _SMALLEST_DNXHR[1]:
                raise ConfigurationError(
                    f"DNxHR holds no picture of {width}x{height}", hint="use 256x120 at least, or another format"
                )
            return Codec("dnxhd", "yuv422p10le", {"profile": "dnxhr_hqx"}, "mov", 0, "video/quicktime")
        case "hevc":
            params = (
                f"log-level=error:info=0:pools=none:frame-threads=1:wpp=0:open-gop=0:keyint={2 * second}:"
                f"min-keyint={second}:bframes=3:b-pyramid=1:hrd=0:range=limited:colorprim=bt709:transfer=bt709:"
                "colormatrix=bt709"
            )
            options = {"preset": "ultrafast" if draft else "medium", "crf": "22" if draft else "18"}
            return Codec("libx265", "yuv420p10le", {**options, "x265-params": params}, "mp4", 2, "video/mp4")
        case _:
            options = {"preset": "10" if draft else "6", "crf": "32" if draft else "24", "g": str(2 * second)}
            return Codec("libsvtav1", "yuv420p10le", {**options, "svtav1-params": "lp=1"}, "mp4", 0, "video/mp4")
