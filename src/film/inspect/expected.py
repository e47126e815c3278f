"""What the film should be, read from the build manifest that ``film make`` leaves beside it.

    attic.mp4 ── attic.build.json ──► Expected: frames, where each shot lies, holds, stills, the mix's loudness

The manifest only helps: a film without one is judged by what any film should be. It is read as a stranger's file:
what is not there, or is not what it should be, is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

from film.files.bounds import open_plain
from film.providers.registry import TIERS

_LARGEST = 64 << 20


@dataclass(frozen=True)
class ExpectedClip:
    """``frames`` of the film from ``start`` on, fades included. ``missing`` says why a still stands in for it."""

    shot_id: str
    start: int
    frames: int
    hold: int = 0
    still: bool = False
    title: bool = False
    """Words on a plain ground, as its shot says."""
    speed: Fraction = Fraction(1)
    missing: str = ""
    spoken: bool = True
    """Whether it has a line; manifests of before do not say, and a shot was held for its line as a rule."""
    join: str = "cut"
    join_frames: int = 0
    """How it goes over into the next one, in its last frames."""

    @property
    def stop(self) -> int:
        return self.start + self.frames


@dataclass(frozen=True)
class Expected:
    """Zero, empty and None stand for what the manifest does not say."""

    frames: int = 0
    rate: Fraction = Fraction(0)
    width: int = 0
    height: int = 0
    size: int = 0
    sha256: str = ""
    draft: bool = False
    clips: tuple[ExpectedClip, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    """(shot, why)."""
    has_sound: bool | None = None
    spoken: bool = False
    target: float | None = None
    """LUFS that were asked for; None leaves it to the mix."""
    mixed: float | None = None
    """LUFS that the mix was measured at when it was made."""
    true_peak_limit: float | None = None
    long_dialogue: str = ""
    """The film's rule for lines that outlast their clips."""

    def clip_at(self, frame: int) -> ExpectedClip | None:
        """The clip that has the screen at a frame; within a fade the outgoing one."""
        return next((clip for clip in self.clips if clip.start <= frame < clip.stop), None)

    def in_a_title(self, first: int, stop: int) -> bool:
        """Whether frames lie within titles, fades included: black and plain are their ground."""
        titled = sum(max(0, min(stop, clip.stop) - max(first, clip.start)) for clip in self.clips if clip.title)
        return titled >= max(1, stop - first)

    def in_a_dip(self, first: int, stop: int) -> bool:
        """Whether frames lie within a join that goes through black or white."""
        dips = [clip for clip in self.clips if clip.join.startswith("dip-")]
        return any(clip.stop - clip.join_frames <= first + 1 and stop <= clip.stop + 1 for clip in dips)


def manifest_path(film: Path) -> Path:
    return film.with_name(f"{film.stem}.build.json")


def expected(film: Path) -> Expected | None:
    """What the manifest beside ``film`` says of it; None where there is no manifest that can be read."""
    path = manifest_path(film)
    try:
        with open_plain(path) as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            return None
        document: object = json.loads(data.decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return _read(cast("Mapping[str, object]", document)) if isinstance(document, dict) else None


def _read(document: Mapping[str, object]) -> Expected:
    shots = _entries(document.get("shots"))
    missing = tuple((_text(s.get("shot_id")), _text(s.get("missing"))) for s in shots if s.get("missing"))
    why = dict(missing)
    clips = tuple(
        ExpectedClip(
            shot_id=_text(clip.get("shot_id")),
            start=_count(clip.get("start")),
            frames=_count(clip.get("frames")),
            hold=_count(clip.get("hold")),
            still=clip.get("still") is True,
            title=clip.get("title") is True,
            speed=_ratio(clip.get("speed")) or Fraction(1),
            spoken=clip.get("spoken") is not False,
            missing=why.get(_text(clip.get("shot_id")), ""),
            join=_text(clip.get("join")) or "cut",
            join_frames=_count(clip.get("join_frames")),
        )
        for clip in _entries(document.get("clips"))
    )
    sound: Mapping[str, object] = _mapping(document.get("sound"))
    film = _mapping(_mapping(document.get("asked")).get("film"))
    return Expected(
        frames=_count(document.get("frames")),
        rate=_ratio(document.get("frame_rate")),
        width=_count(document.get("width")),
        height=_count(document.get("height")),
        size=_count(document.get("size")),
        sha256=_text(document.get("sha256")),
        draft=(tier := TIERS.get(_text(document.get("tier")))) is not None and tier.is_draft,
        clips=clips,
        missing=missing,
        has_sound=sound["present"] is True if "present" in sound else None,
        spoken=sound.get("spoken") is True,
        target=_level(sound.get("target")),
        mixed=_level(sound.get("integrated")),
        true_peak_limit=_level(sound.get("true_peak_limit")),
        long_dialogue=_text(film.get("long_dialogue")),
    )


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def _entries(value: object) -> list[Mapping[str, object]]:
    items = cast("list[Any]", value) if isinstance(value, list) else []
    return [_mapping(item) for item in items]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def _level(value: object) -> float | None:
    try:
        level = float(cast("Any", value))
    except (TypeError, ValueError):
        return None
    return level if -200 < level < 200 else None


def _ratio(value: object) -> Fraction:
    try:
        ratio = Fraction(cast("Any", value))
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return Fraction(0)
    return ratio if 0 < ratio < 1_000_000 else Fraction(0)
