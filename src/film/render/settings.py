"""How the film is encoded: every segment with the same parameters, so that all of them share one decoder setup.

``stitchable`` keeps the sequence and picture parameter sets (SPS, PPS) free of what rate control would write into
them, closed GOPs let a segment stand alone, and one encoder thread makes a re-encode equal to the byte. Together they
allow segments to be joined as packets, without encoding anything twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, Self

import av

from film.errors import ConfigurationError
from film.render.conform import Screen
from film.render.masters import INTRA, Codec, master
from film.shots.filmfile import Format

Preset = Literal["ultrafast", "veryfast", "fast", "medium", "slow"]
REORDER = 2
"""Frames by which decoding runs ahead of showing: what b-pyramid needs, fixed for all segments."""
_LEVELS = (
    ("4.0", 245_760, 8_192),
    ("4.2", 522_240, 8_704),
    ("5.0", 589_824, 22_080),
    ("5.1", 983_040, 36_864),
    ("5.2", 2_073_600, 36_864),
    ("6.2", 16_711_680, 139_264),
)
"""H.264 levels (table A-1): macroblocks a second, macroblocks a frame."""


@dataclass(frozen=True)
class EncodeSettings:
    preset: Preset = "veryfast"
    crf: int = 20
    audio_bitrate: int = 192_000
    aac_coder: Literal["fast", "twoloop"] = "fast"
    format: Format = "web"

    def __post_init__(self) -> None:
        if not 0 <= self.crf <= 51 or not 32_000 <= self.audio_bitrate <= 512_000:
            raise ConfigurationError(
                f"crf {self.crf} at {self.audio_bitrate} bit/s of sound cannot be encoded",
                hint="use a crf of 0 to 51 and 32000 to 512000 bit/s",
            )

    @property
    def pcm(self) -> bool:
        """Whether sound is kept as it is, without AAC."""
        return self.format in INTRA

    def codec(self, screen: Screen) -> Codec:
        """The encoder of pictures, and what it is told; all of it is part of every segment's key."""
        if self.format == "web":
            return Codec("libx264", "yuv420p", self.x264(screen), "mp4", REORDER, "video/mp4")
        draft = self.preset == "ultrafast"
        return master(self.format, screen.width, screen.height, screen.rate, draft=draft)

    @classmethod
    def of(cls, form: Format, *, draft: bool) -> Self:
        """Those of a film that is delivered as ``form``."""
        return replace(cls.preview() if draft else cls.final(), format=form)

    @classmethod
    def preview(cls) -> Self:
        """Quick, for looking at a cut: keeps more film grain than veryfast, in half the time and twice the bits."""
        return cls(preset="ultrafast", crf=21)

    @classmethod
    def final(cls) -> Self:
        """For showing: better pictures for several times the work."""
        return cls(preset="medium", crf=18, aac_coder="twoloop")

    def x264(self, screen: Screen) -> dict[str, str]:
        """The options of the web's encoder."""
        second = max(1, round(screen.rate))
        # ultrafast leaves out the deblocking that skies need; veryfast may search a third less at a tenth of the loss
        search = {"ultrafast": "ref=1:deblock=0,0:8x8dct=1", "veryfast": "ref=1:subme=1"}.get(self.preset, "ref=3")
        params = (
            f"stitchable=1:keyint={2 * second}:min-keyint={second}:scenecut=40:open-gop=0:bframes=3:b-pyramid=2:"
            f"{search}:weightp=1:force-cfr=1:colorprim=bt709:transfer=bt709:colormatrix=bt709:videoformat=5:range=tv"
        )
        return {
            "preset": self.preset,
            "crf": str(self.crf),
            "profile": "high",
            "level": level_for(screen),
            "x264-params": params,
        }


def level_for(screen: Screen) -> str:
    """The lowest level from 4.0 that holds the film: players take it to decide whether they can keep up."""
    blocks = -(-screen.width // 16) * -(-screen.height // 16)
    for level, each_second, each_frame in _LEVELS:
        if blocks <= each_frame and blocks * screen.rate <= each_second:
            return level
    raise ConfigurationError(
        f"{screen.width}x{screen.height} at {screen.rate} frames a second is more than H.264 allows",
        hint="use a smaller picture or a lower rate",
    )


def timescale(rate: Fraction) -> tuple[int, int]:
    """Ticks a second and ticks a frame of the film's video track: whole, and at least 10,000 a second."""
    fine = 1
    while rate.numerator * fine < 10_000:
        fine *= 2
    return rate.numerator * fine, rate.denominator * fine


def codec_version() -> str:
    """Part of every key: another libavcodec may encode otherwise."""
    return ".".join(map(str, av.library_versions["libavcodec"]))
