"""A picture that is held is crept in on: from rest, smoothly, and only as far as it bears."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
from cutting_room import make_clip

from film.render import EncodeSettings, conform
from film.render.conform import Screen, Stretch
from film.render.creep import crept, nearer
from film.render.pictures import as_frame, as_picture, planes_in
from film.render.segments import plan
from film.timeline import Clip, Fit, Timeline, Transition

SCREEN = Screen(64, 36, Fraction(24))
SIZE = (640, 360)


def rings(width: int = 640, height: int = 360) -> np.ndarray:
    """Soft rings around the middle: how far from it one lies, tells how near the camera is."""
    picture = np.full((height * 3 // 2, width), 128, np.uint8)
    y, x = np.mgrid[:height, :width]
    away = np.hypot(x - (width - 1) / 2, y - (height - 1) / 2)
    planes_in(picture)[0][:] = 120 + 80 * np.cos(away / 8)
    return picture


def radius(picture: np.ndarray) -> float:
    """Of the dark ring nearest to 25 pixels, to a fraction of a pixel."""
    row = picture[179:181].mean(axis=0)[320:].astype(float)
    dark = slice(18, 36)
    weight = np.maximum(0, 100 - row[dark]) ** 2
    return float((np.arange(18, 36) * weight).sum() / weight.sum())


def test_the_camera_starts_from_rest_and_never_jumps() -> None:
    ways = [nearer(k / 24) for k in range(24 * 60)]
    steps = [b - a for a, b in pairwise(ways)]
    assert ways[0] == 0 and steps[0] < 0.1 * max(steps)
    assert all(step > 0 for step in steps) and max(abs(b - a) for a, b in pairwise(steps)) < 0.1 * max(steps)
    assert nearer(3600) <= 0.12


def test_every_frame_is_a_little_nearer() -> None:
    held = as_frame(rings())
    seen = [radius(as_picture(crept(held, SIZE, k / 24))) for k in range(24, 96)]
    ideal = [radius(rings()) * (1 + nearer(k / 24)) for k in range(24, 96)]
    assert max(abs(a - b) for a, b in zip(seen, ideal, strict=True)) < 0.15
    assert seen[-1] - seen[0] > 0.6


def test_bars_stay_where_they_are() -> None:
    picture = rings()
    for plane, level in zip(planes_in(picture), (16, 128, 128), strict=True):
        plane[: len(plane) // 6] = plane[-len(plane) // 6 :] = level
    seen = planes_in(as_picture(crept(as_frame(picture), (640, 240), 4.0)))[0]
    assert (seen[:60] == 16).all() and (seen[-60:] == 16).all()
    assert seen[61:299].std() > 20 and (seen[100:260] != rings()[100:260]).any()


def held(folder: Path, *, creep: bool, fit: Fit = "fit") -> list[np.ndarray]:
    source = make_clip(folder / f"{creep}.mp4", 12, size=(64, 36))
    clip = Clip("s", source, 36, hold=24, creep=creep, fit=fit)
    return [as_picture(frame) for frame in conform.frames(Stretch(clip, 0, 36), SCREEN)]


def test_a_clip_moves_then_is_crept_in_on(tmp_path: Path) -> None:
    still, moved = held(tmp_path, creep=False), held(tmp_path, creep=True)
    assert all((a == b).all() for a, b in zip(still[:12], moved[:12], strict=True))
    assert all((picture == still[11]).all() for picture in still[12:])
    assert (moved[-1] != still[-1]).any()


def test_a_stretch_within_the_hold_goes_on_where_the_one_before_ended(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "clip.mp4", 12, size=(64, 36))
    clip = Clip("s", source, 36, hold=24, creep=True)
    whole = [as_picture(frame) for frame in conform.frames(Stretch(clip, 0, 36), SCREEN)]
    parts = [as_picture(f) for a, b in ((0, 20), (20, 36)) for f in conform.frames(Stretch(clip, a, b), SCREEN)]
    assert all((a == b).all() for a, b in zip(whole, parts, strict=True))


def test_a_piece_is_known_by_where_in_the_hold_it_is(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "clip.mp4", 12, size=(64, 36))
    after = Clip("after", source, 12)

    def keys(clip: Clip) -> list[str]:
        film = Timeline(Fraction(24), 64, 36, (clip, after), (Transition("crossfade", 6),))
        return [segment.key for segment in plan(film, EncodeSettings())]

    clip = Clip("s", source, 36, hold=24, creep=True)
    body, join, last = keys(clip)
    assert keys(replace(clip, creep=False)) != [body, join, last]
    longer = keys(replace(clip, frames=48, hold=36))
    assert longer[1] != join, "the same picture, but nearer"
    assert longer[2] == last
    moving = replace(clip, frames=12, hold=0)
    assert keys(replace(moving, creep=True)) == keys(moving), "what is not held is not crept in on"
