"""A stranger's file, what must be seen or heard of it, and whether the program does: right, told or wrong.

right   its colours, frames and beeps are where the maker put them; what had to be changed was told where it must be
told    it was refused with a reason, before anything was made of it, as only a broken file may be
wrong   anything else: other colours, other moments, silence, a crash
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import av.error
import numpy as np
from PIL import Image

from film.errors import BadMedia, FilmError
from film.export.stills import as_image
from film.media import Probe, as_sent, check, read_still
from film.models import AssetType
from film.render import conform
from film.render.conform import Screen, Stretch
from film.render.reading import Excerpt, decode, read
from film.timeline import Clip, Source

Colours = tuple[tuple[int, ...], ...]
Outcome = Literal["right", "told", "wrong"]
RATE = 48_000


@dataclass(frozen=True)
class Case:
    """``make`` writes the file. ``colours`` are seen in its quarters, and ``size`` is its own, upright.

    ``beeps`` are the seconds at which sound begins. ``told``: something must be said of it. ``refused``: it is broken.
    """

    kind: Literal["still", "clip", "sound"]
    group: str
    name: str
    make: Callable[[Path], None]
    colours: Colours = ()
    tolerance: float = 3
    size: tuple[int, int] | None = None
    told: bool = False
    refused: bool = False
    beeps: tuple[float, ...] = ()
    apart: float = 0.006
    with_picture: bool = False
    voice: bool = False
    judge: Callable[[Path, Probe], str] | None = None
    """Another question; its answer is what is wrong, or nothing."""

    @property
    def asset_type(self) -> AssetType:
        return {"still": AssetType.IMAGE, "clip": AssetType.VIDEO, "sound": AssetType.AUDIO}[self.kind]

    def __str__(self) -> str:
        return f"{self.kind}/{self.group}/{self.name}"


@dataclass(frozen=True)
class Verdict:
    case: Case
    outcome: Outcome
    why: str = ""


def judged(case: Case, folder: Path) -> Verdict | None:
    """Make the file and let the program read it, as an import, a draft, an order and the cut do.

    None for a file that cannot be made: encoders offer formats that they refuse when it comes to it.
    """
    path = folder / case.name
    try:
        case.make(path)
    except (av.error.FFmpegError, ValueError):
        return None
    try:
        found = check(path, case.asset_type)
    except BadMedia as error:
        return Verdict(case, "told" if case.refused else "wrong", f"refused: {error.message}")
    except Exception as error:  # noqa: BLE001  # a crash is a verdict
        return Verdict(case, "wrong", f"{type(error).__name__}: {error}")
    try:
        wrong = next((why for why in _complaints(case, path, found) if why), "")
    except Exception as error:  # noqa: BLE001
        wrong = error.message if isinstance(error, FilmError) else f"{type(error).__name__}: {error}"
    finally:
        path.unlink(missing_ok=True)
    if not wrong and case.told and not found.told:
        wrong = "nothing was told"
    return Verdict(case, "wrong" if wrong else "right", wrong)


def _complaints(case: Case, path: Path, found: Probe) -> Iterator[str]:
    if case.refused:  # it was taken: then all of it has to be there after all
        yield "taken for whole"
    if case.size and (found.width, found.height) != case.size:
        yield f"measured as {found.width}x{found.height}"
    if case.judge:
        yield case.judge(path, found)
    if case.kind == "still":
        yield from _of_still(case, path, found)
    elif case.kind == "clip" and case.colours:
        for frame in shown(path, found)[:: max(1, found.frames // 4)]:
            yield differs(frame, case.colours, case.tolerance)
    if case.beeps:
        yield _of_beeps(case, path)


def _of_still(case: Case, path: Path, found: Probe) -> Iterator[str]:
    yield _said(differs(np.asarray(read_still(path)), case.colours, case.tolerance), "in a draft")
    sent, file_type = as_sent(path.read_bytes())
    with Image.open(io.BytesIO(sent)) as ordered:
        plainly = np.asarray(ordered.convert("RGB"))  # a vendor who obeys no tag
        if ordered.getexif() or (ordered.info.get("transparency") is not None):
            yield "in an order: tags travel along"
    yield _said(differs(plainly, case.colours, case.tolerance + 3), "in an order")
    if file_type.suffix not in (".png", ".jpg", ".webp"):
        yield f"in an order: sent as {file_type.mime}"
    yield _said(differs(shown(path, found, "image")[0], case.colours, case.tolerance + 3), "in the cut")


def _said(wrong: str, where: str) -> str:
    return f"{where}: {wrong}" if wrong else ""


def shown(
    path: Path,
    found: Probe,
    kind: Literal["video", "image"] = "video",
    *,
    rate: Fraction | None = None,
    frames: int = 0,
) -> list[Any]:
    """The frames of a clip or still as the cut shows them, in RGB, at its own even size."""
    screen = Screen(found.width // 2 * 2, found.height // 2 * 2, rate or found.rate or Fraction(24))
    count = frames or (1 if kind == "image" else found.frames)
    source = Source(hashlib.sha256(path.read_bytes()).hexdigest(), path, kind, found.reading)
    clip = Clip("s", source, count, fit="fill")
    with closing(conform.frames(Stretch(clip, 0, count), screen)) as made:
        return [np.asarray(as_image(frame)) for frame in made]


def differs(picture: Any, colours: Colours, tolerance: float) -> str:
    """What is wrong with the four quarters of a picture."""
    height, width = picture.shape[:2]
    for place, colour in enumerate(colours):
        down, right = divmod(place, 2)
        rows = slice(height * (4 * down + 1) // 8, height * (4 * down + 3) // 8)
        part = picture[rows, width * (4 * right + 1) // 8 : width * (4 * right + 3) // 8]
        seen = part.reshape(-1, picture.shape[2]).mean(axis=0)
        if np.abs(seen - np.asarray(colour)).max() > tolerance:
            return f"quarter {place} is {tuple(int(v) for v in seen)} and should be {colour}"
    return ""


def _of_beeps(case: Case, path: Path) -> str:
    if case.voice:
        sound = decode(path)
    else:
        sound = np.concatenate(list(read(replace(Excerpt(path), with_picture=case.with_picture))))
    heard = beeps_in(sound)
    near = len(heard) == len(case.beeps) and all(
        abs(a - b) <= case.apart for a, b in zip(heard, case.beeps, strict=True)
    )
    return "" if near else f"beeps at {[round(at, 3) for at in heard]} and not at {list(case.beeps)}"


def beeps_in(sound: Any) -> list[float]:
    """Seconds at which something is heard after a tenth of a second of quiet."""
    loud = np.flatnonzero(np.abs(sound).max(axis=1) > 0.05)
    return [int(at) / RATE for n, at in enumerate(loud) if n == 0 or at - loud[n - 1] > RATE // 10]
