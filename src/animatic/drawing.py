"""The work of the draft tier that keeps a core busy: a panel as a PNG, a clip that moves over it.

    PanelSpec ──► draw ──► PNG that carries its own spec
    Clip, with that spec ──► the same panel's layers, kept or drawn again ──► Animator ──► MP4
    Clip of any other picture ──► a flat panel ───────────────────────────────┘

Plain functions of plain data, so that they can be done in this process or in a child of it, with the same bytes.
"""

from __future__ import annotations

import io
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from animatic.camera import move_for, onward
from animatic.elements import Panel, PanelSpec, rng_of
from animatic.recipes import PANEL_RECIPE
from film.errors import BadMedia

PANEL_TEXT = "film-panel"
"""Name of the PNG text that holds the spec a panel was drawn from."""


Place = tuple[PanelSpec, int, int]
"""A panel, and the size of frame that it is drawn for."""


@dataclass(frozen=True)
class Clip:
    """A camera move to make. Of a panel drawn here, ``spec`` says all that the picture would."""

    picture: Path
    spec: PanelSpec | None
    width: int
    height: int
    frames: int
    rate: Fraction
    prompt: str
    camera: str | None
    shot_type: str
    mood: str | None
    seed: int
    continues: bool = False
    """Whether it begins with exactly its picture, all of it and as it is."""

    @property
    def place(self) -> Place | None:
        return (self.spec, self.width, self.height) if self.spec else None


def draw(spec: PanelSpec, width: int, height: int) -> bytes:
    """The panel as a PNG."""
    from animatic.panel import still

    text = PngInfo()
    text.add_itxt(PANEL_TEXT, json.dumps({"recipe": PANEL_RECIPE, "spec": asdict(spec)}, ensure_ascii=False))
    out = io.BytesIO()
    picture = Image.fromarray(still(_panels.get(spec, width, height)))
    picture.save(out, "PNG", pnginfo=text, compress_level=1)
    return out.getvalue()


def animate(clip: Clip, path: Path, should_stop: Callable[[], bool] | None = None) -> None:
    """Write the clip to ``path``. Raises Interrupted when ``should_stop`` says so; then there is no file."""
    from animatic.encode import write_clip
    from animatic.motion import Look, frames

    if clip.spec:
        panel = _panels.get(clip.spec, clip.width, clip.height)
    else:
        panel = _flat(clip.picture, clip.width, clip.height, margin=1.0 if clip.continues else None)
    seed = int(rng_of("move", clip.prompt, clip.seed).integers(2**31))
    move = move_for(clip.camera, clip.shot_type, clip.prompt, clip.mood, seed)
    look = Look(vignette=0) if clip.continues else Look()  # the picture has one
    drawn = frames(panel, onward(move) if clip.continues else move, clip.frames, seed, rate=clip.rate, look=look)
    write_clip(path, drawn, clip.width, clip.height, clip.rate, should_stop=should_stop)
    if clip.spec:
        _panels.forget(clip.spec, clip.width, clip.height)


WORK: dict[str, Callable[..., Any]] = {"draw": draw, "animate": animate}
"""What may be asked of a hand, by name."""


def spec_in(path: Path) -> PanelSpec | None:
    """What a picture of ours was drawn from; None for any other."""
    from film.media import open_picture

    with _telling(), open_picture(path) as picture:
        try:
            carried = json.loads(picture.info.get(PANEL_TEXT, "null"))
            if not carried or carried["recipe"] != PANEL_RECIPE:
                return None
            fields: dict[str, Any] = carried["spec"]
            fields |= {n: tuple(cast("list[Any]", value)) for n, value in fields.items() if isinstance(value, list)}
            return PanelSpec(**fields)
        except (TypeError, ValueError, KeyError):
            return None


def _flat(path: Path, width: int, height: int, *, margin: float | None = None) -> Panel:
    from animatic.motion import FLAT_MARGIN, flat_panel
    from film.media import read_still

    with _telling():
        return flat_panel(np.asarray(read_still(path)), width, height, margin=margin or FLAT_MARGIN)


@contextmanager
def _telling() -> Generator[None]:
    try:
        yield
    except BadMedia as error:
        hint = "make the shot's picture again, or give a PNG, JPEG or WebP"
        raise BadMedia(error.message, hint=hint, provider="draft") from error


class _Panels:
    """The last panels drawn: a clip is mostly made right after its picture, and drawing again costs a second."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._kept: OrderedDict[tuple[PanelSpec, int, int], Panel] = OrderedDict()
        self._mutex = threading.Lock()

    def get(self, spec: PanelSpec, width: int, height: int) -> Panel:
        from animatic.panel import draw_panel

        place = (spec, width, height)
        with self._mutex:
            kept = self._kept.pop(place, None)
        panel = kept or draw_panel(spec, width, height)
        with self._mutex:
            self._kept[place] = panel
            while len(self._kept) > self._room:
                self._kept.popitem(last=False)
        return panel

    def forget(self, spec: PanelSpec, width: int, height: int) -> None:
        with self._mutex:
            self._kept.pop((spec, width, height), None)


_panels = _Panels(room=3)
