"""Chapters from scenes: where the place or the time of day becomes another one, a chapter begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, cast

from film.models import Shot
from film.publish.package import Chapter
from film.timeline import same_scene


def chapters_of(shots: Sequence[Shot], clips: object, rate: Fraction) -> tuple[Chapter, ...]:
    """One for each scene of the film as it was cut; ``clips`` are those of its build manifest, by shot and first frame.

    A shot that the cut does not have begins nothing.
    """
    starts = _starts(clips)
    chapters: list[Chapter] = []
    scene: list[Shot] = []
    for shot in shots:
        if shot.shot_id not in starts:
            continue
        if not scene or not same_scene(scene[-1], shot):
            chapters.append(Chapter(start=int(starts[shot.shot_id] / rate), title=_title(shot, len(chapters) + 1)))
            scene = []
        scene.append(shot)
    return tuple(chapters)


def _title(shot: Shot, number: int) -> str:
    """``Old attic, night``."""
    words = ", ".join(filter(None, (*shot.landscapes[:1], shot.time_of_day))).replace("<", "").replace(">", "")
    return words[:1].upper() + words[1:80] if words else f"Scene {number}"


def _starts(clips: object) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in cast("list[object]", clips) if isinstance(clips, list) else []:
        if not isinstance(one, dict):
            continue
        about = cast("Mapping[str, Any]", one)
        start = about.get("start")
        if isinstance(start, int) and isinstance(about.get("shot_id"), str):
            found.setdefault(str(about["shot_id"]), start)
    return found
